"""What the service itself takes, and how people want to be written to."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Owned


class OwnTime(Owned, Base):
    """How many times something was done in the service in a month, by how long it took: nobody's own figure.

    `seconds` is the upper end of the interval that the time lies in.
    """

    __tablename__ = "own_time"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it as it stands
    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    activity: Mapped[str] = mapped_column(Code, primary_key=True)
    seconds: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    occasions: Mapped[int] = mapped_column(Integer)


class MailPreference(Owned, Base):
    """How somebody wants one kind of mail: each, in the digest, or not at all. Without a row: the usual way."""

    __tablename__ = "mail_preference"
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(Code, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    choice: Mapped[str] = mapped_column(Code)
