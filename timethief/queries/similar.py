"""Tasks that may be the same thing as what somebody is about to write."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor
from timethief.domain.vocabulary import TaskStatus
from timethief.queries.visible_units import visible_units
from timethief.storage.likeness import most_alike
from timethief.storage.merged import kept_in_place_of
from timethief.storage.tables import Task


@dataclass(frozen=True, slots=True)
class SimilarTask:
    """A task that looks alike."""

    id: str
    title: str
    unit: str


def similar_tasks(session: Session, actor: Actor, title: str) -> tuple[SimilarTask, ...]:
    """Up to three tasks of the organisation, of those not stopped, whose titles are most like this one."""
    alike = most_alike(
        session, actor.organisation_id, title, Task.status != TaskStatus.STOPPED.value
    )
    if not alike:
        return ()
    units = visible_units(session, actor)
    return tuple(
        SimilarTask(to_text(each.task_id), each.title, units.name(each.unit_id)) for each in alike
    )


def similar_task(session: Session, actor: Actor, task_id: int) -> SimilarTask:
    """One task as it was offered; where it has been merged since, the one that it was merged into.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    task_id = kept_in_place_of(session, task_id)
    found = session.execute(
        select(Task.title, Task.unit_id).where(
            Task.id == task_id, Task.organisation_id == actor.organisation_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("task")
    return SimilarTask(to_text(task_id), found[0], visible_units(session, actor).name(found[1]))
