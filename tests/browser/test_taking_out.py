"""Files from a menu, and tables to paste into a memo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.watching import DESKTOP, PHONE, OpenPage, Watched

CLIPBOARD = ["clipboard-read", "clipboard-write"]


def _copied(page: Page, kind: str) -> str:
    script = "(kind) => navigator.clipboard.read().then((held) => held[0].getType(kind)).then((part) => part.text())"
    text: str = page.evaluate(script, kind)
    return text


def _copy(watched: Watched, what: str = "") -> str:
    """Press the button of a table; what a text editor would get."""
    page = watched.page
    name = re.compile(f"Kopiera som tabell.*{what}")
    page.get_by_role("button", name=name).click()
    expect(page.get_by_text("Kopierat. Klistra in i ditt dokument.").first).to_be_visible()
    return _copied(page, "text/plain")


def _cells(page: Page, table: str) -> list[list[str]]:
    script = "(id) => [...document.getElementById(id).rows].map((row) => [...row.cells].map((cell) => cell.textContent))"
    found: list[list[str]] = page.evaluate(script, table)
    return [[re.sub(r"[ \t\n\r]+", " ", cell).strip() for cell in row] for row in found]


def test_the_table_of_a_chart_is_copied_as_it_stands(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP, permissions=CLIPBOARD)
    watched.goto("/dashboard")
    watched.page.locator("#askers .chart .plot-container").wait_for()
    watched.page.locator("#askers .figure-table > summary").click()

    text = _copy(watched, "Timmar per år efter beställarens nivå")

    assert [line.split("\t") for line in text.split("\n")] == [
        [cell.replace("\u2003", "").strip() for cell in row]
        if "\u2003" not in "".join(row)
        else [row[0].strip(), *row[1:]]
        for row in _cells(watched.page, "askers-table")
    ]
    rich = _copied(watched.page, "text/html")
    assert rich.count("<tr>") == text.count("\n") + 1
    assert "<a" not in rich
    assert "style" not in rich


def test_remarks_stand_in_brackets_behind_the_name(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP, permissions=CLIPBOARD)
    watched.goto("/requesters")

    lines = _copy(watched).split("\n")

    first = watched.page.locator("#requesters tbody tr").first
    name = first.locator("a").text_content()
    assert lines[0].startswith("Vem som vill ha det\t")
    assert lines[1].startswith(f"{name} (")
    assert len({line.count("\t") for line in lines}) == 1


def test_the_figures_of_a_task_are_copied(open_page: OpenPage, some_task: str) -> None:
    watched = open_page("staff", PHONE, permissions=CLIPBOARD)
    watched.goto(some_task)

    text = _copy(watched, "Vad den kostar")

    hours = watched.page.locator(".bars .range-likely").first.text_content()
    assert hours is not None
    costs = next(line for line in text.split("\n") if line.startswith("Kostar, timmar per år\t"))
    assert costs.split("\t")[1] == hours.removesuffix("timmar").strip()
    assert watched.page.locator("template#task-figures").count() == 1


def test_without_a_clipboard_it_says_so(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP)
    watched.goto("/requesters")
    watched.page.evaluate(
        "() => { Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false; }"
    )

    watched.page.get_by_role("button", name="Kopiera som tabell").click()

    expect(watched.page.get_by_text("Det gick inte att kopiera.")).to_be_visible()


def test_the_older_way_copies_the_same(open_page: OpenPage) -> None:
    """Pages that are not served over https have no other."""
    watched = open_page("leadership", DESKTOP, permissions=CLIPBOARD)
    watched.goto("/requesters")
    expected = _copy(watched)
    watched.goto("/requesters")
    watched.page.evaluate("() => navigator.clipboard.writeText('')")
    watched.page.evaluate("() => { delete window.ClipboardItem; }")

    assert _copy(watched) == expected


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("path", ["/inventory?level=state", "/requesters", "/dashboard"])
def test_a_file_is_taken_out_from_the_menu(
    open_page: OpenPage, tmp_path: Path, path: str, size: dict[str, int]
) -> None:
    watched = open_page("leadership", size)
    page = watched.page
    watched.goto(path)
    page.locator(".downloads > summary").click()
    card = page.locator(".downloads-card")
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]

    with page.expect_download() as taken:
        card.get_by_role("link", name="Excel").click()

    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    assert re.fullmatch(r"tidstjuvar-[a-z]+-\d{4}-\d\d-\d\d\.xlsx", file.name)
    assert load_workbook(file).worksheets[0].max_row > 2
