"""A row of a spreadsheet as a task, or as a list of what is wrong with it.

Everything wrong with a row is told at once, each fault with its column and what stood there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum

from timethief.domain.errors import Invalid
from timethief.domain.names import folded
from timethief.domain.numbers import check_number, read_number
from timethief.domain.policy import Policy
from timethief.domain.ranges import Range, check_range
from timethief.domain.sheet_tasks import Fault, SheetTask
from timethief.domain.tasks import Automation, Frequency, Use, Worth, check_yearly_time, read_text
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Level, Per, Purpose, Signal
from timethief.exchange.task_columns import (
    BY_CODE,
    COLUMNS,
    MOST_USES,
    Column,
    answers_by_word,
    codes_by_word,
    columns_by_heading,
    heading_key,
    headings_of_results,
)

LONGEST_SHOWN = 60
_LONGEST_KEY = 200
"""Folding may make a text longer."""
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


Cell = str | float | int | bool | datetime | date | time | timedelta | DateCell | Formula | None
"""What a cell may hold, as the spreadsheet's reader gives it."""


@dataclass(frozen=True, slots=True)
class Header:
    """Which column of the sheet is which.

    Attributes:
        places: position in the sheet by code.
        unknown: headings that nobody knows; their cells are left aside, and that is said.
    """

    places: Mapping[str, int]
    unknown: tuple[str, ...] = ()


def read_header(
    headings: Sequence[Cell], chosen: Mapping[str, str] | None = None, row: int = 1
) -> tuple[Header, list[Fault]]:
    """Which column is which, from the row of headings.

    Args:
        headings: the cells of that row.
        chosen: code by `told_key`, for headings that somebody has told the meaning of.
        row: where it stands.

    Returns:
        the header, and a fault for each required column that is missing and each one that stands twice.
    """
    known = columns_by_heading()
    places: dict[str, int] = {}
    unknown, faults = [], []
    for position, cell in enumerate(headings):
        text = "" if cell is None else str(cell).strip()
        key = heading_key(text)
        if not text or key in headings_of_results():
            continue
        code = (chosen or {}).get(told_key(text)) or (known[key].code if key in known else "")
        if not code:
            unknown.append(text[:LONGEST_SHOWN])
        elif code in places:
            faults.append(Fault(row, code, text[:LONGEST_SHOWN], Invalid(code, "column_twice")))
        else:
            places[code] = position
    faults += [
        Fault(row, column.code, "", Invalid(column.code, "column_missing"))
        for column in COLUMNS
        if column.required and column.code not in places
    ]
    return Header(places, tuple(unknown)), faults


def told_key(heading: str) -> str:
    """What a heading that somebody has told the meaning of is remembered by, however long it is."""
    return heading_key(heading[:LONGEST_SHOWN])[:_LONGEST_KEY]


@dataclass(slots=True)
class _Cells:
    """The cells of one row, read one by one; what is wrong gathers."""

    row: int
    values: Mapping[str, Cell]
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, code: str, refusal: Invalid) -> None:
        """Note what is wrong with the cell."""
        self.faults.append(Fault(self.row, code, shown(self.values.get(code)), refusal))

    def text(self, code: str) -> str:
        """A text; empty where there is none."""
        column, value = BY_CODE[code], self.values.get(code)
        if not column.required and (value is None or value == ""):
            return ""
        try:
            plain = _as_text(value, code)
            return read_text(plain, code, column.longest, required=column.required)
        except Invalid as refusal:
            self.refuse(code, refusal)
            return ""

    def number(self, code: str) -> float | None:
        """A number; None where there is none, or none that can be used."""
        column, value = BY_CODE[code], self.values.get(code)
        if not column.required and (value is None or value == ""):
            return None
        try:
            return _as_number(value, column)
        except Invalid as refusal:
            self.refuse(code, refusal)
            return None

    def choice(self, code: str) -> str | None:
        """A code of the vocabulary; None where there is none, or none that can be used."""
        column, value = BY_CODE[code], self.values.get(code)
        if value is None or value == "":
            if column.required:
                self.refuse(code, Invalid(code, "required"))
            return None
        found = codes_by_word(column.choices).get(folded(str(value)))
        if found is None:
            self.refuse(code, _wrong(value, code) or Invalid(code, "not_a_choice"))
        return found

    def choices(self, code: str) -> frozenset[str]:
        """Codes of the vocabulary, with a semicolon between."""
        column, value = BY_CODE[code], self.values.get(code)
        if value is None or value == "":
            return frozenset()
        words = codes_by_word(column.choices)
        found = [words.get(folded(word)) for word in str(value).split(";") if word.strip()]
        if None in found:
            self.refuse(code, _wrong(value, code) or Invalid(code, "not_a_choice"))
        return frozenset(each for each in found if each is not None)

    def answer(self, code: str) -> bool | None:
        """Yes or no; None where there is neither."""
        value = self.values.get(code)
        if value is None or value == "" or isinstance(value, bool):
            return value if isinstance(value, bool) else None
        found = answers_by_word().get(folded(str(value)))
        if found is None:
            self.refuse(code, _wrong(value, code) or Invalid(code, "not_yes_or_no"))
        return found


def read_row(
    row: int, cells: Sequence[Cell], header: Header, policy: Policy
) -> tuple[SheetTask | None, list[Fault]]:
    """The task of a row; None with everything that is wrong, if anything is.

    Args:
        row: its place in the sheet, counted from 1.
        cells: its values.
        header: which is which.
        policy: for the check against all hours of a year.
    """
    values = {
        code: cells[position] for code, position in header.places.items() if position < len(cells)
    }
    read = _Cells(row, values)
    task = _task(read, policy)
    return (None, read.faults) if read.faults or task is None else (task, [])


