from __future__ import annotations

import pytest

from timethief.services.personal_data import personal_data_in


@pytest.mark.parametrize(
    "text",
    [
        "19121212-1212",
        "121212-1212",
        "121212+1212",
        "1212121212",
        "191212121212",
        "19 121212-1212",
        "Patient 121212 - 1212 ringde",
        "(121212-1212)",
        "701063-2391",  # a coordination number: the day is 3, and 60
        "7010632391",
        "19701063-2391",
    ],
)
def test_a_personal_identity_number_is_seen(text: str) -> None:
    assert personal_data_in([text]).numbers == 1


@pytest.mark.parametrize(
    "text",
    [
        "070-123 45 67",
        "0701234567",
        "2026-03-01 kl. 10.00",
        "212000-0142",  # an organisation number: there is no month 20
        "1 000 000 1234 kr",
        "1212121213",
        "12.121212-1212,5",
        "121292-1212",
        "120000-1212",
        "12 x 12 x 12",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert personal_data_in([text]).numbers == 0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna på avdelning 12", ("Anna",)),
        ("Det är Annas lista", ("Annas",)),
        ("Anna-Lena och Anna-Lena", ("Anna-Lena",)),
        ("Listan från Per varje dag", ("Per",)),
        ("Hans Lindgren vill ha den", ("Hans",)),
        ("Chefen Karlsson vill ha den", ("Karlsson",)),
        ("anna skriver", ()),
        ("Per vecka tar det fem minuter", ()),
        ("Max fem minuter. Hans chef vet.", ()),
        ("Rapport till IVO och ALMA", ()),
        ("Skriver in blodtryck i två system", ()),
        ("Socialstyrelsen vill ha en enkät", ()),
        ("", ()),
    ],
)
def test_names_are_seen_as_far_as_a_modest_rule_goes(text: str, names: tuple[str, ...]) -> None:
    assert personal_data_in([text]).names == names


def test_every_text_is_looked_through() -> None:
    found = personal_data_in(["Fyller i listan", "Åsa säger 121212-1212"])

    assert found.numbers == 1
    assert found.names == ("Åsa",)
    assert found


def test_nothing_to_ask_about_is_nothing() -> None:
    assert not personal_data_in(["Fyller i listan", ""])
