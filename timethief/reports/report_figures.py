"""Figures about reports in words: rounded, or that there are too few."""

from __future__ import annotations

from dataclasses import dataclass

from timethief.domain.disclosure import first_day
from timethief.domain.publication import Cell
from timethief.i18n import gettext, month, ngettext, number, significant
from timethief.queries.report_figures import MonthOfReports, PublishedLine, ReportCount
from timethief.reports.labels import label
from timethief.reports.tables import Column, Table, as_count, as_estimate


@dataclass(frozen=True, slots=True)
class MonthInWords:
    """A published month as the page shows it.

    Attributes:
        name: the month, as a heading.
        named: the same within a sentence.
        total: what it comes to; empty for those who see one unit only.
        tables: one for each view of which something is shown.
    """

    key: str
    name: str
    named: str
    total: str
    tables: tuple[Table, ...]


def report_count(count: ReportCount) -> str:
    """How many reports, as it may be told."""
    if count.shown is None:
        return ngettext("Fewer than %(num)s report", "Fewer than %(num)s reports", count.smallest)
    return gettext("About %(count)s reports", count=number(count.shown))


def month_of_reports(found: MonthOfReports) -> MonthInWords:
    """A published month: its total in a sentence, each view as a table."""
    return MonthInWords(
        key=found.month,
        name=month(first_day(found.month)).capitalize(),
        named=month(first_day(found.month)),
        total="" if found.total is None else _total(found.total),
        tables=tuple(
            _table(view, found.views[view]) for view in _headings() if view in found.views
        ),
    )


def _total(cell: Cell) -> str:
    if cell.reports is None:
        return gettext("too few to be shown")
    if cell.hours is None:
        return gettext("about %(count)s reports", count=number(cell.reports))
    return gettext(
        "about %(count)s reports, %(hours)s hours a year",
        count=number(cell.reports),
        hours=significant(cell.hours),
    )


def _headings() -> dict[str, str]:
    return {
        "unit": gettext("Unit"),
        "level": gettext("Who asks for it"),
        "staff_category": gettext("Staff category"),
        "verdict": gettext("Verdict"),
    }


def _table(view: str, lines: tuple[PublishedLine, ...]) -> Table:
    heading = _headings()[view]
    return Table(
        heading,
        (
            Column(heading),
            Column(gettext("Number"), numeric=True),
            Column(gettext("Hours a year"), numeric=True),
        ),
        tuple((part_of_month(view, line), _count(line.cell), _hours(line.cell)) for line in lines),
    )


def part_of_month(view: str, line: PublishedLine) -> str:
    """What a part of a published view is called."""
    if line.key == "none":
        return {
            "unit": gettext("No unit, or one too small to be shown"),
            "level": gettext("Not stated"),
            "staff_category": gettext("Not stated"),
            "verdict": gettext("Too little is known"),
        }[view]
    return line.name or label(view, line.key)


def _count(cell: Cell) -> str:
    return "\u2013" if cell.reports is None else as_count(cell.reports)


def _hours(cell: Cell) -> str:
    return gettext("not shown") if cell.hours is None else as_estimate(cell.hours)
