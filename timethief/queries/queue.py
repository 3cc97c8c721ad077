"""The queue of a support function: its groups, and each task so that it can be read without opening it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from timethief.domain.assessment import assess
from timethief.domain.cases import CaseState
from timethief.domain.decisions import DecisionState
from timethief.domain.explanation import Explanation, explain
from timethief.domain.identifiers import to_text
from timethief.domain.inquiries import InquiryState, is_late
from timethief.domain.people import Actor
from timethief.domain.queue import QueueGroup, QueueOrder
from timethief.i18n import TIME_ZONE
from timethief.queries.cases import functions_of
from timethief.queries.queue_places import (
    QueueCursor,
    QueuePlaces,
    QueueWanted,
    Reader,
    queue_places,
)
from timethief.queries.report_figures import ReportCount, reports_of_tasks
from timethief.queries.visible_units import visible_units
from timethief.storage.assumptions import policy_in_force, tariffs_in_force
from timethief.storage.binding import BOUND_BY
from timethief.storage.facts import facts_of
from timethief.storage.tables import (
    AssessmentRow,
    Case,
    Decision,
    Inquiry,
    Requester,
    SeenTask,
    SupportFunction,
    Task,
    User,
)
from timethief.storage.uses import signals_of, uses_of

PAGE = 25
COUNTED_TO = 1_000
"""More than so many are not counted."""
COUNTED = ("level", "verdict", "cause", "recommended")
"""The filters with counts."""
SHOWN: Mapping[QueueGroup, int] = {
    QueueGroup.MINE: 20,
    QueueGroup.WAITING: 5,
    QueueGroup.NEW: 20,
    QueueGroup.UNDECIDED: 5,
    QueueGroup.OTHERS: 5,
    QueueGroup.DONE: 5,
}
"""How many of each group are shown where all groups are."""
_BY_THE_TASKS = {BOUND_BY: "identifiers of tasks of the organisation, and its own conditions"}
"""With the organisation as one more condition SQLite would go through all rows that it has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the requester was asked last, of the task or of its requirement.

    Attributes:
        late: the deadline has passed without an answer.
        used: what was answered on whether it is used.
    """

    asked_on: date
    late: bool
    answered_on: date | None
    used: str | None


@dataclass(frozen=True, slots=True)
class CaseInQueue:
    """Who has the task, and by when those who wrote are to be answered.

    Attributes:
        owner: who has taken it.
        waits_since: since when it waits for somebody outside.
    """

    state: str
    origin: str
    version: int
    function: str | None
    owner: str | None
    is_readers: bool
    opened_on: date
    answer_due: date
    answered: bool
    waits_since: date | None


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that stands."""

    id: str
    outcome: str
    reason: str
    decided_on: date
    by: str | None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A task of the queue.

    Attributes:
        unit: as the reader sees it.
        explanation: figures behind the verdict, the recommended remedy and the best within the own mandate.
        is_new: the reader has not seen it as it is now.
    """

    id: str
    version: int
    title: str
    unit: str
    status: str
    signals: tuple[str, ...]
    explanation: Explanation
    requester: str
    requester_id: str
    level: str
    asked: Asked | None
    reports: ReportCount
    case: CaseInQueue | None
    decided: Decided | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class QueuePart:
    """A group of the queue, or a page of it.

    Attributes:
        count: how many there are; None where there are more than are counted, or where it is not asked.
        next: where the next page begins.
    """

    group: QueueGroup
    rows: tuple[QueueRow, ...]
    count: int | None
    next: QueueCursor | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The whole queue.

    Attributes:
        parts: every group, the empty ones too.
        counts: how many tasks that wait each code leaves, by (dimension, code); None where there are too many to count.
    """

    parts: tuple[QueuePart, ...]
    counts: Mapping[tuple[str, str], int] | None

    @property
    def to_decide(self) -> int | None:
        """How many wait for the reader or for anybody; None where there are more than are counted."""
        waiting = [
            part.count for part in self.parts if part.group in (QueueGroup.MINE, QueueGroup.NEW)
        ]
        return None if None in waiting else sum(count or 0 for count in waiting)


def reader(session: Session, actor: Actor, now: datetime) -> Reader:
    """The actor as a reader of the queue."""
    functions = functions_of(session, actor.user_id)
    units = visible_units(session, actor)
    return Reader(units, actor.user_id, functions, now)


