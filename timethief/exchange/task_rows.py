"""A row of a spreadsheet as a task, or as a list of what is wrong with it.

Everything wrong with a row is told at once, each fault with its column and what stood there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from timethief.domain.errors import Invalid
from timethief.domain.policy import Policy
from timethief.domain.ranges import Range, check_range
from timethief.domain.sheet_tasks import Fault, SheetTask
from timethief.domain.tasks import Automation, Frequency, Use, Worth, check_yearly_time
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Level, Per, Purpose, Signal
from timethief.exchange.row_cells import LONGEST_SHOWN, Cell, Cells, Known, text_of
from timethief.exchange.task_columns import (
    BY_CODE,
    COLUMNS,
    MOST_USES,
    columns_by_heading,
    heading_key,
    headings_of_results,
    titles_of_example,
)

_REMEMBERED = 20_000
_OWN = ("title", "description", "external_id")
"""What tells rows from each other that say the same of different tasks."""
_LONGEST_KEY = 200
"""Folding may make a text longer."""


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


class RowReader:
    """Reads the rows of one sheet."""

    def __init__(self, header: Header, policy: Policy) -> None:
        """Nothing is known of what stands in the cells.

        Args:
            header: which column is which.
            policy: for the check against all hours of a year.
        """
        self._places = tuple(header.places.items())
        self._own = tuple(each for each in self._places if each[0] in _OWN)
        self._width = max(header.places.values(), default=-1) + 1
        others = [place for code, place in self._places if code not in _OWN]
        self._others = itemgetter(*others) if len(others) > 1 else tuple
        self._alike: dict[tuple[Cell, ...], SheetTask] = {}
        self._policy = policy
        self._known: Known = defaultdict(dict)
        self._uses = tuple(
            _UseReader(number, codes)
            for number, every in _CODES_OF_USE.items()
            if (codes := tuple(code for code in every if code in header.places))
        )

    def read(self, row: int, cells: Sequence[Cell]) -> tuple[SheetTask | None, list[Fault]]:
        """The task of a row; None with everything that is wrong, if anything is; neither for the form's own example.

        Args:
            row: its place in the sheet, counted from 1.
            cells: its values.
        """
        if len(cells) < self._width:
            cells = [*cells, *[None] * (self._width - len(cells))]
        own = {code: cells[place] for code, place in self._own}
        if str(own.get("title")).strip() in titles_of_example():
            return None, []
        others = self._others(cells)
        alike = self._alike.get(others)
        # True is 1 to a dictionary, and not to a reader.
        if alike is not None and bool not in map(type, others):
            with suppress(Invalid):
                return alike.named(row, *(text_of(own.get(code), code) for code in _OWN)), []
        return self._whole(row, cells, others)

    def _whole(
        self, row: int, cells: Sequence[Cell], others: tuple[Cell, ...]
    ) -> tuple[SheetTask | None, list[Fault]]:
        """As `read`, cell by cell; what is right is remembered for rows that say the same of another task."""
        read = Cells(row, {code: cells[place] for code, place in self._places}, self._known)
        task = _task(read, self._uses, self._policy)
        if read.faults or task is None:
            return None, read.faults
        if len(self._alike) < _REMEMBERED and bool not in map(type, others):
            self._alike[others] = task
        return task, []


def _task(read: Cells, readers: Sequence[_UseReader], policy: Policy) -> SheetTask | None:
    title, unit, category = (read.text(name) for name in ("title", "unit", "staff_category"))
    minutes = _estimate(read, "minutes")
    frequency = _frequency(read, "times", "per")
    people = _estimate(read, "people")
    level = read.choice("requester_level")
    requester = read.text("requester")
    binding = read.choice("binding")
    uses = tuple(use for each in readers if (use := each.read(read)) is not None)
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
        level=_LEVELS[level],
        requester=requester,
        binding=_BINDINGS[binding] if binding else Binding.UNKNOWN,
        uses=uses,
        signals=_signals_of(signals),
        achievable_minutes=achievable,
        sufficient_frequency=enough,
        duplicate_share=duplicate_share or 0.0,
        automation=automation,
        hourly_cost_sek=costs["hourly_cost_sek"],
        other_hourly_cost_sek=costs["other_hourly_cost_sek"],
        **rest,
    )


_LEVELS = {each.value: each for each in Level}
_BINDINGS = {each.value: each for each in Binding}
_REST = ("description", "requirement", "legal_basis", "other_staff_category", "external_id")


@lru_cache(_REMEMBERED)
def _signals_of(codes: frozenset[str]) -> frozenset[Signal]:
    return frozenset(Signal(each) for each in codes)


def _estimate(read: Cells, name: str) -> float | Range | None:
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
        return _range(low, likely, high, name, limits) if limits else None
    except Invalid as refusal:
        read.refuse(name, refusal)
        return None


_range = lru_cache(_REMEMBERED)(check_range)


@lru_cache(_REMEMBERED)
def _times(number: float, unit: str) -> Frequency:
    return Frequency(number, Per(unit))


def _frequency(read: Cells, times: str, per: str) -> Frequency | None:
    number, unit = read.number(times), read.choice(per)
    if number is not None and unit is not None:
        return _times(number, unit)
    if (number is None) != (unit is None) and not BY_CODE[times].required and not read.faults:
        missing = times if number is None else per
        read.refuse(missing, Invalid(missing, "required"))
    return None


class _UseReader:
    """Reads the uses of one number; the same cells are the same use."""

    def __init__(self, number: int, codes: Sequence[str]) -> None:
        """Prepare.

        Args:
            number: which use of a task.
            codes: those of its columns that the sheet has.
        """
        self._number = number
        self._codes = codes
        self._known: dict[tuple[Cell, ...], Use | None] = {}

    def read(self, read: Cells) -> Use | None:
        """The use, if the row tells one."""
        cells = tuple(map(read.values.get, self._codes))
        if not any(cell is not None and cell != "" for cell in cells):
            return None
        # True is 1 to a dictionary, and not to a reader.
        if bool in map(type, cells):
            return _use(read, self._number)
        if cells in self._known:
            return self._known[cells]
        found = _use(read, self._number)
        # What is wrong with a row hides some of what else is.
        if not read.faults and len(self._known) < _REMEMBERED:
            self._known[cells] = found
        return found


def _use(read: Cells, number: int) -> Use | None:
    """The use of that number, if the row tells one: whole or not at all."""
    names = ("beneficiary", "purpose", "in_use")
    codes = {name: read.choice(f"use{number}_{name}") for name in names}
    worth = {name: _estimate(read, f"use{number}_worth_{name}") for name in _WORTHS}
    if not any(codes.values()) and all(value is None for value in worth.values()):
        return None
    before = len(read.faults)
    for name, code in codes.items():
        if code is None and not read.stands_there(f"use{number}_{name}"):
            read.refuse(f"use{number}_{name}", Invalid(f"use{number}_{name}", "required"))
    said = [name for name in _WORTHS if read.stands_there(f"use{number}_worth_{name}")]
    share = f"use{number}_worth_share"
    if len(said) != 1:
        read.refuse(share, Invalid(share, "exactly_one" if said else "required"))
    beneficiary, purpose, in_use = (codes[name] for name in names)
    if len(read.faults) > before or beneficiary is None or purpose is None or in_use is None:
        return None
    if any(value is not None for value in worth.values()):
        told = Worth(**worth)  # type: ignore[arg-type]  # only minutes have a range
        return Use(Beneficiary(beneficiary), Purpose(purpose), InUse(in_use), told)
    return None


_WORTHS = ("share", "minutes", "sek_per_year")
_CODES_OF_USE = {
    number: tuple(column.code for column in COLUMNS if column.use == number)
    for number in range(1, MOST_USES + 1)
}


def _automation(read: Cells) -> Automation | None:
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
