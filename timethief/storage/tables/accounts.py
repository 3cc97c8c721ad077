"""What opens an account beside its password, and what slows down those who guess."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Owned, identifier, refers


class SecondFactor(Owned, Base):
    """The app that shows codes for an account.

    `secret` is stored sealed with the installation's key. `confirmed_on`: empty until a first code has been typed;
    only then it is asked for. `last_step`: the time step of the last code that was used, so that none is used twice.
    """

    __tablename__ = "second_factor"
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    organisation_id: Mapped[int] = refers("organisation.id")
    secret: Mapped[str]
    confirmed_on: Mapped[date | None]
    last_step: Mapped[int | None]


class RecoveryCode(Owned, Base):
    """A code for who has lost the app; only a hash is stored, and using it deletes the row."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    user_id: Mapped[int] = refers("user_account.id")
    code_hash: Mapped[str] = mapped_column(Code)


class WrongTries(Base):
    """How often somebody has tried in vain to open one thing: an account, a second step, or any at all.

    `subject` is a keyed hash, so that the table names nobody, and an address without an account is counted like
    one with. It belongs to no organisation: who tries has not said which.
    """

    __tablename__ = "wrong_tries"
    subject: Mapped[str] = mapped_column(Code, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime]
    wait_until: Mapped[datetime | None]
