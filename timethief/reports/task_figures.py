"""What one task costs and gives, as a table to take along."""

from __future__ import annotations

from timethief.i18n import gettext
from timethief.queries.tasks import TaskPage
from timethief.reports.labels import label
from timethief.reports.tables import Column, Figure, Table, as_estimate


def task_figures(task: TaskPage) -> Table:
    """The figures of the task's page: what it takes and gives, what can be freed, and the verdict."""
    found = task.assessment
    rows: tuple[tuple[str | Figure, ...], ...] = (
        (
            gettext("Costs, hours a year"),
            as_estimate(found.cost_hours.likely),
            as_estimate(found.cost_hours.low),
            as_estimate(found.cost_hours.high),
        ),
        (
            gettext("Gives, hours a year"),
            as_estimate(found.benefit_hours.likely),
            as_estimate(found.benefit_hours.low),
            as_estimate(found.benefit_hours.high),
        ),
        (gettext("Full-time equivalents"), as_estimate(found.fte), "", ""),
        (gettext("Costs, kronor a year"), as_estimate(found.cost_sek), "", ""),
        (gettext("Can be freed, hours a year"), as_estimate(found.avoidable_hours), "", ""),
        (gettext("Verdict"), label("verdict", found.verdict), "", ""),
        (gettext("Remedy"), label("action", found.recommended), "", ""),
    )
    return Table(
        task.title,
        (
            Column(gettext("Figure")),
            Column(gettext("Likely"), numeric=True),
            Column(gettext("at least"), numeric=True),
            Column(gettext("at most"), numeric=True),
        ),
        rows,
    )
