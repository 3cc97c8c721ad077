"""The dashboard as tables alone, for files: the same figures as its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from timethief.i18n import gettext
from timethief.queries.dashboard import Dashboard
from timethief.queries.leadership import Standing
from timethief.reports.labels import label
from timethief.reports.leadership import needs_text
from timethief.reports.report_figures import MonthInWords
from timethief.reports.tables import Cell, Chart, Column, Figure, Table, as_estimate, as_share


def dashboard_tables(
    shown: Dashboard, reached: Standing, charts: Iterable[Chart], months: Iterable[MonthInWords]
) -> Sequence[Table]:
    """The key figures, the table of each chart, where most can be freed, and what has been published of reports."""
    return (
        _key_figures(shown),
        _freed(reached),
        *(chart.table for chart in charts),
        _to_decide(reached),
        _most_to_free(shown),
        *(
            replace(table, caption=f"{month.key} {table.caption}")
            for month in months
            for table in month.tables
        ),
    )


def _key_figures(shown: Dashboard) -> Table:
    figures = shown.figures
    rows: tuple[tuple[str, Figure, str], ...] = (
        (gettext("Mapped time a year"), as_estimate(figures.cost_hours.likely), gettext("hours")),
        (gettext("at least"), as_estimate(figures.cost_hours.low), gettext("hours")),
        (gettext("at most"), as_estimate(figures.cost_hours.high), gettext("hours")),
        (gettext("That is"), as_estimate(figures.fte), gettext("full-time equivalents")),
        (gettext("Costs, a year"), as_estimate(figures.cost_sek), gettext("kronor")),
        (gettext("Time thieves"), as_estimate(figures.flagged_hours), gettext("hours")),
        (gettext("Can be freed"), as_estimate(shown.avoidable_hours), gettext("hours")),
        (
            gettext("Confirmed use"),
            as_share(figures.confirmed_share),
            gettext("of the mapped time"),
        ),
    )
    return Table(
        gettext("Key figures"),
        (
            Column(gettext("Figure")),
            Column(gettext("Value"), numeric=True),
            Column(gettext("Unit of measurement")),
        ),
        rows,
    )


def _freed(reached: Standing) -> Table:
    rows: tuple[tuple[str, Figure], ...] = (
        (gettext("Confirmed by the units"), as_estimate(reached.freed.confirmed_hours)),
        (gettext("Expected by decisions"), as_estimate(reached.freed.expected_hours)),
        (gettext("Taken by the service itself, twelve months"), as_estimate(reached.own.hours)),
    )
    return Table(
        gettext("Freed so far"),
        (Column(gettext("Figure")), Column(gettext("Hours a year"), numeric=True)),
        rows,
    )


def _to_decide(reached: Standing) -> Table:
    return Table(
        gettext("To decide"),
        (
            Column(gettext("Task")),
            Column(gettext("Can be freed, hours"), numeric=True),
            Column(gettext("Remedy")),
            Column(gettext("Who asks for it")),
            Column(gettext("What it takes")),
        ),
        tuple(
            (
                Cell(each.task.title, ""),
                as_estimate(each.task.avoidable_hours),
                label("action", each.task.recommended),
                each.task.requester,
                needs_text(each.needs),
            )
            for each in reached.to_decide
        ),
    )


def _most_to_free(shown: Dashboard) -> Table:
    return Table(
        gettext("Here most time can be freed"),
        (
            Column(gettext("Task")),
            Column(gettext("Can be freed, hours"), numeric=True),
            Column(gettext("Remedy")),
            Column(gettext("Who asks for it")),
        ),
        tuple(
            (
                Cell(line.title, ""),
                as_estimate(line.avoidable_hours),
                label("action", line.recommended),
                line.requester,
            )
            for line in shown.most_to_free
        ),
    )
