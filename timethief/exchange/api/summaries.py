"""Totals as they are asked for and answered."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from timethief.domain.measures import PER_HOUR, PER_SEK, Measures
from timethief.exchange.api.assessments import HoursDocument
from timethief.exchange.api.filters import FilterQuery
from timethief.exchange.task_documents import Document
from timethief.i18n import N_, gettext
from timethief.queries.summary import GroupBy, Summary, SummaryRow
from timethief.reports.labels import label

_KINDS = {
    GroupBy.LEVEL: "level",
    GroupBy.VERDICT: "verdict",
    GroupBy.CAUSE: "cause",
    GroupBy.RECOMMENDED: "action",
    GroupBy.SIGNAL: "signal",
    GroupBy.SECTOR: "sector",
}


class SummaryQuery(FilterQuery):
    """Totals of which tasks, by what."""

    group_by: GroupBy = Field(description=N_("What there shall be a row for each of."))


class FiguresDocument(Document):
    """Totals over some tasks. Hours and kronor a year."""

    tasks: int = Field(examples=[12])
    flagged_tasks: int = Field(description=N_("How many of them are time thieves."), examples=[5])
    cost_hours: HoursDocument
    cost_sek: float = Field(examples=[120000.0])
    fte: float = Field(description=N_("Full-time equivalents."), examples=[0.125])
    benefit_hours: HoursDocument
    flagged_hours: float = Field(description=N_("Cost hours of the time thieves."), examples=[80.0])
    avoidable_hours: float = Field(
        description=N_("Hours that the recommended remedies take away."), examples=[60.0]
    )
    gain_hours: float = Field(description=N_("What they gain in all."), examples=[55.0])


class NamedDocument(Document):
    """What a row is of."""

    key: str = Field(
        description=N_("An identifier, a code or a month."), examples=["own_organisation"]
    )
    label: str = Field(
        description=N_("The same in words, in the language asked for."),
        examples=["Egna organisationen"],
    )


class SummaryRowDocument(FiguresDocument, NamedDocument):
    """One row."""


class SuppressedRowDocument(NamedDocument):
    """A row whose figures are not shown, so that nobody can tell who has reported."""

    suppressed: Literal[True]


class SummaryDocument(Document):
    """Totals by one dimension."""

    group_by: GroupBy
    rows: list[SummaryRowDocument | SuppressedRowDocument]
    total: FiguresDocument = Field(
        description=N_("Of all tasks that meet the filter. Rows of units and of reasons overlap.")
    )


def summary_document(group_by: GroupBy, found: Summary) -> dict[str, Any]:
    """The answer."""
    return {
        "group_by": group_by.value,
        "rows": [_row(group_by, row, found.fte_hours) for row in found.rows],
        "total": _figures(found.total, found.fte_hours),
    }


def _row(group_by: GroupBy, row: SummaryRow, fte_hours: float) -> dict[str, Any]:
    named = {"key": row.key, "label": _label(group_by, row)}
    if row.total is None:
        return named | {"suppressed": True}
    return named | _figures(row.total, fte_hours)


def _label(group_by: GroupBy, row: SummaryRow) -> str:
    if row.name is not None:
        return row.name
    if not row.key:
        return gettext("Units too small to be shown")
    return label(_KINDS[group_by], row.key) if group_by in _KINDS else row.key


def _figures(total: Measures, fte_hours: float) -> dict[str, Any]:
    likely = total.cost_likely / PER_HOUR
    return {
        "tasks": total.tasks,
        "flagged_tasks": total.flagged_tasks,
        "cost_hours": {
            "low": total.cost_low / PER_HOUR,
            "likely": likely,
            "high": total.cost_high / PER_HOUR,
        },
        "cost_sek": total.cost_ore / PER_SEK,
        "fte": likely / fte_hours,
        "benefit_hours": {
            "low": total.benefit_low / PER_HOUR,
            "likely": total.benefit_likely / PER_HOUR,
            "high": total.benefit_high / PER_HOUR,
        },
        "flagged_hours": total.flagged_hours / PER_HOUR,
        "avoidable_hours": total.avoidable_hours / PER_HOUR,
        "gain_hours": total.gain_hours / PER_HOUR,
    }
