from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.watching import SIZES, OpenPage, Watched

LINKS = '#tasks tbody a[href^="/tasks/"]'


def _three(watched: Watched) -> list[str]:
    """Addresses of three tasks that a reviewer is looking at."""
    watched.goto("/inventory?status=in_review")
    links = watched.page.locator(LINKS)
    found = [links.nth(n).get_attribute("href") or "" for n in range(3)]
    assert len(set(found)) == 3
    return found


@pytest.mark.parametrize("size", SIZES)
def test_three_are_merged_and_are_three_again(open_page: OpenPage, size: str) -> None:
    watched = open_page("support", SIZES[size])
    page = watched.page
    tasks = _three(watched)
    figures = []
    for task in tasks:
        watched.goto(task)
        figures.append(
            page.get_by_role("region", name="Vad den kostar och vad den ger").inner_text()
        )
    names = "&".join(f"task={task.rsplit('/', 1)[-1]}" for task in tasks)

    watched.goto(f"/restructuring/merge?{names}")
    page.get_by_role("radio").first.check()
    unit = page.get_by_label("I vilken enhet ska den räknas?")
    if unit.count():
        unit.select_option(index=1)
    page.get_by_role("button", name="Slå ihop", exact=True).click()
    page.wait_for_url("**/tasks/*")
    expect(page.get_by_role("status").first).to_contain_text("Nu är det en enda uppgift")
    watched.goto(tasks[1])
    expect(page).to_have_url(re.compile(f"{tasks[0]}$"))

    page.get_by_role("button", name="Ångra sammanslagningen").click()
    expect(page.get_by_role("status").first).to_contain_text("Uppgifterna är som de var")

    for task, told in zip(tasks, figures, strict=True):
        watched.goto(task)
        expect(page).to_have_url(re.compile(f"{task}$"))
        region = page.get_by_role("region", name="Vad den kostar och vad den ger")
        assert region.inner_text() == told
    assert watched.faults == []
