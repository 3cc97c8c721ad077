"""Units in a spreadsheet: its columns, in either language, and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from timethief.domain.errors import Invalid
from timethief.domain.names import folded
from timethief.domain.numbers import read_number
from timethief.domain.tasks import read_text
from timethief.domain.unit_plan import (
    HEADCOUNT,
    LONGEST_CODE,
    LONGEST_NAME,
    Fault,
    KnownUnit,
    UnitLine,
)
from timethief.domain.vocabulary import Sector
from timethief.exchange.sheets.unit_cells import Row, workbook
from timethief.i18n import LANGUAGES, N_, gettext, speaking
from timethief.reports.labels import label, labels

COLUMNS = {
    "code": N_("Code"),
    "name": N_("Name"),
    "parent": N_("Belongs to"),
    "sector": N_("Sector"),
    "headcount": N_("Number of staff"),
}
"""The columns that are read; every other one is named as ignored."""

_ALSO_CALLED = {
    "code": ("kod", "unit code", "enhetskod", "id-kod"),
    "name": ("namn", "unit", "enhet", "enhetens namn"),
    "parent": ("parent", "överordnad", "överordnad enhet", "ligger under", "tillhör"),
    "sector": ("verksamhet", "verksamhetsområde", "sektor"),
    "headcount": (
        *("head count", "headcount", "staff", "antal anställda", "antal medarbetare"),
        *("anställda", "medarbetare", "personal", "antal"),
    ),
}
_TEXTS = {"name": LONGEST_NAME, "code": LONGEST_CODE, "parent": LONGEST_NAME}
_WITHOUT_HEADINGS = ("name", "headcount")
"""What the columns of a list without headings are taken for."""


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """What a sheet says of units.

    Attributes:
        lines: those whose texts can be read; where there are faults, not all that they say is there.
        faults: cells that cannot.
        ignored: headings of columns that are not read.
    """

    lines: tuple[UnitLine, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]


def read_units(rows: Sequence[Row]) -> UnitSheet:
    """The units of a sheet; without headings the columns are name and number of staff.

    Raises:
        Invalid: field `file`; reason `file_no_name`, `file_column_twice`.
    """
    headings = rows[0].cells
    columns = [_column(cell) for cell in headings]
    ignored: list[str] = []
    if any(columns):
        rows = rows[1:]
        ignored = [
            cell for cell, column in zip(headings, columns, strict=True) if cell and column is None
        ]
    else:
        columns = list(_WITHOUT_HEADINGS)
    if "name" not in columns:
        raise Invalid("file", "file_no_name")
    named = [column for column in columns if column is not None]
    if len(set(named)) != len(named):
        raise Invalid("file", "file_column_twice")
    lines: list[UnitLine] = []
    faults: list[Fault] = []
    for row in rows:
        told = {
            column: cell
            for column, cell in zip(columns, row.cells, strict=False)
            if column is not None and cell
        }
        wrong = _read_line(row.number, told, lines)
        faults += [Fault(row.number, refusal) for refusal in wrong]
    if not lines and not faults:
        raise Invalid("file", "file_empty")
    return UnitSheet(tuple(lines), tuple(faults), tuple(ignored))


def _column(heading: str) -> str | None:
    wanted = folded(heading).rstrip(":*")
    for column, words in COLUMNS.items():
        names = {folded(each) for each in (column, *_ALSO_CALLED[column])}
        for language in LANGUAGES:
            with speaking(language):
                names.add(folded(gettext(words)))
        if wanted in names:
            return column
    return None


def _read_line(row: int, told: dict[str, str], lines: list[UnitLine]) -> list[Invalid]:
    """Add what a row says of a unit to the lines; what of it cannot be read."""
    refusals: list[Invalid] = []
    held: dict[str, str] = {}
    for column, longest in _TEXTS.items():
        try:
            needed = column == "name"
            held[column] = read_text(told.get(column, ""), column, longest, required=needed)
        except Invalid as refusal:
            refusals.append(refusal)
    headcount, sector = None, None
    try:
        if "headcount" in told:
            headcount = int(read_number(told["headcount"], "headcount", HEADCOUNT))
    except Invalid as refusal:
        refusals.append(refusal)
    try:
        sector = _sector(told.get("sector", ""))
    except Invalid as refusal:
        refusals.append(refusal)
    if len(held) == len(_TEXTS):
        # With what else can be read of it, so that every fault of the list is told at once.
        lines.append(UnitLine(row, held["name"], held["code"], held["parent"], sector, headcount))
    return refusals


def _sector(text: str) -> Sector | None:
    wanted = folded(text)
    if not wanted:
        return None
    for language in LANGUAGES:
        with speaking(language):
            for sector in Sector:
                if wanted in (sector.value, folded(label("sector", sector))):
                    return sector
    raise Invalid("sector", "no_such_sector", name=text[:LONGEST_NAME])


def unit_workbook(units: Sequence[KnownUnit]) -> bytes:
    """The organisation's units as a file that can be changed and read in again, in the language in use."""
    codes = {unit.id: unit.code for unit in units}
    rows: list[list[str | int]] = [
        [
            unit.code,
            unit.name,
            "" if unit.parent_id is None else codes[unit.parent_id],
            label("sector", unit.sector),
            "" if unit.headcount is None else unit.headcount,
        ]
        for unit in units
    ]
    return workbook(gettext("Units"), [gettext(words) for words in COLUMNS.values()], rows)


def sector_words() -> list[str]:
    """What may stand in the column for the sector, in the language in use."""
    return list(labels("sector").values())
