"""API tokens: made by their owner, shown once, good for what the owner may do at the moment of each call."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.contact import read_name
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Permission, Role, ensure
from timethief.domain.tokens import PREFIX, Scope, check_expiry
from timethief.services import audit
from timethief.storage.tables import ApiToken, Organisation, User

MOST_TOKENS = 20
"""Of one account."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a token is to be called and good for; `expires_on` is its last day."""

    name: str
    scope: Scope
    expires_on: date


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who calls, with the rights held at this moment; `stale`: the day is not noted yet."""

    token_id: int
    actor: Actor
    organisation: str
    scope: Scope
    stale: bool


def make_token(session: Session, actor: Actor, new: NewToken, today: date, now: datetime) -> str:
    """A new token of the actor's own; what is returned is shown once and stored nowhere.

    Raises:
        NotAllowed: `actor` has no account of their own.
        Invalid: name or last day cannot be used, or there are too many tokens already.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    name = read_name(new.name)
    check_expiry(new.expires_on, today)
    count = session.scalars(
        select(func.count())
        .select_from(ApiToken)
        .where(
            ApiToken.organisation_id == actor.organisation_id,
            ApiToken.user_id == actor.user_id,
        )
    ).one()
    if count >= MOST_TOKENS:
        raise Invalid("name", "too_many_tokens", limit=MOST_TOKENS)
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        token_hash=_hash(token),
        name=name,
        scope=new.scope.value,
        made_on=today,
        expires_on=new.expires_on,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor,
        Act.TOKEN_MADE,
        "api_token",
        reference=to_text(row.id),
        after=_told(row),
        now=now,
    )
    return token


def revoke_token(session: Session, actor: Actor, token_id: int, now: datetime) -> None:
    """The token opens nothing any more. One's own, or any of the organisation for an administrator.

    Raises:
        NotFound: there is none, or it is somebody else's and not the actor's to revoke.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    row = session.get(ApiToken, token_id)
    is_theirs = (
        row is not None
        and row.organisation_id == actor.organisation_id
        and (row.user_id == actor.user_id or actor.may(Permission.MANAGE_PEOPLE))
    )
    if row is None or not is_theirs:
        raise NotFound("api_token")
    audit.record(
        session,
        actor,
        Act.TOKEN_REVOKED,
        "api_token",
        reference=to_text(row.id),
        before=_told(row),
        now=now,
    )
    session.delete(row)


def bearer_of(session: Session, token: str, today: date) -> Bearer | None:
    """Who the token belongs to; None where it is unknown, too old, revoked, or the membership has ended.

    Args:
        session: over all organisations.
        token: as it was sent.
        today: the day in Sweden.
    """
    if not token.startswith(PREFIX):
        return None
    wanted = {"token_hash": _hash(token), "today": today}
    # By the connection, since every call of the API begins with it.
    found = session.connection().execute(_BEARERS, wanted).one_or_none()
    if found is None:
        return None
    actor = Actor(
        user_id=found.user_id,
        organisation_id=found.organisation_id,
        role=Role(found.role),
        unit_id=found.unit_id,
        staff_category_id=found.staff_category_id,
        name=found.name,
    )
    return Bearer(
        found.id, actor, found.organisation, Scope(found.scope), found.last_used_on != today
    )


_BEARERS = (
    select(
        *(ApiToken.id, ApiToken.scope, ApiToken.last_used_on, ApiToken.user_id),
        *(User.organisation_id, User.role, User.unit_id, User.staff_category_id, User.name),
        Organisation.name.label("organisation"),
    )
    .join(User, User.id == ApiToken.user_id)
    .join(Organisation, Organisation.id == ApiToken.organisation_id)
    .where(
        ApiToken.token_hash == bindparam("token_hash"),
        ApiToken.expires_on >= bindparam("today"),
        User.active.is_(True),
        Organisation.active.is_(True),
    )
)


def mark_used(session: Session, bearer: Bearer, today: date) -> None:
    """Note the day of the use, and nothing finer."""
    session.execute(
        update(ApiToken).where(ApiToken.id == bearer.token_id).values(last_used_on=today)
    )


def _told(row: ApiToken) -> dict[str, object]:
    return {"name": row.name, "scope": row.scope, "expires_on": row.expires_on}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
