from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.place import Place
from tests.browser.places import PLACES
from tests.browser.watching import SIZES, OpenPage

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(
        "(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{each['id']}: {node['html'][:150]} {node['failureSummary'][:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_page_and_state_is_accessible_in_light_and_dark(
    open_page: OpenPage, place: Place, size: str
) -> None:
    watched = open_page(place.role, SIZES[size], color_scheme="light", reduced_motion="reduce")

    place.steps(watched)

    assert violations(watched.page) == []
    watched.page.emulate_media(color_scheme="dark")
    assert violations(watched.page) == []
