"""Logging in by a provider in a real browser: there, back, and with text that must not be lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.serving import free_port, wait_until_served
from tests.browser.test_accessibility import violations
from tests.browser.watching import SIZES
from tests.sign_on.provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from timethief.services.demonstration import CODE, PASSWORD, people
from timethief.storage.database import Database
from timethief.storage.tables import UserSession

AT_WORK = "Logga in med ditt konto på jobbet"
of_both_sizes = pytest.mark.parametrize("size", SIZES)


@dataclass
class Served:
    """A demonstration whose people log in by a provider."""

    base: str
    database_url: str
    provider: Provider

    def end_all_log_ins(self) -> None:
        """As when everybody has been away for too long."""
        database = Database(self.database_url)
        with database.writing_all() as session:
            session.query(UserSession).delete()
        database.close()


@pytest.fixture(scope="module")
def served_with(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    """Served by the real web server, set up by the administrator's own pages."""
    instance: Path = tmp_path_factory.mktemp("sign_on")
    base = f"http://127.0.0.1:{free_port()}"
    settings = {**os.environ, "TIMETHIEF_INSTANCE": str(instance), "TIMETHIEF_BASE_URL": base}
    settings.pop("TIMETHIEF_DATABASE_URL", None)
    command = [sys.executable, "-m", "timethief"]
    for step in ("init", "demo"):
        subprocess.run([*command, step], env=settings, check=True, capture_output=True)
    with (
        running() as provider,
        subprocess.Popen(
            [*command, "serve", "--port", base.rsplit(":", 1)[1]], env=settings
        ) as server,
    ):
        wait_until_served(base, server)
        context = browser.new_context(locale="sv-SE")
        _set_up(context.new_page(), base, provider)
        context.close()
        yield Served(base, f"sqlite:///{instance / 'timethief.sqlite3'}", provider)
        server.terminate()


def _set_up(page: Page, base: str, provider: Provider) -> None:
    page.goto(f"{base}/login")
    email = next(person["email"] for person in people() if person["role"] == "admin")
    page.get_by_label("E-postadress").fill(email)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_url("**/log")
    page.goto(f"{base}/administration/sign-on")
    page.get_by_label("Inloggningstjänstens adress").fill(provider.issuer)
    page.get_by_label("Klient-id").fill(CLIENT_ID)
    page.get_by_label("Klienthemlighet").fill(CLIENT_SECRET)
    page.get_by_label("Medarbetare", exact=True).check()
    page.get_by_role("button", name="Spara", exact=True).click()
    page.locator(".status-line").wait_for()


Open = Callable[[str], Page]


@pytest.fixture
def open_at(browser: Browser) -> Iterator[Open]:
    """Opens a browser of its own of a size; nothing may have been refused by our policy when the test ends."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(size: str) -> Page:
        window = SIZES[size]
        context = browser.new_context(
            viewport={"width": window["width"], "height": window["height"]}, locale="sv-SE"
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                faults.append(message.text)
                if message.type == "error" and "status of" not in message.text
                else None
            ),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def _fits(page: Page) -> bool:
    fits: bool = page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    return fits


@of_both_sizes
@pytest.mark.parametrize("path", ["/login", f"/login/{CODE}"])
def test_one_press_leads_there_and_back(
    served_with: Served, open_at: Open, size: str, path: str
) -> None:
    page = open_at(size)
    page.goto(served_with.base + path)
    assert violations(page) == []
    assert _fits(page)

    page.get_by_role("link", name=AT_WORK).click()

    page.wait_for_url(f"{served_with.base}/log")
    assert page.get_by_text("Anna Öberg").count() == 1


@of_both_sizes
def test_the_password_stays_possible_behind_other_ways(
    served_with: Served, open_at: Open, size: str
) -> None:
    page = open_at(size)
    page.goto(f"{served_with.base}/login")
    assert not page.get_by_label("E-postadress").is_visible()

    page.get_by_text("Andra sätt att logga in").click()

    page.get_by_label("E-postadress").wait_for()
    assert violations(page) == []


@of_both_sizes
def test_a_refused_log_in_is_a_readable_page(served_with: Served, open_at: Open, size: str) -> None:
    page = open_at(size)
    served_with.provider.fault = "aud list"
    page.goto(f"{served_with.base}/login/{CODE}")

    page.get_by_role("link", name=AT_WORK).click()

    page.get_by_role("heading", name="Du är inte inloggad").wait_for()
    served_with.provider.fault = ""
    assert violations(page) == []
    assert _fits(page)
    page.get_by_role("link", name="Försök igen").click()
    page.wait_for_url("**/log")


@of_both_sizes
def test_text_that_was_typed_when_the_log_in_ended_is_still_there(
    served_with: Served, open_at: Open, size: str
) -> None:
    page = open_at(size)
    page.goto(f"{served_with.base}/login/{CODE}")
    page.get_by_role("link", name=AT_WORK).click()
    page.wait_for_url("**/log")
    page.get_by_label("Vad är det du gör?").fill("Text som inte får försvinna")
    served_with.end_all_log_ins()
    page.get_by_role("button", name="Skicka", exact=True).last.click()
    assert violations(page) == []

    with page.context.expect_page() as tab:
        page.get_by_role("link", name=AT_WORK).click()
    tab.value.wait_for_url(f"{served_with.base}/log")
    page.get_by_role("button", name="Jag har loggat in").click()

    assert page.get_by_label("Vad är det du gör?").input_value() == "Text som inte får försvinna"
    page.get_by_role("button", name="Skicka", exact=True).last.click()
    page.get_by_role("heading", name="Tack!").wait_for()


@of_both_sizes
def test_the_rules_are_tried_in_sight(served_with: Served, open_at: Open, size: str) -> None:
    page = open_at(size)
    page.goto(f"{served_with.base}/login")
    page.get_by_text("Andra sätt att logga in").click()
    email = next(person["email"] for person in people() if person["role"] == "admin")
    page.get_by_label("E-postadress").fill(email)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_url("**/log")
    page.goto(f"{served_with.base}/administration/sign-on")
    page.locator("#claim").fill("groups")
    page.locator("#value").fill(f"Chefer {size}")
    page.locator("#role").select_option("leadership")
    page.get_by_role("button", name="Lägg till").click()
    page.locator("#claims").fill(f"groups: Chefer {size}")

    page.get_by_role("button", name="Pröva").click()

    assert "Ledning" in page.locator("#given").inner_text()
    assert violations(page) == []
    assert _fits(page)
