"""Each task of the queue as it is shown, so that it can be read without opening it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from timethief.i18n import TIME_ZONE
from timethief.queries.queue_places import Reader
from timethief.queries.report_figures import ReportCount, reports_of_tasks
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


def rows_of(session: Session, who: Reader, task_ids: Sequence[int]) -> dict[int, QueueRow]:
    """The tasks as the queue shows them, each assessed anew."""
    organisation_id, today = who.units.organisation_id, who.now.astimezone(TIME_ZONE).date()
    tasks = session.execute(
        select(Task, Requester, AssessmentRow.assessed_on)
        .join(Requester, Requester.id == Task.requester_id)
        .join(AssessmentRow, AssessmentRow.task_id == Task.id)
        # An expression is not in any index, so the tasks are fetched by their ids.
        .where(Task.organisation_id + 0 == organisation_id, Task.id.in_(task_ids))
        .execution_options(**_BY_THE_TASKS)
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
