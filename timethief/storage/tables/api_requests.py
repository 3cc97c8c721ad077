"""What other systems have asked for by the API, so that the same request sent again is carried out once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Owned


class ApiRequest(Owned, Base):
    """A request that was sent with a key of the caller's own, and what it led to. Deleted after a week.

    `key` is a print of the caller's key, which may be long and anything; `content` is a print of what was asked
    for, so that a key that is used for something else is told apart.
    """

    __tablename__ = "api_request"
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisation.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    content: Mapped[str] = mapped_column(Code)
    result: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(index=True)
