"""Links that lead somebody to an account. Only a hash of what stands in the link is stored; each works once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers


class Invitation(Owned, Base):
    """Somebody may become one of the organisation; the account is made when the invitation is accepted.

    Without an e-mail address it is for whoever was handed the link, who then says the address: so the first
    administrator comes in.
    """

    __tablename__ = "invitation"
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id", index=True)
    token_hash: Mapped[str] = mapped_column(Code, unique=True)
    email: Mapped[str | None] = mapped_column(Name)
    folded_email: Mapped[str | None] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    role: Mapped[str] = mapped_column(Code)
    unit_id: Mapped[int | None] = may_refer("unit.id")
    invited_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasswordLink(Base):
    """Somebody asked for a new password. A row for an unknown address too, so that both take the same work.

    Of no organisation, since nobody knows whose address it is. `address_hash` counts how often one was asked for;
    rows are deleted when that no longer matters.
    """

    __tablename__ = "password_link"
    token_hash: Mapped[str] = mapped_column(Code, primary_key=True)
    address_hash: Mapped[str] = mapped_column(Code, index=True)
    user_id: Mapped[int | None] = may_refer("user_account.id")
    asked_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    used_at: Mapped[datetime | None]
