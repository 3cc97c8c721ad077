from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.exchange.test_sheet_files import (
    CSV_HEAD,
    CSV_ROW,
    ROW,
    SHEET,
    _bomb,
    book,
    in_sheet,
    repacked,
    saved,
)
from tests.services.imports.conftest import House
from timethief.domain.import_runs import ImportState
from timethief.reports.refusals import sentence


def _folder(house: House, name: str) -> Path:
    folder = house.folder / name
    folder.mkdir()
    return folder


def _archives(house: House) -> dict[str, tuple[Path, str]]:
    """Hostile archives by what they are, with the reason that refuses each."""

    def new(name: str) -> Path:
        return saved(book(ROW), _folder(house, name))

    cut = new("cut")
    cut.write_bytes(cut.read_bytes()[:-300])
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]><worksheet'
    declared = in_sheet(new("entity"), b"<worksheet", entity)
    twice = new("twice")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    other = _folder(house, "other") / "x.docx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", b"<w/>")
    far = book(ROW)
    far.worksheets[0]["XFD2"] = "långt bort"
    headless = repacked(new("empty"), lambda name, part: None if name == SHEET else part)
    return {
        "cut": (cut, "file_damaged"),
        "entity": (declared, "file_forbidden"),
        "twice": (twice, "file_damaged"),
        "other": (other, "file_no_workbook"),
        "far": (saved(far, _folder(house, "far")), "file_too_wide"),
        "headless": (headless, "file_damaged"),
        "bomb": (_bomb(_folder(house, "bomb"), b" " * 1_000_000, 160), "file_too_much"),
    }


def _texts() -> dict[str, tuple[bytes, str]]:
    return {
        "nothing": (b"", "file_empty"),
        "spaces": (b" \n\n", "file_empty"),
        "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000, "file_old"),
        "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "file_unreadable"),
        "nul": (f"{CSV_HEAD}\n{CSV_ROW}\x00".encode(), "file_unreadable"),
        "quote": (f'{CSV_HEAD}\n"{CSV_ROW}'.encode(), "file_unreadable_at"),
        "headings": (CSV_HEAD.encode(), "file_no_rows"),
        "other": (b"a;b\n1;2\n", "file_no_headings"),
        "rows": (f"{CSV_HEAD}\n{f'{CSV_ROW}{chr(10)}' * 100_001}".encode(), "file_too_many_rows"),
    }


def test_a_file_that_cannot_be_used_is_refused_in_words_and_leaves_nothing(house: House) -> None:
    files: dict[str, tuple[bytes | Path, str]] = {**_texts()}
    files |= {f"{name} archive": each for name, each in _archives(house).items()}
    sent = {name: house.send(content) for name, (content, _) in files.items()}

    house.work()

    runs = {name: house.run(import_id) for name, import_id in sent.items()}
    assert {name: run.state for name, run in runs.items()} == dict.fromkeys(
        files, ImportState.REFUSED
    )
    refusals = {name: run.refusal for name, run in runs.items()}
    assert {name: each and each.reason for name, each in refusals.items()} == {
        name: reason for name, (_, reason) in files.items()
    }
    assert all(sentence(each) for each in refusals.values() if each)
    assert house.titles() == []


def test_cells_that_hold_what_nobody_meant_are_faults_with_their_place(house: House) -> None:
    cells = {
        "minutes": ["#REF!", "1.000", "2026-03-01", "1e309", "NaN", "-5"],
        "title": ["x" * 201, "\u202e", "=1+1"],
        "people": ["1.5", "0"],
    }
    stands = {"minutes": "12,5", "title": "Fyller i listan på ön", "people": "3"}
    right = CSV_ROW.replace("vecka", "per vecka").split(";")
    lines = [
        ";".join(value if cell == stands[column] else cell for cell in right)
        for column, values in cells.items()
        for value in values
    ]
    import_id = house.send("\n".join([CSV_HEAD, *lines]).encode())

    house.work()

    shown = house.run(import_id)
    assert shown.state is ImportState.PREVIEW
    told = {(each.row, each.column): each.refusal.reason for each in shown.faults}
    assert told == {
        (2, "minutes"): "error_value",
        (3, "minutes"): "ambiguous",
        (4, "minutes"): "unreadable",
        (5, "minutes"): "unreadable",
        (6, "minutes"): "unreadable",
        (7, "minutes"): "not_above",
        (8, "title"): "too_long",
        (9, "title"): "required",
        (11, "people"): "not_whole",
        (12, "people"): "too_small",
    }
    assert all(sentence(each.refusal) for each in shown.faults)
