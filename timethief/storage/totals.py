"""Totals kept with the data: no page ever adds up a million tasks.

Each task counts in its unit and every unit above it, and in the whole organisation; for its requester's level
and for all levels; and there in every dimension that totals are grouped by. A change of a task becomes the
difference between what it counted and what it counts now, and is stored in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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

    def places(self) -> Iterable[TotalKey]:
        """Every total that the task counts in."""
        for unit in (WHOLE_ORGANISATION, *self.units):
            for level in (ALL_LEVELS, self.level):
                yield (self.organisation_id, unit, level, "all", NO_KEY)
                for dimension, key in self.keys:
                    yield (self.organisation_id, unit, level, dimension, key)


def line_of(row: AssessmentRow, units: Sequence[int], sector: str) -> Line:
    """What an assessed task counts.

    Args:
        row: its assessment.
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


def measures_of_row(row: AssessmentRow) -> Measures:
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
    """Changes of totals, gathered over any number of tasks and stored once."""

    def __init__(self) -> None:
        """Nothing has changed yet."""
        self.changes: dict[TotalKey, list[int]] = defaultdict(lambda: [0] * len(MEASURES))

    def add(self, line: Line) -> None:
        """The task counts from now on."""
        self._book(line, 1)

    def take(self, line: Line) -> None:
        """The task counts no longer."""
        self._book(line, -1)

    def _book(self, line: Line, sign: int) -> None:
        amounts = [sign * getattr(line.measures, name) for name in MEASURES]
        for place in line.places():
            change = self.changes[place]
            for position, amount in enumerate(amounts):
                change[position] += amount

    def rows(self) -> list[dict[str, Any]]:
        """The changes that are not nothing, in one order for all, so that two writers cannot lock each other out."""
        return [row_of(key, change) for key, change in sorted(self.changes.items()) if any(change)]

    def store(self, session: Session) -> None:
        """Add the changes to the kept totals."""
        rows = self.rows()
        if rows:
            session.flush()
            session.execute(_upsert(session.get_bind().dialect.name), rows)
        self.changes.clear()


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
