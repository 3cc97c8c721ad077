"""The first administrator of an organisation that has nothing yet, at a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import free_port, wait_until_served
from tests.browser.watching import SIZES, Watched
from timethief.domain.people import Role
from timethief.domain.vocabulary import OrganisationKind
from timethief.services.demonstration import PASSWORD
from timethief.services.organisations import NewUser, add_organisation, add_user
from timethief.storage.database import Database

pytestmark = pytest.mark.browser

MOST_PRESSES = 10
EMAIL = "ny-{}@example.org"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a served installation whose organisations have nothing yet, one for each size of window."""
    instance: Path = tmp_path_factory.mktemp("empty")
    url = f"http://127.0.0.1:{free_port()}"
    settings = {**os.environ, "TIMETHIEF_INSTANCE": str(instance), "TIMETHIEF_BASE_URL": url}
    settings.pop("TIMETHIEF_DATABASE_URL", None)
    command = [sys.executable, "-m", "timethief"]
    subprocess.run([*command, "init"], env=settings, check=True, capture_output=True)
    database = Database(f"sqlite:///{next(instance.glob('*.sqlite3'))}")
    with database.writing_all() as session:
        for size in SIZES:
            today = datetime.now(UTC).date()
            new = add_organisation(session, size, "Ny", OrganisationKind.MUNICIPALITY, today)
            person = NewUser(EMAIL.format(size), "Nils Ny", Role.ADMIN, None, None, PASSWORD)
            add_user(session, new, person)
    database.close()
    with subprocess.Popen(
        [*command, "serve", "--port", url.rsplit(":", 1)[1]], env=settings
    ) as server:
        wait_until_served(url, server)
        yield url
        server.terminate()


@pytest.mark.parametrize("size", SIZES)
def test_an_empty_organisation_is_set_up_in_few_presses(
    browser: Browser, empty: str, size: str
) -> None:
    context = browser.new_context(viewport=SIZES[size], locale="sv-SE")  # type: ignore[arg-type]
    watched = Watched(context.new_page(), empty)
    page, presses = watched.page, 0
    _log_in(watched, size)

    def press(name: str, role: Any = "button") -> None:  # noqa: ANN401 - one of many literals
        nonlocal presses
        presses += 1
        page.get_by_role(role, name=name, exact=True).click()
        page.wait_for_load_state()
        assert not _scrolls_sideways(page)

    watched.goto("/administration")
    press("Fortsätt där du var", "link")
    assert page.get_by_text("steg 1 av 5").is_visible()
    page.get_by_label("Organisationens namn").fill("Nya kommunen")
    page.get_by_label("Elever", exact=True).check()
    presses += 1
    press("Spara och fortsätt")
    page.get_by_label("En enhet på varje rad").fill("Hemtjänst Norr; 42\nHemtjänst Söder; 38")
    press("Spara och fortsätt")
    press("Fortsätt")
    press("Fortsätt")
    press("Logga er första uppgift")

    page.get_by_role("heading", level=1).wait_for()
    assert page.url.endswith("/log")
    assert page.get_by_text("Till nytta för eleven").is_visible()
    assert presses <= MOST_PRESSES
    assert watched.faults == []
    context.close()


def _log_in(watched: Watched, size: str) -> None:
    watched.goto("/login")
    watched.page.locator("#email").fill(EMAIL.format(size))
    watched.page.locator("#password").fill(PASSWORD)
    watched.page.get_by_role("button", name="Logga in", exact=True).click()
    watched.page.wait_for_url(lambda url: not url.endswith("/login"))


def _scrolls_sideways(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )
