"""What somebody sees of the own account."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.people import Actor
from timethief.storage.tables import RecoveryCode, SecondFactor, Unit, User


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """The account as its owner sees it.

    Attributes:
        unit: name of the unit where the person works; empty where none is known.
        language: the one chosen; empty for that of the organisation.
        has_password: false where the account is opened through the organisation's own log-in.
        codes_left: recovery codes that are left; None where there is no second step.
    """

    name: str
    email: str
    unit: str
    language: str
    has_password: bool
    codes_left: int | None


def own_account(session: Session, actor: Actor) -> OwnAccount:
    """The account of who asks."""
    user, unit, confirmed_on = session.execute(
        select(User, Unit.name, SecondFactor.confirmed_on)
        .join(Unit, Unit.id == User.unit_id, isouter=True)
        .join(SecondFactor, SecondFactor.user_id == User.id, isouter=True)
        .where(User.id == actor.user_id, User.organisation_id == actor.organisation_id)
    ).one()
    codes = session.scalars(
        select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == actor.user_id)
    ).one()
    return OwnAccount(
        name=user.name,
        email=user.email,
        unit=unit or "",
        language=user.language or "",
        has_password=user.password_hash is not None,
        codes_left=None if confirmed_on is None else codes,
    )
