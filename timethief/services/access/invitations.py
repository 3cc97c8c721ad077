"""Invitations: a link that makes somebody one of the organisation, once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.contact import read_email, read_name
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.links import INVITATION_LIFE, Life, LinkState
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, Role, ensure
from timethief.services import audit
from timethief.services.organisations import NewUser, add_user
from timethief.services.people import check_role
from timethief.services.units import owned_unit
from timethief.storage.tables import Invitation, Organisation, SignOn, User
from timethief.storage.turns import take_turn

LINK_USED = "link_used"
"""Reason of a conflict: the link has opened what it opens."""
_KEPT = INVITATION_LIFE
"""How long a link that has ended still says why it opens nothing."""


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """Who is invited, and as what. Without an address it is for whoever is handed the link."""

    email: str | None
    name: str
    role: Role
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was made; `token` stands in the link and is stored nowhere."""

    invitation_id: int
    token: str
    email: str | None
    name: str


@dataclass(frozen=True, slots=True)
class OpenedInvitation:
    """What a link leads to.

    Attributes:
        sign_on: the organisation has a log-in of its own.
        is_set_up: somebody has gone through its first settings.
    """

    state: LinkState
    organisation_id: int
    organisation: str
    organisation_code: str
    sign_on: bool
    is_set_up: bool
    email: str | None
    name: str
    role: Role


def invite(session: Session, actor: Actor, new: NewInvitation, now: datetime) -> Invited:
    """Invite somebody into the actor's organisation; an earlier invitation of the same address ends.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: the unit is not of the organisation.
        Invalid: a value that cannot be used, or the address has an account of this organisation already. Whether
            it has one of another is not looked at.
    """
    ensure(actor, Permission.MANAGE_PEOPLE)
    return add_invitation(session, actor.organisation_id, new, now, actor)


def add_invitation(
    session: Session,
    organisation_id: int,
    new: NewInvitation,
    now: datetime,
    actor: Actor | None = None,
) -> Invited:
    """As `invite`, for commands and operators, who let the first administrator in."""
    check_role(new.role)
    email = None if new.email is None else read_email(new.email)
    name = read_name(new.name) if new.name or email is not None else ""
    if new.unit_id is not None:
        owned_unit(session, organisation_id, new.unit_id)
    take_turn(session, organisation_id)
    _forget_old(session, organisation_id, now)
    if email is not None:
        check_no_account(session, organisation_id, email)
        session.execute(
            delete(Invitation).where(
                Invitation.organisation_id == organisation_id,
                Invitation.folded_email == folded(email),
                Invitation.used_at.is_(None),
            )
        )
    token = secrets.token_urlsafe(24)
    row = Invitation(
        organisation_id=organisation_id,
        token_hash=_hash(token),
        email=email,
        folded_email=None if email is None else folded(email),
        name=name,
        role=new.role.value,
        unit_id=new.unit_id,
        invited_at=now,
        valid_until=now + INVITATION_LIFE,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor,
        Act.PERSON_INVITED,
        "invitation",
        reference=to_text(row.id),
        after=_told(row),
        now=now,
        organisation_id=organisation_id,
    )
    return Invited(row.id, token, email, name)


def renew(session: Session, actor: Actor, invitation_id: int, now: datetime) -> Invited:
    """A new link in place of one that was lost or has become too old, which opens nothing any more.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: there is no such invitation of the organisation, or it was accepted.
    """
    row = _waiting(session, actor, invitation_id)
    role, unit_id = Role(row.role), row.unit_id
    new = NewInvitation(row.email, row.name, role, unit_id)
    session.delete(row)
    session.flush()
    return add_invitation(session, actor.organisation_id, new, now, actor)


def withdraw(session: Session, actor: Actor, invitation_id: int, now: datetime) -> None:
    """The link opens nothing any more.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: there is no such invitation of the organisation, or it was accepted.
    """
    row = _waiting(session, actor, invitation_id)
    audit.record(
        session,
        actor,
        Act.INVITATION_WITHDRAWN,
        "invitation",
        reference=to_text(row.id),
        before=_told(row),
        now=now,
    )
    session.delete(row)


def opened(session: Session, token: str, now: datetime) -> OpenedInvitation:
    """What the link leads to, over all organisations.

    Raises:
        NotFound: it leads nowhere: no such link was made, it was withdrawn, or the organisation is closed.
    """
    found = session.execute(
        select(Invitation, Organisation)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(Invitation.token_hash == _hash(token), Organisation.active.is_(True))
    ).one_or_none()
    if found is None:
        raise NotFound("invitation")
    row, organisation = found
    return OpenedInvitation(
        state=Life(row.valid_until, row.used_at).state(now),
        organisation_id=organisation.id,
        organisation=organisation.name,
        organisation_code=organisation.code,
        sign_on=session.get(SignOn, organisation.id) is not None,
        is_set_up=organisation.set_up_on is not None,
        email=row.email,
        name=row.name,
        role=Role(row.role),
    )


def accept(
    session: Session,
    organisation_id: int,
    token: str,
    name: str,
    email: str | None,
    password_hash: str,
    now: datetime,
) -> int:
    """Make the account that the invitation promised; the link works once, also for two who press at the same time.

    Args:
        session: writing, of the organisation.
        organisation_id: whose invitation it is.
        token: of the link.
        name: as the person writes it.
        email: where the invitation holds no address.
        password_hash: of a password that has been checked.
        now: time of the change.

    Raises:
        Invalid: name or address cannot be used, or the address has got an account meanwhile.
        Conflict: the link opens nothing any more.
    """
    name = read_name(name)
    taken = session.scalars(
        update(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.token_hash == _hash(token),
            Invitation.used_at.is_(None),
            Invitation.valid_until >= now,
        )
        .values(used_at=now)
        .returning(Invitation)
    ).one_or_none()
    if taken is None:
        raise Conflict(LINK_USED)
    address = taken.email if taken.email is not None else read_email(email or "")
    check_no_account(session, organisation_id, address)
    new = NewUser(address, name, Role(taken.role), taken.unit_id, None, None)
    user_id = add_user(session, organisation_id, new)
    session.get_one(User, user_id).password_hash = password_hash
    audit.record(
        session,
        None,
        Act.PERSON_ADDED,
        "person",
        reference=to_text(user_id),
        after={"role": taken.role, "unit_id": taken.unit_id},
        now=now,
        organisation_id=organisation_id,
    )
    return user_id


def check_no_account(session: Session, organisation_id: int, email: str) -> None:
    """Refuse an address that has an account of this organisation.

    Raises:
        Invalid: field `email`, reason `has_account`, or `has_ended_account` where the membership has ended.
    """
    found = session.scalars(
        select(User.active).where(
            User.organisation_id == organisation_id, User.folded_email == folded(email)
        )
    ).all()
    if found:
        raise Invalid("email", "has_account" if any(found) else "has_ended_account")


def _waiting(session: Session, actor: Actor, invitation_id: int) -> Invitation:
    ensure(actor, Permission.MANAGE_PEOPLE)
    take_turn(session, actor.organisation_id)
    row = session.get(Invitation, invitation_id)
    if row is None or row.organisation_id != actor.organisation_id or row.used_at is not None:
        raise NotFound("invitation")
    return row


def _forget_old(session: Session, organisation_id: int, now: datetime) -> None:
    session.execute(
        delete(Invitation).where(
            Invitation.organisation_id == organisation_id, Invitation.valid_until < now - _KEPT
        )
    )


def _told(row: Invitation) -> dict[str, object]:
    return {"email": row.email, "name": row.name, "role": row.role, "unit_id": row.unit_id}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
