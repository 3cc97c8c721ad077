"""What leadership decides by: what has been freed, what the service takes, and what waits for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import from_text
from timethief.domain.own_time import OwnCost
from timethief.domain.vocabulary import Action, Binding, TaskStatus
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.freed import Freed, freed
from timethief.queries.inventory import InventoryLine, page, walk
from timethief.queries.own_time import what_the_service_takes
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.tables import AssessmentRow, Task

TO_DECIDE = 5
_UNDECIDED = (TaskStatus.REPORTED, TaskStatus.IN_REVIEW)


class Needs(StrEnum):
    """What it takes to do what is proposed."""

    OWN_DECISION = "own_decision"
    REQUESTER = "requester"
    LAW = "law"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A time thief that waits for a decision."""

    task: InventoryLine
    needs: Needs


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a part of the organisation has come.

    Attributes:
        freed: by decisions, in the part chosen.
        own: what the service takes of the whole organisation.
        to_decide: where most can be freed and nothing is decided, the largest first.
        newest_on: when a task was last logged in the part; None where there is none.
    """

    freed: Freed
    own: OwnCost
    to_decide: tuple[Candidate, ...]
    newest_on: date | None


def standing(
    session: Session,
    units: VisibleUnits,
    today: date,
    unit_id: int | None = None,
    level: str | None = None,
) -> Standing:
    """How far the part has come.

    Args:
        session: reading.
        units: as the reader sees them.
        today: the day in Sweden.
        unit_id: the part chosen; None for that which the reader's overview opens at.
        level: of requesters, for what there is to decide; None for all.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    chosen = units.chosen(unit_id)
    within = None if chosen is None else units.with_those_below(chosen)
    return Standing(
        freed=freed(session, units.organisation_id, within),
        own=what_the_service_takes(session, units.organisation_id, today),
        to_decide=_to_decide(session, units, TaskFilter(unit=chosen, level=level, flagged=True)),
        newest_on=_newest(session, units, chosen),
    )


def _to_decide(session: Session, units: VisibleUnits, wanted: TaskFilter) -> tuple[Candidate, ...]:
    found = [
        line
        for status in _UNDECIDED
        for line in page(
            session,
            units,
            TaskFilter(unit=wanted.unit, level=wanted.level, flagged=True, status=status.value),
            Sort.AVOIDABLE,
            limit=TO_DECIDE,
        ).lines
        if line.avoidable_hours > 0
    ]
    largest = sorted(found, key=lambda line: (-line.avoidable_hours, line.id))[:TO_DECIDE]
    needs = _needs(session, units.organisation_id, [from_text(line.id) for line in largest])
    return tuple(Candidate(line, needs[from_text(line.id)]) for line in largest)


def _needs(session: Session, organisation_id: int, task_ids: list[int]) -> dict[int, Needs]:
    rows = session.execute(
        select(Task.id, Task.binding, AssessmentRow.recommended, AssessmentRow.within_own_mandate)
        .join(AssessmentRow, AssessmentRow.task_id == Task.id)
        .where(Task.organisation_id == organisation_id, Task.id.in_(task_ids))
    )
    return {task_id: needed(*columns) for task_id, *columns in rows}


def needed(binding: str, recommended: str, within_own_mandate: str) -> Needs:
    """What it takes to do what is recommended of a task, by what obliges us and what we can decide on."""
    if recommended == within_own_mandate and recommended != Action.RAISE_WITH_REQUESTER:
        return Needs.OWN_DECISION
    return Needs.LAW if binding == Binding.LAW else Needs.REQUESTER


def _newest(session: Session, units: VisibleUnits, unit_id: int | None) -> date | None:
    found = walk(session, units, TaskFilter(unit=unit_id), Sort.NEWEST, limit=1).task_ids
    if not found:
        return None
    return session.scalar(
        select(Task.logged_on).where(
            Task.organisation_id == units.organisation_id, Task.id == found[0]
        )
    )
