"""The answer to "did it happen?": what it takes now, and whether the first estimate was right."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.cases import CaseOrigin
from timethief.domain.errors import Conflict, NotFound
from timethief.domain.follow_ups import (
    LONGEST_COMMENT,
    NOT_FREED,
    TOLD_IN_MINUTES,
    Answer,
    Baseline,
    FollowUpState,
    Outturn,
    may_answer,
    may_change,
    outturn,
)
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.i18n import TIME_ZONE
from timethief.services.cases.opening import open_task_case
from timethief.services.history import EventKind, note
from timethief.services.sent_forms import earlier_result, remember
from timethief.storage import freed_time
from timethief.storage.assumptions import lineage_of, policy_in_force
from timethief.storage.tables import Decision, FollowUp, Task, Unit
from timethief.storage.turns import take_turn

_TOLD = (
    *("answer", "minutes_now", "times_now", "per_now", "people_now", "minutes_before"),
    *("hours_now", "confirmed_hours", "estimate_change_hours"),
)
"""What the history tells of an answer."""


def answer(
    session: Session,
    actor: Actor,
    follow_up_id: int,
    said: Answer,
    version: int,
    key: str,
    now: datetime,
) -> None:
    """Take the unit's answer, or change the one that was given.

    Where it takes as long as before, or longer, the task is to be tried again.

    Args:
        session: writing.
        actor: somebody of the unit or of one below, its manager, support, or who decided.
        follow_up_id: which question.
        said: the answer.
        version: of the question that the actor saw.
        key: of the form; sent again it changes nothing.
        now: time of the answer.

    Raises:
        NotFound: there is no such question that the actor may answer.
        Invalid: of `minutes_now`, `minutes_before`, `frequency` or `comment`.
        Conflict: reason `changed_meanwhile` where somebody else answered; `cancelled`; `not_asked_yet`; `settled`
            where the days in which it could be changed have passed.
    """
    ensure(actor, Permission.LOG_TASKS)
    take_turn(session, actor.organisation_id)
    row, decision, task = _question(session, actor, follow_up_id)
    if earlier_result(session, actor.organisation_id, key) == str(row.id):
        return
    _check_open(row, version, now)
    policy = policy_in_force(session, actor.organisation_id)
    comment = read_text(said.comment, "comment", LONGEST_COMMENT)
    found = outturn(Baseline.read(decision.baseline), said, policy)
    before = _told(row)
    _write(row, said, found)
    row.comment, row.user_id = comment, actor.user_id
    row.answered_at = row.answered_at or now
    freed_time.keep(session, decision)
    note(session, actor, task, EventKind.FOLLOWED_UP, now, before, _told(row))
    if said.answer in NOT_FREED:
        open_task_case(session, actor.organisation_id, task.id, CaseOrigin.NOT_FREED, now)
    remember(session, actor.organisation_id, key, str(row.id), now)


def take_back(
    session: Session, actor: Actor, follow_up_id: int, version: int, now: datetime
) -> None:
    """Take an answer back: the question stands open again.

    Raises:
        NotFound, Conflict: as `answer`.
    """
    ensure(actor, Permission.LOG_TASKS)
    take_turn(session, actor.organisation_id)
    row, decision, task = _question(session, actor, follow_up_id)
    if row.state == FollowUpState.ASKED:
        return
    _check_open(row, version, now)
    before = _told(row)
    for name in _TOLD:
        setattr(row, name, None)
    row.state, row.comment, row.user_id, row.answered_at = FollowUpState.ASKED.value, "", None, None
    row.version += 1
    freed_time.keep(session, decision)
    note(session, actor, task, EventKind.FOLLOWED_UP, now, before, _told(row))


def _question(session: Session, actor: Actor, follow_up_id: int) -> tuple[FollowUp, Decision, Task]:
    found = session.execute(
        select(FollowUp, Decision, Task)
        .join(Decision, Decision.id == FollowUp.decision_id)
        .join(Task, Task.id == FollowUp.task_id)
        .where(FollowUp.id == follow_up_id, FollowUp.organisation_id == actor.organisation_id)
    ).one_or_none()
    if found is None:
        raise NotFound("follow_up")
    row, decision, task = found
    units = session.execute(
        select(Unit.id, Unit.parent_id).where(Unit.organisation_id == actor.organisation_id)
    )
    lineage = lineage_of({unit_id: parent_id for unit_id, parent_id in units})  # noqa: C416 - rows are no pairs to the type checker
    if not may_answer(actor, task.unit_id, decision.user_id, lineage):
        raise NotFound("follow_up")
    return row, decision, task


def _check_open(row: FollowUp, version: int, now: datetime) -> None:
    if row.state == FollowUpState.CANCELLED:
        raise Conflict("cancelled")
    if row.state == FollowUpState.WAITING and row.due_on > _day(now):
        raise Conflict("not_asked_yet")
    if row.answered_at is not None and not may_change(row.answered_at, now):
        raise Conflict("settled")
    if row.version != version:
        raise Conflict("changed_meanwhile")


def _write(row: FollowUp, said: Answer, found: Outturn) -> None:
    told = said.answer in TOLD_IN_MINUTES
    frequency = said.frequency_now if told else None
    row.answer, row.state = said.answer.value, FollowUpState.ANSWERED.value
    row.minutes_now = said.minutes_now if told else None
    row.times_now = frequency.times if frequency else None
    row.per_now = frequency.per.value if frequency else None
    row.people_now = said.people_now if told else None
    row.minutes_before = said.minutes_before
    row.hours_now = found.hours_now
    row.confirmed_hours = found.confirmed_hours
    row.estimate_change_hours = found.estimate_change_hours
    row.version += 1


def _told(row: FollowUp) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _TOLD}


def _day(now: datetime) -> date:
    return now.astimezone(TIME_ZONE).date()
