"""What charts are made of: axes, notes and labels of Plotly figures as plain dictionaries.

Colours are names of the theme's variables, looked up in the browser. Texts are escaped here, since Plotly reads
some mark-up in labels.
"""

from __future__ import annotations

import json
import math
from typing import Any

from markupsafe import escape

from timethief.i18n import number

_LONGEST_LABEL = 26
_MOST_TICKS = 4


def log_axis(ends: list[float], title: str) -> dict[str, Any]:
    """A logarithmic axis from one whole power of ten to another."""
    low, high = round(math.log10(ends[0])), round(math.log10(ends[1]))
    # Every other power where all would not have room.
    step = 1 if high - low <= _MOST_TICKS else 2
    ticks = [10.0**power for power in range(low, high + 1, step)]
    return {
        "type": "log",
        "range": [low - 0.15, high],
        "tickangle": 0,
        "tickvals": ticks,
        "ticktext": [number(tick, 1) for tick in ticks],
        "title": {"text": title},
    }


def corner_note(x: float, y: float, xanchor: str, yanchor: str, text: str) -> dict[str, Any]:
    """A quiet text at a place of the figure, in parts of its width and height."""
    return {
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": xanchor,
        "yanchor": yanchor,
        "text": text,
        "showarrow": False,
        "bgcolor": "@surface",
        "opacity": 0.85,
        "font": {"size": 12, "color": "@muted"},
    }


def short_label(text: str, longest: int = _LONGEST_LABEL) -> str:
    """A text as a label: shortened, and with nothing in it that Plotly would read as mark-up."""
    short = text if len(text) <= longest else f"{text[: longest - 1].rstrip()}\u2026"
    return str(escape(short))


def figure_text(data: list[dict[str, Any]], **layout: object) -> str:
    """The figure as a page holds it."""
    return json.dumps({"data": data, "layout": layout}, ensure_ascii=False)
