"""A table as templates show it: every chart has one with the same figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; numbers stand to the right."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A text that leads somewhere."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts as they shall stand; the first cell names its row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One part of a chart in words.

    Attributes:
        tone: names its colour in the style sheet: a verdict, "level" or "requester".
    """

    tone: str
    label: str
    value: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its finding, the same figures as a table, and its parts in words.

    Attributes:
        caption: the finding, a sentence.
        figure: Plotly figure as JSON text.
        aria: what the picture shows, for those who do not see it.
    """

    caption: str
    figure: str
    aria: str
    table: Table
    key: tuple[Key, ...] = ()
