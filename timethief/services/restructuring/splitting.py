"""Splitting a task: the part that is the thief becomes a task of its own, the part that is needed stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.assessment import Assessment, assess
from timethief.domain.errors import Conflict, Invalid
from timethief.domain.explanation import Explanation, explain
from timethief.domain.identifiers import new_identifier, to_text
from timethief.domain.own_time import check_not_own
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.ranges import Range
from timethief.domain.restructuring import (
    Belongs,
    RestructuringKind,
    Split,
    check_can_be_split,
    parted,
)
from timethief.domain.tasks import LONGEST_DESCRIPTION, LONGEST_TITLE, TaskFacts, read_text
from timethief.domain.vocabulary import Source, TaskStatus
from timethief.i18n import TIME_ZONE
from timethief.services.emptied_tasks import LOGGED_AT
from timethief.services.history import EventKind, note
from timethief.services.requesters import find, find_or_add
from timethief.services.restructuring.copying import copy_use
from timethief.services.restructuring.marks import marks_of
from timethief.services.reviews import strike, told
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.services.tasks import owned, settle
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.facts import UseRows, facts_of
from timethief.storage.tables import RestructuredTask, Restructuring, Task, TaskSignal
from timethief.storage.turns import take_turn
from timethief.storage.uses import signals_of, uses_of

CHANGED = (
    *("minutes", "minutes_low", "minutes_high", "achievable_minutes"),
    *("figures_by", "status", "assumed"),
)
"""Columns of the split task that differ afterwards."""
_COPIED = (
    *("organisation_id", "unit_id", "requester_id", "requirement_id", "staff_category_id"),
    *("times", "per", "people", "people_low", "people_high", "hourly_cost_sek"),
    *("origin", "logged_on"),
)
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two tasks that a split gives, as it would be."""

    facts: TaskFacts
    assessment: Assessment
    explanation: Explanation


def preview(
    session: Session, actor: Actor, task_id: int, wanted: Split, now: datetime
) -> tuple[Side, Side]:
    """What the rest and the part would come to; nothing is stored.

    Raises:
        NotAllowed, NotFound, Invalid, Conflict: as `split`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    task = owned(session, actor.organisation_id, task_id)
    check_not_own(task.origin)
    assumptions = _assumptions(session, actor, now)
    uses = uses_of(session, [task.id])[task.id]
    _check(session, task, wanted, uses)
    with session.no_autoflush:
        rest, part = _copy(task), _part_of(task, wanted)
        _halve(rest, part, _minutes(task), wanted.minutes)
        sides = tuple(
            _side(each, _of(belongs, wanted, uses), assumptions)
            for each, belongs in ((rest, Belongs.REST), (part, Belongs.PART))
        )
    return sides[0], sides[1]


def split(
    session: Session,
    actor: Actor,
    task_id: int,
    wanted: Split,
    version: int,
    key: str,
    now: datetime,
) -> int:
    """Make a task of its own of a part. The figures of both are the reviewer's from now on; reports stay.

    Args:
        session: writing.
        actor: a reviewer.
        task_id: the task that is split; it keeps the rest.
        wanted: the part.
        version: of the task that the reviewer saw.
        key: of the form; sent again it gives the same split.
        now: time of the act.

    Returns:
        Identifier of the split, by which it can be undone.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: the task is not the organisation's.
        Invalid: of the part's `title`, `minutes`, `requester`, `legal_basis`, `uses` or `signals`.
        Conflict: `stopped`, `decided` or `changed_meanwhile`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return earlier[0]
    task = owned(session, actor.organisation_id, task_id)
    if task.version != version:
        raise Conflict("changed_meanwhile")
    assumptions = _assumptions(session, actor, now)
    uses = uses_of(session, [task.id])[task.id]
    _check(session, task, wanted, uses)
    before = told(session, task)
    row = Restructuring(
        id=new_identifier(),
        organisation_id=actor.organisation_id,
        kind=RestructuringKind.SPLIT.value,
        task_id=task.id,
        user_id=actor.user_id,
        done_at=now,
        version_after=task.version,
        before={
            "columns": {name: getattr(task, name) for name in CHANGED},
            "uses": [[to_text(each.id), each.position] for each, _ in uses],
        },
    )
    part = _part_of(task, wanted)
    _halve(task, part, _minutes(task), wanted.minutes)
    if wanted.requester is not None:
        requester = find_or_add(session, actor.organisation_id, wanted.requester)
        if requester.id != part.requester_id:
            part.requester_id, part.requirement_id = requester.id, None
    session.add_all([row, part])
    session.flush()
    for place, rows in enumerate(_of(Belongs.PART, wanted, uses), start=1):
        copy_use(session, rows, part, place)
    for belongs, (use, _) in zip(wanted.uses, uses, strict=True):
        if belongs is Belongs.PART:
            strike(session, use)
    for signal in sorted(wanted.signals):
        session.add(
            TaskSignal(task_id=part.id, signal=signal, organisation_id=actor.organisation_id)
        )
    logged_at = int(now.timestamp() * _MICROSECONDS)
    settle(session, task, assumptions)
    settle(session, part, assumptions, logged_at)
    session.flush()
    note(session, actor, task, EventKind.SPLIT, now, before, told(session, task))
    note(session, actor, part, EventKind.SPLIT, now)
    child = RestructuredTask(
        restructuring_id=row.id,
        task_id=part.id,
        organisation_id=actor.organisation_id,
        moved={LOGGED_AT: logged_at},
    )
    session.add(child)
    row.version_after = task.version
    row.before = row.before | {"marks": marks_of(session, task.id)}
    child.moved = child.moved | {"marks": marks_of(session, part.id)}
    remember(session, actor.organisation_id, key, str(row.id), now)
    session.flush()
    return row.id


def _assumptions(session: Session, actor: Actor, now: datetime) -> Assumptions:
    day = now.astimezone(TIME_ZONE).date()
    return load_assumptions(session, actor.organisation_id, day)


def _check(session: Session, task: Task, wanted: Split, uses: Sequence[UseRows]) -> None:
    check_can_be_split(task.status)
    title = read_text(wanted.title, "title", LONGEST_TITLE, required=True)
    if title == task.title:
        raise Invalid("title", "same_title")
    read_text(wanted.legal_basis, "legal_basis", LONGEST_DESCRIPTION)
    parted(_minutes(task), wanted.minutes)
    if len(wanted.uses) != len(uses):
        raise Conflict("changed_meanwhile")
    if not wanted.signals <= signals_of(session, [task.id])[task.id]:
        raise Invalid("signals", "not_a_choice")
    if wanted.requester is not None:
        find(session, task.organisation_id, wanted.requester)


def _minutes(task: Task) -> float | Range:
    if task.minutes_low is None or task.minutes_high is None:
        return task.minutes
    return Range(task.minutes_low, task.minutes, task.minutes_high)


def _copy(task: Task) -> Task:
    """The task as it stands, as a row of its own that is never stored."""
    columns = (column.key for column in Task.__table__.columns)
    return Task(**{name: getattr(task, name) for name in columns})


def _part_of(task: Task, wanted: Split) -> Task:
    return Task(
        id=new_identifier(),
        **{name: getattr(task, name) for name in _COPIED},
        title=read_text(wanted.title, "title", LONGEST_TITLE, required=True),
        description="",
        minutes=wanted.minutes,
        minutes_low=None,
        minutes_high=None,
        binding=wanted.binding.value,
        legal_basis=read_text(wanted.legal_basis, "legal_basis", LONGEST_DESCRIPTION),
        duplicate_share=0.0,
        stable=True,
        systems=1,
        needs_judgement=False,
        version=0,
    )


def _halve(rest: Task, part: Task, whole: float | Range, minutes: float) -> None:
    """Let the minutes of the whole be those of the rest and those of the part."""
    for task, estimate in zip((rest, part), parted(whole, minutes), strict=True):
        if isinstance(estimate, Range):
            task.minutes_low, task.minutes = estimate.low, estimate.likely
            task.minutes_high = estimate.high
        else:
            task.minutes, task.minutes_low, task.minutes_high = estimate, None, None
        task.figures_by, task.assumed = Source.REVIEWER.value, False
        task.status = TaskStatus.IN_REVIEW.value
    if rest.achievable_minutes is not None and rest.achievable_minutes >= rest.minutes:
        rest.achievable_minutes = None


def _of(side: Belongs, wanted: Split, uses: Sequence[UseRows]) -> list[UseRows]:
    """The uses that belong to the rest or to the part."""
    return [
        rows
        for belongs, rows in zip(wanted.uses, uses, strict=True)
        if belongs in (side, Belongs.BOTH)
    ]


def _side(task: Task, uses: Sequence[UseRows], assumptions: Assumptions) -> Side:
    facts = facts_of(task, uses, assumptions.tariffs)
    assessment = assess(facts, assumptions.policy)
    return Side(facts, assessment, explain(facts, assumptions.policy, assessment))
