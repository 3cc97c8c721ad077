"""A spreadsheet as it was sent, with what is wrong marked in it: to be corrected and sent again.

Made from what the reading process wrote, never from the stranger's file. The rows and columns stay where they were,
behind a first column that says what to do in each row; a row without faults has nothing there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from timethief.domain.sheet_tasks import Fault
from timethief.exchange.row_cells import Cell, DateCell, Formula
from timethief.exchange.sheets.reading import Table, table_of
from timethief.exchange.task_columns import BY_CODE, MARKS, Kind
from timethief.exchange.task_exports import meaning, put
from timethief.exchange.task_rows import read_header
from timethief.i18n import gettext
from timethief.reports.labels import labels
from timethief.reports.refusals import sentence

MOST_COMMENTS = 2_000
"""All comments are held in memory until the end; after so many the first column alone tells."""
LONGEST_SHEET_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\\*?:/\[\]\x00-\x1f]|^'|'$")
_FAULTY = PatternFill("solid", fgColor="FFFFD9CC")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_BOLD = Font(bold=True)


def write_marked(
    target: Path,
    staged: Path,
    faults: Iterable[Fault],
    chosen: Mapping[str, str] | None = None,
    *,
    only_faulty: bool = False,
) -> None:
    """Write the workbook with marked faults, in the language in use.

    Args:
        target: where to; replaced if it is there.
        staged: what the reading process wrote.
        faults: what is wrong, in the order of the rows.
        chosen: code by heading key, for headings that somebody has told the meaning of.
        only_faulty: leave the other rows out, since they have been imported.
    """
    table = table_of(staged)
    header, _ = read_header(table.headings, chosen, table.header_row)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(table.sheet))
    sheet.freeze_panes = f"B{table.header_row + 1}"
    sheet.column_dimensions["A"].width = 60
    width = len(_held(table.headings)) + 1
    for number in range(2, width + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 22
    last = _Rows(sheet, header.places).write(table, faults, only_faulty=only_faulty)
    sheet.auto_filter.ref = f"A{table.header_row}:{get_column_letter(width)}{last}"
    book.save(target)


def column_title(code: str) -> str:
    """The heading of a column, in the language in use; what is no code stands for itself."""
    return BY_CODE[code].title() if code in BY_CODE else code


def fault_words(fault: Fault) -> str:
    """What is wrong with a cell and what to do, with what there is to choose from."""
    column = BY_CODE.get(fault.column)
    if fault.refusal.reason != "not_a_choice" or column is None or not column.choices:
        return sentence(fault.refusal)
    if column.kind is Kind.CHOICES:
        return f"{meaning(column)}."
    words = ", ".join(labels(column.choices).values())
    return gettext("Choose one of these: %(words)s.", words=words)


class _Rows:
    """Writes the rows one by one."""

    def __init__(self, sheet: Any, places: Mapping[str, int]) -> None:  # noqa: ANN401 - the library publishes no types
        self.sheet, self.places = sheet, places
        self.plain: list[Any] = []
        self.comments = 0
        self.written = 0

    def write(self, table: Table, faults: Iterable[Fault], *, only_faulty: bool) -> int:
        """Write all rows; the last one's place."""
        marked = _by_row(faults)
        next_row, wrong = next(marked, (0, ()))
        above: list[Fault] = []
        while next_row and next_row <= table.header_row:
            above += wrong
            next_row, wrong = next(marked, (0, ()))
        self._write(table.header_row, [MARKS.title(), *_held(table.headings)], above, bold=True)
        for number, cells in table.rows:
            while next_row and next_row < number:
                next_row, wrong = next(marked, (0, ()))
            found = wrong if next_row == number else ()
            if only_faulty and not found:
                continue
            told = "\n".join(f"{column_title(each.column)}: {fault_words(each)}" for each in found)
            place = self.written + 1 if only_faulty else number
            self._write(place, [told or None, *_held(cells)], found)
        return self.written

    def _write(
        self, place: int, values: Sequence[Cell], faults: Sequence[Fault], *, bold: bool = False
    ) -> None:
        while self.written < place - 1:
            self.sheet.append(())
            self.written += 1
        while len(self.plain) < len(values):
            self.plain.append(WriteOnlyCell(self.sheet))
        cells = self.plain[: len(values)]
        if faults or bold:
            cells = [WriteOnlyCell(self.sheet) for _ in values]
            cells[0].alignment = _WRAPPED
        for cell, value in zip(cells, values, strict=True):
            put(cell, _plain(value))
            if bold:
                cell.font, cell.alignment = _BOLD, _WRAPPED
        for fault in faults:
            self._mark(cells, fault)
        self.sheet.append(cells)
        self.written += 1

    def _mark(self, cells: list[Any], fault: Fault) -> None:
        position = self.places.get(fault.column)
        if position is None:
            position = -1  # a column that is not there: what to do stands in the first one
        while len(cells) <= position + 1:
            cells.append(WriteOnlyCell(self.sheet))
        cell = cells[position + 1]
        cell.fill = _FAULTY
        if self.comments < MOST_COMMENTS:
            before = f"{cell.comment.text}\n" if cell.comment else ""
            cell.comment = Comment(
                f"{before}{fault_words(fault)}", "Timethief", width=320, height=120
            )
            self.comments += 1


def _by_row(faults: Iterable[Fault]) -> Iterator[tuple[int, Sequence[Fault]]]:
    for row, each in groupby(faults, lambda fault: fault.row or 1):
        yield row, list(each)


def _held(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The cells up to the last that holds something."""
    last = len(cells)
    while last and cells[last - 1] is None:
        last -= 1
    return cells[:last]


def _sheet_name(name: str) -> str:
    """A name that spreadsheet programs take."""
    return _NOT_IN_NAMES.sub(" ", name[:LONGEST_SHEET_NAME]).strip() or gettext("Tasks")


def _plain(value: Cell) -> Any:  # noqa: ANN401 - what a cell may be set to
    if isinstance(value, DateCell):
        return value.text
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value.value if isinstance(value, Formula) else value
