"""The dashboard's charts: Plotly figures as plain dictionaries, from finished numbers.

Building figures through Plotly's validating classes costs more than the queries; the tests do it instead.
Colours are names of the theme's variables, looked up in the browser. Texts are escaped here, since Plotly reads
some mark-up in labels.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from markupsafe import escape

from timethief.domain.vocabulary import Level, Verdict
from timethief.i18n import gettext, ngettext, number, percent, significant
from timethief.queries.dashboard import Dashboard
from timethief.queries.inventory import InventoryLine
from timethief.reports.labels import label
from timethief.reports.tables import Cell, Chart, Column, Key, Table

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
_LONGEST_LABEL = 34


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
    figure = _figure(
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
                    "pattern": {"shape": _PATTERNS[tone], "fgcolor": "@surface", "size": 6},
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
            Column(gettext("Hours a year"), True),
            Column(gettext("Share"), True),
        ),
        tuple(
            (Cell(name, href), significant(hours), percent(hours / whole))
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


def level_chart(shown: Dashboard, address: Address) -> Chart:
    """Who asks for it, by level."""
    whole = shown.figures.cost_hours.likely or 1.0
    rows = [
        (label("level", share.level), share.figures, address(level=share.level))
        for share in shown.levels
    ]
    if not rows:
        caption = gettext("Nobody asks for anything yet.")
    elif shown.levels[0].level == Level.OWN_ORGANISATION:
        caption = gettext(
            "The own organisation asks for %(share)s of the time.",
            share=percent(rows[0][1].cost_hours.likely / whole),
        )
    else:
        caption = gettext(
            "%(level)s asks for most: %(share)s of the time.",
            level=rows[0][0],
            share=percent(rows[0][1].cost_hours.likely / whole),
        )
    return _bars(
        caption, gettext("Hours a year by level of requester"), gettext("Level"), rows, whole
    )


def requester_chart(shown: Dashboard, address: Address) -> Chart:
    """Who asks for it, the largest requesters."""
    whole = shown.figures.cost_hours.likely or 1.0
    rows = [(share.name, share.figures, address(requester=share.id)) for share in shown.requesters]
    together = sum(figures.cost_hours.likely for _, figures, _ in rows)
    caption = ngettext(
        "%(num)s requester asks for %(share)s of the time.",
        "The %(num)s largest requesters ask for %(share)s of the time.",
        len(rows),
        share=percent(together / whole),
    )
    return _bars(caption, gettext("Hours a year by requester"), gettext("Requester"), rows, whole)


def _bars(
    caption: str, title: str, kind: str, rows: list[tuple[str, Any, str]], whole: float
) -> Chart:
    hours = [figures.cost_hours.likely for _, figures, _ in rows]
    figure = _figure(
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": [_label(name) for name, _, _ in rows],
                "x": hours,
                "text": [significant(each) for each in hours],
                "textposition": "outside",
                "cliponaxis": False,
                "customdata": [href for _, _, href in rows],
                "hovertemplate": "%{y}: %{x:,.0f}<extra></extra>",
                "marker": {"color": "@accent"},
            }
        ],
        yaxis={"autorange": "reversed", "showgrid": False},
        xaxis={"rangemode": "tozero", "visible": False},
        margin={"r": 56},
        bargap=0.35,
    )
    table = Table(
        title,
        (
            Column(kind),
            Column(gettext("Hours a year"), True),
            Column(gettext("Share"), True),
            Column(gettext("Time thieves, hours"), True),
            Column(gettext("Can be freed, hours"), True),
        ),
        tuple(
            (
                Cell(name, href),
                significant(figures.cost_hours.likely),
                percent(figures.cost_hours.likely / whole),
                significant(figures.flagged_hours),
                significant(figures.avoidable_hours),
            )
            for name, figures, href in rows
        ),
    )
    told = ", ".join(
        f"{name} {significant(figures.cost_hours.likely)}" for name, figures, _ in rows
    )
    return Chart(caption, figure, f"{title}: {told}.", table)


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
    figure = _figure(
        traces,
        xaxis=_log_axis(ends, gettext("Costs, hours a year")),
        yaxis=_log_axis(ends, gettext("Gives, hours a year")),
        annotations=[
            _note(0.02, 0.99, "left", "top", gettext("Gives more than it costs")),
            _note(0.99, 0.02, "right", "bottom", gettext("Costs more than it gives")),
        ],
    )
    table = Table(
        gettext("Cost and benefit of the tasks that cost most"),
        (
            Column(gettext("Task")),
            Column(gettext("Costs, hours"), True),
            Column(gettext("Gives, hours"), True),
            Column(gettext("Verdict")),
        ),
        tuple(
            (
                Cell(line.title, task_address(line.id)),
                significant(line.cost_hours.likely),
                significant(line.benefit_hours.likely),
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
            f"{_label(line.title)}<br>"
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


def _log_axis(ends: list[float], title: str) -> dict[str, Any]:
    low, high = round(math.log10(ends[0])), round(math.log10(ends[1]))
    ticks = [10.0**power for power in range(low, high + 1)]
    return {
        "type": "log",
        "range": [low - 0.15, high],
        "tickvals": ticks,
        "ticktext": [number(tick, 1) for tick in ticks],
        "title": {"text": title},
    }


def _note(x: float, y: float, xanchor: str, yanchor: str, text: str) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": xanchor,
        "yanchor": yanchor,
        "text": text,
        "showarrow": False,
        "font": {"size": 12, "color": "@muted"},
    }


def _label(text: str) -> str:
    """A text as a label: shortened, and with nothing in it that Plotly would read as mark-up."""
    short = text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1].rstrip()}\u2026"
    return str(escape(short))


def _figure(data: list[dict[str, Any]], **layout: object) -> str:
    return json.dumps({"data": data, "layout": layout}, ensure_ascii=False)
