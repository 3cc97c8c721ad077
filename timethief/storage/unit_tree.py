"""The units of an organisation as a tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session

from timethief.domain.names import alphabetical
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import Unit


class UnitNode(NamedTuple):
    """A unit in its place: `depth` 0 is the top. A plain tuple, since thousands are made for a page."""

    id: int
    name: str
    parent_id: int | None
    depth: int
    headcount: int | None
    sector: str
    code: str = ""


def units_in_order(session: Session, organisation_id: int) -> tuple[UnitNode, ...]:
    """All units, each followed by those below it, by name."""
    return in_order(units_of(session, organisation_id))


_UNITS = (
    select(
        *(Unit.id, Unit.name, Unit.parent_id, literal(0), Unit.headcount, Unit.sector, Unit.code)
    )
    .where(Unit.organisation_id == bindparam("organisation_id"))
    # Made once, since nearly every page begins with it.
    .execution_options(**{BOUND_BY: "organisation_id among its own conditions"})
)


def units_of(session: Session, organisation_id: int) -> list[UnitNode]:
    """All units, in no order and without their depth: what takes no time with thousands of them."""
    # By the connection: these rows need nothing of what the session does for objects.
    rows = session.connection().execute(_UNITS, {"organisation_id": organisation_id})
    return list(map(UnitNode._make, rows))


def in_order(units: Iterable[UnitNode]) -> tuple[UnitNode, ...]:
    """The units, each followed by those below it, by name; those whose parent is not among them are at the top."""
    known = {unit.id: unit for unit in units}
    below = defaultdict(list)
    for unit in sorted(known.values(), key=lambda unit: (alphabetical(unit.name), unit.id)):
        below[unit.parent_id if unit.parent_id in known else None].append(unit)
    found: list[UnitNode] = []

    def visit(parent_id: int | None, depth: int) -> None:
        for unit in below[parent_id]:
            found.append(unit._replace(depth=depth))
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
