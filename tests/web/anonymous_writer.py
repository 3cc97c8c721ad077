"""Somebody who writes without a log-in, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tests.web.browser import Answer, Browser, Change
from tests.web.conftest import SECRET, Installation
from timethief.services import demonstration
from timethief.services.anonymous.forms import new_form
from timethief.services.anonymous.release import release

PATH = f"/r/{demonstration.REPORTING_CODE}"
TITLE = {"title": "Skriver av listan för hand"}


def old_token(installation: Installation, age: timedelta = timedelta(seconds=30)) -> str:
    """The token of a form that was opened a while ago."""
    made_at = datetime.now(UTC) - age
    return new_form(SECRET, installation.tasks()[0].organisation_id, made_at)


def write(
    installation: Installation,
    fields: Mapping[str, Change] = TITLE,
    browser: Browser | None = None,
    **options: object,
) -> Answer:
    """Open the form, fill it in at leisure, and send it."""
    writer = browser or installation.browser()
    page = writer.get(PATH)
    filled = writer.fill(page, {"token": old_token(installation), **fields}, "log-form")
    return writer.post(PATH, filled, **options)


def receipt_in(answer: Answer) -> str:
    """The code on the page that thanks."""
    assert answer.status == 200, answer.text
    return answer.page.one(id="receipt").text.strip()


def open_thread(installation: Installation, receipt: str) -> Answer:
    """The page that the code opens."""
    browser = installation.browser()
    return browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})


def batch(installation: Installation, now: datetime | None = None) -> None:
    """Let the day's batch show what waits."""
    organisation_id = installation.tasks()[0].organisation_id
    release(installation.database, organisation_id, now or datetime.now(UTC))
