"""Who may decide of which task."""

from __future__ import annotations

from timethief.domain.decisions import NotOfTheUnit
from timethief.domain.people import Actor, Permission, Role, ensure
from timethief.storage.assumptions import Assumptions
from timethief.storage.tables import Task


def ensure_may_decide(actor: Actor, task: Task, assumptions: Assumptions) -> None:
    """Refuse unless the actor may decide of the task: whoever leads one unit, of what is done there and below.

    Raises:
        NotAllowed: the actor decides of no task.
        NotOfTheUnit: the task is another unit's.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    if actor.role is not Role.LEADERSHIP or actor.unit_id is None:
        return
    if actor.unit_id not in assumptions.lineage.get(task.unit_id, ()):
        raise NotOfTheUnit(Permission.DECIDE_TASKS)
