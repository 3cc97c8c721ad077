"""Logging in and out, and who a log-in belongs to right now."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from timethief.domain.names import folded
from timethief.domain.people import Actor, Role
from timethief.storage.tables import Organisation, User, UserSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)
LONGEST_PASSWORD = 256

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""Checked where there is no such account, so that the answer takes as long."""


def hash_password(password: str) -> str:
    """The password as it is stored (argon2id)."""
    return _HASHER.hash(password)


def user_with_password(session: Session, email: str, password: str) -> int | None:
    """The account that this e-mail address and password open; None where they open nothing.

    An unknown address takes the same work as a known one.
    """
    user = session.scalars(
        select(User).where(User.folded_email == folded(email), User.active.is_(True))
    ).one_or_none()
    stored = user.password_hash if user is not None else None
    if len(password.encode()) > LONGEST_PASSWORD:
        return None
    try:
        _HASHER.verify(stored or _NOBODY, password)
    except VerificationError:
        return None
    return user.id if user is not None and stored is not None else None


def start_session(session: Session, user_id: int, now: datetime) -> str:
    """A new log-in; the token goes into the cookie and is stored only as a hash."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(UserSession).where(UserSession.started_at < now - ABSOLUTE))
    user = session.get_one(User, user_id)
    session.add(
        UserSession(
            token_hash=_hash(token),
            organisation_id=user.organisation_id,
            user_id=user_id,
            started_at=now,
            seen_at=now,
        )
    )
    return token


def end_session(session: Session, token: str) -> None:
    """Log out: the token opens nothing any more."""
    session.execute(delete(UserSession).where(UserSession.token_hash == _hash(token)))


@dataclass(frozen=True, slots=True)
class LogIn:
    """A log-in that is in force; `stale`: it should be marked as seen."""

    actor: Actor
    organisation: str
    stale: bool


def log_in_of(session: Session, token: str, now: datetime) -> LogIn | None:
    """Who the token belongs to, with the role held at this moment; None where the log-in has ended."""
    found = session.execute(
        select(User, UserSession, Organisation.name)
        .join(UserSession, UserSession.user_id == User.id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(UserSession.token_hash == _hash(token), User.active.is_(True))
    ).one_or_none()
    if found is None:
        return None
    user, login, organisation = found
    if now - login.started_at > ABSOLUTE or now - login.seen_at > IDLE:
        return None
    actor = Actor(
        user_id=user.id,
        organisation_id=user.organisation_id,
        role=Role(user.role),
        unit_id=user.unit_id,
        staff_category_id=user.staff_category_id,
        name=user.name,
    )
    return LogIn(actor, organisation, now - login.seen_at > _SEEN_EVERY)


def mark_seen(session: Session, token: str, now: datetime) -> None:
    """The log-in is in use; it ends when it has not been for a while."""
    session.execute(
        update(UserSession).where(UserSession.token_hash == _hash(token)).values(seen_at=now)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
