from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.services.imports.conftest import ALL_HEADINGS, House, row, table
from timethief.domain.errors import Invalid
from timethief.domain.import_runs import ImportState
from timethief.exchange.sheets.files import opened
from timethief.exchange.task_columns import EXAMPLE
from timethief.i18n import LANGUAGES, gettext, speaking


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_the_form_is_left_out_and_that_is_told(house: House, language: str) -> None:
    with speaking(language):
        example = row(1, title=gettext(EXAMPLE), minutes="whatever")

    import_id = house.previewed(table(example, row(2)))
    shown = house.run(import_id)
    house.choose(import_id)
    house.work()

    assert (shown.examples, shown.rows_total, shown.right, shown.wrong) == (1, 1, 1, 0)
    assert house.run(import_id).added == 1
    assert gettext(EXAMPLE) not in house.titles()


def test_nothing_but_the_example_is_refused_in_words(house: House) -> None:
    import_id = house.send(table(row(1, title=EXAMPLE)))

    house.work()

    refusal = house.run(import_id).refusal
    assert refusal is not None
    assert refusal.reason == "file_only_example"


def test_new_requesters_are_told_before_anything_is_stored_each_once(house: House) -> None:
    house.imported(table(row(1, requester="Kommunens jurister")))
    rows = [
        row(2, requester="kommunens  JURISTER"),
        row(3, requester="Komunens jurister"),
        row(4, requester="Komunens jurister"),
        row(5, requester="Aldrig inläst", minutes="tolv"),
    ]

    shown = house.run(house.previewed(table(*rows)))

    assert shown.new_requesters == ("Komunens jurister",)
    assert shown.new_requesters_count == 1


def test_a_list_with_headings_of_its_own_is_asked_about_and_remembered(house: House) -> None:
    own = [f"Egen {heading}" for heading in ALL_HEADINGS]
    import_id = house.send(table(row(1), headings=own))
    house.work()
    asked = house.run(import_id)
    keys = [each.key for each in asked.unknown]

    house.map_columns(import_id, dict(zip(keys, ALL_HEADINGS, strict=True)))
    house.work()
    again = house.previewed(table(row(2), headings=own))

    assert asked.state is ImportState.COLUMNS
    assert house.run(import_id).right == 1
    assert house.run(again).right == 1


@pytest.mark.parametrize("fast", [True, False])
def test_headings_of_ones_own_are_the_first_row_of_words(tmp_path: Path, *, fast: bool) -> None:
    book = Workbook()
    notes = book.worksheets[0]
    notes.append(["Kom ihåg", "att ringa"])
    sheet = book.create_sheet("Lista")
    for cells in (["Våra tidstjuvar"], ["Arbetsmoment", "Tid (min)", "Hur ofta"], ["Räkna", 5, 1]):
        sheet.append(cells)
    file = tmp_path / "egen.xlsx"
    book.save(file)

    with opened(file, fast=fast) as found:
        rows = [list(cells) for _, cells in found.rows]

    assert (found.sheet, found.header_row) == ("Lista", 2)
    assert rows == [["Räkna", 5, 1]]


@pytest.mark.parametrize("cells", [["Arbetsmoment", 5, "Hur ofta"], ["a", "b"], ["a", "A", "b"]])
def test_a_row_that_cannot_be_headings_is_none(tmp_path: Path, cells: list[object]) -> None:
    book = Workbook()
    for _ in range(3):
        book.worksheets[0].append(cells)
    file = tmp_path / "data.xlsx"
    book.save(file)

    with pytest.raises(Invalid, match="file_no_headings"), opened(file, fast=True):
        pass
