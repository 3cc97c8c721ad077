from __future__ import annotations

import subprocess

import pytest

from timethief.domain.errors import Invalid
from timethief.exchange.sheets.unit_cells import LARGEST_FILE, read_rows, workbook
from timethief.exchange.sheets.unit_reading import read_confined

LIST = workbook("Blad", ["Namn", "Antal"], [['Hemtjänst; "Norr"', 42], ["=1+1", 3]])


@pytest.mark.parametrize("content", [LIST, "Namn;Antal\nÅsa;3\n".encode("cp1252")])
def test_the_rows_are_those_that_the_reader_finds(content: bytes) -> None:
    assert read_confined(content) == read_rows(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 no archive", "file_damaged"),
        (b"\xd0\xcf\x11\xe0", "file_old"),
        (b"\n\n", "file_empty"),
        (b"x" * (LARGEST_FILE + 1), "file_too_large"),
        (b"a;" * 40, "file_too_wide"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_confined(content)

    assert (refused.value.field, refused.value.reason) == ("file", reason)


def test_a_reader_that_falls_or_takes_too_long_takes_nobody_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for fault, reason in (
        (subprocess.CalledProcessError(-9, "x"), "file_damaged"),
        (subprocess.TimeoutExpired("x", 1), "file_too_much"),
    ):

        def fall(*_: object, fault: Exception = fault, **__: object) -> None:
            raise fault

        monkeypatch.setattr(subprocess, "run", fall)
        with pytest.raises(Invalid, match=reason):
            read_confined(LIST)
