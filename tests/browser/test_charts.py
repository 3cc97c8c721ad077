from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.watching import DESKTOP, OpenPage

CHARTS = ("share", "askers", "scatter")


def drawn(page: Page) -> None:
    for chart in CHARTS:
        page.locator(f"#{chart} .chart .plot-container").wait_for()


def test_every_chart_is_drawn_with_its_table_beside_it(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP)
    watched.goto("/dashboard")

    drawn(watched.page)

    for chart in CHARTS:
        figure = watched.page.locator(f"#{chart}")
        expect(figure.locator("figcaption")).not_to_be_empty()
        assert figure.locator("table tbody tr").count() >= 3


def test_nothing_can_be_sent_to_the_makers_of_the_charts(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP)
    watched.goto("/dashboard")

    drawn(watched.page)

    assert watched.page.locator(".modebar").count() == 0
    assert watched.page.get_by_text("Share chart").count() == 0


def test_a_press_on_a_bar_leads_to_the_tasks_behind_it(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP)
    page = watched.page
    watched.goto("/dashboard")
    drawn(page)

    page.locator("#askers .chart .point").first.click(force=True)

    page.wait_for_url("**/inventory?*")
    expect(page.get_by_role("list", name="Valda filter")).to_be_visible()


def test_the_chart_holds_the_same_figures_as_its_table(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP)
    page = watched.page
    watched.goto("/dashboard")
    drawn(page)
    data = page.locator("#askers .chart").get_attribute("data-figure")
    assert data is not None

    shown = json.loads(data)["data"][0]["text"]

    cells = page.locator("#askers table tbody tr td:nth-child(2)").all_text_contents()
    assert [cell.strip() for cell in cells] == shown


def test_the_overview_can_be_printed_on_one_sheet(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP)
    watched.goto("/dashboard")
    drawn(watched.page)

    sheet = watched.page.pdf(format="A4", print_background=True)

    assert sheet.count(b"/Type /Page\n") + sheet.count(b"/Type /Page ") == 1


def test_the_charts_are_redrawn_in_the_dark(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP, color_scheme="light")
    page = watched.page
    watched.goto("/dashboard")
    drawn(page)
    bar = page.locator("#askers .chart .point path").first
    light = bar.evaluate("(e) => getComputedStyle(e).fill")

    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "(before) => getComputedStyle(document.querySelector('#askers .chart .point path')).fill !== before",
        arg=light,
    )

    assert bar.evaluate("(e) => getComputedStyle(e).fill") != light
