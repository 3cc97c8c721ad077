"""What a list of units, as somebody wrote it, would make of an organisation's tree: worked out before anything is changed.

A line is about a unit that there is already where it has that unit's code, or its name in the same place; else
it is a new unit. A cell that is empty leaves the unit as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from timethief.domain.errors import Invalid
from timethief.domain.names import folded, outline
from timethief.domain.numbers import Limits, check_number
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Sector

MOST_LEVELS = 12
"""A unit has at most so many above it, itself included."""
LONGEST_NAME = 200
LONGEST_CODE = 64
HEADCOUNT = Limits(least=0, most=1_000_000, whole=True)


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit as it stands."""

    id: int
    parent_id: int | None
    code: str
    name: str
    sector: Sector
    headcount: int | None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One line of the list; what is empty was not told. `row` is where it stands in the sheet."""

    row: int
    name: str
    code: str = ""
    parent: str = ""
    sector: Sector | None = None
    headcount: int | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be stored."""
        read_text(self.name, "name", LONGEST_NAME, required=True)
        read_text(self.code, "code", LONGEST_CODE)
        if self.headcount is not None:
            check_number(self.headcount, "headcount", HEADCOUNT)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where in the sheet; the refusal's field is the column."""

    row: int
    refusal: Invalid


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A unit as it shall be.

    Attributes:
        row: of the sheet.
        id: of the unit that is changed; None for a new one.
        parent_id: the unit above it, where that exists already.
        parent_row: the line of the unit above it, where that is new.
        changed: whether anything differs from what stands.
    """

    row: int
    id: int | None
    code: str
    name: str
    sector: Sector
    headcount: int | None
    parent_id: int | None
    parent_row: int | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, in an order where every unit stands behind the one above it.

    Attributes:
        look_alikes: (row, name, the other's name) of names that can be taken for each other.
    """

    units: tuple[PlannedUnit, ...]
    faults: tuple[Fault, ...]
    look_alikes: tuple[tuple[int, str, str], ...]

    @property
    def new(self) -> int:
        """How many units are new."""
        return sum(each.id is None for each in self.units)

    @property
    def changed(self) -> int:
        """How many units that there are already are changed."""
        return sum(each.id is not None and each.changed for each in self.units)


def free_code(name: str, taken: set[str]) -> str:
    """A code made from a name, that no unit has (`taken` holds codes folded)."""
    plain = (
        "-".join("".join(sign if sign.isalnum() else " " for sign in folded(name)).split())[
            : LONGEST_CODE - 6
        ]
        or "unit"
    )
    code, number = plain, 1
    while code in taken:
        number += 1
        code = f"{plain}-{number}"
    return code


Key = tuple[str, int]
"""A unit of the plan: ("id", identifier) of one that exists, ("row", line) of a new one."""


@dataclass
class _Planner:
    known: Mapping[int, KnownUnit]
    lines: Sequence[UnitLine]
    faults: list[Fault] = field(default_factory=list)
    found: dict[int, int | None] = field(default_factory=dict)
    """For each line the unit that it is about."""
    parents: dict[Key, Key | None] = field(default_factory=dict)

    def fault(self, row: int, column: str, reason: str, **values: object) -> None:
        self.faults.append(Fault(row, Invalid(column, reason, **values)))

    def key_of(self, line: UnitLine) -> Key:
        known = self.found[line.row]
        return ("row", line.row) if known is None else ("id", known)


def plan(known: Sequence[KnownUnit], lines: Sequence[UnitLine]) -> Plan:
    """What the list would make of the units that there are."""
    work = _Planner({unit.id: unit for unit in known}, lines)
    _recognise(work)
    _place(work)
    _check_rings(work)
    if work.faults:
        work.faults.sort(key=lambda fault: fault.row)
        return Plan((), tuple(work.faults), ())
    units = _planned(work)
    return Plan(units, (), look_alikes([(u.row, u.name) for u in units if u.changed], known))


def _recognise(work: _Planner) -> None:
    """Which lines are about which units; a code or a name in its place stands once."""
    by_code = {folded(unit.code): unit for unit in work.known.values()}
    by_place: dict[tuple[str, str], list[KnownUnit]] = defaultdict(list)
    for unit in work.known.values():
        above = None if unit.parent_id is None else work.known[unit.parent_id]
        for parent in {"", folded(above.code), folded(above.name)} if above else {""}:
            by_place[folded(unit.name), parent].append(unit)
    codes: dict[str, int] = {}
    about: dict[int, int] = {}
    for line in work.lines:
        code = folded(line.code)
        if code and code in codes:
            work.fault(line.row, "code", "stands_twice", line=codes[code])
        codes.setdefault(code, line.row)
        same = [by_code[code]] if code in by_code else []
        if not code:
            same = by_place.get((folded(line.name), folded(line.parent)), [])
        if len(same) > 1:
            work.fault(line.row, "name", "several_units", name=line.name)
        work.found[line.row] = same[0].id if len(same) == 1 else None
        if len(same) == 1:
            first = about.setdefault(same[0].id, line.row)
            if first != line.row:
                work.fault(line.row, "name", "stands_twice", line=first)


