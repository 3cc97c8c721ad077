"""The tree of units as its administrator sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.names import alphabetical, folded, outline
from timethief.storage.merged import IS_LIVE
from timethief.storage.references import is_referred_to
from timethief.storage.tables import (
    AuditEvent,
    Task,
    Total,
    Unit,
    User,
)
from timethief.storage.totals import ALL_LEVELS, NO_KEY
from timethief.storage.unit_tree import UnitNode, units_in_order

LINES_SHOWN = 50
MOST_FOUND = 100
MOST_AT_ONCE = 400
"""Units that one page shows; where there are more, the lower ones are a page of their own."""
_EVENTS_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the tree.

    Attributes:
        tasks: of the unit and those below it.
        below: the units right below it that are shown with it.
        hidden: how many units below it stand on a page of their own.
    """

    id: str
    name: str
    sector: str
    headcount: int | None
    tasks: int
    below: tuple[UnitLine, ...]
    hidden: int = 0
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitTree:
    """The units of an organisation, or those below one.

    Attributes:
        trail: (id, name) of what stands above those that are shown, the top first.
        look_alikes: pairs of names that can be taken for each other, with both ids.
    """

    lines: tuple[UnitLine, ...]
    count: int
    without_headcount: int
    trail: tuple[tuple[str, str], ...]
    look_alikes: tuple[tuple[tuple[str, str], tuple[str, str]], ...]


def unit_tree(session: Session, organisation_id: int, under: int | None = None) -> UnitTree:
    """The units as a tree, or the part of it below one unit.

    Raises:
        NotFound: the unit is not of the organisation.
    """
    nodes = units_in_order(session, organisation_id)
    by_id = {node.id: node for node in nodes}
    if under is not None and under not in by_id:
        raise NotFound("unit")
    below: dict[int | None, list[UnitNode]] = defaultdict(list)
    for node in nodes:
        below[node.parent_id].append(node)
    tasks = _tasks_by_unit(session, organisation_id)
    deepest = 100 if len(nodes) <= MOST_AT_ONCE else 2

    def line(node: UnitNode, depth: int) -> UnitLine:
        shown = depth < deepest
        children = below[node.id]
        return UnitLine(
            to_text(node.id),
            node.name,
            node.sector,
            node.headcount,
            tasks.get(node.id, 0),
            tuple(line(child, depth + 1) for child in children) if shown else (),
            0 if shown else len(children),
        )

    trail: list[tuple[str, str]] = []
    at = under
    while at is not None:
        trail.insert(0, (to_text(at), by_id[at].name))
        at = by_id[at].parent_id
    return UnitTree(
        lines=tuple(line(node, 1) for node in below[under]),
        count=len(nodes),
        without_headcount=sum(node.headcount is None for node in nodes),
        trail=tuple(trail),
        look_alikes=_look_alikes(nodes),
    )


def _look_alikes(
    nodes: Sequence[UnitNode],
) -> tuple[tuple[tuple[str, str], tuple[str, str]], ...]:
    seen: dict[str, dict[str, UnitNode]] = defaultdict(dict)
    for node in nodes:
        seen[outline(node.name)].setdefault(folded(node.name), node)
    found = []
    for same in seen.values():
        first, *others = same.values()
        found += [((to_text(first.id), first.name), (to_text(o.id), o.name)) for o in others]
    return tuple(found[:LINES_SHOWN])


def found_units(session: Session, organisation_id: int, q: str) -> tuple[UnitLine, ...]:
    """The units whose name or code holds some words, each with what stands above it; at most `MOST_FOUND`."""
    nodes = units_in_order(session, organisation_id)
    by_id = {node.id: node for node in nodes}
    codes = {
        unit_id: folded(code)
        for unit_id, code in session.execute(
            select(Unit.id, Unit.code).where(Unit.organisation_id == organisation_id)
        )
    }
    words = folded(q).split()
    tasks = _tasks_by_unit(session, organisation_id)
    found: list[UnitLine] = []
    for node in nodes:
        name = folded(node.name)
        if not all(word in name or word in codes[node.id] for word in words):
            continue
        path: list[str] = []
        at = node.parent_id
        while at is not None:
            path.insert(0, by_id[at].name)
            at = by_id[at].parent_id
        found.append(
            UnitLine(
                to_text(node.id),
                node.name,
                node.sector,
                node.headcount,
                tasks.get(node.id, 0),
                (),
                path=tuple(path),
            )
        )
        if len(found) == MOST_FOUND:
            break
    return tuple(found)


def _tasks_by_unit(session: Session, organisation_id: int) -> dict[int, int]:
    rows = session.execute(
        select(Total.unit_id, Total.tasks).where(
            Total.organisation_id == organisation_id,
            Total.level == ALL_LEVELS,
            Total.dimension == "all",
            Total.key == NO_KEY,
        )
    )
    return {unit_id: tasks for unit_id, tasks in rows}  # noqa: C416 - rows are not pairs to the type checker


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit as its form shows it.

    Attributes:
        trail: (id, name) of the units above it, the top first.
        below: (id, name) of the units right below it.
        own_tasks: its own, without those below.
        empty: nothing belongs to it, so that it can be taken away.
        headcount_on: when the number of staff was last written; None where it has not been since it was made.
    """

    id: str
    name: str
    trail: tuple[tuple[str, str], ...]
    below: tuple[tuple[str, str], ...]
    own_tasks: int
    people: int
    empty: bool
    headcount_on: datetime | None


def unit_page(session: Session, organisation_id: int, unit_id: int) -> UnitPage:
    """A unit.

    Raises:
        NotFound: it is not of the organisation.
    """
    unit = session.get(Unit, unit_id)
    if unit is None or unit.organisation_id != organisation_id:
        raise NotFound("unit")
    trail: list[tuple[str, str]] = []
    above = unit.parent_id
    while above is not None and to_text(above) not in {each for each, _ in trail}:
        found = session.get_one(Unit, above)
        trail.insert(0, (to_text(found.id), found.name))
        above = found.parent_id
    below = session.execute(
        select(Unit.id, Unit.name).where(
            Unit.organisation_id == organisation_id, Unit.parent_id == unit.id
        )
    ).all()
    counted = select(func.count())
    return UnitPage(
        id=to_text(unit.id),
        name=unit.name,
        trail=tuple(trail),
        below=tuple(
            (to_text(each.id), each.name)
            for each in sorted(below, key=lambda each: alphabetical(each.name))
        ),
        own_tasks=session.scalar(
            counted.select_from(Task).where(
                Task.organisation_id == organisation_id, Task.unit_id == unit.id, IS_LIVE
            )
        )
        or 0,
        people=session.scalar(
            counted.select_from(User).where(
                User.organisation_id == organisation_id, User.unit_id == unit.id
            )
        )
        or 0,
        empty=not is_referred_to(session, "unit", unit.id),
        headcount_on=_headcount_on(session, organisation_id, unit.id),
    )


def _headcount_on(session: Session, organisation_id: int, unit_id: int) -> datetime | None:
    events = session.execute(
        select(AuditEvent.happened_at, AuditEvent.after)
        .where(
            AuditEvent.organisation_id == organisation_id,
            AuditEvent.subject == "unit",
            AuditEvent.reference == to_text(unit_id),
            AuditEvent.act.in_([Act.UNIT_ADDED.value, Act.UNIT_CHANGED.value]),
        )
        .order_by(AuditEvent.happened_at.desc())
        .limit(_EVENTS_LOOKED_AT)
    )
    for happened_at, after in events:
        if after.get("headcount") is not None:
            moment: datetime = happened_at
            return moment
    return None
