"""The second step of a log-in: a code from an app (TOTP, RFC 6238), or one of the recovery codes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict, Invalid
from timethief.domain.people import Actor, Permission, ensure
from timethief.services.anonymous.sealing import Unsealable, seal, unseal
from timethief.storage.tables import RecoveryCode, SecondFactor, User

ISSUER = "Timethief"
RECOVERY_CODES = 8
_STEP = 30
"""Seconds that a code stands in the app."""
_AROUND = (-1, 0, 1)
"""Steps that are accepted: clocks differ, and typing takes time."""
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PARTS = 4
_PURPOSE = "second factor"


def begin(session: Session, actor: Actor, secret_key: str) -> None:
    """A new secret, which counts only once a code from it has been typed.

    Raises:
        Conflict: reason `second_factor_on`.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    row = session.get(SecondFactor, actor.user_id)
    if row is not None and row.confirmed_on is not None:
        raise Conflict("second_factor_on")
    sealed = seal(secret_key, _PURPOSE, pyotp.random_base32())
    if row is None:
        session.add(
            SecondFactor(
                user_id=actor.user_id, organisation_id=actor.organisation_id, secret=sealed
            )
        )
    else:
        row.secret, row.last_step = sealed, None


def unconfirmed(session: Session, actor: Actor, secret_key: str) -> tuple[str, str] | None:
    """The secret that waits for its first code, and the same as the address that an app reads.

    None where none waits.
    """
    row = session.get(SecondFactor, actor.user_id)
    if row is None or row.confirmed_on is not None:
        return None
    try:
        secret = unseal(secret_key, _PURPOSE, row.secret)
    except Unsealable:
        return None
    email = session.get_one(User, actor.user_id).email
    return secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def confirm(session: Session, actor: Actor, secret_key: str, code: str, now: datetime) -> list[str]:
    """Turn the second step on, by a first code from the app; the recovery codes, which are shown this once.

    Raises:
        Conflict: no secret waits for a code.
        Invalid: reason `wrong_code`.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    row = session.get(SecondFactor, actor.user_id)
    if row is None or row.confirmed_on is not None:
        raise Conflict("no_second_factor")
    if not _is_of_the_app(session, row, secret_key, code, now):
        raise Invalid("one_time_code", "wrong_code")
    row.confirmed_on = now.date()
    return _new_codes(session, actor)


def turn_off(
    session: Session, actor: Actor, secret_key: str, code: str, now: datetime
) -> list[str]:
    """Log in by password alone again; no codes are left.

    It takes a code, so that nobody does it at a screen that was left open.

    Raises:
        Invalid: reason `wrong_code`.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    if not is_right(session, actor.user_id, secret_key, code, now):
        raise Invalid("one_time_code", "wrong_code")
    forget(session, actor.user_id)
    return []


def forget(session: Session, user_id: int) -> None:
    """The account has no second step any more: its owner has lost both app and recovery codes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def renew_codes(
    session: Session, actor: Actor, secret_key: str, code: str, now: datetime
) -> list[str]:
    """New recovery codes in place of the old ones.

    Raises:
        Invalid: reason `wrong_code`.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    if not is_right(session, actor.user_id, secret_key, code, now):
        raise Invalid("one_time_code", "wrong_code")
    return _new_codes(session, actor)


def is_right(session: Session, user_id: int, secret_key: str, code: str, now: datetime) -> bool:
    """Whether the code opens the account's second step. Each code does so once."""
    row = session.get(SecondFactor, user_id)
    if row is None or row.confirmed_on is None:
        return False
    return _is_of_the_app(session, row, secret_key, code, now) or _is_for_recovery(
        session, user_id, code
    )


def _is_of_the_app(
    session: Session, row: SecondFactor, secret_key: str, code: str, now: datetime
) -> bool:
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return False
    try:
        app = pyotp.TOTP(unseal(secret_key, _PURPOSE, row.secret), interval=_STEP)
    except Unsealable:  # the installation has another key since: recovery codes still open
        return False
    step = int(now.timestamp()) // _STEP
    for each in (step + way for way in _AROUND):
        if pyotp.utils.strings_equal(app.generate_otp(each), typed):
            return _use_step(session, row, each)
    return False


def _use_step(session: Session, row: SecondFactor, step: int) -> bool:
    """Whether no code of this step or a later one has been used; from now on one has."""
    used = session.execute(
        update(SecondFactor)
        .where(
            SecondFactor.user_id == row.user_id,
            or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step),
        )
        .values(last_step=step)
        .returning(SecondFactor.user_id)
    ).one_or_none()
    return used is not None


def _is_for_recovery(session: Session, user_id: int, code: str) -> bool:
    used = session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(code))
        .returning(RecoveryCode.id)
    ).one_or_none()
    return used is not None


def _new_codes(session: Session, actor: Actor) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == actor.user_id))
    codes = [_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(
            organisation_id=actor.organisation_id, user_id=actor.user_id, code_hash=_hash(code)
        )
        for code in codes
    )
    return codes


def _code() -> str:
    """80 bits, in groups that the eye can follow: too many to try, so that a plain hash is enough."""
    groups = ("".join(secrets.choice(_SYMBOLS) for _ in range(4)) for _ in range(_PARTS))
    return "-".join(groups)


def _hash(code: str) -> str:
    """Read with tolerance: small letters, spaces, O for 0, I and L for 1."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    read = plain.replace("O", "0").replace("I", "1").replace("L", "1")
    return hashlib.sha256(read.encode("utf-8", "replace")).hexdigest()
