"""Spreadsheets of any size as rows, read as a stream; a file is hostile until it has been counted.

An .xlsx is an archive that can hold a thousand times what it weighs, and XML that names other files. Every part is
unpacked once and counted before the library sees it, and a document type anywhere refuses the file. What the library
then reads is compared with what was counted: a sheet that lies about its own size would else lose rows without a
word. Run this where it can be stopped (`timethief.exchange.sheets.staging`): counting bounds memory, not time.

Two libraries read. The fast one (calamine) takes a twentieth of the time, but a file can make it end the whole
process, and it gives nothing for error values and formulas without a result; so it is used only in a process of its
own and only for files that hold neither. The other one (openpyxl) reads all the rest.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import IO, Any, TypeVar

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from timethief.domain.errors import Invalid
from timethief.exchange.row_cells import Cell, Formula
from timethief.exchange.sheets.formulas import as_written
from timethief.exchange.task_columns import columns_by_heading, heading_key

T = TypeVar("T")
_Place = tuple[int, Sequence[Cell]]

LARGEST_FILE = 20_000_000
LARGEST_CONTENT = 200 * 2**20
LARGEST_PART = 120 * 2**20
MOST_PARTS = 1_000
MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
LONGEST_FIELD = 131_072
HEADER_WITHIN = 10
"""The headings stand in one of the first so many rows."""
_LEAST_HEADINGS = 3
_LONGEST_HEADING = 100
_CHUNK = 2**20
_OVERLAP = 16
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_FIELD = "file"
_DELIMITERS = ";\t,"


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of the sheet that holds the tasks.

    Attributes:
        sheet: its name; empty for a file that has no sheets.
        header_row: where the headings stand, counted from 1.
        headings: the cells there.
        rows: place and cells of each row after them that holds something.
    """

    sheet: str
    header_row: int
    headings: Sequence[Cell]
    rows: Iterator[_Place]


