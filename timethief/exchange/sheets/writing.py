"""A workbook whose first sheet has any number of rows, written as they come.

The library writes everything but those rows: styles, headings, the other sheets. Its objects take ten times as long
for a cell as the few words that a cell is in the file, so those are written here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

Value = str | float | int | None

_SHEET = "xl/worksheets/sheet1.xml"
_BOOK = "xl/workbook.xml"
_FIRST = "[Content_Types].xml"
_ROW = re.compile(rb'<row r="2".*?</row>', re.DOTALL)
_STYLE = re.compile(rb'<c r="([A-Z]+)2"[^>]*? s="([0-9]+)"')
_ROWS_AT_ONCE = 500
_TEXTS_REMEMBERED = 5_000


def write_rows(book: Any, file: Path, rows: Iterable[Sequence[Value]], width: int) -> int:  # noqa: ANN401 - the library publishes no types
    """Save a workbook, with rows in place of the second row of its first sheet; how many there were.

    Text is text, whatever it looks like. Each column has the style of its cell in that second row. A filter over the
    two rows becomes one over all.

    Args:
        book: not saved yet. Its first sheet has a row of headings and one of cells with the columns' styles.
        file: where to; replaced if it is there.
        rows: the values, so many to a row.
        width: how many columns there are.
    """
    saved = BytesIO()
    book.save(saved)
    with (
        zipfile.ZipFile(saved) as parts,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        sheet = parts.read(_SHEET)
        pattern = _ROW.search(sheet)
        if pattern is None:
            message = "the sheet has no second row to take styles from"
            raise ValueError(message)
        head, rest = sheet[: pattern.start()], sheet[pattern.end() :]
        styles = dict(_STYLE.findall(pattern[0]))
        columns = [_Column(number, styles) for number in range(1, width + 1)]
        written.writestr(_FIRST, parts.read(_FIRST))
        count = 0
        with written.open(_SHEET, "w", force_zip64=True) as opened:
            opened.write(head)
            for count, row in _written(rows, columns):  # noqa: B007 - the last one is wanted
                opened.write(row)
            opened.write(rest.replace(_filter(width, 2), _filter(width, count + 1)))
        for part in parts.namelist():
            content = parts.read(part)
            if part == _BOOK:
                content = content.replace(_named(width, 2), _named(width, count + 1))
            if part not in (_SHEET, _FIRST):
                written.writestr(part, content)
    return count


class _Column:
    """How the cells of a column begin: before the number of the row, and after it."""

    def __init__(self, number: int, styles: dict[bytes, bytes]) -> None:
        letter = get_column_letter(number)
        style = styles.get(letter.encode(), b"0").decode()
        self.start = f'<c r="{letter}'
        self.number = f'" s="{style}"><v>'
        self.text = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'


def _written(
    rows: Iterable[Sequence[Value]], columns: Sequence[_Column]
) -> Iterator[tuple[int, bytes]]:
    """Some rows at a time as they stand in the file, with how many there are so far."""
    places = [(column.start, column.number, column.text) for column in columns]
    parts: list[str] = []
    count = 0
    for count, row in enumerate(rows, start=1):
        name = str(count + 1)
        parts.append(f'<row r="{name}">')
        for (start, number, text), value in zip(places, row, strict=True):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                parts.append(f"{start}{name}{text}{_plain(value)}</t></is></c>")
            else:
                parts.append(f"{start}{name}{number}{value!r}</v></c>")
        parts.append("</row>")
        if count % _ROWS_AT_ONCE == 0:
            yield count, "".join(parts).encode()
            parts.clear()
    yield count, "".join(parts).encode()


@lru_cache(_TEXTS_REMEMBERED)
def _plain(text: str) -> str:
    """Text as it stands in XML; what cannot stand there is replaced."""
    return escape(ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))


def _filter(width: int, last_row: int) -> bytes:
    """The filter of the sheet down to a row."""
    return f'<autoFilter ref="A1:{get_column_letter(width)}{last_row}"'.encode()


def _named(width: int, last_row: int) -> bytes:
    """The end of the name that the book has for the filter."""
    return f"!$A$1:${get_column_letter(width)}${last_row}</definedName>".encode()
