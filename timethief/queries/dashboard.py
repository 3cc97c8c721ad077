"""What leadership sees on one page, already counted, sorted and named.

Read from the kept totals and two short pages of the inventory: it costs what it shows, however many tasks
there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import to_text
from timethief.domain.measures import PER_HOUR, Measures
from timethief.domain.policy import Policy
from timethief.domain.vocabulary import Level, Verdict
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import InventoryLine, page
from timethief.queries.totals import Figures, Scope, grouped_many
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.assumptions import policy_in_force
from timethief.storage.tables import Requester
from timethief.storage.totals import NO_KEY

REQUESTERS_SHOWN = 8
TASKS_SHOWN = 5
POINTS_SHOWN = 150


@dataclass(frozen=True, slots=True)
class LevelShare:
    """What one requester level asks for."""

    level: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class RequesterShare:
    """What one requester asks for."""

    id: str
    name: str
    level: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures of one scope. Hours are likely hours per year.

    Attributes:
        figures: all tasks of the scope.
        justified_hours, flagged_hours, undecided_hours: the mapped time by what the verdicts say of it.
        avoidable_hours: what the recommended remedies take away of the time thieves.
        verdicts: tasks and hours of each verdict, in the verdicts' order.
        levels: by requester level, largest first.
        requesters: the largest requesters.
        points: the tasks that cost most, for cost against benefit.
        most_to_free: the tasks where most can be freed.
        policy: the assumptions in force.
    """

    figures: Figures
    justified_hours: float
    flagged_hours: float
    undecided_hours: float
    avoidable_hours: float
    verdicts: tuple[tuple[str, int, float], ...]
    levels: tuple[LevelShare, ...]
    requesters: tuple[RequesterShare, ...]
    points: tuple[InventoryLine, ...]
    most_to_free: tuple[InventoryLine, ...]
    policy: Policy


def dashboard(
    session: Session, units: VisibleUnits, unit_id: int | None = None, level: str | None = None
) -> Dashboard:
    """The figures of a part of the organisation and a requester level.

    Args:
        session: reading.
        units: as the reader sees them.
        unit_id: the part chosen; None for that which the reader's overview opens at.
        level: None for all.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    scope = Scope(units.organisation_id, units.chosen(unit_id), level)
    policy = policy_in_force(session, scope.organisation_id)
    dimensions = ("all", "verdict", "level", "requester")
    kept = grouped_many(session, scope, dimensions)
    verdicts = {
        key: measures for (dimension, key), measures in kept.items() if dimension == "verdict"
    }
    figures = Figures.of(kept.get(("all", NO_KEY), Measures()), policy.fte_hours)
    wanted = TaskFilter(unit=scope.unit, level=scope.level)
    points = page(session, units, wanted, Sort.COST, limit=POINTS_SHOWN)
    thieves = replace(wanted, flagged=True)
    freed = page(session, units, thieves, Sort.AVOIDABLE, limit=TASKS_SHOWN)
    return Dashboard(
        figures=figures,
        justified_hours=_hours(verdicts, Verdict.JUSTIFIED),
        flagged_hours=figures.flagged_hours,
        undecided_hours=_hours(verdicts, Verdict.POSSIBLE),
        avoidable_hours=sum(
            measures.avoidable_hours / PER_HOUR
            for verdict, measures in verdicts.items()
            if Verdict(verdict).flagged
        ),
        verdicts=tuple(
            (verdict.value, verdicts[verdict].tasks, _hours(verdicts, verdict))
            for verdict in Verdict
            if verdict in verdicts
        ),
        levels=_levels(kept, policy),
        requesters=_requesters(session, kept, policy),
        points=points.lines,
        most_to_free=tuple(line for line in freed.lines if line.avoidable_hours > 0),
        policy=policy,
    )


def _hours(verdicts: dict[str, Measures], verdict: Verdict) -> float:
    return verdicts.get(verdict.value, Measures()).cost_likely / PER_HOUR


def _levels(kept: dict[tuple[str, str], Measures], policy: Policy) -> tuple[LevelShare, ...]:
    shares = [
        LevelShare(level.value, Figures.of(kept["level", level.value], policy.fte_hours))
        for level in Level
        if ("level", level.value) in kept
    ]
    return tuple(sorted(shares, key=lambda share: -share.figures.cost_hours.likely))


def _requesters(
    session: Session, kept: dict[tuple[str, str], Measures], policy: Policy
) -> tuple[RequesterShare, ...]:
    totals = {
        key: measures for (dimension, key), measures in kept.items() if dimension == "requester"
    }
    largest = sorted(totals, key=lambda key: (-totals[key].cost_likely, key))[:REQUESTERS_SHOWN]
    named = {
        str(requester_id): (name, level)
        for requester_id, name, level in session.execute(
            select(Requester.id, Requester.name, Requester.level).where(
                Requester.id.in_([int(key) for key in largest])
            )
        )
    }
    return tuple(
        RequesterShare(
            to_text(int(key)), *named[key], figures=Figures.of(totals[key], policy.fte_hours)
        )
        for key in largest
    )
