"""Cases: who sees to what, by when those who wrote are answered, and which functions there are."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from timethief.domain.cases import CaseState, FunctionKind, days_left, may_undo
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.people import GRANTS, Actor, Permission, Role
from timethief.queries.visible_units import visible_units
from timethief.storage.tables import Case, CaseAnswer, FunctionMember, SupportFunction, Task, User
from timethief.storage.unit_tree import units_of, with_those_below


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as it stands.

    Attributes:
        owner: name of the function or of the unit whose manager it is with.
        taken_by: name of who has taken it.
        decider: name of who is to decide.
        is_kept_for_undo: whether it is known how it stood before it was handed on.
    """

    id: str
    task_id: str | None
    report_id: uuid.UUID | None
    origin: str
    state: str
    route: str | None
    routed_reason: str
    routed_on: date | None
    function_id: str | None
    unit_id: str | None
    user_id: str | None
    decider_id: str | None
    owner: str
    taken_by: str | None
    decider: str | None
    opened_on: date
    answer_due: date
    first_answered_on: date | None
    waits_since: date | None
    closed_on: date | None
    closed_as: str | None
    version: int
    is_kept_for_undo: bool

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state != CaseState.CLOSED

    def days_left(self, today: date) -> int | None:
        """Days until the last day for a first answer, negative once it has passed; None once it is given."""
        return None if self.first_answered_on else days_left(self.answer_due, today)

    def can_undo(self, today: date) -> bool:
        """Whether the latest handing on can be taken back."""
        return self.is_kept_for_undo and may_undo(self.routed_on, today)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What those who wrote were told."""

    template: str
    text: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class FunctionLine:
    """A function, and how much waits for it."""

    id: str
    name: str
    kind: str
    contact: str
    letter: str
    active: bool
    version: int
    members: tuple[tuple[str, str], ...]
    open_cases: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to choose."""

    id: str
    name: str
    role: str


def case_of_task(session: Session, actor: Actor, task_id: int) -> CaseLine | None:
    """The task's open case, else the latest one; None where it never had one.

    Raises:
        NotFound: the task is not of the organisation.
    """
    task = session.get(Task, task_id)
    if task is None or task.organisation_id != actor.organisation_id:
        raise NotFound("task")
    row = session.scalars(
        select(Case)
        .where(Case.task_id == task_id)
        .order_by(Case.state == CaseState.CLOSED.value, Case.closed_on.desc(), Case.id)
        .limit(1)
    ).first()
    return None if row is None else lines_of(session, actor, [row])[0]


def case_of_report(session: Session, actor: Actor, report_id: uuid.UUID) -> CaseLine | None:
    """The open case of a report, else the latest one."""
    row = session.scalars(
        select(Case)
        .where(Case.report_id == report_id, Case.organisation_id == actor.organisation_id)
        .order_by(Case.state == CaseState.CLOSED.value, Case.closed_on.desc(), Case.id)
        .limit(1)
    ).first()
    return None if row is None else lines_of(session, actor, [row])[0]


