"""T3 and T7 in a real browser: no cookie goes along, and nothing stays behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from tests.browser.watching import PHONE, OpenPage, Watched

pytestmark = pytest.mark.browser
PATH = "/r/exempel-kod"
AT_LEISURE = 3_200
"""Milliseconds; nobody reads the form faster, and the service asks who does."""


def _write(watched: Watched, title: str = "Skriver listan för hand") -> None:
    watched.goto(PATH)
    watched.page.get_by_label("Vad är det du gör?").fill(title)
    watched.page.wait_for_timeout(AT_LEISURE)


def _send(page: Page) -> None:
    page.get_by_role("button", name="Skicka", exact=True).last.click()
    page.get_by_role("heading", name="Tack!").wait_for()


def _kept(page: Page) -> list[object]:
    found: list[object] = page.evaluate(
        "() => [sessionStorage.length, localStorage.length, document.cookie]"
    )
    return found


def test_a_browser_that_is_logged_in_sends_no_cookie_with_the_form(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    posts: list[Request] = []
    watched.page.on("request", lambda sent: posts.append(sent) if sent.method == "POST" else None)
    _write(watched)

    _send(watched.page)

    assert [sent.all_headers().get("cookie") for sent in posts] == [None]
    assert [sent.all_headers().get("referer") for sent in posts] == [None]


def test_nothing_is_left_in_the_browser_after_sending(open_page: OpenPage) -> None:
    watched = open_page(None, PHONE)
    _write(watched)
    assert _kept(watched.page)[0] == 1

    _send(watched.page)

    receipt = watched.page.locator("#receipt").inner_text()
    assert _kept(watched.page) == [0, 0, ""]
    assert receipt not in watched.page.url
    assert receipt not in watched.page.title()
    watched.page.reload()
    assert watched.page.get_by_label("Vad är det du gör?").input_value() == ""
    assert receipt not in watched.page.content()


def test_a_draft_is_of_this_tab_alone_and_can_be_cleared(open_page: OpenPage) -> None:
    watched = open_page(None, PHONE)
    _write(watched)
    watched.page.reload()
    assert watched.page.get_by_label("Vad är det du gör?").input_value() != ""
    other = watched.page.context.new_page()
    other.goto(watched.page.url)
    assert other.get_by_label("Vad är det du gör?").input_value() == ""
    other.close()

    watched.page.get_by_role("button", name="Rensa").click()
    watched.page.wait_for_function("() => document.getElementById('title').value === ''")

    assert _kept(watched.page)[0] == 0


def test_a_draft_older_than_half_an_hour_is_not_offered(open_page: OpenPage) -> None:
    watched = open_page(None, PHONE)
    _write(watched)
    watched.page.evaluate(
        """() => {
            const name = "timethief-draft-anonymous";
            const draft = JSON.parse(sessionStorage.getItem(name));
            draft.at -= 31 * 60 * 1000;
            sessionStorage.setItem(name, JSON.stringify(draft));
        }"""
    )

    watched.page.reload()

    assert watched.page.get_by_label("Vad är det du gör?").input_value() == ""
    assert _kept(watched.page)[0] == 0


@pytest.mark.parametrize("by_link", [False, True])
def test_at_a_shared_computer_no_draft_is_kept(open_page: OpenPage, *, by_link: bool) -> None:
    watched = open_page(None, PHONE)
    watched.goto(f"{PATH}?shared=yes" if by_link else PATH)
    if not by_link:
        watched.page.get_by_label("Jag sitter vid en delad dator").check()
    watched.page.get_by_label("Vad är det du gör?").fill("Skriver listan")
    watched.page.wait_for_timeout(1_500)

    assert _kept(watched.page)[0] == 0


def test_without_scripts_the_form_works_and_says_that_a_log_in_would_be_sent(
    open_page: OpenPage,
) -> None:
    watched = open_page("staff", PHONE, java_script_enabled=False)
    _write(watched)

    assert watched.page.get_by_text("Din webbläsare kör inga skript här.").is_visible()
    _send(watched.page)
    assert watched.page.locator("#receipt").is_visible()


def test_the_code_can_be_saved_as_a_picture(open_page: OpenPage) -> None:
    watched = open_page(None, PHONE)
    _write(watched)
    _send(watched.page)

    with watched.page.expect_download() as saved:
        watched.page.get_by_role("button", name="Spara som bild").click()

    assert saved.value.suggested_filename == "tidstjuv-kod.png"
