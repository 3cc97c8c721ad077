"""Log-ins that are in force: begun, renewed with a new role, ended. Rights are looked up anew each time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.people import Actor, Permission, Role, ensure
from timethief.i18n import TIME_ZONE
from timethief.storage.tables import Organisation, User, UserSession

_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a log-in lasts: when nobody uses it, and however much it is used."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class LogIn:
    """A log-in that is in force.

    Attributes:
        actor: who it is, with the role held at this moment.
        organisation: its name.
        language: what the person has chosen, else that of the organisation.
        client_word: what the organisation calls those it is there for.
        stale: it should be marked as seen.
        outgrown: the role is another than when the token was made, which must be renewed.
    """

    actor: Actor
    organisation: str
    language: str
    client_word: str
    stale: bool
    outgrown: bool


def start(session: Session, user_id: int, now: datetime, lifetimes: Lifetimes) -> str:
    """A new log-in; the token goes into the cookie and is stored only as a hash."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(UserSession).where(UserSession.started_at < now - lifetimes.absolute))
    user = session.get_one(User, user_id)
    user.last_seen_month = _month(now)
    session.add(
        UserSession(
            token_hash=_hash(token),
            organisation_id=user.organisation_id,
            user_id=user_id,
            role=user.role,
            started_at=_to_the_minute(now),
            seen_at=_to_the_minute(now),
        )
    )
    return token


def of_token(session: Session, token: str, now: datetime, lifetimes: Lifetimes) -> LogIn | None:
    """Who the token belongs to; None where the log-in has ended."""
    found = session.execute(
        select(
            User,
            UserSession,
            Organisation.name,
            Organisation.language,
            Organisation.client_word,
        )
        .join(UserSession, UserSession.user_id == User.id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            UserSession.token_hash == _hash(token),
            User.active.is_(True),
            Organisation.active.is_(True),
        )
    ).one_or_none()
    if found is None:
        return None
    user, log_in, organisation, language, client_word = found
    if now - log_in.started_at > lifetimes.absolute or now - log_in.seen_at > lifetimes.idle:
        return None
    actor = Actor(
        user_id=user.id,
        organisation_id=user.organisation_id,
        role=Role(user.role),
        unit_id=user.unit_id,
        staff_category_id=user.staff_category_id,
        name=user.name,
    )
    return LogIn(
        actor=actor,
        organisation=organisation,
        language=user.language or language,
        client_word=client_word,
        stale=now - log_in.seen_at > _SEEN_EVERY,
        outgrown=log_in.role != user.role,
    )


def mark_seen(session: Session, token: str, now: datetime) -> None:
    """The log-in is in use; it ends when it has not been for a while. Of the account only the month is noted."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == _hash(token))
        .values(seen_at=_to_the_minute(now))
    )
    month = _month(now)
    session.execute(
        update(User)
        .where(
            User.id.in_(select(UserSession.user_id).where(UserSession.token_hash == _hash(token))),
            User.last_seen_month.is_distinct_from(month),
        )
        .values(last_seen_month=month)
    )


def renew(session: Session, token: str) -> str | None:
    """A new token for the log-in, whose role has changed; None where it has just been renewed or ended."""
    log_in = session.scalars(
        select(UserSession).where(UserSession.token_hash == _hash(token)).with_for_update()
    ).one_or_none()
    if log_in is None:
        return None
    new = secrets.token_urlsafe(32)
    log_in.token_hash = _hash(new)
    log_in.role = session.get_one(User, log_in.user_id).role
    return new


def end(session: Session, token: str) -> None:
    """Log out: the token opens nothing any more."""
    session.execute(delete(UserSession).where(UserSession.token_hash == _hash(token)))


def end_own(session: Session, actor: Actor, log_in_id: int) -> None:
    """End one of one's own log-ins.

    Raises:
        NotFound: there is none such, or it is another person's.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    found = session.get(UserSession, log_in_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound("log_in")
    session.delete(found)


def end_all(session: Session, user_id: int, *, but: str | None = None) -> int:
    """End every log-in of an account, but the one with this token; how many there were."""
    ended = delete(UserSession).where(UserSession.user_id == user_id)
    if but is not None:
        ended = ended.where(UserSession.token_hash != _hash(but))
    rows = session.execute(ended.returning(UserSession.id)).all()
    return len(rows)


def remove_ended(session: Session, now: datetime, lifetimes: Lifetimes) -> int:
    """Delete the rows of log-ins that are over; how many there were."""
    over = delete(UserSession).where(
        or_(
            UserSession.started_at < now - lifetimes.absolute,
            UserSession.seen_at < now - lifetimes.idle,
        )
    )
    return len(session.execute(over.returning(UserSession.id)).all())


@dataclass(frozen=True, slots=True)
class OwnLogIn:
    """One of one's own log-ins, as one is shown it."""

    id: int
    started_at: datetime
    this: bool


def own(
    session: Session, actor: Actor, token: str, now: datetime, lifetimes: Lifetimes
) -> list[OwnLogIn]:
    """One's own log-ins that are in force, the newest first."""
    rows = session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == actor.user_id,
            UserSession.started_at >= now - lifetimes.absolute,
            UserSession.seen_at >= now - lifetimes.idle,
        )
        .order_by(UserSession.started_at.desc(), UserSession.id)
    ).all()
    return [OwnLogIn(each.id, each.started_at, each.token_hash == _hash(token)) for each in rows]


def _month(now: datetime) -> str:
    return now.astimezone(TIME_ZONE).strftime("%Y-%m")


def _to_the_minute(now: datetime) -> datetime:
    """Nothing needs to be known more closely."""
    return now.replace(second=0, microsecond=0)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
