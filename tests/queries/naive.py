"""The same figures again, computed one task at a time from what is stored of them."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.assessment import assess
from timethief.domain.measures import Measures, measures_of
from timethief.domain.vocabulary import InUse
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.facts import facts_of
from timethief.storage.tables import Requester, Task, Total, Unit
from timethief.storage.uses import signals_of, uses_of

Key = tuple[int, str, str, str]
"""Unit (0: all), level ('': all), dimension, key."""


def totals(session: Session, organisation_id: int) -> dict[Key, Measures]:
    """What every total of the organisation should be."""
    found: dict[Key, Measures] = defaultdict(Measures)
    today = load_assumptions(session, organisation_id, make.TODAY)
    own = Task.organisation_id == organisation_id
    for task in session.scalars(select(Task).where(own, Task.merged_into_id.is_(None))):
        level, dimensions, measures = _figures(session, task, today)
        for unit in (0, *_above(session, task.unit_id)):
            for at in ("", level):
                for dimension, key in dimensions:
                    place = (unit, at, dimension, key)
                    found[place] = found[place].plus(measures)
    return dict(found)


def kept(session: Session, organisation_id: int) -> dict[Key, Measures]:
    """The kept totals that count any task."""
    return {
        (row.unit_id, row.level, row.dimension, row.key): Measures(
            *(getattr(row, name) for name in Measures.__dataclass_fields__)
        )
        for row in session.scalars(select(Total).where(Total.organisation_id == organisation_id))
        if row.tasks
    }


def _above(session: Session, unit_id: int | None) -> list[int]:
    found = []
    while unit_id is not None:
        found.append(unit_id)
        unit_id = session.get_one(Unit, unit_id).parent_id
    return found


def _figures(
    session: Session, task: Task, today: Assumptions
) -> tuple[str, list[tuple[str, str]], Measures]:
    facts = facts_of(task, uses_of(session, [task.id])[task.id], today.tariffs)
    found = assess(facts, today.policy)
    confirmed = InUse.CONFIRMED in {use.in_use for use in facts.uses}
    level = session.get_one(Requester, task.requester_id).level
    dimensions = [
        ("all", ""),
        ("level", level),
        ("requester", str(task.requester_id)),
        ("staff_category", str(task.staff_category_id)),
        ("sector", session.get_one(Unit, task.unit_id).sector),
        ("status", task.status),
        ("month", task.logged_on.isoformat()[:7]),
        ("verdict", found.verdict.value),
        ("recommended", found.recommended.value),
        *(("signal", signal) for signal in signals_of(session, [task.id])[task.id]),
    ]
    if task.requirement_id is not None:
        dimensions.append(("requirement", str(task.requirement_id)))
    if found.cause is not None:
        dimensions.append(("cause", found.cause.value))
    return level, dimensions, measures_of(found, confirmed=confirmed)