def queue(
    session: Session,
    who: Reader,
    wanted: QueueWanted,
) -> Queue:
    """The first tasks of each group.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    found = {group: _beginning(session, who, group, wanted) for group in QueueGroup}
    shown = {group: each.shown for group, each in found.items()}
    rows = rows_of(session, who, [task_id for ids in shown.values() for task_id in ids])
    parts = tuple(
        QueuePart(
            group,
            tuple(rows[task_id] for task_id in shown[group] if task_id in rows),
            None if each.counted.next else len(each.counted.task_ids),
            None,
        )
        for group, each in found.items()
    )
    return Queue(parts, _counts(session, who, found))


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The first tasks of a group, and those that are counted."""

    shown: tuple[int, ...]
    counted: QueuePlaces


def _beginning(session: Session, who: Reader, group: QueueGroup, wanted: QueueWanted) -> _Beginning:
    ordered = wanted.order is not QueueOrder.EASE
    counting = wanted if ordered else replace(wanted, order=QueueOrder.GAIN)
    counted = queue_places(session, who, group, counting, COUNTED_TO)
    if ordered:
        return _Beginning(counted.task_ids[: SHOWN[group]], counted)
    shown = queue_places(session, who, group, wanted, SHOWN[group]).task_ids
    return _Beginning(shown, counted)


def _counts(
    session: Session, who: Reader, found: Mapping[QueueGroup, _Beginning]
) -> Mapping[tuple[str, str], int] | None:
    """How many tasks that wait each code leaves; None where there are more than are counted."""
    waiting = [each.counted for group, each in found.items() if group is not QueueGroup.DONE]
    if any(each.next for each in waiting):
        return None
    task_ids = [task_id for each in waiting for task_id in each.task_ids]
    columns = [getattr(AssessmentRow, name) for name in COUNTED]
    rows = session.execute(
        select(*columns)
        .where(
            AssessmentRow.organisation_id + 0 == who.units.organisation_id,
            AssessmentRow.task_id.in_(task_ids),
        )
        .execution_options(**_BY_THE_TASKS)
    )
    return Counter(
        (name, code) for row in rows for name, code in zip(COUNTED, row, strict=True) if code
    )


