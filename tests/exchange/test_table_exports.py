from __future__ import annotations

import csv
import io
from pathlib import Path

from openpyxl import load_workbook

from timethief.exchange.table_exports import tables_as_csv, write_tables
from timethief.i18n import speaking
from timethief.reports.tables import (
    Cell,
    Column,
    Table,
    as_count,
    as_estimate,
    as_share,
)


def _table(caption: str = "Timmar", name: str | Cell = "=1+1") -> Table:
    return Table(
        caption,
        (Column("Vem"), Column("Antal", True), Column("Timmar", True), Column("Andel", True)),
        ((name, as_count(1_204), as_estimate(91_749.0), as_share(0.125)),),
    )


def test_numbers_are_the_numbers_that_the_page_shows(tmp_path: Path) -> None:
    file = tmp_path / "tables.xlsx"

    with speaking("sv"):
        table = _table()
        write_tables(file, [table], [("Organisation", "Kommunen")])

    sheet, about = load_workbook(file).worksheets
    name, count, hours, share = sheet[2]
    assert [str(cell) for cell in table.rows[0][1:]] == [
        "1\u00a0204",
        "92\u00a0000",
        "13\u00a0%",
    ]
    assert (name.value, name.data_type) == ("=1+1", "s")
    assert [cell.value for cell in (count, hours, share)] == [1_204, 92_000, 0.13]
    assert share.number_format == "0%"
    assert [cell.value for cell in about[1]] == ["Organisation", "Kommunen"]


def test_sheets_have_names_that_every_program_takes(tmp_path: Path) -> None:
    file = tmp_path / "tables.xlsx"
    captions = ["a/b:c*d?e[f]g\\h" * 4, "A/B:C*D?E[F]G\\H" * 4, "'", "x" * 40, "x" * 41]

    write_tables(file, [_table(caption) for caption in captions], [])

    names = load_workbook(file).sheetnames
    assert len({name.casefold() for name in names}) == len(captions) + 1
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_a_name_that_is_too_long_ends_with_a_whole_word(tmp_path: Path) -> None:
    file = tmp_path / "tables.xlsx"

    write_tables(file, [_table("Kostnad och nytta för de uppgifter som kostar mest")] * 2, [])

    names = load_workbook(file).sheetnames
    assert names[:2] == ["Kostnad och nytta för de", "Kostnad och nytta för de 2"]


def test_text_in_columns_is_inert_and_takes_the_swedish_comma() -> None:
    with speaking("sv"):
        tables = [_table(name=Cell("@x", "/there")), _table("Andra")]
        text = b"".join(tables_as_csv(tables)).decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows == [
        ["Timmar"],
        ["Vem", "Antal", "Timmar", "Andel"],
        ["'@x", "1204", "92000", "0,13"],
        [],
        ["Andra"],
        ["Vem", "Antal", "Timmar", "Andel"],
        ["'=1+1", "1204", "92000", "0,13"],
    ]


def test_one_table_stands_alone() -> None:
    text = b"".join(tables_as_csv([_table()])).decode("utf-8-sig")

    assert text.startswith('"Vem";"Antal"')


def test_control_characters_do_not_end_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tables.xlsx"

    write_tables(file, [_table(name="a\x0bb")], [])

    assert load_workbook(file).worksheets[0]["A2"].value == "a\ufffdb"
