"""The form to fill in: a workbook with drop-downs for everything that has a list, limits on numbers, and one example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from timethief.exchange.task_columns import COLUMNS, EXAMPLE, Column, Kind, yes_or_no
from timethief.exchange.task_exports import meaning, put
from timethief.i18n import gettext
from timethief.reports.labels import labels

OFFERED = tuple(column for column in COLUMNS if not column.rare)
"""The columns of the form."""
ROWS = 5_000
"""Rows that have drop-downs and limits."""
_WIDTHS = {"title": 44, "description": 50, "unit": 28, "requester": 28, "requirement": 28}
_REQUIRED = PatternFill("solid", fgColor="FFDCE9F5")
_OPTIONAL = PatternFill("solid", fgColor="FFF0F2F4")


@dataclass(frozen=True, slots=True)
class Registers:
    """What there is to choose from in the organisation; names as they are shown."""

    units: Sequence[str] = ()
    staff_categories: Sequence[str] = ()
    requesters: Sequence[str] = ()

    def of(self, register: str) -> Sequence[str]:
        """The names of one register."""
        return {
            "unit": self.units,
            "staff_category": self.staff_categories,
            "requester": self.requesters,
        }[register]


def write_template(file: Path, registers: Registers) -> None:
    """Write the form, in the language in use.

    Args:
        file: where to; replaced if it is there.
        registers: of the organisation, or nothing.
    """
    book = Workbook()
    for unasked in book.worksheets:
        book.remove(unasked)
    sheet = book.create_sheet(gettext("Tasks"))
    lists = _Lists(book, registers)
    for number, column in enumerate(OFFERED, start=1):
        _head(sheet, number, column)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.code, 18)
        rule = _rule(column, lists)
        if rule is not None:
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{ROWS + 1}")
    for number, value in enumerate(_example(registers), start=1):
        put(sheet.cell(2, number), value)
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 48
    _instruct(book)
    lists.finish()
    book.save(file)


def _head(sheet: Any, number: int, column: Column) -> None:  # noqa: ANN401 - the library publishes no types
    cell = sheet.cell(1, number, f"{column.title()}{' *' if column.required else ''}")
    cell.font = Font(bold=True)
    cell.fill = _REQUIRED if column.required else _OPTIONAL
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.comment = Comment(meaning(column), "Timethief", width=320, height=140)


class _Lists:
    """A hidden sheet with a named list for each drop-down; the sheet's own lists may not be longer than 255 letters."""

    def __init__(self, book: Workbook, registers: Registers) -> None:
        self.book, self.registers = book, registers
        self.sheet = book.create_sheet("Lists")
        self.names: dict[str, str] = {}

    def name_of(self, key: str, words: Sequence[str]) -> str | None:
        """The name of the list with these words; None where there are none."""
        if not words:
            return None
        if key not in self.names:
            column = len(self.names) + 1
            for row, word in enumerate(words, start=1):
                put(self.sheet.cell(row, column), word)
            letter = get_column_letter(column)
            place = f"'Lists'!${letter}$1:${letter}${len(words)}"
            name = f"list_{key}"
            self.book.defined_names[name] = DefinedName(name, attr_text=place)
            self.names[key] = name
        return self.names[key]

    def finish(self) -> None:
        """Hide the sheet, behind all others."""
        self.sheet.sheet_state = "hidden"
        self.book.move_sheet(self.sheet, offset=len(self.book.sheetnames))


def _rule(column: Column, lists: _Lists) -> DataValidation | None:
    if column.kind is Kind.NUMBER and column.limits is not None:
        limits = column.limits
        least = limits.least if limits.least is not None else limits.above
        return DataValidation(
            type="whole" if limits.whole else "decimal",
            operator="between",
            formula1=str(least or 0),
            formula2=f"{limits.most:.0f}",
            allow_blank=True,
            errorTitle=column.title(),
            error=meaning(column),
        )
    name = None
    if column.kind is Kind.CHOICE:
        name = lists.name_of(column.choices, list(labels(column.choices).values()))
    elif column.kind is Kind.YES_OR_NO:
        name = lists.name_of("answer", [yes_or_no(answer=True), yes_or_no(answer=False)])
    elif column.register:
        name = lists.name_of(column.register, lists.registers.of(column.register))
    if name is None:
        return None
    # Who asks may be new; units and staff categories must exist.
    strict = column.register != "requester"
    return DataValidation(
        type="list",
        formula1=f"={name}",
        allow_blank=True,
        showErrorMessage=strict,
        errorTitle=column.title(),
        error=gettext("Choose from the list."),
    )


def _example(registers: Registers) -> list[Any]:
    """One row as it may look, with what the organisation has."""
    values: Mapping[str, Any] = {
        "title": gettext(EXAMPLE),
        "description": gettext("The same names are typed into the system afterwards."),
        "unit": registers.units[0] if registers.units else gettext("Ward 1"),
        "staff_category": registers.staff_categories[0]
        if registers.staff_categories
        else gettext("All staff"),
        "minutes": 10,
        "times": 1,
        "per": labels("per")["working_day"],
        "people": 12,
        "requester_level": labels("level")["own_organisation"],
        "requester": gettext("The personnel office"),
        "binding": labels("binding")["internal_rule"],
        "use1_beneficiary": labels("beneficiary")["own_organisation"],
        "use1_purpose": labels("purpose")["follow_up"],
        "use1_in_use": labels("in_use")["believed"],
        "use1_worth_share": 0.5,
        "signals": labels("signal")["double_entry"],
    }
    return [values.get(column.code) for column in OFFERED]


def _instruct(book: Workbook) -> None:
    sheet = book.create_sheet(gettext("How to fill in"))
    sheet.column_dimensions["A"].width = 36
    sheet.column_dimensions["B"].width = 100
    for row, text in enumerate(
        (
            gettext("One row for each task, in one unit."),
            gettext(
                "Columns with a star must be filled in. Leave the others empty where you do not know."
            ),
            gettext("Write numbers with digits, such as 12 or 12.5. Choose words from the lists."),
            gettext(
                "The first row is an example: write over it. If you leave it, it is not imported."
            ),
            gettext(
                "Own reference: the same reference next time changes the task instead of adding one."
            ),
            gettext("Do not write names of persons or personal identity numbers."),
        ),
        start=1,
    ):
        put(sheet.cell(row, 1), text)
    start = 9
    for number, title in enumerate((gettext("Column"), gettext("What it holds")), start=1):
        sheet.cell(start, number, title).font = Font(bold=True)
    for row, column in enumerate(OFFERED, start=start + 1):
        put(sheet.cell(row, 1), column.title())
        put(sheet.cell(row, 2), meaning(column))
        sheet.cell(row, 2).alignment = Alignment(wrap_text=True)
