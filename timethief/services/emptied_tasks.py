"""Tasks that nothing carries any more: what becomes of them, and of those that were merged into them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from timethief.domain.vocabulary import Source, TaskStatus
from timethief.services.assessments import forget_assessment
from timethief.services.tasks import is_complete, reports_of, settle
from timethief.storage import search
from timethief.storage.assumptions import Assumptions
from timethief.storage.merged import merged_into
from timethief.storage.tables import (
    AnonymousReport,
    Report,
    RestructuredTask,
    Restructuring,
    Task,
    TaskSignal,
    TaskUse,
    UseStatement,
)

REPORTS = "reports"
"""Of what a merge moved: identifier and place of each report."""
LOGGED_AT = "logged_at"
"""Of what a merge moved: when the task was logged, in microseconds, as its assessment held it."""


def remove_if_empty(session: Session, task: Task, assumptions: Assumptions) -> bool:
    """Remove a task that only reports carried when no complete one is left; whether it was removed.

    Of those that were merged into it, the ones that a reviewer's figures carry count by themselves again.
    """
    if task.figures_by != Source.PERFORMER.value or task.status != TaskStatus.REPORTED.value:
        return False
    if any(is_complete(report) for report in reports_of(session, task)):
        return False
    for report in session.scalars(select(Report).where(Report.task_id == task.id)):
        report.task_id = None
    session.execute(
        update(AnonymousReport).where(AnonymousReport.task_id == task.id).values(task_id=None)
    )
    for other in merged_into(session, [task.id]):
        if other.figures_by == Source.PERFORMER.value:
            remove(session, other, assumptions)
        else:
            count_again(session, other, assumptions)
    remove(session, task, assumptions)
    return True


def remove(session: Session, task: Task, assumptions: Assumptions) -> None:
    """Remove a task that no report belongs to."""
    forget_assessment(session, task.id, assumptions)
    search.forget(session, task.id)
    uses = select(TaskUse.id).where(TaskUse.task_id == task.id)
    session.execute(delete(UseStatement).where(UseStatement.use_id.in_(uses)))
    for table in (TaskUse, TaskSignal):
        session.execute(delete(table).where(table.task_id == task.id))
    session.delete(task)  # and the database its history with it: no session of ours may delete that
    session.flush()


def count_again(session: Session, task: Task, assumptions: Assumptions) -> None:
    """Let a task that was merged into another count by itself."""
    logged_at = max(
        (moved.get(LOGGED_AT, 0) for moved in _moved_with(session, [task.id]).get(task.id, ())),
        default=0,
    )
    task.merged_into_id = None
    settle(session, task, assumptions, logged_at)


def leave_merged(
    session: Session, task: Task, report_id: uuid.UUID, assumptions: Assumptions
) -> None:
    """A report is withdrawn whose text may stand in tasks merged into this one as well: it goes there too."""
    merged = {other.id: other for other in merged_into(session, [task.id])}
    for other_id, all_moved in _moved_with(session, merged).items():
        own = {uuid.UUID(each) for moved in all_moved for each, _ in moved.get(REPORTS, ())}
        if report_id not in own:
            continue
        left = [report for report in reports_of(session, task) if report.id in own]
        if left:
            merged[other_id].title = left[0].title
            merged[other_id].description = left[0].description
        else:
            remove(session, merged[other_id], assumptions)


def _moved_with(session: Session, task_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    rows = session.execute(
        select(RestructuredTask.task_id, RestructuredTask.moved)
        .join(Restructuring, Restructuring.id == RestructuredTask.restructuring_id)
        .where(RestructuredTask.task_id.in_(task_ids), Restructuring.undone_at.is_(None))
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for task_id, moved in rows:
        found.setdefault(task_id, []).append(moved)
    return found
