"""A new password for who has forgotten the old one, by a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.links import (
    HANDED_OVER_LIFE,
    PASSWORD_LINK_LIFE,
    PASSWORD_LINKS_A_DAY,
    Life,
    LinkState,
)
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, ensure
from timethief.services import audit
from timethief.services.access.invitations import LINK_USED
from timethief.storage.tables import Organisation, PasswordLink, User, UserSession

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A link for one account; `token` stands in it and is stored nowhere."""

    token: str
    user_id: int
    organisation_id: int
    organisation: str
    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """Whose password a link sets."""

    state: LinkState
    email: str
    name: str
    organisation: str


def ask(session: Session, email: str, address_name: str, now: datetime) -> list[LinkMade]:
    """A link for each account of the address, in whichever organisations; none where it is unknown.

    `address_name` is the keyed name under which the address is counted. An unknown address is counted and stored just as a known one, so that answer and work are the same. So is one
    for which too many links were asked today: it gets none.
    """
    session.execute(
        delete(PasswordLink).where(
            PasswordLink.asked_at < now - _DAY, PasswordLink.valid_until < now - _DAY
        )
    )
    asked = session.scalars(
        select(func.count(PasswordLink.asked_at.distinct())).where(
            PasswordLink.address_hash == address_name, PasswordLink.asked_at > now - _DAY
        )
    ).one()
    accounts = session.execute(
        select(User, Organisation)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            User.folded_email == folded(email),
            User.active.is_(True),
            User.password_hash.is_not(None),
            User.issuer.is_(None),
            Organisation.active.is_(True),
        )
    ).all()
    if asked >= PASSWORD_LINKS_A_DAY:
        accounts = []
    made = [
        _link(session, address_name, user, organisation, now) for user, organisation in accounts
    ]
    if not made:
        _add(session, address_name, None, now, PASSWORD_LINK_LIFE)
    return made


def hand_out(session: Session, actor: Actor, user_id: int, now: datetime) -> LinkMade:
    """A link for somebody who cannot get one by mail, from an administrator of the same organisation.

    Args:
        session: writing, over all organisations.
        actor: an administrator.
        user_id: for whom.
        now: time of the act.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: no account of the organisation that a password may open.
    """
    ensure(actor, Permission.MANAGE_PEOPLE)
    user = session.get(User, user_id)
    if (
        user is None
        or user.organisation_id != actor.organisation_id
        or user.issuer is not None
        or not user.active
    ):
        raise NotFound("person")
    organisation = session.get_one(Organisation, user.organisation_id)
    audit.record(
        session, actor, Act.PASSWORD_LINK_MADE, "person", reference=to_text(user.id), now=now
    )
    return _link(session, "", user, organisation, now, HANDED_OVER_LIFE)


def link_for(session: Session, user_id: int, now: datetime, life: timedelta) -> str:
    """The token of a link for an account that somebody has just made by a command."""
    return _add(session, "", user_id, now, life)


def opened(session: Session, token: str, now: datetime) -> OpenedLink:
    """Whose password the link sets, over all organisations.

    Raises:
        NotFound: it sets nobody's: no such link was made, it has long ended, or the account is not in use.
    """
    found = session.execute(
        select(PasswordLink, User, Organisation)
        .join(User, User.id == PasswordLink.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            PasswordLink.token_hash == _hash(token),
            User.active.is_(True),
            Organisation.active.is_(True),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("link")
    row, user, organisation = found
    state = Life(row.valid_until, row.used_at).state(now)
    return OpenedLink(state, user.email, user.name, organisation.name)


def set_password(session: Session, token: str, password_hash: str, now: datetime) -> int:
    """Set the password of the link's account, and end its log-ins and every other link of it.

    Args:
        session: writing, over all organisations.
        token: of the link.
        password_hash: of a password that has been checked.
        now: time of the change.

    Returns:
        The account.

    Raises:
        Conflict: the link opens nothing any more.
    """
    user_id = session.scalars(
        update(PasswordLink)
        .where(
            PasswordLink.token_hash == _hash(token),
            PasswordLink.user_id.is_not(None),
            PasswordLink.used_at.is_(None),
            PasswordLink.valid_until >= now,
        )
        .values(used_at=now)
        .returning(PasswordLink.user_id)
    ).one_or_none()
    if user_id is None:
        raise Conflict(LINK_USED)
    session.get_one(User, user_id).password_hash = password_hash
    session.execute(delete(UserSession).where(UserSession.user_id == user_id))
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.user_id == user_id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )
    return user_id


def _link(
    session: Session,
    address_name: str,
    user: User,
    organisation: Organisation,
    now: datetime,
    life: timedelta = PASSWORD_LINK_LIFE,
) -> LinkMade:
    token = _add(session, address_name, user.id, now, life)
    return LinkMade(
        token,
        user.id,
        organisation.id,
        organisation.name,
        user.email,
        user.name,
        user.language or organisation.language,
    )


def _add(
    session: Session, address_name: str, user_id: int | None, now: datetime, life: timedelta
) -> str:
    token = secrets.token_urlsafe(24)
    session.add(
        PasswordLink(
            token_hash=_hash(token),
            address_hash=address_name,
            user_id=user_id,
            asked_at=now,
            valid_until=now + life,
        )
    )
    return token


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