def case_line(session: Session, actor: Actor, case_id: int) -> CaseLine:
    """One case.

    Raises:
        NotFound: there is none in the organisation.
    """
    row = session.get(Case, case_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound("case")
    return lines_of(session, actor, [row])[0]


def lines_of(session: Session, actor: Actor, cases: Iterable[Case]) -> tuple[CaseLine, ...]:
    """Cases with the names that stand on them, in the order given."""
    rows = list(cases)
    people = _names(session, {each for row in rows for each in (row.user_id, row.decider_id)})
    functions = _function_names(session, {row.function_id for row in rows})
    units = visible_units(session, actor) if any(row.unit_id for row in rows) else None
    return tuple(
        CaseLine(
            id=to_text(row.id),
            task_id=_text(row.task_id),
            report_id=row.report_id,
            origin=row.origin,
            state=row.state,
            route=row.route,
            routed_reason=row.routed_reason,
            routed_on=row.routed_on,
            function_id=_text(row.function_id),
            unit_id=_text(row.unit_id),
            user_id=_text(row.user_id),
            decider_id=_text(row.decider_id),
            owner=units.name(row.unit_id)
            if units is not None and row.unit_id is not None
            else functions.get(row.function_id or 0, ""),
            taken_by=people.get(row.user_id or 0),
            decider=people.get(row.decider_id or 0),
            opened_on=row.opened_on,
            answer_due=row.answer_due,
            first_answered_on=row.first_answered_on,
            waits_since=row.waits_since,
            closed_on=row.closed_on,
            closed_as=row.closed_as,
            version=row.version,
            is_kept_for_undo=bool(row.before_routing),
        )
        for row in rows
    )


def answers_of(session: Session, case_id: int) -> tuple[AnswerLine, ...]:
    """What those who wrote have been told, newest first."""
    return answers_of_cases(session, [case_id]).get(case_id, ())


def answers_of_cases(
    session: Session, case_ids: Collection[int]
) -> dict[int, tuple[AnswerLine, ...]]:
    """What those who wrote have been told in each case, newest first."""
    rows = session.scalars(
        select(CaseAnswer)
        .where(CaseAnswer.case_id.in_(case_ids))
        .order_by(CaseAnswer.case_id, CaseAnswer.answered_at.desc(), CaseAnswer.id)
    ).all()
    return {
        case_id: tuple(AnswerLine(row.template, row.text, row.answered_at) for row in found)
        for case_id, found in groupby(rows, key=lambda row: row.case_id)
    }


def functions(session: Session, organisation_id: int) -> tuple[FunctionLine, ...]:
    """Every function, those that get cases first, by name."""
    rows = session.scalars(
        select(SupportFunction)
        .where(SupportFunction.organisation_id == organisation_id)
        .order_by(SupportFunction.active.desc(), SupportFunction.folded_name)
    ).all()
    members = _members(session, organisation_id)
    waiting = dict(
        session.execute(
            select(Case.function_id, func.count())
            .where(
                Case.organisation_id == organisation_id,
                Case.state.in_((CaseState.OPEN.value, CaseState.WAITING.value)),
                Case.function_id.is_not(None),
            )
            .group_by(Case.function_id)
        ).all()
    )
    return tuple(
        FunctionLine(
            id=to_text(row.id),
            name=row.name,
            kind=row.kind,
            contact=row.contact,
            letter=row.letter,
            active=row.active,
            version=row.version,
            members=members.get(row.id, ()),
            open_cases=waiting.get(row.id, 0),
        )
        for row in rows
    )


def function_line(session: Session, organisation_id: int, function_id: int) -> FunctionLine:
    """One function.

    Raises:
        NotFound: there is none in the organisation.
    """
    wanted = to_text(function_id)
    found = [each for each in functions(session, organisation_id) if each.id == wanted]
    if not found:
        raise NotFound("function")
    return found[0]


def active_functions(
    session: Session, organisation_id: int, kind: FunctionKind | None = None
) -> tuple[FunctionLine, ...]:
    """The functions that may be given cases."""
    return tuple(
        each
        for each in functions(session, organisation_id)
        if each.active and (kind is None or each.kind == kind)
    )


def functions_of(session: Session, user_id: int) -> frozenset[int]:
    """The functions that somebody works in."""
    return frozenset(
        session.scalars(select(FunctionMember.function_id).where(FunctionMember.user_id == user_id))
    )


def contact_of(session: Session, actor: Actor) -> str:
    """How whoever sees to a case is reached."""
    email = session.scalar(select(User.email).where(User.id == actor.user_id))
    return f"{actor.name}, {email}" if email else actor.name


def people_of(session: Session, organisation_id: int, permission: Permission) -> tuple[Person, ...]:
    """Everybody of the organisation who holds a right, by name."""
    return tuple(
        Person(to_text(row.id), row.name, row.role)
        for row in session.scalars(_with_right(organisation_id, permission)).all()
    )


def deciders(session: Session, organisation_id: int, unit_id: int) -> tuple[Person, ...]:
    """Everybody who may decide on what a unit does: support, and leadership of it, above it or of the whole."""
    parents = {unit.id: unit.parent_id for unit in units_of(session, organisation_id)}
    rows = session.scalars(_with_right(organisation_id, Permission.DECIDE_TASKS)).all()
    return tuple(
        Person(to_text(row.id), row.name, row.role)
        for row in rows
        if row.role != Role.LEADERSHIP.value
        or row.unit_id is None
        or unit_id in with_those_below(parents, row.unit_id)
    )


def _with_right(organisation_id: int, permission: Permission) -> Select[User]:
    roles = [role.value for role in GRANTS[permission]]
    return (
        select(User)
        .where(
            User.organisation_id == organisation_id,
            User.active.is_(True),
            User.role.in_(roles),
        )
        .order_by(User.sort_name, User.id)
    )


def _members(session: Session, organisation_id: int) -> Mapping[int, tuple[tuple[str, str], ...]]:
    person = aliased(User)
    rows = session.execute(
        select(FunctionMember.function_id, person.id, person.name)
        .join(person, person.id == FunctionMember.user_id)
        .where(FunctionMember.organisation_id == organisation_id, person.active.is_(True))
        .order_by(FunctionMember.function_id, person.sort_name, person.id)
    ).all()
    return {
        function_id: tuple((to_text(user_id), name) for _, user_id, name in found)
        for function_id, found in groupby(rows, key=lambda row: row.function_id)
    }


def _names(session: Session, ids: set[int | None]) -> dict[int, str]:
    wanted = ids - {None}
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {user_id: name for user_id, name in rows}  # noqa: C416 - rows are no pairs to the type checker


def _function_names(session: Session, ids: set[int | None]) -> dict[int, str]:
    wanted = ids - {None}
    if not wanted:
        return {}
    rows = session.execute(
        select(SupportFunction.id, SupportFunction.name).where(SupportFunction.id.in_(wanted))
    )
    return {function_id: name for function_id, name in rows}  # noqa: C416


def _text(identifier: int | None) -> str | None:
    return None if identifier is None else to_text(identifier)
