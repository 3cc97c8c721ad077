from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from timethief.domain.errors import Invalid
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.sheet_tasks import Fault
from timethief.exchange.marked_workbook import MOST_COMMENTS, write_marked
from timethief.exchange.sheets.reading import Staged, read_file
from timethief.i18n import speaking

HEADINGS = ("title", "unit", "staff_category", "minutes", "times", "per", "people")
MORE = ("requester_level", "requester", "Egen anteckning")
ROW = ("Fyller i", "Avdelning 1", "nurse", 10, 1, "week", 3, "state", "Skolverket", "=1+1")
TO_CORRECT = "Att rätta"


def sheet(folder: Path, *rows: Sequence[Any], above: int = 0, name: str = "Blad") -> Path:
    made = Workbook()
    made.worksheets[0].title = name
    for row in [()] * above + [(*HEADINGS, *MORE), *rows]:
        made.worksheets[0].append(list(row))
    for cells in made.worksheets[0].iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    file = folder / "sheet.xlsx"
    made.save(file)
    return file


def with_(**changes: object) -> list[Any]:
    return list((dict(zip((*HEADINGS, *MORE), ROW, strict=True)) | changes).values())


def faults_of(staged: Staged) -> Iterable[Fault]:
    for _, faults in staged.tasks(DEFAULT_POLICY):
        yield from faults


def marked(file: Path, faults: Iterable[Fault] | None = None) -> Any:  # noqa: ANN401 - a worksheet
    staged = read_file(file, file.with_suffix(".staged"))
    target = file.with_name("marked.xlsx")
    with speaking("sv"):
        write_marked(target, staged.file, faults_of(staged) if faults is None else faults)
    return load_workbook(target).worksheets[0]


def values(row: Sequence[Any]) -> list[Any]:
    return [cell.value for cell in row]


def test_rows_stay_where_they_were_behind_a_column_that_tells(tmp_path: Path) -> None:
    file = sheet(tmp_path, ROW, with_(minutes="tolv", per="dygn"), ROW, above=3)

    found = marked(file)

    assert found.title == "Blad"
    assert values(found[4]) == [TO_CORRECT, *HEADINGS, *MORE]
    assert values(found[5]) == [None, *ROW]
    assert values(found[6])[1:] == with_(minutes="tolv", per="dygn")
    minutes, per = values(found[6])[0].splitlines()
    assert minutes == "Minuter per gång: Skriv talet med siffror, till exempel 12 eller 12,5."
    assert per.startswith("Per: Välj ett av de här: ")
    assert "per vecka" in per
    assert values(found[7]) == [None, *ROW]


def test_faulty_cells_are_coloured_and_say_what_to_do(tmp_path: Path) -> None:
    found = marked(sheet(tmp_path, ROW, with_(minutes="tolv")))

    faulty = found["E3"]
    assert faulty.value == "tolv"
    assert faulty.fill.fgColor.rgb != found["E2"].fill.fgColor.rgb
    assert "siffror" in faulty.comment.text
    assert [cell.coordinate for row in found for cell in row if cell.comment] == ["E3"]


def test_text_is_never_a_formula(tmp_path: Path) -> None:
    rows = [with_(title=text) for text in ("=1+1", "+1", "-1", "@SUM(A1)", "#REF!")]

    found = marked(sheet(tmp_path, *rows))

    assert {cell.data_type for cell in found["B"]} == {"s"}


def test_what_was_not_there_is_marked_too(tmp_path: Path) -> None:
    """A cell beyond the end of its row, and a column that the file lacks."""
    found = marked(
        sheet(tmp_path, ROW[:5]),
        [
            Fault(1, "binding", "", Invalid("binding", "column_missing")),
            Fault(2, "people", "", Invalid("people", "required")),
        ],
    )

    assert "saknas" in found["A1"].comment.text
    assert found["H2"].comment is not None


def test_a_corrected_copy_is_read_like_any_other(tmp_path: Path) -> None:
    found = marked(sheet(tmp_path, ROW, with_(minutes="tolv")))
    found["E3"] = 12
    corrected = tmp_path / "corrected.xlsx"
    found.parent.save(corrected)

    staged = read_file(corrected, tmp_path / "again")

    assert staged.header.unknown == ("Egen anteckning",)
    assert list(faults_of(staged)) == []
    assert [task.minutes for task, _ in staged.tasks(DEFAULT_POLICY) if task] == [10, 12]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_text_file_comes_back_as_a_workbook(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "list.csv"
    lines = [HEADINGS + MORE[:2], ("Fyller i", "A", "nurse", "12,5", "ofta", "week", "3", "x", "y")]
    file.write_text("\r\n".join(delimiter.join(line) for line in lines), encoding="utf-8")

    found = marked(file)

    assert found.title == "Uppgifter"
    assert values(found[2])[1:6] == ["Fyller i", "A", "nurse", "12,5", "ofta"]
    assert found["F2"].comment is not None


def test_signs_that_no_workbook_takes_do_not_stop_it(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(";".join(HEADINGS + MORE[:2]) + "\nA\x07;\x0bB" + ";1" * 7, encoding="utf-8")

    found = marked(file)

    assert found["B2"].value == "A\ufffd"


def test_comments_are_bounded_and_the_first_column_tells_all(tmp_path: Path) -> None:
    count = MOST_COMMENTS + 10
    found = marked(sheet(tmp_path, *[with_(minutes="tolv")] * count))

    assert sum(cell.comment is not None for cell in found["E"]) == MOST_COMMENTS
    assert all(cell.value for cell in found["A"])


def test_rows_that_have_been_imported_can_be_left_out(tmp_path: Path) -> None:
    file = sheet(tmp_path, ROW, with_(minutes="tolv"), ROW, with_(per="dygn"))
    staged = read_file(file, file.with_suffix(".staged"))
    target = tmp_path / "marked.xlsx"

    with speaking("sv"):
        write_marked(target, staged.file, faults_of(staged), only_faulty=True)

    found = load_workbook(target).worksheets[0]
    assert [cell.value for cell in found["E"]] == ["minutes", "tolv", 10]
    assert "arbetsdag" in found["A3"].value
