"""Which rows have had their time: one place for what is counted beforehand and what is then weeded."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from timethief.domain.anonymity import week_of
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.inquiries import OPEN_AFTER_DEADLINE, InquiryState
from timethief.domain.retention import Kind
from timethief.domain.vocabulary import Source, TaskStatus
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import (
    AnonymousReport,
    AuditEvent,
    Hold,
    Inquiry,
    Invitation,
    OutboxMail,
    Report,
    Task,
    TaskEvent,
)

OVER = (TaskStatus.DONE.value, TaskStatus.STOPPED.value)
"""States in which a task is done with."""

READ = ("used", "closed")
"""States in which reviewers are done with an anonymous report."""

KEYS: dict[Kind, InstrumentedAttribute[Any]] = {
    Kind.TASKS: Task.id,
    Kind.REPORTS: Report.id,
    Kind.ANONYMOUS_REPORTS: AnonymousReport.id,
    Kind.TASK_HISTORY: TaskEvent.id,
    Kind.AUDIT_TRAIL: AuditEvent.id,
    Kind.MAIL: OutboxMail.id,
    Kind.INVITATIONS: Invitation.id,
    Kind.INQUIRIES: Inquiry.id,
}
"""The table of each kind, by its key."""


@dataclass(frozen=True, slots=True)
class Held:
    """What may not be weeded for now: whole kinds, and single tasks and reports."""

    kinds: frozenset[Kind]
    tasks: tuple[int, ...]
    reports: tuple[uuid.UUID, ...]
    anonymous: tuple[uuid.UUID, ...]


def held(session: Session, organisation_id: int) -> Held:
    """What an organisation holds back now."""
    rows = session.scalars(
        select(Hold).where(Hold.organisation_id == organisation_id, Hold.lifted_on.is_(None))
    ).all()
    tasks: list[int] = []
    reports: dict[str, list[uuid.UUID]] = {Kind.REPORTS: [], Kind.ANONYMOUS_REPORTS: []}
    for row in rows:
        with suppress(NotFound, ValueError):
            if row.kind == Kind.TASKS and row.reference:
                tasks.append(from_text(row.reference))
            elif row.kind in reports and row.reference:
                reports[row.kind].append(uuid.UUID(row.reference))
    whole = frozenset(Kind(row.kind) for row in rows if not row.reference)
    return Held(
        whole, tuple(tasks), tuple(reports[Kind.REPORTS]), tuple(reports[Kind.ANONYMOUS_REPORTS])
    )


def due(kind: Kind, organisation_id: int, since: date) -> ColumnElement[bool]:
    """The rows of a kind whose time was over before that day."""
    before = datetime.combine(since, time.min, UTC)
    return and_(KEYS[kind].class_.organisation_id == organisation_id, _is_over(kind, since, before))


def _is_over(kind: Kind, since: date, before: datetime) -> ColumnElement[bool]:
    return {
        Kind.TASKS: _is_done_with(since, before),
        Kind.REPORTS: and_(Report.sent_on < since, _carries_no_figures()),
        Kind.ANONYMOUS_REPORTS: and_(
            AnonymousReport.status.in_(READ),
            func.coalesce(AnonymousReport.changed_week, AnonymousReport.released_week)
            < week_of(since),
        ),
        Kind.TASK_HISTORY: TaskEvent.happened_at < before,
        Kind.AUDIT_TRAIL: AuditEvent.happened_at < before,
        Kind.MAIL: OutboxMail.ended_at < before,
        Kind.INVITATIONS: or_(Invitation.used_at < before, Invitation.valid_until < before),
        Kind.INQUIRIES: _is_past(since, before),
    }[kind]


def _is_done_with(since: date, before: datetime) -> ColumnElement[bool]:
    event = aliased(TaskEvent)
    later = exists().where(event.task_id == Task.id, event.happened_at >= before)
    # What was merged into another task goes with that one.
    return and_(Task.status.in_(OVER), Task.logged_on < since, ~later, IS_LIVE)


def _carries_no_figures() -> ColumnElement[bool]:
    """Figures of a task that nobody has reviewed rest on its reports: those go with the task."""
    task = aliased(Task)
    reviewed = exists().where(task.id == Report.task_id, task.figures_by == Source.REVIEWER.value)
    return or_(Report.withdrawn.is_(True), Report.task_id.is_(None), reviewed)


def is_held(kind: Kind, held_back: Held) -> ColumnElement[bool]:
    """The rows of a kind that are held back; together with a task everything that belongs to it."""
    if kind in held_back.kinds:
        return true()
    if kind is Kind.TASKS:
        return _task_is_held(held_back)
    if kind is Kind.REPORTS:
        return or_(Report.id.in_(held_back.reports), _of(Report.task_id, held_back.tasks))
    if kind is Kind.ANONYMOUS_REPORTS:
        return or_(
            AnonymousReport.id.in_(held_back.anonymous),
            _of(AnonymousReport.task_id, held_back.tasks),
        )
    of_tasks = {Kind.TASK_HISTORY: TaskEvent.task_id, Kind.INQUIRIES: Inquiry.task_id}
    return _of(of_tasks[kind], held_back.tasks) if kind in of_tasks else false()


def _task_is_held(held_back: Held) -> ColumnElement[bool]:
    """A task takes with it its history, its reports and what was asked of it: what holds one of them holds the task."""
    if held_back.kinds & {Kind.TASK_HISTORY, Kind.INQUIRIES}:
        return true()
    other = aliased(Task)
    merged = exists().where(other.merged_into_id == Task.id, _of(other.id, held_back.tasks))
    found = [_of(Task.id, held_back.tasks), merged]
    kinds: tuple[tuple[Kind, Any, tuple[uuid.UUID, ...]], ...] = (
        (Kind.REPORTS, Report, held_back.reports),
        (Kind.ANONYMOUS_REPORTS, AnonymousReport, held_back.anonymous),
    )
    for kind, table, single in kinds:
        report = aliased(table)
        every = true() if kind in held_back.kinds else report.id.in_(single)
        found.append(exists().where(report.task_id == Task.id, every))
    return or_(*found)


def _is_past(since: date, before: datetime) -> ColumnElement[bool]:
    """Questions that are over, and whose answer, if there is one, has been stated everywhere."""
    closed = max(since, date.min + OPEN_AFTER_DEADLINE) - OPEN_AFTER_DEADLINE
    return and_(
        case(
            (Inquiry.ended_at.is_(None), Inquiry.deadline < closed),
            else_=Inquiry.ended_at < before,
        ),
        or_(Inquiry.state != InquiryState.ANSWERED.value, Inquiry.carried_out_at.is_not(None)),
    )


def _of(column: InstrumentedAttribute[Any], tasks: Sequence[int]) -> ColumnElement[bool]:
    """Whether it is one of the tasks; false, not unknown, where there is none."""
    return func.coalesce(column, 0).in_(tasks)


def to_weed(kind: Kind, organisation_id: int, since: date, held_back: Held) -> Select[Any]:
    """The keys of the rows of a kind that are to be weeded."""
    return select(KEYS[kind]).where(due(kind, organisation_id, since), ~is_held(kind, held_back))


def counts(
    session: Session, kind: Kind, organisation_id: int, since: date, held_back: Held
) -> tuple[int, int]:
    """How many rows are to be weeded, and how many would be if they were not held back."""
    over, back = due(kind, organisation_id, since), is_held(kind, held_back)
    weeded = select(func.count(KEYS[kind])).where(over, ~back)
    kept = select(func.count(KEYS[kind])).where(over, back)
    return session.scalars(weeded).one(), session.scalars(kept).one()
