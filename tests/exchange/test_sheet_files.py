from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from timethief.domain.errors import Invalid
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.sheet_tasks import Fault, SheetTask
from timethief.exchange.sheets.reading import read_file

HEADINGS = ("title", "unit", "staff_category", "minutes", "times", "per", "people")
MORE = ("requester_level", "requester")
ROW = ("Fyller i listan", "Avdelning 1", "nurse", 10, 1, "week", 3, "state", "Skolverket")
SHEET = "xl/worksheets/sheet1.xml"


def book(*rows: Sequence[Any], headings: Sequence[str] = (*HEADINGS, *MORE)) -> Workbook:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in (headings, *rows):
        sheet.append(list(row))
    return made


def saved(made: Workbook, folder: Path) -> Path:
    file = folder / "sheet.xlsx"
    made.save(file)
    return file


def repacked(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive with some of its parts changed, or left out."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            changed = change(name, content)
            if changed is not None:
                new.writestr(name, changed)
    return file


def in_sheet(file: Path, old: bytes, new: bytes) -> Path:
    return repacked(file, lambda name, part: part.replace(old, new) if name == SHEET else part)


def read(file: Path) -> list[tuple[SheetTask | None, list[Fault]]]:
    staged = read_file(file, file.with_suffix(".staged"))
    assert staged.faults == []
    return list(staged.tasks(DEFAULT_POLICY))


def titles(file: Path) -> list[str]:
    return [task.title for task, _ in read(file) if task is not None]


def faults(file: Path) -> list[tuple[int, str, str, str]]:
    return [
        (fault.row, fault.column, fault.shown, fault.refusal.reason)
        for _, found in read(file)
        for fault in found
    ]


def refusal(file: Path) -> str:
    with pytest.raises(Invalid) as refused:
        read(file)
    assert refused.value.field == "file"
    return refused.value.reason


def text(content: str | bytes, folder: Path, encoding: str = "utf-8") -> Path:
    file = folder / "list.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return file


CSV_HEAD = ";".join((*HEADINGS, *MORE))
CSV_ROW = "Fyller i listan på ön;Avdelning 1;nurse;12,5;1;vecka;3;Staten;Skolverket"


def test_a_workbook_is_read_row_by_row(tmp_path: Path) -> None:
    (task, found), *_ = read(saved(book(ROW, ROW), tmp_path))

    assert found == []
    assert task is not None
    assert (task.title, task.minutes, task.people, task.row) == ("Fyller i listan", 10, 3, 2)


def test_headings_may_stand_lower_in_other_words_and_another_order(tmp_path: Path) -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.append(["Våra tidstjuvar"])
    sheet.append([])
    sheet.append(
        [
            *("ENHET *", "uppgift", "Personalkategori", "Minuter per gång", "Antal gånger", "Per"),
            *("Antal personer", "beställarens  nivå", "Beställare", "Egen anteckning"),
        ]
    )
    sheet.append(["A1", "Något", "nurse", 5, 1, "per vecka", 2, "staten", "Skolverket", "x"])

    staged = read_file(saved(made, tmp_path), tmp_path / "staged")
    ((task, found),) = staged.tasks(DEFAULT_POLICY)

    assert found == []
    assert task is not None
    assert (task.row, task.title, task.unit) == (4, "Något", "A1")
    assert staged.header.unknown == ("Egen anteckning",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_text_is_read_in_every_common_form(tmp_path: Path, encoding: str, delimiter: str) -> None:
    row = CSV_ROW.replace("12,5", '"12,5"').replace("vecka", "per vecka")
    content = f"{CSV_HEAD}\r\n{row}".replace(";", delimiter)

    ((task, found),) = read(text(content, tmp_path, encoding))

    assert found == []
    assert task is not None
    assert (task.title, task.minutes) == ("Fyller i listan på ön", 12.5)


def test_a_line_that_names_the_delimiter_is_followed(tmp_path: Path) -> None:
    content = f"sep=|\n{CSV_HEAD}\n{CSV_ROW}".replace(";", "|").replace("vecka", "week")

    assert titles(text(content, tmp_path)) == ["Fyller i listan på ön"]


def test_faults_tell_row_column_and_what_stood_there(tmp_path: Path) -> None:
    wrong = ("", "A1", "nurse", "tolv", "1.000", "fortnight", 1.5, "state", "Skolverket")

    assert faults(saved(book(ROW, wrong), tmp_path)) == [
        (3, "title", "", "required"),
        (3, "minutes", "tolv", "unreadable"),
        (3, "times", "1.000", "ambiguous"),
        (3, "per", "fortnight", "not_a_choice"),
        (3, "people", "1.5", "not_whole"),
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (date(2026, 3, 1), "date_in_cell"),
        (True, "unreadable"),
        ("NaN", "unreadable"),
        ("1e309", "unreadable"),
        (-5, "not_above"),
        (1441, "too_large"),
        ("1_000", "unreadable"),
    ],
)
def test_a_number_is_a_number(tmp_path: Path, value: object, reason: str) -> None:
    row = (*ROW[:3], value, *ROW[4:])

    assert [fault[1:2] + fault[3:] for fault in faults(saved(book(row), tmp_path))] == [
        ("minutes", reason)
    ]


def test_a_formula_without_a_result_and_an_error_are_told_with_their_cells(tmp_path: Path) -> None:
    made = book(ROW, (*ROW[:3], "=1+1", *ROW[4:]), (*ROW[:3], "#REF!", *ROW[4:]))

    assert faults(saved(made, tmp_path)) == [
        (3, "minutes", "=", "formula_without_result"),
        (4, "minutes", "#REF!", "error_value"),
    ]


def test_a_formula_without_a_result_is_told_where_nothing_must_stand_too(tmp_path: Path) -> None:
    made = book((*ROW, "=A1"), headings=(*HEADINGS, *MORE, "description"))

    assert faults(saved(made, tmp_path)) == [(2, "description", "=", "formula_without_result")]


def test_the_result_of_a_formula_counts(tmp_path: Path) -> None:
    file = saved(book((*ROW[:3], "=5+5", *ROW[4:])), tmp_path)
    in_sheet(file, b"<f>5+5</f><v></v>", b"<f>5+5</f><v>10</v>")
    in_sheet(file, b"<f>5+5</f><v />", b"<f>5+5</f><v>10</v>")

    ((task, found),) = read(file)

    assert found == []
    assert task is not None
    assert task.minutes == 10


def test_a_sheet_that_lies_about_its_size_is_read_whole(tmp_path: Path) -> None:
    file = saved(book(ROW, ROW, ROW), tmp_path)
    with zipfile.ZipFile(file) as archive:
        assert b'<dimension ref="A1:I4"' in archive.read(SHEET)
    in_sheet(file, b'<dimension ref="A1:I4"', b'<dimension ref="A1:A1"')

    assert len(read(file)) == 3


def test_a_hidden_sheet_is_not_read_and_two_lists_are_asked_about(tmp_path: Path) -> None:
    made = book(ROW)
    made.create_sheet("Så fyller du i", 0).append(["En rad för varje uppgift"])
    other = made.create_sheet("Andra")
    other.append([*HEADINGS, *MORE])
    other.append(list(ROW))
    other.sheet_state = "hidden"
    file = saved(made, tmp_path)
    assert titles(file) == ["Fyller i listan"]

    other.sheet_state = "visible"

    assert refusal(saved(made, tmp_path)) == "file_two_sheets"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file_empty"),
        (b"  \n", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "file_old"),
        (b"%PDF-1.7\n1 0 obj", "file_no_headings"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "file_unreadable"),
        (b"<html><table><tr><td>title</td></tr></table></html>", "file_no_headings"),
        (f"{CSV_HEAD}\n".encode(), "file_no_rows"),
        (f'{CSV_HEAD}\n"öppet;{CSV_ROW}\n{CSV_ROW}'.encode(), "file_unreadable_at"),
        (f"{CSV_HEAD}\n{CSV_ROW}\x00".encode(), "file_unreadable"),
        (f"{CSV_HEAD}\n{'x' * 140_000};{CSV_ROW}".encode(), "file_unreadable_at"),
        (b"PK\x03\x04 and then nothing", "file_damaged"),
    ],
)
def test_what_is_no_list_of_tasks_is_refused_in_words(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    assert refusal(text(content, tmp_path)) == reason


def test_a_truncated_workbook_is_damaged(tmp_path: Path) -> None:
    file = saved(book(*[ROW] * 50), tmp_path)
    file.write_bytes(file.read_bytes()[:-200])

    assert refusal(file) == "file_damaged"


def test_a_workbook_with_flipped_bits_is_damaged(tmp_path: Path) -> None:
    file = saved(book(*[ROW] * 50), tmp_path)
    with zipfile.ZipFile(file) as archive:
        place = archive.getinfo(SHEET).header_offset + 80
    content = bytearray(file.read_bytes())
    content[place] ^= 0xFF
    file.write_bytes(bytes(content))

    assert refusal(file) == "file_damaged"


def test_another_archive_is_no_workbook(tmp_path: Path) -> None:
    file = tmp_path / "text.docx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert refusal(file) == "file_no_workbook"


def test_a_part_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = saved(book(ROW), tmp_path)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")

    assert refusal(file) == "file_damaged"


@pytest.mark.parametrize(
    "declared",
    [
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>',
        '<?xml version="1.0"?><!DoCtYpE a SYSTEM "http://127.0.0.1:9/">',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_anywhere_refuses_the_file(
    tmp_path: Path, declared: str, part: str, encoding: str
) -> None:
    file = repacked(
        saved(book(ROW), tmp_path),
        lambda name, content: declared.encode(encoding) + content if name == part else content,
    )

    assert refusal(file) == "file_forbidden"


def _bomb(folder: Path, part: bytes, times: int) -> Path:
    file = saved(book(ROW), folder)
    head, _, tail = zipfile.ZipFile(file).read(SHEET).partition(b"</sheetData>")
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist() if name != SHEET}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in parts.items():
            new.writestr(name, content)
        with new.open(SHEET, "w") as written:
            written.write(head)
            for _ in range(times):
                written.write(part)
            written.write(b"</sheetData>" + tail)
    return file


@pytest.mark.parametrize(
    "part",
    [
        b"<row><c t='inlineStr'><is><t>x</t></is></c></row>" * 20_000,
        b" " * 1_000_000,
    ],
    ids=["rows", "space"],
)
def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, part: bytes) -> None:
    file = _bomb(tmp_path, part, -(-150 * 2**20 // len(part)))

    assert file.stat().st_size < 5_000_000
    assert refusal(file) == "file_too_much"


def test_a_million_formatted_empty_rows_are_no_rows(tmp_path: Path) -> None:
    file = _bomb(tmp_path, b'<row><c s="1"/></row>' * 10_000, 100)

    assert titles(file) == ["Fyller i listan"]


def test_a_cell_at_the_far_end_of_the_sheet_does_not_end_the_service(tmp_path: Path) -> None:
    made = book(ROW)
    made.worksheets[0]["XFD1048576"] = "långt bort"

    assert refusal(saved(made, tmp_path)) in {"file_too_wide", "file_too_much", "file_damaged"}


def test_one_row_too_many_is_counted(tmp_path: Path) -> None:
    rows = "\n".join([CSV_ROW] * 100_001)

    assert refusal(text(f"{CSV_HEAD}\n{rows}", tmp_path)) == "file_too_many_rows"


def test_a_column_that_is_missing_and_one_that_stands_twice_are_told(tmp_path: Path) -> None:
    made = Workbook()
    made.worksheets[0].append(["title", "Uppgift", "unit", "minutes", "times", "per", "people"])
    made.worksheets[0].append(["x"] * 7)

    staged = read_file(saved(made, tmp_path), tmp_path / "staged")

    assert [(fault.column, fault.refusal.reason) for fault in staged.faults] == [
        ("title", "column_twice"),
        ("staff_category", "column_missing"),
        ("requester_level", "column_missing"),
        ("requester", "column_missing"),
    ]


def test_a_macro_workbook_gives_its_values_alone(tmp_path: Path) -> None:
    file = saved(book(ROW), tmp_path)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 a macro")

    assert titles(file) == ["Fyller i listan"]
