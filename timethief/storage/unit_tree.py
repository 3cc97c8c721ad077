"""The units of an organisation as a tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.names import alphabetical
from timethief.storage.tables import Unit


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit in its place: `depth` 0 is the top."""

    id: int
    name: str
    parent_id: int | None
    depth: int
    headcount: int | None
    sector: str


def units_in_order(session: Session, organisation_id: int) -> tuple[UnitNode, ...]:
    """All units, each followed by those below it, by name."""
    units = session.execute(
        select(Unit.id, Unit.name, Unit.parent_id, Unit.headcount, Unit.sector).where(
            Unit.organisation_id == organisation_id
        )
    ).all()
    below = defaultdict(list)
    for unit in sorted(units, key=lambda unit: (alphabetical(unit.name), unit.id)):
        below[unit.parent_id].append(unit)
    found: list[UnitNode] = []

    def visit(parent_id: int | None, depth: int) -> None:
        for unit in below[parent_id]:
            found.append(
                UnitNode(unit.id, unit.name, parent_id, depth, unit.headcount, unit.sector)
            )
            visit(unit.id, depth + 1)

    visit(None, 0)
    return tuple(found)


def with_those_below(parents: Mapping[int, int | None], unit_id: int) -> frozenset[int]:
    """The unit and every unit below it.

    Args:
        parents: the unit that each unit belongs to; None at the top.
        unit_id: the unit.
    """
    below = defaultdict(list)
    for unit, parent in parents.items():
        below[parent].append(unit)
    found, waiting = set(), [unit_id]
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting.extend(below[unit])
    return frozenset(found)
