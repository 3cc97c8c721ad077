"""What other systems log in by."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, refers


class ApiToken(Owned, Base):
    """Opens the API with the rights that its owner holds at the moment. Only a hash is stored.

    Of its use nothing but the last day is kept; revoking deletes the row.
    """

    __tablename__ = "api_token"
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id", index=True)
    user_id: Mapped[int] = refers("user_account.id", index=True)
    token_hash: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(Name)
    scope: Mapped[str] = mapped_column(Code)
    made_on: Mapped[date]
    expires_on: Mapped[date]
    last_used_on: Mapped[date | None]
