"""What stands on the page of a task beside the task itself: its case, decisions, gate, merges, follow-ups.

Each part reads what its own template (`templates/tasks/NAME.html`) shows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from timethief.domain.people import Actor
from timethief.queries.tasks import TaskPage

Part = Callable[[Session, Actor, TaskPage, date], dict[str, object]]
"""Reads the values that a template needs, on a day."""

PARTS: tuple[Part, ...] = ()


def parts_of(session: Session, actor: Actor, task: TaskPage, today: date) -> dict[str, object]:
    """The values of all parts together, by name."""
    found: dict[str, object] = {}
    for part in PARTS:
        found |= part(session, actor, task, today)
    return found
