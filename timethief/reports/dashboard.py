"""The dashboard's charts: Plotly figures as plain dictionaries, from finished numbers.

Building figures through Plotly's validating classes costs more than the queries; the tests do it instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from timethief.domain.vocabulary import Level, Verdict
from timethief.i18n import gettext, ngettext, number, percent, significant
from timethief.queries.dashboard import Dashboard
from timethief.queries.inventory import InventoryLine
from timethief.queries.totals import Figures
from timethief.reports.figures import corner_note, figure_text, log_axis, short_label
from timethief.reports.labels import label
from timethief.reports.tables import Cell, Chart, Column, Key, Table, as_estimate, as_share

Address = Callable[..., str]
"""Makes the address of an inventory filter: `address(level="state")`."""

_SYMBOLS = {
    Verdict.JUSTIFIED: "triangle-up",
    Verdict.POSSIBLE: "circle-open",
    Verdict.PARTIAL: "diamond",
    Verdict.PROBABLE: "square",
    Verdict.CLEAR: "circle",
}
_PATTERNS = {"justified": ".", "possible": "/", "clear": ""}
_SHOWN_FROM = 0.1
"""Hours: on a logarithmic axis nothing is drawn at this place."""


def share_chart(shown: Dashboard, address: Address) -> Chart:
    """How much of the mapped time is justified, flagged, undecided."""
    parts = (
        (
            "justified",
            gettext("Justified administration"),
            shown.justified_hours,
            address(verdict="justified"),
        ),
        ("clear", gettext("Time thieves"), shown.flagged_hours, address(flagged="yes")),
        (
            "possible",
            gettext("Cannot be decided yet"),
            shown.undecided_hours,
            address(verdict="possible"),
        ),
    )
    whole = shown.figures.cost_hours.likely or 1.0
    figure = figure_text(
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": [""],
                "x": [hours],
                "name": name,
                "customdata": [href],
                "hovertemplate": f"{name}: %{{x:,.0f}}<extra></extra>",
                "marker": {
                    "color": f"@verdict-{tone}",
                    "line": {"color": "@surface", "width": 2},
                    "pattern": {
                        "shape": _PATTERNS[tone],
                        "fillmode": "overlay",
                        "fgcolor": "@surface",
                        "size": 6,
                        "solidity": 0.15,
                    },
                },
            }
            for tone, name, hours, href in parts
        ],
        barmode="stack",
        bargap=0,
        xaxis={"visible": False, "range": [0, whole]},
        yaxis={"visible": False},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )
    table = Table(
        gettext("Hours a year by verdict"),
        (
            Column(gettext("Verdict")),
            Column(gettext("Hours a year"), numeric=True),
            Column(gettext("Share"), numeric=True),
        ),
        tuple(
            (Cell(name, href), as_estimate(hours), as_share(hours / whole))
            for _, name, hours, href in parts
        ),
    )
    key = tuple(
        Key(
            tone,
            name,
            gettext(
                "%(hours)s hours, %(share)s", hours=significant(hours), share=percent(hours / whole)
            ),
            href,
        )
        for tone, name, hours, href in parts
    )
    caption = gettext(
        "%(justified)s of the mapped time is justified administration, %(flagged)s goes to time thieves.",
        justified=percent(shown.justified_hours / whole),
        flagged=percent(shown.flagged_hours / whole),
    )
    return Chart(caption, figure, caption, table, key)


def askers_chart(shown: Dashboard, address: Address) -> Chart:
    """Who asks for it: each level of requester, and under it its largest requesters."""
    whole = shown.figures.cost_hours.likely or 1.0
    rows: list[_Asker] = []
    for share in shown.levels:
        rows.append(
            _Asker(label("level", share.level), share.figures, address(level=share.level), True)
        )
        rows += [
            _Asker(each.name, each.figures, address(requester=each.id), False)
            for each in shown.requesters
            if each.level == share.level
        ]
    return Chart(
        _askers_caption(shown, whole),
        _askers_figure(rows),
        gettext("Hours a year by requester: %(rows)s.", rows=", ".join(map(str, rows))),
        _askers_table(rows, whole),
        (
            Key("level", gettext("Level of requester")),
            Key("requester", gettext("Largest requesters")),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Asker:
    """A level of requester, or a requester of the level above it."""

    name: str
    figures: Figures
    href: str
    is_level: bool

    @property
    def hours(self) -> float:
        return self.figures.cost_hours.likely

    def __str__(self) -> str:
        return f"{self.name} {significant(self.hours)}"


def _askers_caption(shown: Dashboard, whole: float) -> str:
    if not shown.levels:
        return gettext("Nobody asks for anything yet.")
    largest = shown.levels[0]
    share = percent(largest.figures.cost_hours.likely / whole)
    if largest.level == Level.OWN_ORGANISATION:
        return gettext("The own organisation asks for %(share)s of the time.", share=share)
    return gettext(
        "%(level)s asks for most: %(share)s of the time.",
        level=label("level", largest.level),
        share=share,
    )


def _askers_figure(rows: list[_Asker]) -> str:
    places = list(range(len(rows)))
    return figure_text(
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": places,
                "x": [row.hours for row in rows],
                "text": [significant(row.hours) for row in rows],
                "textposition": "outside",
                "textfont": {"size": 12},
                "cliponaxis": False,
                "customdata": [row.href for row in rows],
                "hovertext": [
                    f"{short_label(row.name, 60)}: {significant(row.hours)}" for row in rows
                ],
                "hoverinfo": "text",
                "marker": {"color": ["@accent" if row.is_level else "@slice" for row in rows]},
            }
        ],
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "zeroline": False,
            "tickvals": places,
            "ticktext": [short_label(row.name) for row in rows],
            "tickfont": {"size": 12},
        },
        # Half as long again as the longest bar, for the figure at its end.
        xaxis={
            "range": [0, max((row.hours for row in rows), default=1.0) * 1.5],
            "visible": False,
        },
        bargap=0.3,
    )


def _askers_table(rows: list[_Asker], whole: float) -> Table:
    return Table(
        gettext("Hours a year by level of requester, then requester"),
        (
            Column(gettext("Who asks for it")),
            Column(gettext("Hours a year"), numeric=True),
            Column(gettext("Share"), numeric=True),
            Column(gettext("Time thieves, hours"), numeric=True),
            Column(gettext("Can be freed, hours"), numeric=True),
        ),
        tuple(
            (
                Cell(row.name if row.is_level else f"\u2003{row.name}", row.href),
                as_estimate(row.hours),
                as_share(row.hours / whole),
                as_estimate(row.figures.flagged_hours),
                as_estimate(row.figures.avoidable_hours),
            )
            for row in rows
        ),
    )


def scatter_chart(shown: Dashboard, task_address: Callable[[str], str]) -> Chart:
    """Cost against benefit of the tasks that cost most, with the line where they are equal."""
    points = [line for line in shown.points if line.cost_hours.likely >= _SHOWN_FROM]
    dearer = sum(line.cost_hours.likely > line.benefit_hours.likely for line in points)
    ends = _ends(points)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": ends,
            "y": ends,
            "line": {"color": "@line-strong", "width": 1.5, "dash": "dash"},
            "hoverinfo": "skip",
        }
    ]
    traces += [_points(verdict, points, ends[0], task_address) for verdict in _SYMBOLS]
    figure = figure_text(
        traces,
        xaxis=log_axis(ends, gettext("Costs, hours a year")),
        yaxis=log_axis(ends, gettext("Gives, hours a year")),
        annotations=[
            corner_note(0.02, 0.99, "left", "top", gettext("Gives more than it costs")),
            corner_note(0.99, 0.12, "right", "bottom", gettext("Costs more than it gives")),
        ],
    )
    table = Table(
        gettext("Cost and benefit of the tasks that cost most"),
        (
            Column(gettext("Task")),
            Column(gettext("Costs, hours"), numeric=True),
            Column(gettext("Gives, hours"), numeric=True),
            Column(gettext("Verdict")),
        ),
        tuple(
            (
                Cell(line.title, task_address(line.id)),
                as_estimate(line.cost_hours.likely),
                as_estimate(line.benefit_hours.likely),
                label("verdict", line.verdict),
            )
            for line in points
        ),
    )
    caption = ngettext(
        "%(dearer)s of the %(num)s task that costs most costs more than it gives.",
        "%(dearer)s of the %(num)s tasks that cost most cost more than they give.",
        len(points),
        dearer=number(dearer),
    )
    key = tuple(Key(verdict.value, label("verdict", verdict)) for verdict in Verdict)
    return Chart(caption, figure, caption, table, key)


def _points(
    verdict: Verdict, lines: list[InventoryLine], lowest: float, task_address: Callable[[str], str]
) -> dict[str, Any]:
    own = [line for line in lines if line.verdict == verdict]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label("verdict", verdict),
        "x": [line.cost_hours.likely for line in own],
        # What gives nothing stands on the floor of the logarithmic axis; the text tells its true figure.
        "y": [max(line.benefit_hours.likely, lowest) for line in own],
        "text": [
            f"{short_label(line.title, 60)}<br>"
            + gettext(
                "costs %(cost)s, gives %(benefit)s hours a year",
                cost=significant(line.cost_hours.likely),
                benefit=significant(line.benefit_hours.likely),
            )
            for line in own
        ],
        "customdata": [task_address(line.id) for line in own],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": f"@verdict-{verdict}",
            "symbol": _SYMBOLS[verdict],
            "size": 9,
            "line": {"width": 2}
            if verdict is Verdict.POSSIBLE
            else {"width": 1, "color": "@surface"},
        },
    }


def _ends(lines: list[InventoryLine]) -> list[float]:
    """Where the axes begin and end: whole powers of ten around all points."""
    if not lines:
        return [1.0, 1_000.0]
    costs = [line.cost_hours.likely for line in lines]
    benefits = [
        line.benefit_hours.likely for line in lines if line.benefit_hours.likely >= _SHOWN_FROM
    ]
    low = math.floor(math.log10(min(costs + benefits)))
    high = math.ceil(math.log10(max(costs + benefits) * 1.05))
    return [10.0**low, 10.0 ** max(high, low + 1)]
