"""What people do in the decision loop, each on pages of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser import inquiry_steps
from tests.browser.watching import Watched
from timethief.config import read_config
from timethief.services.anonymous.release import release
from timethief.services.demonstration import CODE, REPORTING_CODE
from timethief.services.following_up.asking import ask_units
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database
from timethief.storage.tables import Organisation

UNIT = "Medicinavdelning 3"
FUNCTION = "Verksamhetsutveckling"
AT_LEISURE = 3_200
"""Milliseconds; nobody reads the form faster, and the service asks who does."""


@dataclass(frozen=True)
class Clockwork:
    """The jobs of a served installation, run on the day that is wanted."""

    instance: Path

    def batch(self, now: datetime) -> None:
        """Show what was written anonymously."""
        surroundings = self._surroundings()
        with surroundings.database.reading_all() as session:
            organisation_id = session.scalars(
                select(Organisation.id).where(Organisation.code == CODE)
            ).one()
        release(surroundings.database, organisation_id, now)
        surroundings.database.close()

    def ask_units(self, now: datetime) -> None:
        """Ask what came of decisions, where it is time."""
        surroundings = self._surroundings()
        ask_units(surroundings, now)
        surroundings.database.close()

    def _surroundings(self) -> Surroundings:
        config = read_config({"TIMETHIEF_INSTANCE": str(self.instance)})
        return Surroundings(Database(config.database_url), config)


def see(watched: Watched, heading: str | re.Pattern[str]) -> None:
    """The page has come, says what it is, and is no wider than the window."""
    expect(watched.page.get_by_role("heading", level=1)).to_have_text(heading)
    assert watched.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    ), f"wider than the window: {watched.page.url}"


def press(page: Page, name: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=name, exact=True).last.click()


def choose(page: Page, question: str, answer: str) -> None:
    """Answer a question by a chip."""
    group = page.get_by_role("radiogroup", name=question)
    group.get_by_role("radio", name=answer, exact=True).check()


def write_anonymously(nurse: Watched, title: str) -> str:
    """Write about a task; the code that opens the answer."""
    page = nurse.page
    nurse.goto(f"/r/{REPORTING_CODE}")
    page.get_by_label("Vad är det du gör?").fill(title)
    choose(page, "Hur lång tid tar det varje gång?", "10 min")
    choose(page, "Hur ofta gör du det?", "Varje dag")
    page.wait_for_timeout(AT_LEISURE)
    press(page, "Skicka")
    see(nurse, "Tack!")
    return page.locator("#receipt").inner_text()


def hand_to_function(support: Watched, title: str) -> None:
    """Take a report of the intake, and hand it to a function whose name the writer is told."""
    page = support.page
    support.goto("/intake")
    see(support, "Inkorg")
    page.get_by_role("link", name=title).click()
    see(support, title)
    press(page, "Jag tar det")
    expect(page.get_by_role("status").first).to_contain_text("Du tar hand om det nu")
    page.get_by_role("link", name="Lämna vidare").click()
    see(support, "Vart hör det?")
    page.get_by_role("link", name="Till en stödfunktion").click()
    see(support, "Till en stödfunktion")
    page.get_by_label("Till vem?").select_option(label=FUNCTION)
    page.get_by_label("Varför hör det dit?").fill("Vi gör klart uppgiften och frågar beställaren.")
    press(page, "Lämna vidare")
    expect(page.get_by_role("status").first).to_contain_text("Lämnat vidare")


def make_task(support: Watched, title: str) -> str:
    """Add what a report does not tell; path of its task."""
    page = support.page
    support.goto("/intake")
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name="Komplettera och gör en uppgift").click()
    see(support, "Gör en uppgift av det")
    choose(page, "Hur många gör samma sak?", "6\u201320")
    choose(page, "Vem vill ha det?", "Vår egen enhet")
    choose(page, "Vad används det till?", "Ingen använder det")
    page.locator("#unit").select_option(label=f"\u2003{UNIT}")
    press(page, "Gör en uppgift")
    see(support, title)
    return page.url.removeprefix(support.base)


def ask_requester(support: Watched) -> str:
    """Ask about the task whose page is open; where it is answered."""
    support.page.get_by_role("link", name="Fråga beställaren").first.click()
    press(support.page, "Ställ de tre frågorna")
    support.page.wait_for_url("**/inquiries/*")
    return inquiry_steps.link_of(support)


def answer_as_requester(requester: Watched, link: str) -> None:
    """Say that nobody uses it."""
    requester.goto(link)
    see(requester, "Tre frågor från Exempelkommunen")
    requester.page.get_by_role("radio", name="Nej, vi använder det inte").check()
    for question in ("Är det relevant", "Är det ni får ut"):
        group = requester.page.get_by_role("radiogroup", name=re.compile(question))
        group.get_by_role("radio", name="Nej", exact=True).check()
    press(requester.page, "Skicka")
    see(requester, "Tack för ditt svar")


def decide(decider: Watched, task: str, outcome: str, reason: str, core_work: str = "") -> str:
    """Decide of a task; path of the decision."""
    page = decider.page
    decider.goto(task)
    page.get_by_role("link", name="Besluta", exact=True).first.click()
    page.get_by_role("radio", name=outcome).check()
    page.get_by_label("Varför?").fill(reason)
    if core_work:
        page.get_by_text("Vad går den frigjorda tiden till?").click()
        page.get_by_label("Kärnarbete").fill(core_work)
    press(page, "Besluta")
    expect(page.get_by_role("status").first).to_contain_text("Beslutet är fattat")
    see(decider, re.compile(r"^Beslut \d{4}-\d{4}$"))
    return page.url.removeprefix(decider.base)


def read_by_code(nurse: Watched, code: str) -> None:
    """Open what has been said since, by the code."""
    nurse.goto(f"/r/{REPORTING_CODE}")
    nurse.page.get_by_role("link", name="Jag har en kod").click()
    see(nurse, "Se svaret")
    nurse.page.get_by_label("Din kod").fill(code)
    press(nurse.page, "Se svaret")
    see(nurse, "Ditt inlägg")


def carry_out(decider: Watched, decision: str) -> None:
    """Say that it is done; nothing is asked about persons, since there is no text."""
    decider.goto(decision)
    decider.page.get_by_role("link", name="Det är genomfört").click()
    see(decider, "Det är genomfört")
    expect(decider.page.get_by_text("Pekar texten ut någon?")).to_have_count(0)
    press(decider.page, "Spara")
    expect(decider.page.get_by_role("status").first).to_contain_text("Det står nu som genomfört")


def tell_that_it_is_gone(unit: Watched, title: str) -> None:
    """Answer the question of the unit."""
    unit.goto("/follow-ups")
    see(unit, "Blev det så?")
    unit.page.get_by_role("link", name=title).click()
    choose(unit.page, "Hur lång tid tar det nu?", "Borta helt")
    press(unit.page, "Skicka")
    expect(unit.page.get_by_role("status").first).to_contain_text("Ditt svar står bredvid")
