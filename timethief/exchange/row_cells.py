"""The cells of a row of a spreadsheet of tasks, each as what it means, or as why it cannot be used.

A column says the same over and over, so what a cell means is found out once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, TypeVar

from timethief.domain.errors import Invalid
from timethief.domain.names import folded
from timethief.domain.numbers import check_number, read_number
from timethief.domain.sheet_tasks import Fault
from timethief.domain.tasks import read_text
from timethief.exchange.task_columns import BY_CODE, Column, answers_by_word, codes_by_word

T = TypeVar("T")

LONGEST_SHOWN = 60
_SUFFIXES = ("minuter", "min", "st", "personer", "kr", "%")
_ERROR_VALUES = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
    | {"#REFERENS!", "#SAKNAS!", "#VÄRDEFEL!", "#DIVISION/0!", "#NAMN?", "#SKÄRNING!", "#OGILTIGT!"}
)


class Formula(Enum):
    """A cell with a formula that nobody has computed: the file was written by a program that stores no results."""

    WITHOUT_RESULT = "="


@dataclass(frozen=True, slots=True)
class DateCell:
    """A cell with a date or a time, as text: nothing in a task is one."""

    text: str


_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 200
_NOT_YET = object()
_PLAIN = (str, float, int)

Cell = str | float | int | bool | datetime | date | time | timedelta | DateCell | Formula | None
"""What a cell may hold, as the spreadsheet's reader gives it."""


Known = defaultdict[str, dict[Cell, Any]]
"""By code of a column what its cells mean, or why one cannot be used."""


@dataclass(slots=True)
class Cells:
    """The cells of one row, read one by one; what is wrong gathers.

    Attributes:
        known: what the rows before have taught; grows.
    """

    row: int
    values: Mapping[str, Cell]
    known: Known
    faults: list[Fault] = field(default_factory=list)

    def stands_there(self, code: str) -> bool:
        """Whether there is anything in the cell."""
        value = self.values.get(code)
        return value is not None and value != ""

    def refuse(self, code: str, refusal: Invalid) -> None:
        """Note what is wrong with the cell."""
        self.faults.append(Fault(self.row, code, shown(self.values.get(code)), refusal))

    def text(self, code: str) -> str:
        """A text; empty where there is none."""
        return self._found(code, _text_of) or ""

    def number(self, code: str) -> float | None:
        """A number; None where there is none, or none that can be used."""
        return self._found(code, _as_number)

    def choice(self, code: str) -> str | None:
        """A code of the vocabulary; None where there is none, or none that can be used."""
        return self._found(code, _choice_of)

    def choices(self, code: str) -> frozenset[str]:
        """Codes of the vocabulary, with a semicolon between; none where one cannot be used."""
        return self._found(code, _choices_of) or frozenset()

    def answer(self, code: str) -> bool | None:
        """Yes or no; None where there is neither."""
        return self._found(code, _answer_of)

    def _found(self, code: str, meaning: Callable[[Cell, Column], T]) -> T | None:
        value, column = self.values.get(code), BY_CODE[code]
        if (value is None or value == "") and not column.required:
            return None
        known = self.known[code]
        # True is 1 to a dictionary, and not to a reader.
        plain = type(value) in _PLAIN
        found = known.get(value, _NOT_YET) if plain else _NOT_YET
        if found is _NOT_YET:
            try:
                found = meaning(value, column)
            except Invalid as refusal:
                found = refusal
            if plain and _worth_keeping(value) and len(known) < _REMEMBERED:
                known[value] = found
        if isinstance(found, Invalid):
            self.refuse(code, found)
            return None
        meant: T = found  # type: ignore[assignment]  # each column is read in one way
        return meant


def _worth_keeping(value: Cell) -> bool:
    return not isinstance(value, str) or len(value) <= _LONGEST_REMEMBERED


def text_of(value: Cell, code: str) -> str:
    """A text; empty where there is none.

    Raises:
        Invalid: it cannot be used.
    """
    column = BY_CODE[code]
    if (value is None or value == "") and not column.required:
        return ""
    return _text_of(value, column)


def _text_of(value: Cell, column: Column) -> str:
    plain = _as_text(value, column.code)
    return read_text(plain, column.code, column.longest, required=column.required)


def _choice_of(value: Cell, column: Column) -> str:
    if value is None or value == "":
        raise Invalid(column.code, "required")
    found = codes_by_word(column.choices).get(folded(str(value)))
    if found is None:
        raise _wrong(value, column.code) or Invalid(column.code, "not_a_choice")
    return found


def _choices_of(value: Cell, column: Column) -> frozenset[str]:
    words = codes_by_word(column.choices)
    found = [words.get(folded(word)) for word in str(value).split(";") if word.strip()]
    if None in found:
        raise _wrong(value, column.code) or Invalid(column.code, "not_a_choice")
    return frozenset(each for each in found if each is not None)


def _answer_of(value: Cell, column: Column) -> bool:
    if isinstance(value, bool):
        return value
    found = answers_by_word().get(folded(str(value)))
    if found is None:
        raise _wrong(value, column.code) or Invalid(column.code, "not_yes_or_no")
    return found


def _as_text(value: Cell, code: str) -> str:
    refusal = _wrong(value, code)
    if refusal is not None:
        raise refusal
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _as_number(value: Cell, column: Column) -> float | None:
    code, limits = column.code, column.limits
    if limits is None:
        message = f"{code} is no number"
        raise TypeError(message)
    if value is None or (isinstance(value, str) and not value.strip()):
        if column.required:
            raise Invalid(code, "required")
        return None
    refusal = _wrong(value, code)
    if refusal is not None:
        raise refusal
    if isinstance(value, bool):
        raise Invalid(code, "unreadable")
    if isinstance(value, (int, float)):
        return check_number(value, code, limits)
    return read_number(str(value), code, limits, _SUFFIXES)


def _wrong(value: Cell, code: str) -> Invalid | None:
    """Why the cell holds nothing that could be meant: a date, or a formula that came to nothing."""
    if isinstance(value, (datetime, date, time, timedelta, DateCell)):
        return Invalid(code, "date_in_cell")
    if isinstance(value, Formula):
        return Invalid(code, "formula_without_result")
    if isinstance(value, str) and value.strip().upper() in _ERROR_VALUES:
        return Invalid(code, "error_value")
    return None


def shown(value: Cell) -> str:
    """What stood in the cell, as it is told."""
    if isinstance(value, Formula):
        return "="
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value.text if isinstance(value, DateCell) else "" if value is None else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