def _place(work: _Planner) -> None:
    """Where each line's unit shall stand."""
    named: dict[str, set[Key]] = defaultdict(set)
    coded: dict[str, Key] = {}
    for unit in work.known.values():
        named[folded(unit.name)].add(("id", unit.id))
        coded[folded(unit.code)] = ("id", unit.id)
        work.parents["id", unit.id] = None if unit.parent_id is None else ("id", unit.parent_id)
    for line in work.lines:
        named[folded(line.name)].add(work.key_of(line))
        if line.code:
            coded[folded(line.code)] = work.key_of(line)
    for line in work.lines:
        own, wanted = work.key_of(line), folded(line.parent)
        if not wanted:
            work.parents.setdefault(own, None)
            continue
        choices = {coded[wanted]} if wanted in coded else named.get(wanted, set()) - {own}
        if not choices:
            work.fault(line.row, "parent", "no_such_unit", name=line.parent)
        elif len(choices) > 1:
            work.fault(line.row, "parent", "several_units", name=line.parent)
        else:
            work.parents[own] = next(iter(choices))
    _check_names(work)


def _check_names(work: _Planner) -> None:
    """Two units in one place have two names."""
    taken: dict[tuple[Key | None, str], Key] = {}
    by_key = {work.key_of(line): line for line in work.lines}
    for unit in work.known.values():
        if ("id", unit.id) not in by_key:
            taken[work.parents["id", unit.id], folded(unit.name)] = ("id", unit.id)
    for key, line in by_key.items():
        place = (work.parents.get(key), folded(line.name))
        other = taken.setdefault(place, key)
        if other != key:
            where = other[1] if other[0] == "row" else None
            if where is None:
                work.fault(line.row, "name", "name_taken")
            else:
                work.fault(line.row, "name", "stands_twice", line=where)


def _check_rings(work: _Planner) -> None:
    """No unit stands below itself, and none too deep: told at the line that puts it, or one above it, there."""
    rows = {work.key_of(line): line.row for line in work.lines}
    told: set[int] = set()
    for key in work.parents:
        above = [key]
        at = work.parents[key]
        while at is not None and at not in above and len(above) < MOST_LEVELS:
            above.append(at)
            at = work.parents.get(at)
        row = next((rows[each] for each in above if each in rows), None)
        if at is None or row is None or row in told:
            continue
        told.add(row)
        if at in above:
            work.fault(row, "parent", "below_itself")
        else:
            work.fault(row, "parent", "too_many_levels", limit=MOST_LEVELS)


def _planned(work: _Planner) -> tuple[PlannedUnit, ...]:
    taken = {folded(unit.code) for unit in work.known.values()}
    taken |= {folded(line.code) for line in work.lines if line.code}
    by_key = {work.key_of(line): line for line in work.lines}
    done: dict[Key, Sector] = {}
    found: list[PlannedUnit] = []

    def sector_of(key: Key) -> Sector:
        if key in by_key:
            visit(key)
            return done[key]
        above = work.parents[key]
        if above is not None:
            sector_of(above)  # what stands above comes first, so that no step makes a ring
        return work.known[key[1]].sector

    def visit(key: Key) -> None:
        if key in done:
            return
        line, parent = by_key[key], work.parents.get(key)
        above = Sector.OTHER if parent is None else sector_of(parent)
        old = work.known[key[1]] if key[0] == "id" else None
        sector = line.sector or (old.sector if old else above)
        code = (old.code if old and not line.code else line.code) or free_code(line.name, taken)
        taken.add(folded(code))
        headcount = line.headcount
        if headcount is None and old is not None:
            headcount = old.headcount
        parent_id = parent[1] if parent and parent[0] == "id" else None
        unit = (code, line.name, sector, headcount, parent_id)
        stood = (old.code, old.name, old.sector, old.headcount, old.parent_id) if old else None
        parent_row = parent[1] if parent and parent[0] == "row" else None
        changed = unit != stood or parent_row is not None
        done[key] = sector
        found.append(
            PlannedUnit(
                row=line.row,
                id=old.id if old else None,
                code=code,
                name=line.name,
                sector=sector,
                headcount=headcount,
                parent_id=parent_id,
                parent_row=parent_row,
                changed=changed,
            )
        )

    for line in work.lines:
        visit(work.key_of(line))
    return tuple(found)


def look_alikes(
    rows: Sequence[tuple[int, str]], known: Sequence[KnownUnit]
) -> tuple[tuple[int, str, str], ...]:
    """Names that are not the same and can be taken for each other."""
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    for unit in known:
        seen[outline(unit.name)].setdefault(folded(unit.name), unit.name)
    found = []
    for row, name in rows:
        others = seen[outline(name)]
        found += [(row, name, other) for key, other in others.items() if key != folded(name)][:1]
        others.setdefault(folded(name), name)
    return tuple(found)
