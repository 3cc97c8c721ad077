"""What units are asked about decisions, and what they have answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.follow_ups import (
    Baseline,
    FollowUpState,
    may_answer,
    may_change,
)
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor, Permission, Role
from timethief.i18n import TIME_ZONE
from timethief.queries.visible_units import VisibleUnits, visible_units
from timethief.storage.assumptions import lineage_of
from timethief.storage.tables import Decision, FollowUp, Task

PAGE = 25
MOST_OF_A_TASK = 10


@dataclass(frozen=True, slots=True)
class Told:
    """What a unit has answered; hours per year. None where nobody knows."""

    answer: str
    on: date
    minutes_now: float | None
    times_now: float | None
    per_now: str | None
    people_now: int | None
    minutes_before: float | None
    hours_now: float | None
    confirmed_hours: float | None
    estimate_change_hours: float
    comment: str


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """One question about one decision.

    Attributes:
        title: of the task, as it was called when it was decided on.
        unit: as the reader sees it.
        outcome: what was decided, on `decided_on`.
        months: how many months after.
        state: a question whose day has come counts as asked.
        expected_hours: what the decision was expected to free, hours per year.
        told: the answer, if there is one.
        may_answer: whether the reader may answer, or change the answer.
        version: of the question, for the form.
    """

    id: str
    task_id: str
    title: str
    unit: str
    outcome: str
    decided_on: date
    decision_id: str
    months: int
    due_on: date
    asked_on: date | None
    state: str
    expected_hours: float
    told: Told | None
    may_answer: bool
    version: int
    baseline: Baseline


@dataclass(frozen=True, slots=True)
class FollowUpList:
    """Some questions, and where the next page begins."""

    lines: tuple[FollowUpLine, ...]
    after: str | None


def waiting(session: Session, actor: Actor, now: datetime, after: str | None) -> FollowUpList:
    """What the reader may answer and nobody has, the oldest first.

    Raises:
        Invalid: the cursor cannot be read.
    """
    query = _rows(actor).where(_is_asked(_day(now)), *_within_reach(session, actor))
    place = tuple_(FollowUp.due_on, FollowUp.id)
    if after:
        query = query.where(place > tuple_(*_cursor(after)))
    query = query.order_by(FollowUp.due_on, FollowUp.id).limit(PAGE + 1)
    return _listed(session, actor, query, now)


def any_waits(session: Session, actor: Actor, now: datetime) -> bool:
    """Whether there is something that the reader may answer and nobody has."""
    query = _rows(actor).where(_is_asked(_day(now)), *_within_reach(session, actor)).limit(1)
    return session.execute(query).first() is not None


def answered(session: Session, actor: Actor, now: datetime, after: str | None) -> FollowUpList:
    """What has been answered of what the reader may answer, the latest question first.

    Raises:
        Invalid: the cursor cannot be read.
    """
    query = _rows(actor).where(
        FollowUp.state == FollowUpState.ANSWERED.value, *_within_reach(session, actor)
    )
    place = tuple_(FollowUp.due_on, FollowUp.id)
    if after:
        query = query.where(place < tuple_(*_cursor(after)))
    query = query.order_by(FollowUp.due_on.desc(), FollowUp.id.desc()).limit(PAGE + 1)
    return _listed(session, actor, query, now)


def of_task(
    session: Session, actor: Actor, task_id: int, now: datetime
) -> tuple[FollowUpLine, ...]:
    """What a task's decisions are asked about, the latest question first; nothing that was cancelled.

    Args:
        session: reading.
        actor: who reads.
        task_id: of the organisation, as the caller has made sure.
        now: by which a question is asked or an answer may be changed.
    """
    query = (
        _rows(actor)
        .where(FollowUp.task_id == task_id, FollowUp.state != FollowUpState.CANCELLED.value)
        .order_by(FollowUp.due_on.desc(), FollowUp.id)
        .limit(MOST_OF_A_TASK)
    )
    return _read(session, actor, query, now)


def question(session: Session, actor: Actor, follow_up_id: int, now: datetime) -> FollowUpLine:
    """One question that the reader may answer.

    Raises:
        NotFound: there is no such question, or it is not for the reader.
    """
    found = _read(session, actor, _rows(actor).where(FollowUp.id == follow_up_id), now)
    if not found or not _is_for(session, actor, follow_up_id):
        raise NotFound("follow_up")
    return found[0]


def _is_for(session: Session, actor: Actor, follow_up_id: int) -> bool:
    within = select(FollowUp.id).join(Task, Task.id == FollowUp.task_id)
    within = within.join(Decision, Decision.id == FollowUp.decision_id).where(
        FollowUp.organisation_id == actor.organisation_id,
        FollowUp.id == follow_up_id,
        *_within_reach(session, actor),
    )
    return session.scalars(within).first() is not None


def _rows(actor: Actor) -> Select[Any]:
    rows: Any = select(FollowUp, Decision, Task.unit_id)
    query: Select[Any] = (
        rows.join(Decision, Decision.id == FollowUp.decision_id)
        .join(Task, Task.id == FollowUp.task_id)
        .where(FollowUp.organisation_id == actor.organisation_id)
    )
    return query


def _within_reach(session: Session, actor: Actor) -> list[ColumnElement[bool]]:
    """The questions that somebody may answer, as `timethief.domain.follow_ups.may_answer` has it."""
    leads_all = actor.role is Role.LEADERSHIP and actor.unit_id is None
    if actor.may(Permission.REVIEW_TASKS) or leads_all:
        return []
    units = visible_units(session, actor)
    lineage = lineage_of({each.id: each.parent_id for each in units.tree.values()})
    mine = [unit_id for unit_id in units.tree if may_answer(actor, unit_id, None, lineage)]
    return [or_(Task.unit_id.in_(mine), Decision.user_id == actor.user_id)]


def _is_asked(today: date) -> ColumnElement[bool]:
    """Asked, or due although the clock has not asked yet."""
    return or_(
        FollowUp.state == FollowUpState.ASKED.value,
        (FollowUp.state == FollowUpState.WAITING.value) & (FollowUp.due_on <= today),
    )


def _listed(session: Session, actor: Actor, query: Select[Any], now: datetime) -> FollowUpList:
    lines = _read(session, actor, query, now)
    after = None
    if len(lines) > PAGE:
        last = lines[PAGE - 1]
        after = f"{last.due_on.isoformat()}_{last.id}"
    return FollowUpList(lines[:PAGE], after)


def _cursor(after: str) -> tuple[date, int]:
    day, _, identifier = after.partition("_")
    try:
        return date.fromisoformat(day), from_text(identifier)
    except (ValueError, NotFound) as error:
        raise Invalid("after", "unreadable") from error


def _read(
    session: Session, actor: Actor, query: Select[Any], now: datetime
) -> tuple[FollowUpLine, ...]:
    rows: Sequence[Any] = session.execute(query).all()
    if not rows:
        return ()
    units = visible_units(session, actor)
    lineage = lineage_of({each.id: each.parent_id for each in units.tree.values()})
    return tuple(
        _line(row, decision, unit_id, actor, now, units, lineage) for row, decision, unit_id in rows
    )


def _line(
    row: FollowUp,
    decision: Decision,
    unit_id: int,
    actor: Actor,
    now: datetime,
    units: VisibleUnits,
    lineage: dict[int, tuple[int, ...]],
) -> FollowUpLine:
    state = FollowUpState(row.state)
    if state is FollowUpState.WAITING and row.due_on <= _day(now):
        state = FollowUpState.ASKED
    is_open = state is FollowUpState.ASKED or (
        row.answered_at is not None
        and state is FollowUpState.ANSWERED
        and may_change(row.answered_at, now)
    )
    return FollowUpLine(
        id=to_text(row.id),
        task_id=to_text(row.task_id),
        title=decision.title,
        unit=units.name(unit_id),
        outcome=decision.outcome,
        decided_on=_day(decision.decided_at),
        decision_id=to_text(decision.id),
        months=row.months,
        due_on=row.due_on,
        asked_on=None if row.asked_at is None else _day(row.asked_at),
        state=state.value,
        expected_hours=decision.expected_likely,
        told=_told(row),
        may_answer=is_open and may_answer(actor, unit_id, decision.user_id, lineage),
        version=row.version,
        baseline=Baseline.read(decision.baseline),
    )


def _told(row: FollowUp) -> Told | None:
    if row.answer is None or row.answered_at is None:
        return None
    return Told(
        answer=row.answer,
        on=_day(row.answered_at),
        minutes_now=row.minutes_now,
        times_now=row.times_now,
        per_now=row.per_now,
        people_now=row.people_now,
        minutes_before=row.minutes_before,
        hours_now=row.hours_now,
        confirmed_hours=row.confirmed_hours,
        estimate_change_hours=row.estimate_change_hours or 0.0,
        comment=row.comment,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(TIME_ZONE).date()
