"""Who an e-mail address and a password open, and with what right a second step is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from timethief.domain.names import folded
from timethief.services.passwords import fits
from timethief.storage.tables import Organisation, SecondFactor, User


@dataclass(frozen=True, slots=True)
class Account:
    """An account that may be opened."""

    user_id: int
    organisation_id: int
    organisation: str
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Locked:
    """An account with what its password is compared with."""

    account: Account
    password_hash: str | None


def accounts_of(session: Session, email: str) -> list[Locked]:
    """The accounts of an address that have a password, in every organisation that is in use."""
    rows = session.execute(
        _open_accounts()
        .add_columns(User.password_hash)
        .where(User.folded_email == folded(email), User.issuer.is_(None))
        .where(User.password_hash.is_not(None))
        .order_by(Organisation.name)
    ).all()
    return [
        Locked(Account(user_id, organisation_id, organisation, confirmed is not None), stored)
        for user_id, organisation_id, organisation, confirmed, stored in rows
    ]


def opened(locked: Sequence[Locked], password: str) -> list[Account]:
    """Those that the password opens. No account takes as much work as one."""
    if not locked:
        fits(None, password)
    return [each.account for each in locked if fits(each.password_hash, password)]


def accounts_with(session: Session, user_ids: Sequence[int]) -> list[Account]:
    """Those of the accounts that still may be opened."""
    rows = session.execute(
        _open_accounts().where(User.id.in_(user_ids)).order_by(Organisation.name)
    ).all()
    return [
        Account(user_id, organisation_id, organisation, confirmed is not None)
        for user_id, organisation_id, organisation, confirmed in rows
    ]


def _open_accounts() -> Select[int, int, str, date | None]:
    return (
        select(User.id, User.organisation_id, Organisation.name, SecondFactor.confirmed_on)
        .join(Organisation, Organisation.id == User.organisation_id)
        .join(SecondFactor, SecondFactor.user_id == User.id, isouter=True)
        .where(User.active.is_(True), Organisation.active.is_(True))
    )
