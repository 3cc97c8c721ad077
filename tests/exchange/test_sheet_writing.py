from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from python_calamine import CalamineWorkbook

from timethief.exchange.sheets.writing import Value, write_rows


def _book() -> Any:  # noqa: ANN401 - the library publishes no types
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Uppgifter")
    sheet.append(["Titel", "Antal", "Kod"])
    number = WriteOnlyCell(sheet, 0)
    number.number_format = "0.00"
    sheet.append([WriteOnlyCell(sheet, 0), number, WriteOnlyCell(sheet, 0)])
    sheet.auto_filter.ref = "A1:C2"
    book.create_sheet("Om").append(["A1:C2x"])
    return book


ROWS: list[list[Value]] = [
    ["Å & <b> \"c\" 'd'", 1, "=1+1"],
    [" luft \n omkring ", 0.1, "]]>"],
    ["", None, "sist"],
    ["-1", -1.5e-07, "\U0001f600"],
]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"

    count = write_rows(_book(), file, ROWS, 3)

    assert count == 4
    sheet = load_workbook(file)["Uppgifter"]
    found = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert found == [
        ["Titel", "Antal", "Kod"],
        *([None if value == "" else value for value in row] for row in ROWS),
    ]
    assert {cell.data_type for cell in sheet["C"] if cell.value} <= {"s", "inlineStr"}
    assert sheet["B3"].number_format == "0.00"
    assert sheet["A3"].number_format == "General"
    assert sheet.auto_filter.ref == "A1:C5"
    with zipfile.ZipFile(file) as parts:
        assert b"!$A$1:$C$5<" in parts.read("xl/workbook.xml")


def test_another_reader_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"
    write_rows(_book(), file, ROWS, 3)

    found = CalamineWorkbook.from_path(str(file)).get_sheet_by_name("Uppgifter").to_python()

    assert found[2] == [" luft \n omkring ", 0.1, "]]>"]
    assert found[4][2] == "\U0001f600"


def test_what_cannot_stand_in_the_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"

    write_rows(_book(), file, [["a\x00b\x1fc", 1, None]], 3)

    assert load_workbook(file)["Uppgifter"]["A2"].value == "a\ufffdb\ufffdc"


def test_no_rows_leave_the_headings(tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"

    assert write_rows(_book(), file, [], 3) == 0

    sheet = load_workbook(file)["Uppgifter"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [["Titel", "Antal", "Kod"]]
    assert sheet.auto_filter.ref == "A1:C1"


def test_rows_by_the_thousand_all_come(tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"

    count = write_rows(_book(), file, ([f"t{n}", n, "x"] for n in range(2_345)), 3)

    assert count == 2_345
    book = load_workbook(file, read_only=True)
    numbers = [row[1] for row in book["Uppgifter"].iter_rows(min_row=2, values_only=True)]
    assert numbers == list(range(2_345))
    assert list(book["Om"].iter_rows(values_only=True)) == [("A1:C2x",)]
    book.close()


def test_a_book_without_a_row_of_styles_is_a_fault_of_ours(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    book.create_sheet("Tom").append(["Titel"])

    with pytest.raises(ValueError, match="second row"):
        write_rows(book, tmp_path / "all.xlsx", [], 1)
