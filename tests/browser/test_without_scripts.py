from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.account_steps import STAFF, fill_in
from tests.browser.test_journeys import Hand, log_a_task
from tests.browser.watching import DESKTOP, PHONE, SIZES, OpenPage


@pytest.mark.parametrize("size", SIZES)
def test_a_task_is_logged(open_page: OpenPage, size: str) -> None:
    watched = open_page("staff", SIZES[size], java_script_enabled=False)
    watched.goto("/log")

    log_a_task(watched.page, f"Utan skript {uuid.uuid4().hex[:8]}")

    expect(watched.page.get_by_role("heading", level=1)).to_have_text("Tack!")
    expect(watched.page.locator("#hours-a-year")).to_contain_text("170\u2013920")


def test_similar_tasks_are_found_by_a_button(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE, java_script_enabled=False)
    page = watched.page
    watched.goto("/log")
    page.get_by_label("Vad är det du gör?").fill("utredningsmall")

    page.get_by_role("button", name="Se om det redan är inlagt").click()
    page.get_by_role("button", name="Samma sak").first.click()

    expect(page.get_by_text("Du säger samma sak som")).to_be_visible()


def test_errors_keep_what_was_typed(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE, java_script_enabled=False)
    page = watched.page
    watched.goto("/log")
    page.get_by_label("Vad är det du gör?").fill("Något")
    Hand(page).chip("Hur lång tid tar det varje gång?", "Annan tid")
    page.get_by_label("Hur lång tid?").fill("tolv")

    page.get_by_role("button", name="Skicka", exact=True).last.click()

    expect(page).to_have_title(re.compile("^Fel:"))
    expect(page.get_by_label("Vad är det du gör?")).to_have_value("Något")


def test_the_overview_shows_its_tables(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP, java_script_enabled=False)

    watched.goto("/dashboard")

    expect(watched.page.locator("#askers table")).to_be_visible()
    expect(watched.page.locator("#askers .chart")).to_be_hidden()


def test_the_inventory_is_filtered_and_paged(open_page: OpenPage) -> None:
    watched = open_page("leadership", PHONE, java_script_enabled=False)
    page = watched.page
    watched.goto("/inventory")

    page.get_by_role("link", name="Nästa").click()
    page.get_by_text("Fler filter och ordning").click()
    page.get_by_role("link", name="Till alla filter").click()
    page.get_by_label("Orsak").select_option("unused")
    page.get_by_role("button", name="Visa", exact=True).click()

    expect(page.get_by_role("list", name="Valda filter")).to_contain_text("Det används inte")
    assert "cause=unused" in page.url
    assert "requester=" not in page.url


def test_the_menu_opens(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE, java_script_enabled=False)
    watched.goto("/log")

    watched.page.get_by_role("button", name="Meny").click()

    expect(watched.page.get_by_role("link", name="Översikt")).to_be_visible()


def test_a_review_is_tried_and_saved(open_page: OpenPage, some_task: str) -> None:
    watched = open_page("support", DESKTOP, java_script_enabled=False)
    page = watched.page
    watched.goto(some_task)
    page.get_by_label("Undantag").fill("10")

    page.get_by_role("button", name="Prova utan att spara").click()
    expect(page.locator("#preview")).to_contain_text("Med de här siffrorna:")
    page.get_by_role("button", name="Spara", exact=True).click()

    expect(page.get_by_text("Sparat. Bedömningen och alla summor följer med.")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_written_when_the_log_in_ended_is_sent_with_one_more_press(
    open_page: OpenPage, size: str
) -> None:
    watched = open_page("staff", SIZES[size], java_script_enabled=False)
    page, title = watched.page, f"Skrivet för sent {uuid.uuid4().hex[:8]}"
    watched.goto("/log")
    page.get_by_label("Vad är det du gör?").fill(title)
    page.context.clear_cookies()
    page.get_by_role("button", name="Skicka", exact=True).last.click()

    fill_in(watched, STAFF)
    expect(page.get_by_label("Vad är det du gör?")).to_have_value(title)
    page.get_by_role("button", name="Skicka", exact=True).last.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tack!")
    watched.goto("/log/mine")
    expect(page.get_by_text(title)).to_have_count(1)


def test_a_password_can_be_shown_only_where_a_script_does_it(open_page: OpenPage) -> None:
    with_script, without = (
        open_page(None, PHONE, java_script_enabled=enabled) for enabled in (True, False)
    )
    for watched in (with_script, without):
        watched.goto("/login")
    field = with_script.page.get_by_label("Lösenord", exact=True)
    field.fill("hemligt")

    with_script.page.get_by_role("button", name="Visa").click()

    expect(field).to_have_attribute("type", "text")
    expect(without.page.get_by_role("button", name="Visa")).to_have_count(0)
    with_script.page.get_by_role("button", name="Dölj").click()
    expect(field).to_have_attribute("type", "password")
