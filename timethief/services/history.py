"""One line of history for each thing done to a task, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from timethief.domain.people import Actor
from timethief.storage.tables import Task, TaskEvent


class EventKind(StrEnum):
    """What can happen to a task."""

    LOGGED = "logged"
    JOINED = "joined"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    REVIEWED = "reviewed"
    FROM_ANONYMOUS = "from_anonymous"
    COMPLETED = "completed"
    IMPORTED = "imported"
    REQUESTER_ANSWERED = "requester_answered"
    REVIEW_REQUESTED = "review_requested"
    TAKEN = "taken"
    ROUTED = "routed"
    MERGED = "merged"
    SPLIT = "split"
    RESTRUCTURING_UNDONE = "restructuring_undone"
    GATE_ANSWERED = "gate_answered"
    DECIDED = "decided"
    DECISION_UNDONE = "decision_undone"
    CARRIED_OUT = "carried_out"
    FOLLOWED_UP = "followed_up"
    CAME_BACK = "came_back"
    CONFIRMED_NEEDED = "confirmed_needed"


_NAMED = frozenset(
    {
        EventKind.REVIEWED,
        EventKind.FROM_ANONYMOUS,
        EventKind.COMPLETED,
        EventKind.IMPORTED,
        EventKind.TAKEN,
        EventKind.ROUTED,
        EventKind.MERGED,
        EventKind.SPLIT,
        EventKind.RESTRUCTURING_UNDONE,
        EventKind.GATE_ANSWERED,
        EventKind.DECIDED,
        EventKind.DECISION_UNDONE,
        EventKind.CARRIED_OUT,
        EventKind.CONFIRMED_NEEDED,
    }
)
"""Acts of review are acts of office and bear a name; what staff report does not."""


def note(
    session: Session,
    actor: Actor | None,
    task: Task,
    kind: EventKind,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add a line; only what differs between before and after is kept. A command or a job has no actor."""
    old, new = dict(before or {}), dict(after or {})
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    session.add(
        TaskEvent(
            organisation_id=task.organisation_id,
            task_id=task.id,
            happened_at=now,
            user_id=actor.user_id if actor is not None and kind in _NAMED else None,
            role="" if actor is None else actor.role.value,
            kind=kind.value,
            before={name: old[name] for name in old if name in changed},
            after={name: new[name] for name in new if name in changed},
        )
    )
