"""Accounts, and what opens them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from timethief.domain.names import alphabetical
from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers

_SortKey = Name.with_variant(String(200, collation="C"), "postgresql")
"""Sorted sign by sign, as SQLite does, whatever language the server speaks."""


def _sorted_as(context: Any) -> str:  # noqa: ANN401 - the library tells it to no type
    return alphabetical(context.get_current_parameters()["name"])


class User(Owned, Base):
    """An account of one organisation. The same person may have one in each of several.

    `issuer` and `subject` name the person at an identity provider. Such an account is opened by nothing else: its
    address is where to write to, never a key, and no two accounts without a provider have the same one.
    `closed_by_claims`: it is not active since the provider's claims gave no role at the latest log-in, and will be
    when they give one again.

    `last_seen_month`: such as 2026-03; nothing finer is kept once a log-in has ended. `sort_name` is what lists are
    sorted and searched by; who changes the name changes it too. `version` grows with each change by an administrator.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        Index(
            None,
            "organisation_id",
            "folded_email",
            unique=True,
            sqlite_where=text("issuer IS NULL"),
            postgresql_where=text("issuer IS NULL"),
        ),
        UniqueConstraint("organisation_id", "issuer", "subject"),
        Index(None, "organisation_id", "sort_name"),
    )
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
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    closed_by_claims: Mapped[bool] = mapped_column(default=False, server_default=false())
    last_seen_month: Mapped[str | None] = mapped_column(Code)
    sort_name: Mapped[str] = mapped_column(_SortKey, default=_sorted_as)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")


class UserSession(Owned, Base):
    """A log-in. Only a hash of the cookie's token is stored; log-out deletes the row.

    `role` is the one that was held when the token was made: a new role takes a new token.
    """

    __tablename__ = "user_session"
    id: Mapped[int] = identifier()
    token_hash: Mapped[str] = mapped_column(Code, unique=True)
    organisation_id: Mapped[int] = refers("organisation.id")
    user_id: Mapped[int] = refers("user_account.id", index=True)
    role: Mapped[str] = mapped_column(Code)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
