"""How people come to the pages of the log-in and of the own account."""

from __future__ import annotations

import pyotp

from tests.browser.watching import Watched
from timethief.services.demonstration import PASSWORD

STAFF = "sjukskoterska@exempel.se"
WITH_SECOND_STEP = "enhetschef@exempel.se"
"""Somebody whom no other test is."""
_codes: dict[str, list[str]] = {}
"""Recovery codes that are left, by the address of the served demonstration."""


def fill_in(watched: Watched, email: str) -> None:
    """Write address and password in the log-in form, and send it."""
    watched.page.get_by_label("E-postadress").fill(email)
    watched.page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    watched.page.get_by_role("button", name="Logga in", exact=True).click()


def log_in_too_late(watched: Watched) -> None:
    """Send a report after the log-in has ended."""
    watched.goto("/log")
    watched.page.get_by_label("Vad är det du gör?").fill("Fyller i närvarolistan")
    watched.page.context.clear_cookies()
    watched.page.get_by_role("button", name="Skicka", exact=True).last.click()
    watched.page.get_by_text("Det du skrev är kvar").wait_for()


def form_again(watched: Watched) -> None:
    """Log in again after that."""
    log_in_too_late(watched)
    fill_in(watched, STAFF)
    watched.page.get_by_role("heading", name="Vad stjäl din tid?").wait_for()


def asked_whose(watched: Watched) -> None:
    """The same, where nobody knows whose the text is."""
    watched.goto("/log")
    watched.page.get_by_label("Vad är det du gör?").fill("Fyller i närvarolistan")
    watched.page.locator("#log-form input[name=key]").evaluate(
        "field => { field.value = 'nobody'; }"
    )
    watched.page.context.clear_cookies()
    watched.page.get_by_role("button", name="Skicka", exact=True).last.click()
    fill_in(watched, STAFF)
    watched.page.get_by_text("Var det du?").wait_for()


def set_up(watched: Watched) -> None:
    """Begin to turn the second step on."""
    watched.goto("/account")
    watched.page.get_by_role("button", name="Slå på det andra steget").click()
    watched.page.get_by_text("Appen kan inte läsa bilden").click()


def half_open(watched: Watched) -> None:
    """Give the password of somebody who has a second step."""
    if watched.base not in _codes:
        watched.goto("/login")
        fill_in(watched, WITH_SECOND_STEP)
        watched.page.wait_for_url("**/log")
        set_up(watched)
        secret = (watched.page.locator("code.secret").text_content() or "").replace(" ", "")
        watched.page.get_by_label("Kod från appen").fill(pyotp.TOTP(secret).now())
        watched.page.get_by_role("button", name="Slå på", exact=True).click()
        _remember(watched)
        watched.page.context.clear_cookies()
    watched.goto("/login")
    fill_in(watched, WITH_SECOND_STEP)
    watched.page.get_by_role("heading", name="Skriv koden").wait_for()


def recovery_codes(watched: Watched) -> None:
    """Get new recovery codes."""
    half_open(watched)
    _use_code(watched, "Logga in")
    watched.page.wait_for_url("**/log")
    watched.goto("/account/second-step/codes")
    _use_code(watched, "Gör nya koder")
    _remember(watched)


def turn_off(watched: Watched) -> None:
    """Be about to turn the second step off."""
    half_open(watched)
    _use_code(watched, "Logga in")
    watched.page.wait_for_url("**/log")
    watched.goto("/account/second-step/off")


def _use_code(watched: Watched, button: str) -> None:
    if len(_codes[watched.base]) == 0:
        message = "no recovery code is left"
        raise AssertionError(message)
    watched.page.get_by_label("Kod", exact=True).fill(_codes[watched.base].pop())
    watched.page.get_by_role("button", name=button, exact=True).click()


def _remember(watched: Watched) -> None:
    watched.page.get_by_role("heading", name="Dina reservkoder").wait_for()
    _codes[watched.base] = watched.page.locator(".recovery-codes code").all_text_contents()
