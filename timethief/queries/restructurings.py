"""What was merged and split, and tasks side by side that may be the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor, Permission
from timethief.domain.restructuring import RestructuringKind, is_within_time
from timethief.domain.vocabulary import TaskStatus
from timethief.queries.report_figures import ReportCount, reports_of_task
from timethief.queries.similar import SimilarTask
from timethief.queries.tasks import TaskPage, task_page
from timethief.queries.visible_units import visible_units
from timethief.storage.likeness import most_alike
from timethief.storage.merged import kept_in_place_of
from timethief.storage.tables import RestructuredTask, Restructuring, Task, User
from timethief.storage.uses import uses_of

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class RestructuringLine:
    """A merge or split that a task was part of.

    Attributes:
        done_by: whose act it was; None where the account is gone.
        into_this: the task is the one that was kept, or the one that was split.
        whole: the task that was kept or split, by identifier and title.
        others: those that went into it, or the part that came of it.
        can_undo: it is not too late, and the reader may.
    """

    id: str
    kind: str
    done_at: datetime
    done_by: str | None
    into_this: bool
    whole: tuple[str, str]
    others: tuple[tuple[str, str], ...]
    can_undo: bool


@dataclass(frozen=True, slots=True)
class ComparedUse:
    """A use of a compared task, by the identifier that it is chosen by."""

    id: str
    beneficiary: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ComparedTask:
    """A task beside others; `reported` is told as on its page."""

    task: TaskPage
    unit_id: str
    reported: ReportCount
    uses: tuple[ComparedUse, ...]


def of_task(
    session: Session, actor: Actor, task_id: int, now: datetime
) -> tuple[RestructuringLine, ...]:
    """The merges and splits that stand, newest first.

    Args:
        session: reading.
        actor: who reads.
        task_id: of the organisation, as the caller has made sure.
        now: by which it is too late or not.
    """
    parts = select(RestructuredTask.restructuring_id).where(RestructuredTask.task_id == task_id)
    rows = session.execute(
        select(Restructuring, Task.title, User.name)
        .join(Task, Task.id == Restructuring.task_id)
        .outerjoin(User, User.id == Restructuring.user_id)
        .where(
            or_(Restructuring.task_id == task_id, Restructuring.id.in_(parts)),
            Restructuring.undone_at.is_(None),
        )
        .order_by(Restructuring.done_at.desc(), Restructuring.id)
        .limit(MOST_SHOWN)
    ).all()
    others = _others(session, [row.id for row, _, _ in rows])
    reviews = actor.may(Permission.REVIEW_TASKS)
    return tuple(
        RestructuringLine(
            id=to_text(row.id),
            kind=row.kind,
            done_at=row.done_at,
            done_by=name,
            into_this=row.task_id == task_id,
            whole=(to_text(row.task_id), title),
            others=tuple(others.get(row.id, ())),
            can_undo=reviews and is_within_time(row.done_at, now),
        )
        for row, title, name in rows
    )


def _others(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for restructuring_id, task_id, title in session.execute(
        select(RestructuredTask.restructuring_id, Task.id, Task.title)
        .join(Task, Task.id == RestructuredTask.task_id)
        .where(RestructuredTask.restructuring_id.in_(ids))
        .order_by(Task.title, Task.id)
    ):
        found.setdefault(restructuring_id, []).append((to_text(task_id), title))
    return found


def compared(
    session: Session, actor: Actor, task_ids: Sequence[int], today: date
) -> tuple[ComparedTask, ...]:
    """Tasks side by side.

    Raises:
        NotFound: one of them is not the organisation's, or has been merged.
    """
    uses = uses_of(session, task_ids)
    rows = session.execute(select(Task.id, Task.unit_id).where(Task.id.in_(task_ids)))
    units = {task_id: to_text(unit_id) for task_id, unit_id in rows}
    return tuple(
        ComparedTask(
            task=task_page(session, actor, task_id),
            unit_id=units.get(task_id, ""),
            reported=reports_of_task(session, actor.organisation_id, task_id, today),
            uses=tuple(
                ComparedUse(to_text(row.id), row.beneficiary, row.purpose)
                for row, _ in uses[task_id]
            ),
        )
        for task_id in task_ids
    )


def alike(
    session: Session, actor: Actor, title: str, but: Sequence[int]
) -> tuple[SimilarTask, ...]:
    """Tasks that are not stopped and may be the same as one of that title; none of those that are there already."""
    found = most_alike(
        session,
        actor.organisation_id,
        title,
        Task.status != TaskStatus.STOPPED.value,
        Task.id.not_in(but),
    )
    units = visible_units(session, actor) if found else None
    return tuple(
        SimilarTask(to_text(each.task_id), each.title, units.name(each.unit_id) if units else "")
        for each in found
    )


def kept_for(session: Session, task_id: str) -> str | None:
    """The task that an address of a merged one leads to; None where it was not merged, or is not the organisation's."""
    key = from_text(task_id)
    kept = kept_in_place_of(session, key)
    return None if kept == key else to_text(kept)


def standing(session: Session, task_ids: Sequence[int]) -> list[int]:
    """The tasks, each once; in place of those that have been merged, what they were merged into."""
    return list(dict.fromkeys(kept_in_place_of(session, each) for each in task_ids))


def the_part(session: Session, restructuring_id: int) -> str | None:
    """The task that a split made."""
    found = session.scalar(
        select(RestructuredTask.task_id)
        .join(Restructuring, Restructuring.id == RestructuredTask.restructuring_id)
        .where(
            RestructuredTask.restructuring_id == restructuring_id,
            Restructuring.kind == RestructuringKind.SPLIT.value,
        )
    )
    return None if found is None else to_text(found)


def whole_of(session: Session, restructuring_id: int) -> str | None:
    """The task that was kept or split; None where there is no such merge or split any more."""
    row = session.get(Restructuring, restructuring_id)
    return None if row is None else to_text(row.task_id)
