"""Log-in by an identity provider: which one, and what its claims give."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers


class SignOn(Owned, Base):
    """How one organisation's people log in by an identity provider.

    `issuer`, `client_id` and `sealed_client_secret` are empty where they do so by the installation's own provider.
    `button` stands on the log-in page. `default_role` is what somebody gets whom no rule fits; empty for nothing.
    """

    __tablename__ = "sign_on"
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisation.id"), primary_key=True, autoincrement=False
    )
    issuer: Mapped[str | None]
    client_id: Mapped[str | None]
    sealed_client_secret: Mapped[str | None]
    button: Mapped[str] = mapped_column(Name, default="")
    default_role: Mapped[str | None] = mapped_column(Code)
    version: Mapped[int] = mapped_column(Integer, default=1)


class SignOnRule(Owned, Base):
    """Who has this value of a claim gets this role, this unit, or both. The first rule that fits decides."""

    __tablename__ = "sign_on_rule"
    __table_args__ = (UniqueConstraint("organisation_id", "claim", "value"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    position: Mapped[int] = mapped_column(Integer)
    claim: Mapped[str] = mapped_column(Name)
    value: Mapped[str] = mapped_column(Name)
    role: Mapped[str | None] = mapped_column(Code)
    unit_id: Mapped[int | None] = may_refer("unit.id")


class SignOnMembership(Owned, Base):
    """Who has this value of a claim of the installation's provider belongs to this organisation."""

    __tablename__ = "sign_on_membership"
    __table_args__ = (UniqueConstraint("organisation_id", "claim", "value"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    claim: Mapped[str] = mapped_column(Name)
    value: Mapped[str] = mapped_column(Name)


class UsedAnswer(Base):
    """An answer of a provider that has opened a log-in, so that it opens no second one. Kept for an hour.

    Only a hash of its nonce, which names nobody.
    """

    __tablename__ = "used_answer"
    nonce_hash: Mapped[str] = mapped_column(Code, primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)
