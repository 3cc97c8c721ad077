"""Tasks that were merged into others: the one they were merged into counts, they do not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.storage.tables import Task

IS_LIVE = Task.merged_into_id.is_(None)
"""That a task counts: it has an assessment, stands in lists and can be found."""


def merged_into(session: Session, task_ids: Collection[int]) -> Sequence[Task]:
    """The tasks that were merged into any of these, in one order. What they were merged into always counts itself."""
    return session.scalars(
        select(Task).where(Task.merged_into_id.in_(task_ids)).order_by(Task.id)
    ).all()


def kept_in_place_of(session: Session, task_id: int) -> int:
    """The task that stands for this one: itself, or what it was merged into."""
    found = session.scalar(select(Task.merged_into_id).where(Task.id == task_id))
    return found or task_id