def _task(read: _Cells, policy: Policy) -> SheetTask | None:
    title, unit, category = (read.text(name) for name in ("title", "unit", "staff_category"))
    minutes = _estimate(read, "minutes")
    frequency = _frequency(read, "times", "per")
    people = _estimate(read, "people")
    level = read.choice("requester_level")
    requester = read.text("requester")
    binding = read.choice("binding")
    uses = tuple(use for number in range(1, MOST_USES + 1) for use in _use(read, number))
    signals = read.choices("signals")
    achievable = read.number("achievable_minutes")
    enough = _frequency(read, "sufficient_times", "sufficient_per")
    automation = _automation(read)
    rest = {name: read.text(name) for name in _REST}
    duplicate_share = read.number("duplicate_share")
    costs = {name: read.number(name) for name in ("hourly_cost_sek", "other_hourly_cost_sek")}
    if read.faults or minutes is None or frequency is None or people is None or level is None:
        return None
    try:
        likely = minutes.likely if isinstance(minutes, Range) else minutes
        check_yearly_time(likely, frequency, policy)
    except Invalid as refusal:
        read.refuse("times", refusal)
        return None
    return SheetTask(
        row=read.row,
        title=title,
        unit=unit,
        staff_category=category,
        minutes=minutes,
        frequency=frequency,
        people=people if isinstance(people, Range) else int(people),
        level=Level(level),
        requester=requester,
        binding=Binding(binding) if binding else Binding.UNKNOWN,
        uses=uses,
        signals=frozenset(Signal(each) for each in signals),
        achievable_minutes=achievable,
        sufficient_frequency=enough,
        duplicate_share=duplicate_share or 0.0,
        automation=automation,
        hourly_cost_sek=costs["hourly_cost_sek"],
        other_hourly_cost_sek=costs["other_hourly_cost_sek"],
        **rest,
    )


_REST = ("description", "requirement", "legal_basis", "other_staff_category", "external_id")


def _estimate(read: _Cells, name: str) -> float | Range | None:
    """A number, or a range where the lowest and the highest are given too."""
    likely = read.number(name)
    if f"{name}_low" not in BY_CODE:
        return likely
    low, high = read.number(f"{name}_low"), read.number(f"{name}_high")
    if likely is None or (low is None and high is None):
        return likely
    for code, given in ((f"{name}_low", low), (f"{name}_high", high)):
        if given is None:
            if not read.faults:
                read.refuse(code, Invalid(code, "range_incomplete"))
            return None
    try:
        limits = BY_CODE[name].limits
        return check_range(low, likely, high, name, limits) if limits else None
    except Invalid as refusal:
        read.refuse(name, refusal)
        return None


def _frequency(read: _Cells, times: str, per: str) -> Frequency | None:
    number, unit = read.number(times), read.choice(per)
    if number is not None and unit is not None:
        return Frequency(number, Per(unit))
    if (number is None) != (unit is None) and not BY_CODE[times].required and not read.faults:
        missing = times if number is None else per
        read.refuse(missing, Invalid(missing, "required"))
    return None


def _use(read: _Cells, number: int) -> Iterable[Use]:
    """The use of that number, if the row tells one: whole or not at all."""
    if not any(_stands_there(read, code) for code in _CODES_OF_USE[number]):
        return
    names = ("beneficiary", "purpose", "in_use")
    codes = {name: read.choice(f"use{number}_{name}") for name in names}
    worth = {name: _estimate(read, f"use{number}_worth_{name}") for name in _WORTHS}
    if not any(codes.values()) and all(value is None for value in worth.values()):
        return
    before = len(read.faults)
    for name, code in codes.items():
        if code is None and not _stands_there(read, f"use{number}_{name}"):
            read.refuse(f"use{number}_{name}", Invalid(f"use{number}_{name}", "required"))
    said = [name for name in _WORTHS if _stands_there(read, f"use{number}_worth_{name}")]
    share = f"use{number}_worth_share"
    if len(said) != 1:
        read.refuse(share, Invalid(share, "exactly_one" if said else "required"))
    beneficiary, purpose, in_use = (codes[name] for name in names)
    if len(read.faults) > before or beneficiary is None or purpose is None or in_use is None:
        return
    if any(value is not None for value in worth.values()):
        told = Worth(**worth)  # type: ignore[arg-type]  # only minutes have a range
        yield Use(Beneficiary(beneficiary), Purpose(purpose), InUse(in_use), told)


_WORTHS = ("share", "minutes", "sek_per_year")
_CODES_OF_USE = {
    number: tuple(column.code for column in COLUMNS if column.use == number)
    for number in range(1, MOST_USES + 1)
}


def _automation(read: _Cells) -> Automation | None:
    shares = {name: read.number(name) for name in ("rule_based", "digital_input", "exceptions")}
    stable, judgement = read.answer("stable"), read.answer("needs_judgement")
    systems = read.number("systems")
    if not any(share is not None for share in shares.values()):
        return None
    return Automation(
        **{name: share or 0.0 for name, share in shares.items()},
        stable=True if stable is None else stable,
        systems=int(systems or 1),
        needs_judgement=bool(judgement),
    )


def _stands_there(read: _Cells, code: str) -> bool:
    value = read.values.get(code)
    return value is not None and value != ""


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
    text = value.text if isinstance(value, DateCell) else "" if value is None else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
