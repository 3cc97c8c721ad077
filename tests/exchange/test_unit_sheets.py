from __future__ import annotations

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.unit_plan import KnownUnit, UnitLine, plan
from timethief.domain.vocabulary import Sector
from timethief.exchange.sheets.unit_cells import read_pasted, read_rows
from timethief.exchange.unit_sheets import read_units, unit_workbook
from timethief.i18n import speaking


@pytest.mark.parametrize(
    "headings",
    [
        "Kod;Namn;Ligger under;Verksamhet;Antal anställda",
        "code;name;parent;sector;headcount",
        "KOD;NAMN;Överordnad enhet;Sektor;Medarbetare",
        "Code;Name;Belongs to;Sector;Number of staff",
    ],
)
@pytest.mark.parametrize("sector", ["Omsorg", "care", "CARE", "Care"])
def test_the_columns_are_known_in_both_languages(headings: str, sector: str) -> None:
    sheet = read_units(read_pasted(f"{headings}\nn1;Norra;top;{sector};1 042"))

    assert sheet.lines == (UnitLine(2, "Norra", "n1", "top", Sector.CARE, 1_042),)
    assert sheet.ignored == ()


def test_other_columns_are_named_and_not_read() -> None:
    text = "organisation;id;Namn;status;created_by\n1;2;Norra;x;y"

    sheet = read_units(read_pasted(text))

    assert sheet.ignored == ("organisation", "id", "status", "created_by")
    assert sheet.lines == (UnitLine(2, "Norra"),)


def test_a_list_without_headings_is_names_and_numbers_of_staff() -> None:
    sheet = read_units(read_pasted("Hemtjänst Norr; 42\nHemtjänst Söder"))

    assert sheet.lines == (
        UnitLine(1, "Hemtjänst Norr", headcount=42),
        UnitLine(2, "Hemtjänst Söder"),
    )


def test_every_cell_that_cannot_be_read_is_told_by_row_and_column() -> None:
    text = "Namn;Verksamhet;Antal\nNorra;Rymden;tolv\n;Skola;3\nSödra;Skola;3,5"

    sheet = read_units(read_pasted(text))

    assert [(f.row, f.refusal.field, f.refusal.reason) for f in sheet.faults] == [
        (2, "headcount", "unreadable"),
        (2, "sector", "no_such_sector"),
        (3, "name", "required"),
        (4, "headcount", "not_whole"),
    ]
    assert [line.name for line in sheet.lines] == ["Norra", "Södra"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Kod;Antal\n1;2", "file_no_name"),
        ("Namn;Enhet\na;b", "file_column_twice"),
        ("Namn;Antal", "file_empty"),
    ],
)
def test_headings_that_cannot_be_used_refuse_the_list(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_units(read_pasted(text))

    assert refused.value.reason == reason


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_template_read_in_again_changes_nothing(language: str) -> None:
    known = [
        KnownUnit(1, None, "top", "=Förvaltningen", Sector.ADMINISTRATION, None),
        KnownUnit(2, 1, "007", "Norra", Sector.SOCIAL_SERVICES, 12),
    ]
    with speaking(language):
        content = unit_workbook(known)

    made = plan(known, read_units(read_rows(content)).lines)

    assert made.faults == ()
    assert [unit.changed for unit in made.units] == [False, False]
