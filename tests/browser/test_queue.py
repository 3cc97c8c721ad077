"""Journey b: prepared rows are decided by keyboard alone; focus is never lost, and what was done can be undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watching import DESKTOP, PHONE, SIZES, OpenPage

ROWS = 20
REASON = "Den behövs för patientsäkerheten."


def _current(page: Page) -> str:
    """The task of the row in which the focus is; empty where it is in none."""
    found = page.evaluate("document.activeElement.closest('.queue-row')?.dataset.task ?? ''")
    return str(found)


def _new_tasks(page: Page) -> list[str]:
    rows = page.locator("#part-new").locator("xpath=ancestor::section").locator(".queue-row")
    found: list[str] = rows.evaluate_all("rows => rows.map((row) => row.dataset.task)")
    return found


def _to_first_new(page: Page) -> None:
    """Down with the keyboard, to the first row that nobody has taken."""
    wanted = _new_tasks(page)[0]
    for _ in range(40):
        page.keyboard.press("j")
        if _current(page) == wanted:
            return
    pytest.fail("the row is not reached")


def _told(page: Page) -> str:
    return page.locator('main > [role="status"]').inner_text()


def test_twenty_rows_are_decided_by_keyboard_alone(open_page: OpenPage) -> None:
    watched = open_page("support", DESKTOP)
    watched.goto("/queue")
    page = watched.page
    prepared = _new_tasks(page)
    assert len(prepared) == ROWS
    _to_first_new(page)
    for number, task in enumerate(prepared):
        assert _current(page) == task, "focus has gone on to the next one"
        if number % 2:
            page.keyboard.press("t")
            expect(page.locator('main > [role="status"]')).to_contain_text("Du har tagit")
        else:
            page.keyboard.press("b")
            page.keyboard.type(f"{REASON} {number}")
            page.keyboard.press("Enter")
            expect(page.locator('main > [role="status"]')).to_contain_text("behålls")
        # The answer has come when the row stands there no more as it stood.
        expect(
            page.locator(f"#part-new >> xpath=ancestor::section >> css=#task-{task}")
        ).to_have_count(0)
        assert _current(page) != ""
    left = _new_tasks(page)
    assert not set(left) & set(prepared)

    last = prepared[-1]
    page.keyboard.press("z")
    expect(page.locator('main > [role="status"]')).to_contain_text("Det är ångrat")
    assert last in _new_tasks(page)
    assert _current(page) != ""
    assert watched.faults == []


@pytest.mark.parametrize("size", SIZES)
def test_rows_by_buttons(open_page: OpenPage, size: str) -> None:
    watched = open_page("support", SIZES[size])
    watched.goto("/queue?group=new")
    page = watched.page
    row = page.locator(".queue-row").first
    task = row.get_attribute("data-task")
    row.get_by_text("Behåll", exact=False).first.click()
    row.get_by_label("Varför är den värd sin tid?", exact=False).fill("  ")
    row.get_by_role("button", name="Behåll den").click()
    expect(page.get_by_role("alert")).to_contain_text("varför den är värd sin tid")
    expect(page.locator(f"#reason-{task}")).to_be_focused()
    page.locator(f"#reason-{task}").fill(REASON)
    page.keyboard.press("Enter")
    expect(page.locator(f"#task-{task}")).to_have_count(0)
    page.get_by_role("button", name="Ångra").click()
    expect(page.locator(f"#task-{task}")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.faults == []


def test_the_shortcuts_are_listed_and_can_be_turned_off(open_page: OpenPage) -> None:
    watched = open_page("support", DESKTOP)
    watched.goto("/queue")
    page = watched.page
    page.keyboard.press("j")
    assert _current(page) != ""
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Kortkommandon")
    expect(keys).to_be_visible()
    keys.get_by_label("Använd kortkommandon i den här webbläsaren").uncheck()
    keys.get_by_role("button", name="Stäng").click()
    before = _current(page)
    page.keyboard.press("j")
    assert _current(page) == before
    page.reload()
    page.keyboard.press("j")
    assert _current(page) == "", "it is remembered"
    page.get_by_role("button", name="Kortkommandon").click()
    keys.get_by_label("Använd kortkommandon i den här webbläsaren").check()
    keys.get_by_role("button", name="Stäng").click()
    page.keyboard.press("j")
    assert _current(page) != ""
    assert watched.faults == []


def test_keys_are_letters_while_somebody_types(open_page: OpenPage) -> None:
    watched = open_page("support", DESKTOP)
    watched.goto("/queue")
    page = watched.page
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jtbxz?/")
    expect(page.locator("#q")).to_have_value("jtbxz?/")
    page.keyboard.press("Tab")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_be_visible()
    expect(page.locator("[data-marked]")).to_have_text("(1)")
    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("b")
    page.keyboard.type("jk")
    page.keyboard.press("Escape")
    assert _current(page) != ""
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")
    assert watched.faults == []


def test_the_order_is_remembered_and_keys_lead_to_the_overview(open_page: OpenPage) -> None:
    watched = open_page("support", DESKTOP)
    watched.goto("/queue")
    page = watched.page
    orders = page.locator('[aria-labelledby="orders-label"] a')
    orders.last.click()
    page.wait_for_url("**/queue?order=ease")
    watched.goto("/queue?group=new")
    expect(orders.first).to_have_attribute("aria-current", "true")
    page.locator('a[href="/queue"]').first.click()
    page.wait_for_url("**/queue?order=ease")
    orders.first.click()
    page.wait_for_url("**/queue")
    page.reload()
    expect(orders.first).to_have_attribute("aria-current", "true")
    page.keyboard.press("o")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/dashboard")
    assert watched.faults == []


def test_what_has_been_opened_is_new_no_more(open_page: OpenPage) -> None:
    watched = open_page("support", PHONE)
    watched.goto("/queue?group=new&order=age")
    page = watched.page
    row = page.locator(".queue-row:has(.queue-new)").first
    task = row.get_attribute("data-task")
    with page.expect_response("**/queue/act"):
        row.locator("a[data-open]").click()
    page.wait_for_url("**/tasks/*")
    page.go_back()
    page.reload()
    expect(page.locator(f"#task-{task}")).to_have_count(1)
    expect(page.locator(f"#task-{task} .queue-new")).to_have_count(0)
    assert watched.faults == []
