from __future__ import annotations

import pytest
from sqlalchemy import update

from tests.web.conftest import Installation
from timethief.storage.tables import Organisation

FORMULAS = {
    "sv": (
        "minuter \u00d7 volym ÷ 60",
        "Standard Cost Model",
        "Statskontorets definition (2016:19)",
    ),
    "en": (
        "minutes \u00d7 volume ÷ 60",
        "Standard Cost Model",
        "Statskontoret's definition (2016:19)",
    ),
}
POLICY = {"sv": ("220", "44", "1 760", "80"), "en": ("220", "44", "1,760", "80")}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_definition_and_the_formulas_are_told(lasting: Installation, language: str) -> None:
    page = lasting.of("staff").get(f"/about?language={language}")

    assert [words for words in FORMULAS[language] if words not in page.main.text] == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_numbers_of_the_policy_stand_there(lasting: Installation, language: str) -> None:
    page = lasting.of("leadership").get(f"/about?language={language}")

    text = page.main.text.replace("\u00a0", " ")

    assert [number for number in POLICY[language] if number not in text] == []


def test_every_verdict_and_remedy_is_explained(lasting: Installation) -> None:
    page = lasting.of("staff").get("/about?language=sv")

    verdicts, remedies = (page.main.one(id=name) for name in ("verdict-table", "remedy-table"))

    assert len(verdicts.one("tbody").all("tr")) == 5
    assert len(remedies.one("tbody").all("tr")) == 8


def test_every_staff_category_has_one_tariff_in_force(lasting: Installation) -> None:
    about = lasting.of("admin").get("/about?language=sv")
    tariffs = lasting.of("admin").get("/tariffs?language=sv")
    categories = {
        option.text
        for option in tariffs.main.one("select", name="staff_category").all("option")
        if option["value"]
    }

    text = about.main.text

    assert [category for category in categories if category not in text] == []


def test_what_is_rounded_is_told_with_the_numbers_in_force(installation: Installation) -> None:
    installation.change(
        lambda session: session.execute(update(Organisation).values(smallest_count=7))
    )

    text = installation.of("staff").get("/about?language=sv").main.text.replace("\u00a0", " ")

    told = (
        "avrundas antalet till närmaste 5. Under 7 säger vi ingenting",
        "färre än 10 anställda visas inte",
        "visas från och med 7 inlägg",
        "mer än 50 % av dem, eller två för mer än 80 %",
        "tidigast 7 dagar efter att månaden har tagit slut",
        "minst 3 organisationer ingår och ingen står för mer än 70 %",
    )
    assert [words for words in told if words not in text] == []
