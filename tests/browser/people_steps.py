"""How to get to the pages about people, invitations and tokens."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.browser.watching import Watched


def person(watched: Watched) -> None:
    watched.goto("/administration/people")
    watched.page.get_by_role("link", name="Johan Bergström").click()
    watched.page.get_by_role("heading", name="Roll och plats").wait_for()


def _invite(watched: Watched, name: str, email: str) -> None:
    watched.goto("/administration/people/invite")
    watched.page.get_by_label("E-postadress").fill(email)
    watched.page.get_by_label("Namn").fill(name)
    watched.page.get_by_role("button", name="Bjud in", exact=True).click()


def somebody_alike(watched: Watched) -> None:
    _invite(watched, "Johan Bergström", "johan@exempel.invalid")
    watched.page.get_by_label("Det här är en annan person").wait_for()


def invited(watched: Watched) -> None:
    _invite(watched, "Ulla Ny", "ulla.ny@exempel.invalid")
    watched.page.get_by_role("heading", name="Lämna över länken").wait_for()


def invitation(watched: Watched) -> None:
    invited(watched)
    watched.goto(urlsplit(watched.page.get_by_label("Länken").input_value()).path)
    watched.page.get_by_role("heading", name="Välkommen till Timethief").wait_for()


def token_made(watched: Watched) -> None:
    watched.goto("/account/tokens")
    watched.page.get_by_label("Vad den är till för").fill("Verksamhetssystemet")
    watched.page.get_by_role("button", name="Skapa nyckeln", exact=True).click()
    watched.page.get_by_role("heading", name="Kopiera nyckeln nu").wait_for()
