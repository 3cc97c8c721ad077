"""The tables of a page as files: the same figures, to the digit, in cells of the right kind."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from timethief.exchange.sheets.formulas import inert
from timethief.exchange.task_cells import plain_number
from timethief.exchange.task_exports import put
from timethief.i18n import gettext, language
from timethief.reports.tables import Cell, Figure, Table

_LONGEST_NAME = 31
"""Of a sheet, in any spreadsheet program."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_WHOLE, _PARTS, _SHARE = "#,##0", "#,##0.##", "0%"
_WIDEST, _WIDTH = 60, 18


def write_tables(file: Path, tables: Sequence[Table], about: Sequence[tuple[str, str]]) -> None:
    """Write each table to a sheet of a workbook, and behind them what they are.

    Args:
        file: where to; replaced if it is there.
        tables: each with a caption of its own.
        about: what the last sheet tells: name and value.
    """
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for table in tables:
        _write(book.create_sheet(_sheet_name(table.caption, taken)), table)
    _tell_about(book.create_sheet(_sheet_name(gettext("About the tables"), taken)), about)
    book.save(file)


def tables_as_csv(tables: Sequence[Table]) -> Iterator[bytes]:
    """The tables below one another as CSV in UTF-8 with its mark, semicolons between, every text in quotes.

    Where there are several, each has its caption above it and an empty line below.
    """
    yield b"\xef\xbb\xbf"
    point = "," if language() == "sv" else "."
    for number, table in enumerate(tables):
        written = io.StringIO()
        writer = csv.writer(written, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        if number:
            written.write("\r\n")
        if len(tables) > 1:
            writer.writerow([inert(table.caption)])
        writer.writerow([inert(column.label) for column in table.columns])
        writer.writerows([_in_csv(cell, point) for cell in row] for row in table.rows)
        yield written.getvalue().encode()


def _in_csv(cell: str | Cell, point: str) -> str:
    if isinstance(cell, Figure):
        return plain_number(cell.value, point)
    return inert(_text(cell))


def _text(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else str(cell)


def _write(sheet: Any, table: Table) -> None:  # noqa: ANN401 - the library publishes no types
    sheet.freeze_panes = "B2"
    for number, column in enumerate(table.columns):
        letter = get_column_letter(number + 1)
        if column.numeric:
            sheet.column_dimensions[letter].width = _WIDTH
            continue
        longest = max((len(_text(row[number])) for row in table.rows), default=0)
        sheet.column_dimensions[letter].width = max(_WIDTH, min(longest + 2, _WIDEST))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    sheet.append([_heading(sheet, column.label) for column in table.columns])
    for row in table.rows:
        sheet.append([_in_workbook(sheet, cell) for cell in row])


def _heading(sheet: Any, text: str) -> Any:  # noqa: ANN401 - the library publishes no types
    cell = WriteOnlyCell(sheet)
    put(cell, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _in_workbook(sheet: Any, shown: str | Cell) -> Any:  # noqa: ANN401 - the library publishes no types
    cell = WriteOnlyCell(sheet)
    if isinstance(shown, Figure):
        put(cell, shown.value)
        whole = _WHOLE if float(shown.value).is_integer() else _PARTS
        cell.number_format = _SHARE if shown.is_share else whole
    else:
        put(cell, _text(shown))
    return cell


def _tell_about(sheet: Any, about: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401 - the library publishes no types
    sheet.column_dimensions["A"].width = 36
    sheet.column_dimensions["B"].width = 90
    for pair in about:
        cells = [WriteOnlyCell(sheet) for _ in pair]
        for cell, text in zip(cells, pair, strict=True):
            put(cell, text)
        sheet.append(cells)


def _sheet_name(caption: str, taken: set[str]) -> str:
    """A name that no other sheet of the workbook has, whatever the case."""
    plain = _NOT_IN_NAMES.sub(" ", caption).strip("' ") or "-"
    for number in count(1):
        ending = "" if number == 1 else f" {number}"
        name = _within(plain, _LONGEST_NAME - len(ending)) + ending
        if name.casefold() not in taken:
            taken.add(name.casefold())
            return name
    raise AssertionError


def _within(text: str, longest: int) -> str:
    """The beginning of a text, as whole words where there are any."""
    if len(text) <= longest:
        return text
    whole, space, _ = text[: longest + 1].rpartition(" ")
    return whole.rstrip() if space else text[:longest]
