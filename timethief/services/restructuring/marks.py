"""What was done with a task, so that it can be told whether anything was done since."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.decisions import DecisionState
from timethief.domain.errors import Conflict
from timethief.domain.identifiers import to_text
from timethief.domain.vocabulary import Source
from timethief.services.history import EventKind
from timethief.storage.tables import (
    Decision,
    RestructuredTask,
    Restructuring,
    TaskEvent,
    TaskUse,
    UseStatement,
)

_FIGURES_SET = (EventKind.REVIEWED.value, EventKind.IMPORTED.value)
_REASONS = {
    "restructurings": "restructured_since",
    "decisions": "decided_since",
    "reviews": "reviewed_since",
    "statements": "answered_since",
}


def marks_of(session: Session, task_id: int) -> dict[str, list[str]]:
    """Each merge, split, decision, review and statement of others than the performers, by identifier."""
    session.flush()
    parts = select(RestructuredTask.restructuring_id).where(RestructuredTask.task_id == task_id)
    uses = select(TaskUse.id).where(TaskUse.task_id == task_id)
    queries: dict[str, Any] = {
        "restructurings": select(Restructuring.id).where(
            or_(Restructuring.task_id == task_id, Restructuring.id.in_(parts)),
            Restructuring.undone_at.is_(None),
        ),
        "decisions": select(Decision.id).where(
            Decision.task_id == task_id, Decision.state != DecisionState.UNDONE.value
        ),
        "reviews": select(TaskEvent.id).where(
            TaskEvent.task_id == task_id, TaskEvent.kind.in_(_FIGURES_SET)
        ),
        "statements": select(UseStatement.id).where(
            UseStatement.use_id.in_(uses), UseStatement.source != Source.PERFORMER.value
        ),
    }
    return {
        name: sorted(to_text(identifier) for identifier in session.scalars(query))
        for name, query in queries.items()
    }


def check_nothing_since(session: Session, task_id: int, marks: dict[str, list[str]]) -> None:
    """Refuse if more was done with the task than these.

    Raises:
        Conflict: `restructured_since`, `decided_since`, `reviewed_since` or `answered_since`.
    """
    for name, now in marks_of(session, task_id).items():
        if not set(now) <= set(marks.get(name, ())):
            raise Conflict(_REASONS[name])
