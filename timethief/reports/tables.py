"""A table as templates show it: every chart has one with the same figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from timethief.i18n import number, percent, significant, to_digits, to_percent


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


class Figure(str):
    """A number as it stands on a page, which files hold as the number that is shown.

    Attributes:
        value: exactly what the text says.
        is_share: it is told in per cent; `value` is then a share of one.
    """

    __slots__ = ("is_share", "value")
    value: float
    is_share: bool

    def __new__(cls, text: str, value: float, *, is_share: bool = False) -> Self:
        """The text, and the number that it says."""
        made = super().__new__(cls, text)
        made.value, made.is_share = value, is_share
        return made


def as_estimate(value: float) -> Figure:
    """An estimate, with two significant digits."""
    return Figure(significant(value), to_digits(value))


def as_share(value: float) -> Figure:
    """A share of one, in whole per cent."""
    return Figure(percent(value), to_percent(value), is_share=True)


def as_count(value: int) -> Figure:
    """A whole number, as it is."""
    return Figure(number(value), value)


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
