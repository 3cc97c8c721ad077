"""The way to the pages of questions to requesters."""

from __future__ import annotations

import re

from tests.browser.watching import Watched

_QUESTION = re.compile(r"/inquiries/\w{12}$")


def asking(watched: Watched) -> None:
    """A reviewer sees what the requester of a task would see."""
    watched.goto("/inventory?flagged=yes")
    watched.page.locator("#tasks tbody a").first.click()
    watched.page.get_by_role("link", name="Fråga beställaren").click()
    watched.page.get_by_role("heading", name="Det här får de se").wait_for()


def asking_refused(watched: Watched) -> None:
    """The day is past."""
    asking(watched)
    watched.page.get_by_label("Svar önskas senast").fill("2020-01-01")
    watched.page.get_by_role("button", name="Ställ de tre frågorna").click()
    watched.page.locator("#error-summary").wait_for()


def asked(watched: Watched) -> None:
    """A question stands, about the first task that nobody has asked about."""
    watched.goto("/inventory")
    tasks = watched.page.locator("#tasks tbody a").evaluate_all(
        "links => links.map((link) => link.getAttribute('href').split('/')[2])"
    )
    for task in tasks:
        watched.goto(f"/inquiries/ask/task/{task}")
        watched.page.get_by_label("Egna ord (frivilligt)").fill("Hör gärna av dig till mig.")
        watched.page.get_by_role("button", name="Ställ de tre frågorna").click()
        watched.page.wait_for_load_state()
        if _QUESTION.search(watched.page.url):
            return
    message = "every task has been asked about"
    raise AssertionError(message)


def link_of(watched: Watched) -> str:
    """Where the question that the page shows is answered."""
    return f"/answers/{watched.page.locator('#link').input_value().rpartition('/')[2]}"


def opened(watched: Watched) -> None:
    """The requester opens the link."""
    asked(watched)
    watched.goto(link_of(watched))
    watched.page.get_by_role("heading", name="Tre frågor från").wait_for()


def answer_refused(watched: Watched) -> None:
    """It is used, but nothing else is answered."""
    opened(watched)
    watched.page.get_by_role("radio", name="Ja, vi använder det").check()
    watched.page.get_by_role("button", name="Skicka", exact=True).click()
    watched.page.locator("#error-summary").wait_for()


def asked_about_a_name(watched: Watched) -> None:
    """What is answered seems to point somebody out."""
    opened(watched)
    watched.page.get_by_role("radio", name="Nej, vi använder det inte").check()
    for question in ("Är det relevant", "Är det ni får ut"):
        group = watched.page.get_by_role("radiogroup", name=re.compile(question))
        group.get_by_role("radio", name="Vet inte", exact=True).check()
    watched.page.get_by_label("Något mer?").fill("Fråga Kerstin Holmqvist.")
    watched.page.get_by_role("button", name="Skicka", exact=True).click()
    watched.page.get_by_role("heading", name="Pekar texten ut någon?").wait_for()


def answered(watched: Watched) -> None:
    """The requester has answered."""
    opened(watched)
    watched.page.get_by_role("radio", name="Nej, vi använder det inte").check()
    for question in ("Är det relevant", "Är det ni får ut"):
        group = watched.page.get_by_role("radiogroup", name=re.compile(question))
        group.get_by_role("radio", name="Nej", exact=True).check()
    watched.page.get_by_role("button", name="Skicka", exact=True).click()
    watched.page.get_by_role("heading", name="Tack för ditt svar").wait_for()


def taken_back(watched: Watched) -> None:
    """The link of a question that was taken back."""
    asked(watched)
    link = link_of(watched)
    watched.page.get_by_role("button", name="Ta tillbaka frågan").click()
    watched.page.get_by_text("Frågan är tillbakatagen").wait_for()
    watched.goto(link)
    watched.page.get_by_role("heading", name="Frågan är stängd").wait_for()
