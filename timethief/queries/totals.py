"""The kept totals as figures that people read: hours, kronor, full-time equivalents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.measures import MEASURES, PER_HOUR, PER_SEK, Measures
from timethief.domain.ranges import Range
from timethief.storage.tables import Total
from timethief.storage.totals import ALL_LEVELS, NO_KEY, WHOLE_ORGANISATION

_MEASURES = tuple(getattr(Total, name) for name in MEASURES)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tasks a total counts: a part of the organisation, and one requester level.

    Attributes:
        unit: with those below it; None for the whole organisation.
        level: None for all.
    """

    organisation_id: int
    unit: int | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Totals over some tasks. Hours and SEK are per year.

    Attributes:
        tasks: how many; `flagged_tasks` of them are time thieves.
        fte: likely cost hours in full-time equivalents.
        flagged_hours: likely cost hours of the flagged tasks.
        confirmed_hours: likely cost hours of tasks with a confirmed use.
        avoidable_hours: what the recommended remedies take away.
        gain_hours: what they gain, benefit and one-off hours included.
    """

    tasks: int
    flagged_tasks: int
    cost_hours: Range
    cost_sek: float
    fte: float
    benefit_hours: Range
    flagged_hours: float
    confirmed_hours: float
    avoidable_hours: float
    gain_hours: float

    @property
    def confirmed_share(self) -> float:
        """Share of the likely cost hours that goes to tasks with a confirmed use."""
        likely = self.cost_hours.likely
        return self.confirmed_hours / likely if likely else 0.0

    @classmethod
    def of(cls, measures: Measures, fte_hours: float) -> Figures:
        """Measures in whole numbers as figures.

        Args:
            measures: the total.
            fte_hours: working hours of a full-time equivalent a year.
        """
        likely = measures.cost_likely / PER_HOUR
        return cls(
            tasks=measures.tasks,
            flagged_tasks=measures.flagged_tasks,
            cost_hours=hours_range(measures.cost_low, measures.cost_likely, measures.cost_high),
            cost_sek=measures.cost_ore / PER_SEK,
            fte=likely / fte_hours,
            benefit_hours=hours_range(
                measures.benefit_low, measures.benefit_likely, measures.benefit_high
            ),
            flagged_hours=measures.flagged_hours / PER_HOUR,
            confirmed_hours=measures.confirmed_hours / PER_HOUR,
            avoidable_hours=measures.avoidable_hours / PER_HOUR,
            gain_hours=measures.gain_hours / PER_HOUR,
        )


def hours_range(low: int, likely: int, high: int) -> Range:
    """Millionths of hours as a range of hours."""
    return Range(low / PER_HOUR, likely / PER_HOUR, high / PER_HOUR)


def grouped(session: Session, scope: Scope, dimension: str) -> dict[str, Measures]:
    """The totals of the scope by one dimension; keys without tasks are left out."""
    return {key: total for (_, key), total in grouped_many(session, scope, [dimension]).items()}


def grouped_many(
    session: Session, scope: Scope, dimensions: Iterable[str]
) -> dict[tuple[str, str], Measures]:
    """The totals of the scope by several dimensions, by (dimension, key), in one look-up."""
    rows = session.execute(
        select(Total.dimension, Total.key, *_MEASURES).where(
            Total.organisation_id == scope.organisation_id,
            Total.unit_id == (scope.unit or WHOLE_ORGANISATION),
            Total.level == (scope.level or ALL_LEVELS),
            Total.dimension.in_(list(dimensions)),
        )
    )
    found = {(row[0], row[1]): Measures(*row[2:]) for row in rows}
    return {place: measures for place, measures in found.items() if measures.tasks}


def total(session: Session, scope: Scope) -> Measures:
    """The total of the scope."""
    return grouped(session, scope, "all").get(NO_KEY, Measures())


def totals_of_units(session: Session, scope: Scope, unit_ids: Iterable[int]) -> dict[int, Measures]:
    """The total of each unit with those below it, of the scope's requester level."""
    rows = session.execute(
        select(Total.unit_id, *_MEASURES).where(
            Total.organisation_id == scope.organisation_id,
            Total.unit_id.in_(list(unit_ids)),
            Total.level == (scope.level or ALL_LEVELS),
            Total.dimension == "all",
            Total.key == NO_KEY,
        )
    )
    return {row[0]: Measures(*row[1:]) for row in rows}