def group_page(
    session: Session,
    who: Reader,
    group: QueueGroup,
    wanted: QueueWanted,
    cursor: QueueCursor | None = None,
) -> QueuePart:
    """A page of one group.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    found = queue_places(session, who, group, wanted, PAGE, cursor)
    rows = rows_of(session, who, found.task_ids)
    count = len(found.task_ids) if cursor is None and found.next is None else None
    listed = tuple(rows[task_id] for task_id in found.task_ids if task_id in rows)
    return QueuePart(group, listed, count, found.next)


def rows_of(session: Session, who: Reader, task_ids: Sequence[int]) -> dict[int, QueueRow]:
    """The tasks as the queue shows them, each assessed anew."""
    organisation_id, today = who.units.organisation_id, who.now.astimezone(TIME_ZONE).date()
    tasks = session.execute(
        select(Task, Requester, AssessmentRow.assessed_on)
        .join(Requester, Requester.id == Task.requester_id)
        .join(AssessmentRow, AssessmentRow.task_id == Task.id)
        # An expression is not in any index, so the tasks are fetched by their ids.
        .where(Task.organisation_id + 0 == organisation_id, Task.id.in_(task_ids))
    ).all()
    policy = policy_in_force(session, organisation_id)
    days = {on for _, _, on in tasks}
    tariffs = {on: tariffs_in_force(session, organisation_id, on) for on in days}
    uses, signals = uses_of(session, task_ids), signals_of(session, task_ids)
    reports = reports_of_tasks(session, organisation_id, task_ids, today)
    asked = _asked(session, organisation_id, [task for task, _, _ in tasks], today)
    cases = _cases(session, organisation_id, who.user_id, task_ids)
    decided = _decided(session, organisation_id, task_ids)
    seen = _seen(session, who.user_id, task_ids)
    rows = {}
    for task, requester, on in tasks:
        facts = facts_of(task, uses[task.id], tariffs[on])
        rows[task.id] = QueueRow(
            id=to_text(task.id),
            version=task.version,
            title=task.title,
            unit=who.units.name(task.unit_id),
            status=task.status,
            signals=tuple(sorted(signals[task.id])),
            explanation=explain(facts, policy, assess(facts, policy)),
            requester=requester.name,
            requester_id=to_text(requester.id),
            level=requester.level,
            asked=asked.get(task.id),
            reports=reports[task.id],
            case=cases.get(task.id),
            decided=decided.get(task.id),
            is_new=seen.get(task.id, 0) < task.version,
        )
    return rows


def _asked(
    session: Session, organisation_id: int, tasks: Sequence[Task], today: date
) -> dict[int, Asked]:
    requirements = {task.requirement_id for task in tasks if task.requirement_id is not None}
    columns = (Inquiry.task_id, Inquiry.requirement_id, Inquiry.asked_at, Inquiry.deadline)
    rows = session.execute(
        select(*columns, Inquiry.state, Inquiry.ended_at, Inquiry.used)
        .where(
            Inquiry.organisation_id + 0 == organisation_id,
            or_(
                Inquiry.task_id.in_([task.id for task in tasks]),
                and_(
                    Inquiry.requirement_id.is_not(None),
                    Inquiry.requirement_id.in_(requirements),
                ),
            ),
            Inquiry.state != InquiryState.WITHDRAWN.value,
        )
        .order_by(Inquiry.asked_at, Inquiry.id)
        .execution_options(**_BY_THE_TASKS)
    )
    of_task, of_requirement = {}, {}
    for task_id, requirement_id, asked_at, deadline, state, ended_at, used in rows:
        answered = ended_at if state == InquiryState.ANSWERED.value else None
        told = Asked(
            _day(asked_at),
            is_late(InquiryState(state), deadline, today),
            None if answered is None else _day(answered),
            used,
        )
        if task_id is not None:
            of_task[task_id] = told
        else:
            of_requirement[requirement_id] = told
    found = {task.id: of_task.get(task.id) for task in tasks}
    for task in tasks:
        if found[task.id] is None and task.requirement_id is not None:
            found[task.id] = of_requirement.get(task.requirement_id)
    return {task_id: told for task_id, told in found.items() if told is not None}


def _cases(
    session: Session, organisation_id: int, user_id: int, task_ids: Sequence[int]
) -> dict[int, CaseInQueue]:
    rows = session.execute(
        select(Case, SupportFunction.name, User.name)
        .outerjoin(SupportFunction, SupportFunction.id == Case.function_id)
        .outerjoin(User, User.id == Case.user_id)
        .where(
            Case.organisation_id + 0 == organisation_id,
            Case.task_id.in_(task_ids),
            Case.state != CaseState.CLOSED.value,
        )
        .execution_options(**_BY_THE_TASKS)
    )
    return {
        case.task_id: CaseInQueue(
            state=case.state,
            origin=case.origin,
            version=case.version,
            function=function,
            owner=owner,
            is_readers=case.user_id == user_id,
            opened_on=case.opened_on,
            answer_due=case.answer_due,
            answered=case.first_answered_on is not None,
            waits_since=case.waits_since,
        )
        for case, function, owner in rows
        if case.task_id is not None
    }


def _decided(session: Session, organisation_id: int, task_ids: Sequence[int]) -> dict[int, Decided]:
    by = aliased(User)
    stands = (DecisionState.IN_FORCE.value, DecisionState.CARRIED_OUT.value)
    rows: Any = session.execute(
        select(Decision, by.name)
        .outerjoin(by, by.id == Decision.user_id)
        .where(
            Decision.organisation_id + 0 == organisation_id,
            Decision.task_id.in_(task_ids),
            Decision.state.in_(stands),
        )
        .order_by(Decision.decided_at, Decision.id)
        .execution_options(**_BY_THE_TASKS)
    )
    return {
        row.task_id: Decided(to_text(row.id), row.outcome, row.reason, _day(row.decided_at), name)
        for row, name in rows
    }


def _seen(session: Session, user_id: int, task_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(SeenTask.task_id, SeenTask.version)
        .where(SeenTask.user_id == user_id, SeenTask.task_id.in_(task_ids))
        .execution_options(**_BY_THE_TASKS)
    )
    return {row[0]: row[1] for row in rows}


def _day(moment: datetime) -> date:
    return moment.astimezone(TIME_ZONE).date()
