from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook

from timethief.domain.errors import Invalid
from timethief.exchange.sheets import unit_cells as sheets
from timethief.exchange.sheets.unit_cells import as_text, read_pasted, read_rows, workbook


def _xlsx(rows: list[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The file with something in one of its parts put in place of something else."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(written, "w") as made:
        for each in given.infolist():
            data = given.read(each)
            if each.filename == part:
                assert old in data
                data = data.replace(old, new)
            made.writestr(each.filename, data)
    return written.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_text_is_read_as_spreadsheet_programs_write_it(encoding: str, sign: str) -> None:
    text = f"Namn{sign}Antal\r\n\r\nHemtjänst Söder{sign}42\r\n"

    rows = read_rows(text.encode(encoding))

    assert [(row.number, row.cells) for row in rows] == [
        (1, ("Namn", "Antal")),
        (3, ("Hemtjänst Söder", "42")),
    ]


def test_a_workbook_is_read_with_numbers_as_people_write_them() -> None:
    rows = read_rows(_xlsx([["Namn", "Antal"], ["Åsö", 42], [None, None], ["Ö", 12.5]]))

    assert [(row.number, row.cells) for row in rows] == [
        (1, ("Namn", "Antal")),
        (2, ("Åsö", "42")),
        (4, ("Ö", "12.5")),
    ]


def test_what_is_written_is_read_again_and_no_text_is_a_formula() -> None:
    texts = ["=1+1", "+46", "-5", "@x", "Åtgärd", '"a";b', "rad\nrad"]

    book = workbook("Enheter", ["Namn", "Antal"], [[text, 3] for text in texts])

    assert [row.cells[0] for row in read_rows(book)[1:]] == texts
    sheet = load_workbook(io.BytesIO(book)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert [row.cells[0] for row in read_pasted(as_text([[text, "3"] for text in texts]))] == texts


def _bomb() -> bytes:
    content = _xlsx([["Namn"]])
    written = io.BytesIO(content)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b"0" * 50_000_000)
    return written.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a document type": (
        lambda: _changed(
            _xlsx([["Namn"]]), SHEET, b"<worksheet", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet"
        ),
        "file_forbidden",
    ),
    "an outer entity": (
        lambda: _changed(
            _xlsx([["Namn"]]),
            "docProps/core.xml",
            b"<cp:coreProperties",
            b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/"><cp:coreProperties',
        ),
        "file_forbidden",
    ),
    "much in little": (_bomb, "file_damaged"),
    "cut off": (lambda: _xlsx([["Namn"]])[:-200], "file_damaged"),
    "only the beginning of an archive": (lambda: b"PK\x03\x04", "file_damaged"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, "file_old"),
    "bytes": (lambda: bytes(range(256)), "file_unreadable"),
    "nothing": (lambda: b"", "file_empty"),
    "empty rows": (lambda: b";;;\n;;\n", "file_empty"),
    "too many rows": (lambda: b"a;1\n" * 5_002, "file_too_many_rows"),
    "too many rows of a workbook": (
        lambda: _xlsx([["a"]] * 5_002),
        "file_too_many_rows",
    ),
    "too many columns": (lambda: b";".join([b"a"] * 31), "file_too_wide"),
    "a text without end": (lambda: b"a" * 4_001, "file_too_wide"),
    "a quotation without end": (lambda: b'"a;1\nb;2', "file_unreadable"),
    "too large": (lambda: b"a" * 950_001, "file_too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_damaged_file_is_refused_with_a_reason(name: str) -> None:
    made, reason = HOSTILE[name]

    with pytest.raises(Invalid) as refused:
        read_rows(made())

    assert (refused.value.field, refused.value.reason) == ("file", reason)


def test_a_sheet_that_says_it_is_smaller_is_read_whole() -> None:
    content = _changed(
        _xlsx([["Namn"], ["A"], ["B"]]), SHEET, b'<dimension ref="A1:A3"', b'<dimension ref="A1:A1"'
    )

    assert len(read_rows(content)) == 3


def test_a_cell_far_away_is_not_reached_for() -> None:
    content = _changed(_xlsx([["Namn"], ["A"]]), SHEET, b'r="A2"', b'r="XFD2"')

    with pytest.raises(Invalid):
        read_rows(content)


def test_the_limit_is_what_the_form_promises() -> None:
    assert sheets.MOST_ROWS == 5_000
