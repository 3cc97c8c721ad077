"""What those who run the installation do: let organisations in, close them, and nothing within them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.contact import read_email, read_name
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.names import folded
from timethief.domain.people import INSTALLATION, Actor, Permission, Role, ensure
from timethief.domain.vocabulary import OrganisationKind
from timethief.services import audit
from timethief.services.access.invitations import (
    Invited,
    NewInvitation,
    add_invitation,
    check_no_account,
)
from timethief.services.organisations import NewUser, add_organisation, add_user
from timethief.services.people import as_actor
from timethief.storage.tables import Organisation, User, UserSession

_CODE = re.compile(r"[\w.-]{1,64}")
_RESERVED = frozenset({INSTALLATION, "code", "forgotten", "new-password", "organisation"})
"""Of the operators, and what stands behind /login/ in the address of other pages."""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation to be let in; `admin_email` is where its first administrator is invited, if that is known."""

    code: str
    name: str
    kind: OrganisationKind
    admin_email: str | None = None


def open_organisation(
    session: Session,
    actor: Actor | None,
    new: NewOrganisation,
    today: date,
    now: datetime,
) -> tuple[Invited, int]:
    """Make an organisation, and the invitation of its first administrator.

    Args:
        session: writing, over all organisations.
        actor: an operator; None for a command.
        new: the organisation.
        today: the day that its policy begins.
        now: time of the act.

    Returns:
        The invitation, and the organisation.

    Raises:
        NotAllowed: `actor` is no operator.
        Invalid: code, name or address cannot be used; the code is taken or kept for the operators.
    """
    if actor is not None:
        ensure(actor, Permission.OPERATE)
    code = read_code(new.code)
    _check_free(session, code)
    name = read_name(new.name)
    organisation_id = add_organisation(session, code, name, new.kind, today)
    audit.record(
        session,
        actor,
        Act.ORGANISATION_ADDED,
        "organisation",
        reference=code,
        after={"name": name, "kind": new.kind},
        now=now,
        organisation_id=organisation_id,
    )
    first = NewInvitation(new.admin_email, _first_name(new.admin_email), Role.ADMIN)
    return add_invitation(session, organisation_id, first, now), organisation_id


def set_open(session: Session, actor: Actor, code: str, *, is_open: bool, now: datetime) -> None:
    """Close an organisation, so that nobody of it can log in, or open it again. What it owns stays.

    Raises:
        NotAllowed: `actor` is no operator.
        NotFound: no organisation has the code, or it is the operators' own.
    """
    ensure(actor, Permission.OPERATE)
    if not _CODE.fullmatch(code):
        raise NotFound("organisation")
    row = session.scalars(
        select(Organisation).where(Organisation.code == code, Organisation.code != INSTALLATION)
    ).one_or_none()
    if row is None:
        raise NotFound("organisation")
    if row.active == is_open:
        return
    row.active = is_open
    if not is_open:
        session.execute(delete(UserSession).where(UserSession.organisation_id == row.id))
    audit.record(
        session,
        actor,
        Act.ORGANISATION_OPENED if is_open else Act.ORGANISATION_CLOSED,
        "organisation",
        reference=code,
        before={"active": not is_open},
        after={"active": is_open},
        now=now,
        organisation_id=row.id,
    )


def add_operator(session: Session, email: str, name: str, now: datetime) -> int:
    """An account of an operator, without a password. They have an organisation of their own, which holds nothing.

    Args:
        session: writing, over all organisations.
        email: what the operator logs in by.
        name: as shown.
        now: time of the act.

    Raises:
        Invalid: the address or the name cannot be used, or the address is an operator's already.
    """
    address = read_email(email)
    organisation_id = session.scalars(
        select(Organisation.id).where(Organisation.code == INSTALLATION)
    ).one_or_none()
    if organisation_id is None:
        own = Organisation(
            code=INSTALLATION,
            name="Timethief",
            kind=OrganisationKind.OTHER.value,
            set_up_on=now.date(),
        )
        session.add(own)
        session.flush()
        organisation_id = own.id
    check_no_account(session, organisation_id, address)
    new = NewUser(address, read_name(name), Role.OPERATOR, None, None, None)
    user_id = add_user(session, organisation_id, new)
    audit.record(
        session,
        None,
        Act.PERSON_ADDED,
        "person",
        reference=address,
        after={"role": Role.OPERATOR},
        now=now,
        organisation_id=organisation_id,
    )
    return user_id


def set_first_password(session: Session, user_id: int, password_hash: str) -> None:
    """The password of an account that a command has just made."""
    session.get_one(User, user_id).password_hash = password_hash


def organisation_of(session: Session, code: str) -> int | None:
    """The organisation of that code; never the operators' own."""
    return session.scalars(
        select(Organisation.id).where(Organisation.code == code, Organisation.code != INSTALLATION)
    ).one_or_none()


def accounts_of(session: Session, email: str, code: str | None = None) -> list[tuple[str, Actor]]:
    """The accounts of an address that may be used, each with the code of its organisation."""
    query = (
        select(User, Organisation.code)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            User.folded_email == folded(email),
            User.active.is_(True),
            Organisation.active.is_(True),
        )
    )
    if code is not None:
        query = query.where(Organisation.code == code)
    return [(found, as_actor(user)) for user, found in session.execute(query)]


def read_code(text: str) -> str:
    """The code of a new organisation.

    Raises:
        Invalid: it cannot be used, or is kept for the operators.
    """
    code = text.strip()
    if not _CODE.fullmatch(code):
        raise Invalid("code", "not_a_code")
    if folded(code) in _RESERVED:
        raise Invalid("code", "reserved")
    return code


def _check_free(session: Session, code: str) -> None:
    taken = session.scalars(select(Organisation.code))
    if folded(code) in {folded(each) for each in taken}:
        raise Invalid("code", "taken")


def _first_name(email: str | None) -> str:
    """The person says the name when the invitation is accepted."""
    return "" if email is None else read_email(email, "admin_email").partition("@")[0]
