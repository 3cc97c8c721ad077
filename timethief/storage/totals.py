"""Totals kept with the data: no page ever adds up a million tasks.

Each task counts in its unit and every unit above it, and in the whole organisation; for its requester's level
and for all levels; and there in every dimension that totals are grouped by. A change of a task becomes the
difference between what it counted and what it counts now, and is stored in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from timethief.domain.measures import MEASURES, Measures
from timethief.storage.tables import AssessmentRow, Total

WHOLE_ORGANISATION = 0
ALL_LEVELS = ""
NO_KEY = ""
DIMENSIONS = (
    "all",
    "level",
    "requester",
    "requirement",
    "staff_category",
    "sector",
    "status",
    "month",
    "verdict",
    "cause",
    "recommended",
    "signal",
)

TotalKey = tuple[int, int, str, str, str]
"""Organisation, unit, level, dimension, key: the primary key of a total."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one task counts, and where.

    Attributes:
        units: its unit and all above it.
        keys: (dimension, key) pairs beside ("all", "").
    """

    organisation_id: int
    units: tuple[int, ...]
    level: str
    keys: tuple[tuple[str, str], ...]
    measures: Measures
    packed: int = field(init=False, repr=False, compare=False)
    """The measures as the ledger adds them up."""

    def __post_init__(self) -> None:
        """Pack the measures: many tasks may count the same."""
        object.__setattr__(self, "packed", _packed(_amounts(self.measures)))

    def places(self) -> Iterable[TotalKey]:
        """Every total that the task counts in."""
        for unit in (WHOLE_ORGANISATION, *self.units):
            for level in (ALL_LEVELS, self.level):
                yield (self.organisation_id, unit, level, *_ALL)
                for dimension, key in self.keys:
                    yield (self.organisation_id, unit, level, dimension, key)


def line_of(row: AssessmentRow | SimpleNamespace, units: Sequence[int], sector: str) -> Line:
    """What an assessed task counts.

    Args:
        row: its assessment, as it is stored or as plain values by the same names.
        units: its unit and all above it.
        sector: of its unit.
    """
    keys = [
        ("level", row.level),
        ("requester", str(row.requester_id)),
        ("staff_category", str(row.staff_category_id)),
        ("sector", sector),
        ("status", row.status),
        ("month", row.month),
        ("verdict", row.verdict),
        ("recommended", row.recommended),
        *(("signal", signal) for signal in row.signals.split()),
    ]
    if row.requirement_id is not None:
        keys.append(("requirement", str(row.requirement_id)))
    if row.cause is not None:
        keys.append(("cause", row.cause))
    return Line(row.organisation_id, tuple(units), row.level, tuple(keys), measures_of_row(row))


def measures_of_row(row: AssessmentRow | SimpleNamespace) -> Measures:
    """What a stored assessment adds to the totals."""
    flagged = row.cause is not None
    return Measures(
        tasks=1,
        flagged_tasks=int(flagged),
        cost_low=row.cost_low,
        cost_likely=row.cost_likely,
        cost_high=row.cost_high,
        cost_ore=row.cost_ore,
        benefit_low=row.benefit_low,
        benefit_likely=row.benefit_likely,
        benefit_high=row.benefit_high,
        flagged_hours=row.cost_likely if flagged else 0,
        confirmed_hours=row.cost_likely if row.confirmed else 0,
        avoidable_hours=row.avoidable_hours,
        gain_hours=row.gain_hours,
    )


class Ledger:
    """Changes of totals, gathered over any number of tasks and stored once.

    A task moves a hundred totals. It is booked where it stands, in its unit at its level, and only the sums are
    carried to the units above and to all levels. Sums are kept packed, so that adding one task is adding one number.
    """

    def __init__(self) -> None:
        """Nothing has changed yet."""
        self._tasks: dict[_Spot, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
        self._moved: dict[TotalKey, int] = defaultdict(int)

    @property
    def changes(self) -> dict[TotalKey, list[int]]:
        """What each total changes by, in the order of `MEASURES`; other totals by nothing."""
        found: dict[TotalKey, list[int]] = defaultdict(lambda: [0] * len(MEASURES))
        return found | {key: _unpacked(sums) for key, sums in self._carried().items()}

    def add(self, line: Line) -> None:
        """The task counts from now on."""
        self._book(line, line.packed)

    def take(self, line: Line) -> None:
        """The task counts no longer."""
        self._book(line, -line.packed)

    def move(self, place: TotalKey, amounts: Sequence[int]) -> None:
        """Change one total by these amounts, in the order of `MEASURES`, and no other."""
        self._moved[place] += _packed(amounts)

    def _book(self, line: Line, amounts: int) -> None:
        sums = self._tasks[line.organisation_id, line.units, line.level]
        sums[_ALL] += amounts
        for key in line.keys:
            sums[key] += amounts

    def _carried(self) -> dict[TotalKey, int]:
        """The packed change of each total that a task has moved."""
        carried = defaultdict(int, self._moved)
        for (organisation_id, units, level), sums in self._tasks.items():
            for unit in (WHOLE_ORGANISATION, *units):
                for at in (ALL_LEVELS, level):
                    for (dimension, key), amounts in sums.items():
                        carried[organisation_id, unit, at, dimension, key] += amounts
        return carried

    def rows(self) -> list[dict[str, Any]]:
        """The changes that are not nothing, in one order for all, so that two writers cannot lock each other out."""
        carried = sorted(self._carried().items())
        return [row_of(key, _unpacked(amounts)) for key, amounts in carried if amounts]

    def store(self, session: Session) -> None:
        """Add the changes to the kept totals."""
        rows = self.rows()
        if rows:
            session.flush()
            session.execute(_upsert(session.get_bind().dialect.name), rows)
        self._tasks.clear()
        self._moved.clear()


_Spot = tuple[int, tuple[int, ...], str]
"""Organisation, the task's unit with all above it, and level."""
_ALL = ("all", NO_KEY)
_amounts = attrgetter(*MEASURES)
_BITS = 96
"""Of one sum in a packed number: room for the most that a task may count, a million million times, and a sign."""


def _packed(amounts: Iterable[int]) -> int:
    """Sums side by side in one whole number, so that adding two such numbers adds each to each."""
    packed = 0
    for amount in reversed(tuple(amounts)):
        packed = (packed << _BITS) + amount
    return packed


def _unpacked(packed: int) -> list[int]:
    """The sums again."""
    amounts = []
    for _ in MEASURES:
        amount = packed & ((1 << _BITS) - 1)
        if amount >> (_BITS - 1):
            amount -= 1 << _BITS
        amounts.append(amount)
        packed = (packed - amount) >> _BITS
    return amounts


def row_of(key: TotalKey, amounts: Sequence[int]) -> dict[str, Any]:
    """A total as a row of its table."""
    names = ("organisation_id", "unit_id", "level", "dimension", "key")
    return dict(zip(names, key, strict=True)) | dict(zip(MEASURES, amounts, strict=True))


_TABLE = cast("Table", Total.__table__)
"""As a plain table: a task moves a hundred totals, and rows need not be made objects of for that."""


@cache
def _upsert(dialect: str) -> Insert:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(_TABLE)
    grown: Mapping[str, Any] = {
        name: _TABLE.c[name] + statement.excluded[name] for name in MEASURES
    }
    return statement.on_conflict_do_update(
        index_elements=["organisation_id", "unit_id", "level", "dimension", "key"], set_=grown
    )
