"""The decision loop, from what somebody writes to time that is proven free: journeys a and c."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser import decision_steps as steps
from tests.browser.decision_steps import Clockwork
from tests.browser.serving import demonstration, log_in_all, opening
from tests.browser.watching import PHONE, SIZES, OpenPage, Watched

TITLES = {
    "phone": "Skriver av kylskåpets temperatur i en pärm",
    "desktop": "Räknar om lakanen som tvätteriet redan räknat",
}
"""Unlike each other: what says nearly the same is one line of the intake."""
TRIED = {
    "phone": "Föra över siffror från e-ansökan till beräkningen",
    "desktop": "Registrera varje hemtjänstinsats på minuten",
}
FEW_MONTHS = timedelta(days=100)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Clockwork]]:
    """A demonstration of our own: its jobs run on other days than today."""
    instance: Path = tmp_path_factory.mktemp("loop")
    with demonstration(instance) as url:
        yield url, Clockwork(instance)


@pytest.fixture(scope="module")
def house_sign_ins(browser: Browser, house: tuple[str, Clockwork]) -> dict[str, Any]:
    return log_in_all(browser, house[0])


@pytest.fixture
def open_house(
    browser: Browser, house: tuple[str, Clockwork], house_sign_ins: dict[str, Any]
) -> Iterator[OpenPage]:
    with opening(browser, house[0], house_sign_ins) as open_as:
        yield open_as


@pytest.fixture
def clockwork(house: tuple[str, Clockwork]) -> Clockwork:
    return house[1]


def _row_of_log(watched: Watched, title: str) -> Locator:
    watched.goto("/decisions")
    steps.see(watched, "Beslut")
    return watched.page.get_by_role("row").filter(has_text=title)


@pytest.mark.parametrize("size", SIZES)
def test_what_a_nurse_writes_without_a_name_is_stopped_and_the_time_is_proven_free(
    open_house: OpenPage, clockwork: Clockwork, size: str
) -> None:
    title, now = TITLES[size], datetime.now(UTC)
    nurse = open_house(None, PHONE)
    code = steps.write_anonymously(nurse, title)
    support = open_house("support", SIZES[size])
    support.goto("/intake")
    expect(support.page.get_by_role("link", name=title)).to_have_count(0)

    clockwork.batch(now + timedelta(days=1))
    steps.hand_to_function(support, title)
    task = steps.make_task(support, title)
    link = steps.ask_requester(support)
    requester = open_house(None, PHONE)
    steps.answer_as_requester(requester, link)
    decider = open_house("leadership", SIZES[size])
    reason = f"Det larmar av sig självt, och ingen läser pärmen ({size})."
    decision = steps.decide(decider, task, "Ta bort", reason, core_work="20")
    clockwork.batch(now + timedelta(days=2))

    steps.read_by_code(nurse, code)
    thread = nurse.page.locator(".thread")
    expect(thread).to_contain_text(f"{steps.FUNCTION} tar hand om det från och med nu.")
    expect(thread).to_contain_text("Vi tar bort den.")
    expect(thread).to_contain_text(reason)

    steps.carry_out(decider, decision)
    unit = open_house("staff", SIZES[size])
    unit.goto("/follow-ups")
    expect(unit.page.get_by_role("link", name=title)).to_have_count(0)
    clockwork.ask_units(now + FEW_MONTHS)
    decider.goto("/dashboard")
    before = _freed(decider)
    steps.tell_that_it_is_gone(unit, title)

    unit.goto(task)
    happened = unit.page.get_by_role("region", name="Blev det så?")
    expect(happened).to_contain_text("Det har frigjort 400 timmar per år. Väntat: 400 timmar")
    unit.goto(decision)
    happened = unit.page.get_by_role("region", name="Blev det så?")
    expect(happened).to_contain_text("Efter 3 månader: 400 timmar bekräftade per år")
    expect(unit.page.get_by_role("region", name="Timmar per år")).to_contain_text("20 timmar")
    expect(_row_of_log(unit, title)).to_contain_text("bekräftat: 400")
    decider.goto("/dashboard")
    after = _freed(decider)
    assert after != before
    assert "uppmätta" in after
    assert "väntade" in after


def _freed(watched: Watched) -> str:
    return watched.page.get_by_text("Frigjort hittills:").locator("..").inner_text()


@pytest.mark.parametrize("size", SIZES)
def test_who_asks_for_a_review_reads_why_it_is_kept(open_house: OpenPage, size: str) -> None:
    title = TRIED[size]
    writer = open_house("staff", SIZES[size])
    writer.goto(f"/inventory?q={title.rsplit(' ', 1)[-1]}")
    writer.page.get_by_role("link", name=title).click()
    steps.see(writer, title)
    task = writer.page.url.removeprefix(writer.base)
    writer.page.get_by_role("link", name="Begär prövning").click()
    steps.see(writer, "Begär prövning")
    wish = "Vi skriver samma sak två gånger. Räcker det inte med en?"
    writer.page.get_by_label("Varför behöver den prövas?").fill(wish)
    steps.press(writer.page, "Skicka")
    steps.see(writer, "Din begäran om prövning")
    expect(writer.page.get_by_role("main")).to_contain_text("Du får ett första svar senast")

    support = open_house("support", SIZES[size])
    support.goto("/intake?which=requests")
    line = support.page.get_by_role("listitem").filter(has_text=title)
    expect(line).to_contain_text("14 dagar kvar")
    expect(line).to_contain_text(wish)
    support.goto("/queue")
    row = support.page.get_by_role("listitem").filter(has_text=title)
    expect(row).to_contain_text("Någon begärde prövning")
    expect(row).to_contain_text("Svar senast")

    decider = open_house("leadership", SIZES[size])
    reason = f"Anteckningen behövs när journalen ligger nere ({size})."
    steps.decide(decider, task, "Behåll: motiverad administration", reason)

    writer.goto("/log/mine")
    steps.see(writer, "Mina inlägg")
    answer = writer.page.get_by_role("listitem").filter(has_text=title)
    expect(answer).to_contain_text("motiverad administration")
    expect(answer).to_contain_text(reason)
    everybody = open_house("admin", SIZES[size])
    logged = _row_of_log(everybody, title)
    expect(logged).to_contain_text(re.compile("motiverad administration", re.IGNORECASE))
    expect(logged).to_contain_text(reason)
