"""The gate before automation as a page shows it, and the list of what has passed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.automation_case import AutomationCase, automation_case
from timethief.domain.automation_gate import (
    REMEDIES,
    GateAnswerKind,
    GateQuestion,
    Standing,
    first_open,
    standing,
)
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.measures import PER_HOUR
from timethief.domain.policy import Policy
from timethief.domain.remedies import Remedy
from timethief.domain.vocabulary import TaskStatus
from timethief.queries.inventory import Cursor
from timethief.queries.tasks import TaskPage
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.assumptions import policy_in_force
from timethief.storage.facts import automation_of
from timethief.storage.tables import (
    AssessmentRow,
    AutomationCandidate,
    GateAnswer,
    Task,
    User,
)

PAGE = 50


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found for a question, by whom and when."""

    kind: GateAnswerKind
    reason: str
    name: str | None
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the gate.

    Attributes:
        remedy: what the model says of it; None where it has nothing to offer.
        answered: None where nobody has.
        is_turn: it is the next one to be answered.
    """

    question: GateQuestion
    remedy: Remedy | None
    answered: Answered | None
    is_turn: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """How a task stands before automation.

    Attributes:
        human_check: what a person would still look at; empty where nobody has said.
        entered_on: since when it is on the list; None where it is not.
        case: automation in figures; None where a program can or may do nothing of it.
    """

    steps: tuple[Step, ...]
    standing: Standing
    human_check: str
    entered_on: date | None
    case: AutomationCase | None

    @property
    def answered(self) -> int:
        """How many of the questions are answered."""
        return sum(step.answered is not None for step in self.steps)

    @property
    def turn(self) -> Step | None:
        """The question whose turn it is; None when all are answered."""
        return next((step for step in self.steps if step.is_turn), None)


def gate_of_task(session: Session, task: TaskPage) -> Gate:
    """The gate of a task that the reader has open."""
    task_id = from_text(task.id)
    rows = session.execute(
        select(GateAnswer, User.name)
        .outerjoin(User, User.id == GateAnswer.user_id)
        .where(GateAnswer.task_id == task_id)
    )
    answered = {
        GateQuestion(row.question): Answered(
            GateAnswerKind(row.answer), row.reason, name, row.answered_at
        )
        for row, name in rows
    }
    kinds = {question: each.kind for question, each in answered.items()}
    turn = first_open(kinds)
    candidate = session.get(AutomationCandidate, task_id)
    human_check = candidate.human_check if candidate else ""
    case = None
    if task.automation is not None:
        case = automation_case(task.automation, task.policy, task.assessment.cost_hours.likely)
    return Gate(
        steps=tuple(
            Step(question, _remedy(task, question), answered.get(question), question is turn)
            for question in GateQuestion
        ),
        standing=standing(kinds, task.automation, TaskStatus(task.status), human_check),
        human_check=human_check,
        entered_on=candidate.entered_on if candidate else None,
        case=case,
    )


def _remedy(task: TaskPage, question: GateQuestion) -> Remedy | None:
    offered = (each for each in task.assessment.remedies if each.action in REMEDIES[question])
    return next(offered, None)


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One task that may be automated."""

    id: str
    title: str
    unit: str
    case: AutomationCase
    human_check: str
    entered_on: date


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """One page of the list, what gains most first.

    Attributes:
        policy: that the figures rest on.
        next: where the next page begins; None on the last.
        previous: where the previous page ends; None on the first.
    """

    lines: tuple[CandidateLine, ...]
    policy: Policy
    next: Cursor | None
    previous: Cursor | None


def candidates(
    session: Session, units: VisibleUnits, cursor: Cursor | None = None, limit: int = PAGE
) -> CandidatePage:
    """The tasks that may be automated, by what it gains.

    Args:
        session: reading, bound to the organisation.
        units: as the reader sees them.
        cursor: where the page begins.
        limit: tasks on a page.
    """
    backwards = cursor is not None and cursor.backwards
    place = tuple_(AutomationCandidate.gain_hours, AutomationCandidate.task_id)
    query = (
        select(AutomationCandidate, Task, AssessmentRow.cost_likely)
        .join(Task, Task.id == AutomationCandidate.task_id)
        .join(AssessmentRow, AssessmentRow.task_id == AutomationCandidate.task_id)
        .where(
            AutomationCandidate.organisation_id == units.organisation_id,
            AutomationCandidate.entered_on.is_not(None),
        )
    )
    if cursor is not None:
        there = tuple_(cursor.value, cursor.task_id)
        query = query.where(place > there if backwards else place < there)
    order = (AutomationCandidate.gain_hours, AutomationCandidate.task_id)
    query = query.order_by(*(each if backwards else each.desc() for each in order))
    rows = session.execute(query.limit(limit + 1)).all()
    more, on_page = len(rows) > limit, list(rows[:limit])
    if backwards:
        on_page.reverse()
    policy = policy_in_force(session, units.organisation_id)
    following = backwards or more
    preceding = more if backwards else cursor is not None
    lines = (_line(units, policy, *row) for row in on_page)
    return CandidatePage(
        lines=tuple(line for line in lines if line is not None),
        policy=policy,
        next=_place(on_page[-1][0]) if on_page and following else None,
        previous=_place(on_page[0][0], backwards=True) if on_page and preceding else None,
    )


def _place(row: AutomationCandidate, *, backwards: bool = False) -> Cursor:
    return Cursor(row.gain_hours, row.task_id, backwards)


def _line(
    units: VisibleUnits, policy: Policy, row: AutomationCandidate, task: Task, cost_likely: int
) -> CandidateLine | None:
    automation = automation_of(task)
    case = automation and automation_case(automation, policy, cost_likely / PER_HOUR)
    if not case or row.entered_on is None:
        return None
    return CandidateLine(
        id=to_text(task.id),
        title=task.title,
        unit=units.name(task.unit_id),
        case=case,
        human_check=row.human_check,
        entered_on=row.entered_on,
    )
