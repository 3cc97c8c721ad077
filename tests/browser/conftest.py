"""A served demonstration, and a browser that tells of everything that went wrong on its pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import demonstration, log_in_all, opening
from tests.browser.watching import DESKTOP, OpenPage


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the demonstration, served by the real web server."""
    with demonstration(tmp_path_factory.mktemp("served")) as url:
        yield url


@pytest.fixture
def open_page(browser: Browser, served: str, sign_ins: dict[str, Any]) -> Iterator[OpenPage]:
    """Opens a browser of its own for somebody, at a size; no fault may be left when the test ends."""
    with opening(browser, served, sign_ins) as open_as:
        yield open_as


@pytest.fixture(scope="session")
def sign_ins(browser: Browser, served: str) -> dict[str, Any]:
    """What a browser keeps of a log-in, for each role."""
    return log_in_all(browser, served)


@pytest.fixture
def some_task(open_page: OpenPage) -> str:
    """Path of the task where most can be freed."""
    watched = open_page("support", DESKTOP)
    watched.goto("/inventory?flagged=yes")
    href = watched.page.locator("#tasks tbody a").first.get_attribute("href")
    assert href is not None
    return href
