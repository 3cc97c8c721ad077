"""The functions of an organisation that cases are handed to, and who works in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.cases import LONGEST_LETTER, CaseState, FunctionKind
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import new_identifier, to_text
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.i18n import gettext, speaking
from timethief.services import audit
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.storage.tables import Case, FunctionMember, Organisation, SupportFunction, User
from timethief.storage.turns import take_turn

SUBJECT = "function"
LONGEST_NAME = 200
MOST_MEMBERS = 200


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """What a function is, as it is written down.

    Attributes:
        contact: how it is reached outside the service.
        letter: what stands above and below what is copied to it; empty for the usual words.
        active: whether it gets new cases.
        member_ids: who works in it.
    """

    name: str
    kind: FunctionKind
    contact: str = ""
    letter: str = ""
    active: bool = True
    member_ids: frozenset[int] = frozenset()


def first_function(session: Session, organisation_id: int) -> SupportFunction:
    """Who owns what nobody has been given: the usual function of that name, else the first active one by name.

    Where there is none, the usual one is made.
    """
    usual = _usual_name(session, organisation_id)
    found = session.scalars(
        select(SupportFunction)
        .where(
            SupportFunction.organisation_id == organisation_id,
            SupportFunction.kind == FunctionKind.SUPPORT.value,
            SupportFunction.active.is_(True),
        )
        .order_by(SupportFunction.folded_name != folded(usual), SupportFunction.folded_name)
        .limit(1)
    ).first()
    return _usual_function(session, organisation_id, usual) if found is None else found


def owned_function(session: Session, organisation_id: int, function_id: int) -> SupportFunction:
    """A function of the organisation.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    row = session.get(SupportFunction, function_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("function")
    return row


def function_for_cases(
    session: Session, organisation_id: int, function_id: int, field: str = "function_id"
) -> SupportFunction:
    """A function that may be given cases.

    Raises:
        NotFound: there is none, or it is another organisation's.
        Invalid: `function_closed`: it gets no new cases any more.
    """
    row = owned_function(session, organisation_id, function_id)
    if not row.active:
        raise Invalid(field, "function_closed", name=row.name)
    return row


def add_function(
    session: Session, actor: Actor, facts: FunctionFacts, key: str, now: datetime
) -> int:
    """Add a function; its identifier.

    Raises:
        NotAllowed: the actor may not manage the organisation.
        NotFound: a member is no active account of the organisation.
        Invalid: of `name`, `contact`, `letter` or `members`; `function_taken` where another has the name.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return owned_function(session, actor.organisation_id, earlier[0]).id
    row = SupportFunction(
        id=new_identifier(), organisation_id=actor.organisation_id, kind=facts.kind.value, version=1
    )
    _write(session, row, facts)
    session.add(row)
    session.flush()
    _set_members(session, row, facts.member_ids)
    audit.record(
        session,
        actor,
        Act.FUNCTION_ADDED,
        SUBJECT,
        reference=to_text(row.id),
        after=_told(session, row),
        now=now,
    )
    remember(session, actor.organisation_id, key, str(row.id), now)
    return row.id


def change_function(
    session: Session,
    actor: Actor,
    function_id: int,
    facts: FunctionFacts,
    version: int,
    now: datetime,
) -> None:
    """Change a function: what it is, who works in it, and whether it gets new cases.

    What it owns already stays with it when it is closed, until somebody hands it on.

    Raises:
        NotAllowed: the actor may not manage the organisation.
        NotFound: there is no such function; a member is no active account of the organisation.
        Invalid: as `add_function`.
        Conflict: reason `changed_meanwhile`.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    row = owned_function(session, actor.organisation_id, function_id)
    if row.version != version:
        raise Conflict("changed_meanwhile")
    before = _told(session, row)
    _write(session, row, facts)
    row.kind = facts.kind.value
    _set_members(session, row, facts.member_ids)
    after = _told(session, row)
    if after == before:
        return
    row.version += 1
    audit.record(
        session,
        actor,
        Act.FUNCTION_CHANGED,
        SUBJECT,
        reference=to_text(row.id),
        before=before,
        after=after,
        now=now,
    )


def open_cases_of(session: Session, function_id: int) -> bool:
    """Whether the function owns anything that is not closed."""
    query = select(Case.id).where(
        Case.function_id == function_id, Case.state != CaseState.CLOSED.value
    )
    return session.scalars(query.limit(1)).first() is not None


def _usual_name(session: Session, organisation_id: int) -> str:
    organisation = session.get_one(Organisation, organisation_id)
    with speaking(organisation.language):
        return gettext("Operational development")


def _usual_function(session: Session, organisation_id: int, name: str) -> SupportFunction:
    """A function that an organisation has had from the beginning, made when it is first needed.

    One of that name that was closed or is of another kind is used all the same: better than that nobody answers.
    """
    row = session.scalars(
        select(SupportFunction).where(
            SupportFunction.organisation_id == organisation_id,
            SupportFunction.folded_name == folded(name),
        )
    ).first()
    if row is None:
        row = SupportFunction(
            id=new_identifier(),
            organisation_id=organisation_id,
            name=name,
            folded_name=folded(name),
            kind=FunctionKind.SUPPORT.value,
            contact="",
            letter="",
            active=True,
            version=1,
        )
        session.add(row)
        session.flush()
    return row


def _write(session: Session, row: SupportFunction, facts: FunctionFacts) -> None:
    name = read_text(facts.name, "name", LONGEST_NAME, required=True)
    same = select(SupportFunction.id).where(
        SupportFunction.organisation_id == row.organisation_id,
        SupportFunction.folded_name == folded(name),
        SupportFunction.id != row.id,
    )
    if session.scalars(same).first() is not None:
        raise Invalid("name", "function_taken")
    row.name, row.folded_name = name, folded(name)
    row.contact = read_text(facts.contact, "contact", LONGEST_NAME)
    row.letter = read_text(facts.letter, "letter", LONGEST_LETTER)
    row.active = facts.active


def _set_members(session: Session, row: SupportFunction, member_ids: Iterable[int]) -> None:
    wanted = frozenset(member_ids)
    if len(wanted) > MOST_MEMBERS:
        raise Invalid("members", "too_many_items", limit=MOST_MEMBERS)
    there = frozenset(_members(session, row.id))
    known = frozenset(
        session.scalars(
            select(User.id).where(
                User.organisation_id == row.organisation_id,
                User.id.in_(wanted - there),
                User.active.is_(True),
            )
        )
    )
    if wanted - there - known:
        raise NotFound("members")
    session.execute(
        delete(FunctionMember).where(
            FunctionMember.function_id == row.id, FunctionMember.user_id.in_(there - wanted)
        )
    )
    for user_id in sorted(wanted - there):
        session.add(
            FunctionMember(function_id=row.id, user_id=user_id, organisation_id=row.organisation_id)
        )
    session.flush()


def _members(session: Session, function_id: int) -> list[int]:
    return list(
        session.scalars(
            select(FunctionMember.user_id).where(FunctionMember.function_id == function_id)
        )
    )


def _told(session: Session, row: SupportFunction) -> Mapping[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "contact": row.contact,
        "letter": row.letter,
        "active": row.active,
        "user_ids": sorted(_members(session, row.id)),
    }
