from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import inquiry_steps
from tests.browser.watching import DESKTOP, PHONE, SIZES, OpenPage

MOST_TAPS = 6
"""Three questions, two more where it is used, and Send."""


@pytest.mark.parametrize("size", SIZES)
def test_asked_answered_on_a_phone_and_read_on_the_task(open_page: OpenPage, size: str) -> None:
    reviewer = open_page("support", SIZES[size])
    inquiry_steps.asked(reviewer)
    link = inquiry_steps.link_of(reviewer)
    task = reviewer.page.locator("p.lead a").get_attribute("href") or ""

    requester = open_page(None, PHONE)
    requester.goto(link)
    page, taps = requester.page, 0
    expect(page.get_by_role("radiogroup", name="Vem har mest nytta av det?")).to_be_hidden()
    for question, answer in (
        ("Används det", "Ja, vi använder det"),
        ("Vem har mest nytta", "Vi som vill ha det"),
        ("Vad används det främst till", "Uppföljning"),
        ("Är det relevant", "Delvis"),
        ("Är det ni får ut", "Ja, klart mer än så"),
    ):
        group = page.get_by_role("radiogroup", name=re.compile(question))
        group.get_by_role("radio", name=answer, exact=True).click()
        taps += 1
    page.get_by_role("button", name="Skicka", exact=True).click()
    taps += 1

    expect(page.get_by_role("heading", level=1)).to_have_text("Tack för ditt svar")
    assert taps <= MOST_TAPS
    staff = open_page("staff", DESKTOP)
    staff.goto(task)
    says = staff.page.get_by_role("region", name="Vad beställaren säger")
    expect(says).to_contain_text("Har svarat")
    expect(says).to_contain_text("Ja, klart mer än så")
    assert [*reviewer.faults, *requester.faults, *staff.faults] == []


def test_who_does_not_use_it_is_not_asked_what_for(open_page: OpenPage) -> None:
    watched = open_page("support", PHONE)
    inquiry_steps.opened(watched)
    used = watched.page.get_by_role("radiogroup", name=re.compile("Används det"))
    what_for = watched.page.get_by_role("radiogroup", name=re.compile("Vad används det främst"))

    used.get_by_role("radio", name="Ja, vi använder det").check()
    expect(what_for).to_be_visible()
    used.get_by_role("radio", name="Vet inte").check()
    expect(what_for).to_be_hidden()
