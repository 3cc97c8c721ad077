from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watching import DESKTOP, PHONE, ROLES, SIZES, OpenPage

MOST_TAPS = 9


class Hand:
    """A person's hand: counts its taps."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def chip(self, question: str, answer: str) -> None:
        group = self.page.get_by_role("radiogroup", name=question)
        group.get_by_role("radio", name=answer, exact=True).click()
        self.taps += 1

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).last.click()
        self.taps += 1


def log_a_task(page: Page, title: str, *, unit: bool = False) -> int:
    """Logs a task as it is meant to be done; how many taps it took.

    Args:
        page: with the form.
        title: what is done.
        unit: say where too, which takes two taps more: for somebody who has no unit of their own.
    """
    hand = Hand(page)
    page.get_by_label("Vad är det du gör?").click()
    hand.taps += 1
    page.keyboard.type(title)
    hand.chip("Hur lång tid tar det varje gång?", "10 min")
    hand.chip("Hur ofta gör du det?", "Varje dag")
    hand.chip("Hur många gör samma sak?", "6\u201320")
    page.get_by_role("radiogroup", name="Vem vill ha det?").get_by_role("radio").first.click()
    hand.taps += 1
    hand.chip("Vad används det till?", "Ingen använder det")
    if unit:
        page.locator("details.more > summary").click()
        page.locator("#unit").select_option(index=1)
        hand.taps += 2
    hand.press("Skicka")
    return hand.taps


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", ROLES)
def test_a_task_is_logged_found_opened_and_counted(
    open_page: OpenPage, role: str, size: str
) -> None:
    watched = open_page(role, SIZES[size])
    page = watched.page
    word = f"kvastskaft{uuid.uuid4().hex[:8]}"
    watched.goto("/log")

    leads_the_whole = role == "leadership"
    taps = log_a_task(page, f"Räknar {word} i förrådet", unit=leads_the_whole)

    assert taps <= MOST_TAPS + 2 * leads_the_whole
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack!")
    expect(page.locator("#hours-a-year")).to_contain_text("170\u2013920")
    expect(page.locator("#verdict")).to_contain_text("Tidstjuv")
    watched.goto(f"/inventory?q={word}")
    page.get_by_role("link", name=f"Räknar {word} i förrådet").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(word)
    watched.goto("/dashboard")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vad tiden går till")


def test_a_report_is_changed_taken_back_and_sent_anew(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    page = watched.page
    watched.goto("/log")
    log_a_task(page, f"Skriver lista {uuid.uuid4().hex[:8]}")

    page.get_by_role("link", name="Ändra").click()
    Hand(page).chip("Hur lång tid tar det varje gång?", "30 min")
    page.get_by_role("button", name="Spara", exact=True).last.click()

    expect(page.locator("#hours-a-year")).to_contain_text("500\u20132\u00a0800")
    page.get_by_role("button", name="Ångra").click()
    expect(page.get_by_text("Ditt inlägg är tillbakataget")).to_be_visible()
    expect(page.get_by_label("Vad är det du gör?")).to_have_value(re.compile("Skriver lista"))


def test_the_same_thing_is_two_taps_away(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    page = watched.page
    watched.goto("/log")

    page.get_by_label("Vad är det du gör?").press_sequentially("Full utredningsmall")
    page.get_by_role("button", name="Samma sak").first.click()
    expect(page.get_by_text("Du säger samma sak som")).to_be_visible()
    page.get_by_role("button", name="Skicka", exact=True).first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tack!")


def test_the_reviewer_sees_the_verdict_move_before_saving(
    open_page: OpenPage, some_task: str
) -> None:
    watched = open_page("support", DESKTOP)
    page = watched.page
    watched.goto(some_task)
    field = page.get_by_label("Möjlig tid")

    field.fill("0,5")

    expect(page.locator("#preview")).to_contain_text("Med de här siffrorna:")
    page.reload()
    expect(field).not_to_have_value("0,5")


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(
    open_page: OpenPage,
) -> None:
    watched = open_page("staff", PHONE)
    page = watched.page
    watched.goto("/log")

    Hand(page).chip("Hur lång tid tar det varje gång?", "Annan tid")
    page.get_by_label("Hur lång tid?").fill("tolv")
    Hand(page).chip("Hur ofta gör du det?", "Varje vecka")
    page.get_by_role("button", name="Skicka", exact=True).last.click()

    expect(page).to_have_title(re.compile("^Fel:"))
    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("#error-summary a").first.click()
    expect(page.get_by_label("Vad är det du gör?")).to_be_focused()
    expect(page.get_by_label("Hur lång tid?")).to_have_value("tolv")
    assert page.get_by_role("radio", name="Varje vecka").is_checked()


def test_pressing_send_many_times_sends_once(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    page = watched.page
    title = f"Trycker ofta {uuid.uuid4().hex[:8]}"
    watched.goto("/log")
    page.get_by_label("Vad är det du gör?").fill(title)

    page.evaluate(
        "() => { const f = document.getElementById('log-form');"
        " const b = f.querySelectorAll('button[type=submit]'); for (let i = 0; i < 5; i++) b[b.length - 1].click(); }"
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack!")

    watched.goto("/log/mine")
    expect(page.get_by_role("link", name=title)).to_have_count(1)


def test_a_draft_survives_an_interruption_and_goes_when_sent(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    page = watched.page
    watched.goto("/log")
    page.get_by_label("Vad är det du gör?").press_sequentially("Avbruten mitt i")
    page.wait_for_function("() => sessionStorage.length > 0")

    page.reload()
    expect(page.get_by_label("Vad är det du gör?")).to_have_value("Avbruten mitt i")
    page.get_by_role("button", name="Skicka", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack!")

    assert page.evaluate("() => sessionStorage.length") == 0
    watched.goto("/log")
    expect(page.get_by_label("Vad är det du gör?")).to_have_value("")


def test_a_draft_can_be_thrown_away(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    page = watched.page
    watched.goto("/log")
    page.get_by_label("Vad är det du gör?").press_sequentially("Ska inte finnas kvar")
    page.wait_for_function("() => sessionStorage.length > 0")
    page.reload()

    page.get_by_role("button", name="Släng").click()

    expect(page.get_by_label("Vad är det du gör?")).to_have_value("")
    expect(page.get_by_text("Du har ett utkast")).to_be_hidden()


def test_without_a_network_the_report_waits_and_is_sent_once(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    page = watched.page
    title = f"I kulverten {uuid.uuid4().hex[:8]}"
    watched.goto("/log")
    page.get_by_label("Vad är det du gör?").fill(title)

    page.context.set_offline(True)
    page.get_by_role("button", name="Skicka", exact=True).last.click()
    expect(page.get_by_text("Ingen uppkoppling")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_role("heading", level=1)).to_have_text("Tack!", timeout=10_000)
    watched.goto("/log/mine")
    expect(page.get_by_role("link", name=title)).to_have_count(1)


def test_filters_are_opened_on_the_page_and_keep_what_is_chosen(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP)
    page = watched.page
    watched.goto("/inventory?level=state&signal=paper&sort=cost")

    page.get_by_text("Fler filter och ordning").click()
    expect(page.get_by_label("Varför det tar tid")).to_have_value("paper")
    page.get_by_label("Orsak").select_option("inefficient")
    page.get_by_role("button", name="Visa", exact=True).click()

    page.wait_for_url("**/inventory?*cause=inefficient*")
    assert sorted(page.url.split("?")[1].split("&")) == [
        "cause=inefficient",
        "level=state",
        "signal=paper",
        "sort=cost",
    ]
