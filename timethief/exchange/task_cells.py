"""The cells of a table of tasks, made column by column.

Most cells of a column say what others say too, so each is made once and then looked up: that takes a tenth of the
time that making them takes row by row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Generic, TypeVar

from timethief.domain.measures import PER_HOUR, PER_SEK
from timethief.exchange.sheets.formulas import FORMULA_SIGNS, inert
from timethief.exchange.sheets.writing import Value
from timethief.exchange.task_columns import Column, Kind, yes_or_no
from timethief.i18n import language
from timethief.reports.labels import labels

T = TypeVar("T")

_LOOKS_GROUPED = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 200
_MARKED = frozenset({*FORMULA_SIGNS, "'"})
_HOURS = ("cost_hours", "benefit_hours", "avoidable_hours", "gain_hours")
_KEPT_AS = {
    "cost_hours": "cost_likely",
    "cost_sek": "cost_ore",
    "benefit_hours": "benefit_likely",
    "avoidable_hours": "avoidable_hours",
    "gain_hours": "gain_hours",
}
"""What the results are called where they are kept."""


class _Remembered(dict[Any, T], Generic[T]):
    """What is made of a value, made when it is first asked for."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> T:  # noqa: ANN401 - values of any kind
        made = self._make(value)
        if isinstance(value, str) and len(value) > _LONGEST_REMEMBERED:
            return made
        if len(self) >= _REMEMBERED:
            self.clear()
        self[value] = made
        return made


def csv_of(
    columns: Sequence[Column], batches: Iterable[Mapping[str, Sequence[Any]]]
) -> Iterator[bytes]:
    """Headings and tasks as they stand in a CSV file.

    Args:
        columns: which.
        batches: some tasks at a time, their values by code.
    """
    point = "," if language() == "sv" else "."
    texts = [_csv_makers(column, point) for column in columns]
    yield _csv_lines([[_csv_text(column.title())] for column in columns])
    for batch in batches:
        count = len(batch["title"])
        yield _csv_lines(
            [
                list(map(make, _values(batch, column, count)))
                for column, make in zip(columns, texts, strict=True)
            ]
        )


def rows_of(
    columns: Sequence[Column], batches: Iterable[Mapping[str, Sequence[Any]]]
) -> Iterator[Sequence[Value]]:
    """The tasks row by row, as a spreadsheet's cells hold them.

    Args:
        columns: which.
        batches: some tasks at a time, their values by code.
    """
    makers = [_maker(column) for column in columns]
    makes = [None if make is None else _Remembered(make).__getitem__ for make in makers]
    for batch in batches:
        count = len(batch["title"])
        cells = [
            values if make is None else map(make, values)
            for make, values in zip(
                makes, (_values(batch, column, count) for column in columns), strict=True
            )
        ]
        yield from zip(*cells, strict=True)


def _values(batch: Mapping[str, Sequence[Any]], column: Column, count: int) -> Sequence[Any]:
    return batch.get(_KEPT_AS.get(column.code, column.code)) or (None,) * count


def _maker(column: Column) -> Callable[[Any], Value] | None:
    """What makes the cell of a value; None where they are the same."""
    if column.code in _HOURS:
        return lambda value: value / PER_HOUR
    if column.code == "cost_sek":
        return lambda value: value / PER_SEK
    if column.kind is Kind.CHOICE:
        return labels(column.choices).get
    if column.kind is Kind.CHOICES:
        words = labels(column.choices)
        return lambda value: "; ".join(words[code] for code in value.split())
    if column.kind is Kind.YES_OR_NO:
        return {answer: yes_or_no(answer=answer) for answer in (True, False)}.get
    return None


def _csv_makers(column: Column, point: str) -> Callable[[Any], str]:
    """What makes the text of a value in a CSV file."""
    make = _maker(column)

    def text(value: Any) -> str:  # noqa: ANN401 - values of any kind
        cell = value if make is None else make(value)
        return _csv_text(cell) if isinstance(cell, str) else _csv_number(cell, point)

    if column.code in _OWN_WORDS:
        return _csv_text
    return _Remembered(text).__getitem__


_OWN_WORDS = frozenset({"title", "external_id"})
"""Columns whose cells differ from each other."""


def _csv_text(text: str | None) -> str:
    """A text in quotes, with a quote in it doubled, and nothing that a program would take for a formula."""
    if not text:
        return '""'
    if text[0] in _MARKED:
        text = inert(text)
    return '"' + text.replace('"', '""') + '"'


def _csv_number(value: float | None, point: str) -> str:
    return '""' if value is None else f'"{plain_number(value, point)}"'


def _csv_lines(cells: Sequence[Sequence[str]]) -> bytes:
    """The lines of a file, from its columns."""
    lines = list(map(";".join, zip(*cells, strict=True)))
    return ("\r\n".join(lines) + "\r\n").encode()


def plain_number(value: float, point: str = ".") -> str:
    """A number that reads back as itself; one that could be taken for thousands gets a nought behind it."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    text = text.removesuffix(".0")
    if _LOOKS_GROUPED.fullmatch(text):
        text += "0"
    return text.replace(".", point)
