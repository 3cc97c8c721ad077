"""Figures about reports, guarded: how many a task has, and what has been published of anonymous ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import ReportingMode
from timethief.domain.disclosure import SMALLEST_COUNT, shown_count
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Role
from timethief.domain.publication import Cell
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import Organisation, PublishedFigure, PublishedMonth, Report

MONTHS_SHOWN = 12
BY_UNIT = "unit"
READERS = frozenset({Role.SUPPORT, Role.LEADERSHIP, Role.ADMIN})
"""Who sees what is published of anonymous reports."""


@dataclass(frozen=True, slots=True)
class ReportCount:
    """How many reports there are, as it may be told.

    Attributes:
        shown: rounded; None where there are fewer than `smallest`, or none at all.
        smallest: the organisation's threshold.
    """

    shown: int | None
    smallest: int


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """What has been published of one part of a view."""

    key: str
    name: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class MonthOfReports:
    """What has been published of one month.

    Attributes:
        total: of the whole organisation; None for those who see one unit only.
        views: by the name of the view, the parts of which something is shown, the largest first.
    """

    month: str
    total: Cell | None
    views: dict[str, tuple[PublishedLine, ...]]


def smallest_count(session: Session, organisation_id: int) -> int:
    """The number of reports below which the organisation shows none."""
    stored = select(Organisation.smallest_count).where(Organisation.id == organisation_id)
    return max(session.scalar(stored) or SMALLEST_COUNT, SMALLEST_COUNT)


def reports_of_task(
    session: Session, organisation_id: int, task_id: int, today: date
) -> ReportCount:
    """How many reports a task had when the present month began.

    A running total would tell the day on which somebody reported.
    """
    return reports_of_tasks(session, organisation_id, [task_id], today)[task_id]


def reports_of_tasks(
    session: Session, organisation_id: int, task_ids: Collection[int], today: date
) -> dict[int, ReportCount]:
    """How many reports each of the tasks had when the present month began."""
    smallest = smallest_count(session, organisation_id)
    rows = session.execute(
        select(Report.task_id, func.count())
        .where(
            # As it stands SQLite would go by its index, through every report of the organisation.
            Report.organisation_id + 0 == organisation_id,
            Report.task_id.in_(task_ids),
            Report.withdrawn.is_(False),
            Report.sent_on < today.replace(day=1),
        )
        .group_by(Report.task_id)
        .execution_options(**{BOUND_BY: "organisation_id among its own conditions"})
    )
    counts = {row[0]: row[1] for row in rows}
    return {
        task_id: ReportCount(shown_count(counts.get(task_id, 0), smallest), smallest)
        for task_id in task_ids
    }


def months_of_reports(
    session: Session, actor: Actor, units: VisibleUnits, unit_id: int | None = None
) -> tuple[MonthOfReports, ...] | None:
    """The latest months that have been published of anonymous reports, newest first.

    None where there is nothing to speak of: the reader is staff, or nobody can report anonymously.

    Args:
        session: reading.
        actor: who reads.
        units: as the actor sees them.
        unit_id: only this unit and those below it; None for what the reader's overview opens at.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    unit_id = units.chosen(unit_id)
    if actor.role not in READERS:
        return None
    within = None
    if unit_id is not None:
        below = units.within_reach & units.with_those_below(unit_id)
        within = {to_text(each) for each in below}
    months = session.scalars(
        select(PublishedMonth)
        .where(PublishedMonth.organisation_id == units.organisation_id)
        .order_by(PublishedMonth.month.desc())
        .limit(MONTHS_SHOWN)
    ).all()
    if not months and _mode(session, units.organisation_id) == ReportingMode.OPEN.value:
        return None
    figures = session.scalars(
        select(PublishedFigure)
        .where(
            PublishedFigure.organisation_id == units.organisation_id,
            PublishedFigure.month.in_([month.month for month in months]),
        )
        .order_by(PublishedFigure.reports.desc(), PublishedFigure.key)
    )
    found: dict[str, dict[str, list[PublishedLine]]] = defaultdict(lambda: defaultdict(list))
    for row in figures:
        if _is_within(row, within):
            line = PublishedLine(row.key, row.name, Cell(row.reports, row.hours))
            found[row.month][row.view].append(line)
    return tuple(
        MonthOfReports(
            month=each.month,
            total=Cell(each.reports, each.hours) if within is None else None,
            views={view: tuple(lines) for view, lines in found[each.month].items()},
        )
        for each in months
    )


def _mode(session: Session, organisation_id: int) -> str | None:
    return session.scalar(
        select(Organisation.reporting_mode).where(Organisation.id == organisation_id)
    )


def _is_within(row: PublishedFigure, within: Collection[str] | None) -> bool:
    """Whether the reader sees the figure: of one unit, only what is by unit and of its own."""
    return within is None or (row.view == BY_UNIT and row.key in within)