@contextmanager
def opened(file: Path, *, fast: bool = False) -> Iterator[SheetRows]:
    """The rows of a file; they must be read within the block.

    Args:
        file: the spreadsheet.
        fast: use the fast library where the file allows it; it may end the process.

    Raises:
        Invalid: field `file`; reason `file_empty`, `file_too_large`, `file_old`, `file_damaged`, `file_forbidden`,
            `file_unreadable`, `file_no_headings`, `file_two_sheets`; while rows are read also
            `file_too_many_rows`, `file_too_wide`.
    """
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise Invalid(_FIELD, "file_too_large", limit=LARGEST_FILE // 1_000)
    with file.open("rb") as content:
        start = content.read(_CHUNK)
        content.seek(0)
        if not start.strip():
            raise Invalid(_FIELD, "file_empty")
        if start.startswith(_OLD_FORMAT):
            raise Invalid(_FIELD, "file_old")
        if start.startswith(b"PK"):
            with _archive(content, file if fast else None) as rows:
                yield rows
        else:
            yield _text(content, start)


# Text


def _text(content: IO[bytes], start: bytes) -> SheetRows:
    encoding = _encoding(content, start)
    content.seek(0)
    lines = io.TextIOWrapper(content, encoding=encoding, newline="")
    first = lines.readline()
    named = re.fullmatch(r"sep=(.)\s*", first)
    if named is None:
        lines.seek(0)
        # The mark of UTF-8 has been taken off by then; of the first line that holds something the signs are counted.
        while first and not first.strip():
            first = lines.readline()
        lines.seek(0)
    delimiter = named[1] if named else max(_DELIMITERS, key=first.count)
    csv.field_size_limit(LONGEST_FIELD)
    return _with_headings("", _parted(lines, delimiter, 2 if named else 1))


def _encoding(content: IO[bytes], start: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or Windows-1252, which spreadsheet programs write.

    Windows-1252 has a letter for nearly every byte, so it is believed only of what is no UTF-8 anywhere.
    """
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _checked(content, "utf-16")
    try:
        return _checked(content, "utf-8-sig")
    except Invalid:
        return _checked(content, "cp1252")


def _checked(content: IO[bytes], encoding: str) -> str:
    content.seek(0)
    reader = io.TextIOWrapper(content, encoding=encoding, newline="")
    try:
        while part := reader.read(_CHUNK):
            if "\x00" in part:
                raise Invalid(_FIELD, "file_unreadable")
    except UnicodeError as error:
        raise Invalid(_FIELD, "file_unreadable") from error
    finally:
        reader.detach()
    return encoding


def _parted(
    lines: io.TextIOWrapper, delimiter: str, first: int
) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=first):
            # An export puts an apostrophe before what a program would take for a formula.
            yield number, [as_written(cell) if cell[:1] == "'" else cell for cell in cells]
    except csv.Error as error:
        raise Invalid(_FIELD, "file_unreadable_at", row=reader.line_num) from error


# Archives


@contextmanager
def _archive(content: IO[bytes], fast: Path | None) -> Iterator[SheetRows]:
    try:
        counted = _counted(content)
        formulas = any(each.formulas for each in counted.values())
        if fast is not None and not formulas and not any(each.errors for each in counted.values()):
            yield _fast(fast)
            return
        book = _book(content, results=True)
        unread = _book(content, results=False) if formulas else None
    except Invalid:
        raise
    except Exception as error:
        # A damaged file makes the libraries raise more kinds than anybody has listed.
        raise Invalid(_FIELD, "file_damaged") from error
    try:
        yield _sheet(book, unread, counted)
    finally:
        book.close()


def _book(content: IO[bytes], *, results: bool) -> Any:  # noqa: ANN401 - the library publishes no types
    return load_workbook(
        content, read_only=True, data_only=results, keep_links=False, rich_text=False
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What was counted in a part of an archive: bytes, cells with a value, formulas, error values."""

    size: int
    values: int
    formulas: int
    errors: int


def _counted(content: IO[bytes]) -> dict[str, _Part]:
    """Unpack every part once and count what it holds, by its name.

    Raises:
        Invalid: there is too much of it, a part stands twice, or one declares a document type.
    """
    found: dict[str, _Part] = {}
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or len({part.filename for part in parts}) != len(parts):
            raise Invalid(_FIELD, "file_damaged")
        if any(part.flag_bits & 1 for part in parts):
            raise Invalid(_FIELD, "file_locked")
        if "[Content_Types].xml" not in archive.namelist():
            raise Invalid(_FIELD, "file_no_workbook")
        left = LARGEST_CONTENT
        for part in parts:
            with archive.open(part) as unpacked:
                found[part.filename] = _weighed(unpacked, min(left, LARGEST_PART))
            left -= found[part.filename].size
    return found


_VALUE = re.compile(rb"<(?:v|is)(?: [^>]*[^/>])?>")
_FORMULA = re.compile(rb"<f[ >/]")
_ERROR = re.compile(rb" t=[\"']e[\"']")
_NO_VALUE = re.compile(rb"<v[^>]*></v>")
_DOCTYPE = re.compile(rb"<!doctype|<!entity", re.IGNORECASE)


def _weighed(part: IO[bytes], most: int) -> _Part:
    """What a part holds.

    Raises:
        Invalid: it is larger than `most`, or declares a document type (in any encoding that XML may have).
    """
    size, values, formulas, errors, tail = 0, 0, 0, 0, b""
    while chunk := part.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise Invalid(_FIELD, "file_too_much")
        seen = tail + chunk
        if _DOCTYPE.search(seen) or _DOCTYPE.search(seen.replace(b"\x00", b"")):
            raise Invalid(_FIELD, "file_forbidden")
        values += len(_VALUE.findall(seen)) - len(_VALUE.findall(tail))
        values -= len(_NO_VALUE.findall(seen)) - len(_NO_VALUE.findall(tail))
        formulas += len(_FORMULA.findall(seen)) - len(_FORMULA.findall(tail))
        errors += len(_ERROR.findall(seen)) - len(_ERROR.findall(tail))
        tail = seen[-_OVERLAP:]
    return _Part(size, values, formulas, errors)


def _fast(file: Path) -> SheetRows:
    book = CalamineWorkbook.from_path(str(file))
    found: list[tuple[str, Iterator[_Place]]] = []
    likely: list[tuple[str, Iterator[_Place]]] = []
    for about in book.sheets_metadata:
        if about.visible is SheetVisibleEnum.Visible and about.typ is SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(about.name)
            rows: Iterator[_Place] = enumerate(sheet.iter_rows(), start=1)
            start = list(islice(rows, HEADER_WITHIN))
            if _known_row(start) is not None:
                found.append((about.name, chain(start, rows)))
            elif _likely_row(start) is not None:
                likely.append((about.name, chain(start, rows)))
    name, rows = _only(found, likely)
    return _with_headings(name, rows)


def _only(found: Sequence[tuple[str, T]], likely: Sequence[tuple[str, T]]) -> tuple[str, T]:
    """The one sheet that has headings which are known; else the first that may have headings of its own.

    Raises:
        Invalid: there is none, or more than one with headings which are known.
    """
    if not found and likely:
        return likely[0]
    if not found:
        raise Invalid(_FIELD, "file_no_headings")
    if len(found) > 1:
        names = ", ".join(name for name, _ in found)
        raise Invalid(_FIELD, "file_two_sheets", sheets=names)
    return found[0]


def _sheet(book: Any, unread: Any, counted: dict[str, _Part]) -> SheetRows:  # noqa: ANN401 - the library publishes no types
    """The visible sheet that has headings."""
    found, likely = [], []
    for number, sheet in enumerate(book.worksheets):
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        start = list(islice(_cells(sheet, None), HEADER_WITHIN))
        if _known_row(start) is not None:
            found.append((sheet.title, (number, sheet)))
        elif _likely_row(start) is not None:
            likely.append((sheet.title, (number, sheet)))
    _, (number, sheet) = _only(found, likely)
    part = counted.get(sheet._worksheet_path.removeprefix("/"))  # noqa: SLF001 - told nowhere else
    rows = _cells(sheet, part.values if part else None)
    if unread is not None and part is not None and part.formulas:
        twin = unread.worksheets[number]
        twin.reset_dimensions()
        rows = _with_formulas(rows, twin)
    return _with_headings(sheet.title, rows)


def _with_formulas(
    rows: Iterator[_Place],
    twin: Any,  # noqa: ANN401 - the library publishes no types
) -> Iterator[_Place]:
    """The rows, where a formula without a result says so instead of passing for an empty cell.

    Args:
        rows: with the results of formulas.
        twin: the same sheet with the formulas themselves.
    """
    written = enumerate(twin.iter_rows(values_only=True), start=1)
    for number, values in rows:
        formulas = next(raw for place, raw in written if place == number)
        yield (
            number,
            [
                Formula.WITHOUT_RESULT if value is None and raw is not None else value
                for value, raw in zip_longest(values, formulas[: len(values)])
            ],
        )


def _cells(sheet: Any, expected: int | None) -> Iterator[_Place]:  # noqa: ANN401 - the library publishes no types
    """Rows with a value in them. At the end as many values must have been read as were counted."""
    read = 0
    try:
        rows = sheet.iter_rows(values_only=True)
        for number, values in enumerate(rows, start=1):
            held = sum(value is not None for value in values)
            if held:
                read += held
                yield number, values
    except Exception as error:
        raise Invalid(_FIELD, "file_damaged") from error
    if expected is not None and read < expected:
        raise Invalid(_FIELD, "file_damaged")


# Both


def _with_headings(sheet: str, rows: Iterator[_Place]) -> SheetRows:
    start = list(islice(rows, HEADER_WITHIN))
    place = _known_row(start)
    if place is None:
        place = _likely_row(start)
    if place is None:
        raise Invalid(_FIELD, "file_no_headings")
    number, headings = start[place]
    return SheetRows(sheet, number, headings, _limited(start[place + 1 :], rows))


def _known_row(rows: Sequence[_Place]) -> int | None:
    """Which of the rows holds headings that are known: the first with at least three of them."""
    known = columns_by_heading()
    for place, (_, cells) in enumerate(rows):
        headings = {heading_key(str(cell)) for cell in cells if cell is not None}
        if len(headings & known.keys()) >= _LEAST_HEADINGS:
            return place
    return None


def _likely_row(rows: Sequence[_Place]) -> int | None:
    """Which of the rows may hold headings of somebody's own: the first with at least three words and no number."""
    for place, (_, cells) in enumerate(rows):
        held = [cell for cell in cells if cell is not None and cell != ""]
        words = {heading_key(cell) for cell in held if isinstance(cell, str) and _is_word(cell)}
        if len(words) >= _LEAST_HEADINGS and len(words) == len(held):
            return place
    return None


def _is_word(text: str) -> bool:
    plain = " ".join(text.split())
    return (
        len(plain) <= _LONGEST_HEADING
        and plain.isprintable()
        and any(sign.isalpha() for sign in plain)
    )


def _limited(first: Sequence[_Place], rest: Iterator[_Place]) -> Iterator[_Place]:
    count = 0
    for source in (first, rest):
        for number, cells in source:
            if not any(cell is not None and cell != "" for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise Invalid(_FIELD, "file_too_many_rows", limit=MOST_ROWS)
            if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                raise Invalid(_FIELD, "file_too_wide", limit=MOST_COLUMNS, row=number)
            yield number, cells
