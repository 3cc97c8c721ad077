from __future__ import annotations

import pytest

from tests.browser.place import Place
from tests.browser.places import PLACES
from tests.browser.watching import DESKTOP, PHONE, OpenPage

NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_no_page_scrolls_sideways(open_page: OpenPage, place: Place) -> None:
    watched = open_page(place.role, DESKTOP)
    place.steps(watched)

    for size in (DESKTOP, PHONE, NARROW):
        watched.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        # Charts are drawn anew in their new place a moment later.
        watched.page.wait_for_function(
            "() => document.documentElement.scrollWidth <= window.innerWidth", timeout=5_000
        )


def test_the_overview_fits_one_desktop_window(open_page: OpenPage) -> None:
    watched = open_page("leadership", DESKTOP)

    watched.goto("/dashboard")
    watched.page.locator(".chart .plot-container").first.wait_for()

    end = watched.page.evaluate(
        "() => document.querySelector('.dashboard-charts').getBoundingClientRect().bottom"
    )
    assert end <= DESKTOP["height"]


def test_chips_and_buttons_are_large_enough_for_a_thumb(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    watched.goto("/log")

    heights = watched.page.evaluate(
        "() => [...document.querySelectorAll('.chip > label, .form-actions .ds-button')]"
        ".filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect().height)"
    )

    assert len(heights) > 25
    assert min(heights) >= 44


def test_text_fields_are_large_enough_that_phones_do_not_zoom(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    watched.goto("/log")

    sizes = watched.page.evaluate(
        "() => [...document.querySelectorAll('.ds-input')]"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )

    assert min(sizes) >= 16
