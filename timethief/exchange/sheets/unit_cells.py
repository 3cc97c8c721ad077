"""Spreadsheets as rows of text, whatever program wrote them; a file is hostile until it has been counted.

An .xlsx is an archive that can hold a thousand times what it weighs, and XML that names other files. Everything in
it is measured, and read once by a parser that refuses document types, before the library sees it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from timethief.domain.errors import Invalid

LARGEST_FILE = 950_000
"""Bytes; a form with it stays below the most that any request may hold."""
MOST_ROWS = 5_000
MOST_COLUMNS = 30
LONGEST_CELL = 4_000
_LARGEST_CONTENT = 12_000_000
"""Bytes of all parts of an archive together, unpacked."""
_MOST_PARTS = 200
_SHEET = "xl/worksheets/"
_FIELD = "file"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something; `number` is its place in the sheet, counted from 1."""

    number: int
    cells: tuple[str, ...]


def read_rows(content: bytes) -> list[Row]:
    """The rows of a file that hold something: .xlsx, or text parted by semicolon, comma or tab.

    Raises:
        Invalid: field `file`; reason `file_too_large`, `file_empty`, `file_old`, `file_damaged`,
            `file_forbidden`, `file_unreadable`, `file_too_many_rows`, `file_too_wide`.
    """
    if len(content) > LARGEST_FILE:
        raise Invalid(_FIELD, "file_too_large", limit=LARGEST_FILE // 1_000)
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # the format before 2007, or a locked .xlsx
        raise Invalid(_FIELD, "file_old")
    rows = _of_archive(content) if content.startswith(b"PK") else _of_text(_text(content))
    if not rows:
        raise Invalid(_FIELD, "file_empty")
    return rows


def read_pasted(text: str) -> list[Row]:
    """The rows of text that somebody typed or pasted.

    Raises:
        Invalid: as `read_rows`.
    """
    rows = _of_text(text.removeprefix("\ufeff"))
    if not rows:
        raise Invalid(_FIELD, "file_empty")
    return rows


def as_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as text that `read_pasted` gives back the same rows of."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return written.getvalue()


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """A file for a spreadsheet program. What people wrote is text in it, never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings):
        sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]].width = max(
            16, len(heading) + 4
        )
    cells = []
    for heading in headings:
        cell = WriteOnlyCell(sheet, heading)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
    for row in rows:
        line = []
        for value in row:
            cell = WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                cell.data_type = "s"
            line.append(cell)
        sheet.append(line)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _text(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or Windows-1252, which spreadsheet programs write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid(_FIELD, "file_unreadable")


def _of_text(text: str) -> list[Row]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=first.count)
    rows = []
    try:
        parted = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(parted, start=1):
            if any(cell.strip() for cell in cells):
                rows.append(_row(number, cells))
                _check_count(rows)
    except csv.Error as error:
        raise Invalid(_FIELD, "file_unreadable") from error
    return rows


def _row(number: int, cells: Sequence[str]) -> Row:
    held = [cell.strip() for cell in cells]
    while held and not held[-1]:
        held.pop()
    if len(held) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in held):
        raise Invalid(_FIELD, "file_too_wide", row=number)
    return Row(number, tuple(held))


def _check_count(rows: Sequence[Row]) -> None:
    if len(rows) > MOST_ROWS + 1:  # the headings stand in one
        raise Invalid(_FIELD, "file_too_many_rows", limit=MOST_ROWS)


def _of_archive(content: bytes) -> list[Row]:
    try:
        counted = _measured(content)
        rows, read = _cells(content)
    except Invalid:
        raise
    except DefusedXmlException as error:
        raise Invalid(_FIELD, "file_forbidden") from error
    except Exception as error:
        # A damaged file makes the libraries raise more kinds than anybody has listed.
        raise Invalid(_FIELD, "file_damaged") from error
    # A sheet that lies about its own size would lose rows without a word.
    if read not in counted:
        raise Invalid(_FIELD, "file_damaged")
    return rows


def _measured(content: bytes) -> set[int]:
    """How many rows with something in them each sheet has; every part has then been weighed and parsed once."""
    counted = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = [part.filename for part in parts]
        weight = sum(part.file_size for part in parts)
        if len(parts) > _MOST_PARTS or len(set(names)) != len(names) or weight > _LARGEST_CONTENT:
            raise Invalid(_FIELD, "file_damaged")
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                with archive.open(part) as opened:
                    rows = _rows_with_cells(opened.read(_LARGEST_CONTENT))
                if part.filename.startswith(_SHEET):
                    counted.add(rows)
    return counted


def _rows_with_cells(part: bytes) -> int:
    rows, holds = 0, False
    for _, element in ElementTree.iterparse(io.BytesIO(part), ["end"], forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if name in ("v", "is"):
            holds = holds or any(element.itertext())
        elif name == "c":
            element.clear()
        elif name == "row":
            rows, holds = rows + holds, False
            element.clear()
            if rows > MOST_ROWS + 1:
                raise Invalid(_FIELD, "file_too_many_rows", limit=MOST_ROWS)
    return rows


def _cells(content: bytes) -> tuple[list[Row], int]:
    """The rows of the first sheet, and how many of all its rows had a cell with something in it."""
    book = load_workbook(
        io.BytesIO(content), read_only=True, data_only=True, keep_links=False, rich_text=False
    )
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows, read = [], 0
        found = sheet.iter_rows(max_col=MOST_COLUMNS + 1, max_row=50_000, values_only=True)
        for number, values in enumerate(found, start=1):
            read += any(value is not None for value in values)
            cells = [_plain(value) for value in values]
            if any(cell.strip() for cell in cells):
                rows.append(_row(number, cells))
                _check_count(rows)
        return rows, read
    finally:
        book.close()


def _plain(value: object) -> str:
    """A cell's value as somebody could have typed it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004 - digits of a float
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return (value.date() if midnight else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
