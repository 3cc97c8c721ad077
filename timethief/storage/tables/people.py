"""Accounts, and what opens them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers


class User(Owned, Base):
    """An account of one organisation. The same person may have one in each of several."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("organisation_id", "folded_email"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id", index=True)
    email: Mapped[str] = mapped_column(Name)
    folded_email: Mapped[str] = mapped_column(Name, index=True)
    name: Mapped[str] = mapped_column(Name)
    role: Mapped[str] = mapped_column(Code)
    unit_id: Mapped[int | None] = may_refer("unit.id")
    staff_category_id: Mapped[int | None] = may_refer("staff_category.id")
    password_hash: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(Code)
    active: Mapped[bool] = mapped_column(default=True)


class UserSession(Owned, Base):
    """A log-in. Only a hash of the cookie's token is stored; log-out deletes the row."""

    __tablename__ = "user_session"
    token_hash: Mapped[str] = mapped_column(Code, primary_key=True)
    organisation_id: Mapped[int] = refers("organisation.id")
    user_id: Mapped[int] = refers("user_account.id", index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
