"""Decisions as they are read: the log of all, one of them whole, and those of a task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.decisions import (
    FREEING,
    IN_FORCE_STATES,
    DecisionState,
    FreedFor,
    Outcome,
    Rung,
    may_be_undone,
    proposed_rung,
)
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.follow_ups import FollowUpState
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor, Permission, Role
from timethief.domain.ranges import Range
from timethief.i18n import TIME_ZONE
from timethief.queries.opinions import (
    OpinionLine,
    StepLine,
    opinions_of_task,
    steps_of,
)
from timethief.queries.visible_units import VisibleUnits, visible_units
from timethief.storage.search import words_of
from timethief.storage.tables import (
    Decision,
    FollowUp,
    Requester,
    Task,
    User,
)
from timethief.storage.unit_tree import with_those_below

PAGE = 50
MOST_OF_A_TASK = 50
_HOLDING = tuple(state.value for state in IN_FORCE_STATES)


@dataclass(frozen=True, slots=True)
class WantedDecisions:
    """Which decisions of the log; None and empty for all."""

    outcome: Outcome | None = None
    year: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision in a list.

    Attributes:
        unit: as the reader sees it.
        decider: who decided, by name; empty where the account is gone.
        batch_id: the same for decisions made together; empty for one alone.
        can_carry_out: it frees time once it is done, and is in force.
        confirmed_hours: hours a year that the unit said were freed, in the log; None where it has not said.
    """

    id: str
    number: str
    task_id: str
    title: str
    unit: str
    outcome: Outcome
    state: DecisionState
    reason: str
    decider: str
    capacity: str
    decided_at: datetime
    expected: Range
    planned_on: date | None
    carried_out_on: date | None
    trial_ends_on: date | None
    trial_over: bool
    watched: str
    raised_with: str
    batch_id: str
    confirmed_hours: float | None = None

    @property
    def decided_on(self) -> date:
        """The day in Sweden."""
        return self.decided_at.astimezone(TIME_ZONE).date()

    @property
    def holds(self) -> bool:
        """Whether it is the one that is in force, or has been carried out."""
        return self.state in IN_FORCE_STATES

    @property
    def can_carry_out(self) -> bool:
        """Whether it can be noted as done."""
        return self.state is DecisionState.IN_FORCE and self.outcome in FREEING

    @property
    def decide_anew(self) -> bool:
        """Whether a trial is over, so that somebody is to say what becomes of it."""
        return self.state is DecisionState.IN_FORCE and self.trial_over


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """One page of the log, newest first; `next` is where the one after it begins."""

    lines: tuple[DecisionLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """What the unit was asked, and what came of it; hours a year."""

    months: int
    due_on: date
    state: str
    answer: str | None
    confirmed_hours: float | None


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision with all that belongs to it.

    Attributes:
        baseline: figures and assessment as they were then.
        allotment: what the freed hours go to.
        replaced_by: number and identifier of the one that came after.
        may_act: the reader may decide of this task.
        may_undo: the reader may undo it now.
        next_rung: where it is proposed to raise it next.
    """

    line: DecisionLine
    requester: str
    baseline: dict[str, Any]
    allotment: dict[FreedFor, float]
    ended_at: datetime | None
    trial_weeks: int | None
    replaced_by: tuple[str, str] | None
    opinions: tuple[OpinionLine, ...]
    steps: tuple[StepLine, ...]
    follow_ups: tuple[FollowUpLine, ...]
    may_act: bool
    may_undo: bool
    next_rung: Rung | None


@dataclass(frozen=True, slots=True)
class TaskDecisions:
    """What was decided of a task, newest first, and what people think."""

    lines: tuple[DecisionLine, ...] = ()
    opinions: tuple[OpinionLine, ...] = ()
    steps: tuple[StepLine, ...] = field(default_factory=tuple)
    may_decide: bool = False

    @property
    def standing(self) -> DecisionLine | None:
        """The one that holds."""
        return next((line for line in self.lines if line.holds), None)


def newest_decision_id(session: Session, task_id: int) -> int | None:
    """The decision that holds for a task; None where none does."""
    return session.scalars(
        select(Decision.id)
        .where(Decision.task_id == task_id, Decision.state.in_(_HOLDING))
        .order_by(Decision.decided_at.desc(), Decision.id)
        .limit(1)
    ).first()


def decision_log(
    session: Session,
    actor: Actor,
    wanted: WantedDecisions,
    now: datetime,
    after: str | None = None,
) -> DecisionLog:
    """One page of the log, newest first.

    Raises:
        Invalid: `after` is none that we gave.
    """
    query = _lines(actor.organisation_id)
    if wanted.outcome is not None:
        query = query.where(Decision.outcome == wanted.outcome.value)
    if wanted.year is not None:
        query = query.where(
            Decision.decided_at >= datetime(wanted.year, 1, 1, tzinfo=TIME_ZONE),
            Decision.decided_at < datetime(wanted.year + 1, 1, 1, tzinfo=TIME_ZONE),
        )
    for word in words_of(wanted.words):
        found = Decision.folded_text.contains(word, autoescape=True)
        if word[0].isdigit():
            found = or_(found, Decision.number.startswith(word, autoescape=True))
        query = query.where(found)
    if after:
        decided_at, last = _place(session, actor, after)
        query = query.where(tuple_(Decision.decided_at, Decision.id) < tuple_(decided_at, last))
    query = query.order_by(Decision.decided_at.desc(), Decision.id.desc())
    rows = session.execute(query.limit(PAGE + 1)).all()
    confirmed = _confirmed(session, [decision.id for decision, *_ in rows[:PAGE]])
    lines = [
        replace(line, confirmed_hours=confirmed.get(line.id))
        for line in _read(rows[:PAGE], visible_units(session, actor), now)
    ]
    return DecisionLog(tuple(lines), lines[-1].id if len(rows) > PAGE else None)


def _confirmed(session: Session, decision_ids: Sequence[int]) -> dict[str, float]:
    """Hours a year that units confirmed of decisions, as the latest question of each was answered."""
    rows = session.execute(
        select(FollowUp.decision_id, FollowUp.confirmed_hours)
        .where(
            FollowUp.decision_id.in_(decision_ids),
            FollowUp.state == FollowUpState.ANSWERED.value,
            FollowUp.confirmed_hours.is_not(None),
        )
        .order_by(FollowUp.months)
    )
    return {to_text(decision_id): hours for decision_id, hours in rows if hours is not None}


def decision_years(session: Session, organisation_id: int) -> list[int]:
    """The years in which something was decided, from the newest to the oldest."""
    ends = [
        session.scalar(
            select(Decision.decided_at)
            .where(Decision.organisation_id == organisation_id)
            .order_by(order)
            .limit(1)
        )
        for order in (Decision.decided_at.desc(), Decision.decided_at)
    ]
    newest, oldest = (end.astimezone(TIME_ZONE).year if end else None for end in ends)
    return [] if newest is None or oldest is None else list(range(newest, oldest - 1, -1))


def decision_page(session: Session, actor: Actor, decision_id: int, now: datetime) -> DecisionPage:
    """A decision with all that belongs to it.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    query = _lines(actor.organisation_id).where(Decision.id == decision_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("decision")
    decision, task, requester, _ = row
    units = visible_units(session, actor)
    (line,) = _read([row], units, now)
    follow_ups = session.scalars(
        select(FollowUp).where(FollowUp.decision_id == decision.id).order_by(FollowUp.months)
    ).all()
    steps = steps_of(session, [decision.id])
    answered = any(each.state == FollowUpState.ANSWERED.value for each in follow_ups)
    may_act = may_decide(actor, units, task)
    return DecisionPage(
        line=line,
        requester=decision.baseline.get("requester") or requester,
        baseline=decision.baseline,
        allotment={FreedFor(kind): hours for kind, hours in decision.allotment.items()},
        ended_at=decision.ended_at,
        trial_weeks=decision.trial_weeks,
        replaced_by=_replaced_by(session, decision),
        opinions=opinions_of_task(session, actor, task.id),
        steps=steps,
        follow_ups=tuple(
            FollowUpLine(each.months, each.due_on, each.state, each.answer, each.confirmed_hours)
            for each in follow_ups
        ),
        may_act=may_act,
        may_undo=line.state is DecisionState.IN_FORCE
        and not answered
        and may_be_undone(decision.decided_at, now)
        and (actor.may(Permission.REVIEW_TASKS) or (may_act and decision.user_id == actor.user_id)),
        next_rung=proposed_rung(steps[-1].rung, steps[-1].state) if steps else None,
    )


def step_of(found: DecisionPage, step_id: str) -> StepLine:
    """A step of the decision's ladder.

    Raises:
        NotFound: it has none of that name.
    """
    step = next((each for each in found.steps if each.id == step_id), None)
    if step is None:
        raise NotFound("step")
    return step


def decisions_of_task(session: Session, actor: Actor, task_id: int, now: datetime) -> TaskDecisions:
    """What was decided of a task of the organisation, newest first, and what people think.

    Raises:
        NotFound: there is no such task, or it is another organisation's.
    """
    task = session.get(Task, task_id)
    if task is None or task.organisation_id != actor.organisation_id:
        raise NotFound("task")
    query = (
        _lines(actor.organisation_id)
        .where(Decision.task_id == task_id)
        .order_by(Decision.decided_at.desc(), Decision.number.desc())
        .limit(MOST_OF_A_TASK)
    )
    units = visible_units(session, actor)
    lines = _read(session.execute(query).all(), units, now)
    standing = [from_text(line.id) for line in lines if line.holds]
    return TaskDecisions(
        lines=tuple(lines),
        opinions=opinions_of_task(session, actor, task_id),
        steps=steps_of(session, standing),
        may_decide=may_decide(actor, units, task),
    )


def may_decide(actor: Actor, units: VisibleUnits, task: Task) -> bool:
    """Whether the actor may decide of the task: whoever leads one unit, of what is done there and below."""
    if not actor.may(Permission.DECIDE_TASKS) or task.merged_into_id is not None:
        return False
    if actor.role is not Role.LEADERSHIP or actor.unit_id is None:
        return True
    parents = {unit.id: unit.parent_id for unit in units.tree.values()}
    return task.unit_id in with_those_below(parents, actor.unit_id)


def _lines(organisation_id: int) -> Select[Decision, Task, str, str]:
    return (
        select(Decision, Task, Requester.name, User.name)
        .join(Task, Task.id == Decision.task_id)
        .join(Requester, Requester.id == Task.requester_id)
        .outerjoin(User, User.id == Decision.user_id)
        .where(Decision.organisation_id == organisation_id)
    )


def _read(
    rows: Iterable[Row[Decision, Task, str, str]], units: VisibleUnits, now: datetime
) -> list[DecisionLine]:
    today = now.astimezone(TIME_ZONE).date()
    return [
        DecisionLine(
            id=to_text(row.id),
            number=row.number,
            task_id=to_text(row.task_id),
            title=row.title,
            unit=units.name(task.unit_id),
            outcome=Outcome(row.outcome),
            state=DecisionState(row.state),
            reason=row.reason,
            decider=name or "",
            capacity=row.capacity,
            decided_at=row.decided_at,
            expected=Range(row.expected_low, row.expected_likely, row.expected_high),
            planned_on=row.planned_on,
            carried_out_on=row.carried_out_on,
            trial_ends_on=row.trial_ends_on,
            trial_over=row.trial_ends_on is not None and row.trial_ends_on < today,
            watched=row.watched,
            raised_with=row.raised_with,
            batch_id="" if row.batch_id is None else to_text(row.batch_id),
        )
        for row, task, _, name in rows
    ]


def _replaced_by(session: Session, decision: Decision) -> tuple[str, str] | None:
    if decision.replaced_by_id is None:
        return None
    newer = session.get(Decision, decision.replaced_by_id)
    return None if newer is None else (newer.number, to_text(newer.id))


def _place(session: Session, actor: Actor, after: str) -> tuple[datetime, int]:
    try:
        found = session.get(Decision, from_text(after))
    except NotFound as fault:
        raise Invalid("after", "not_a_choice") from fault
    if found is None or found.organisation_id != actor.organisation_id:
        raise Invalid("after", "not_a_choice")
    return found.decided_at, found.id
