"""The thread of an anonymous report, opened by its code."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.web.anonymous_writer import PATH, batch, open_thread, receipt_in, write
from tests.web.browser import Answer, Browser
from tests.web.conftest import SECRET, Installation
from timethief.services.anonymous.forms import PAGE_LASTS, new_page
from timethief.services.anonymous.receipts import new_receipt
from timethief.storage.tables import AnonymousMessage, AnonymousReport
from timethief.web.quotas import LONGEST_WAIT, WRONG_CODES_A_MINUTE, WrongCodes

ABOUT = {"title": "Skriver listan för hand", "description": "Varje morgon"}


@pytest.fixture
def receipt(installation: Installation) -> str:
    """The code of a report that has been sent."""
    return receipt_in(write(installation, ABOUT))


def _report(installation: Installation) -> AnonymousReport:
    query = select(AnonymousReport).where(AnonymousReport.title == ABOUT["title"])
    found: AnonymousReport = installation.ask(lambda session: session.scalars(query).one())
    return found


def _answered(installation: Installation, text: str, status: str = "asked") -> None:
    support = installation.browser("support")
    page = support.get(f"/intake/{_report(installation).id}")
    answer = support.send(page, {"text": text, "intake_status": status}, "answer-form")
    assert answer.status == 302, answer.text


def _wrong(browser: Browser, receipt: str) -> Answer:
    return browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})


def test_the_code_opens_what_one_wrote(installation: Installation, receipt: str) -> None:
    thread = open_thread(installation, receipt.lower().replace("-", " "))

    assert thread.status == 200
    assert thread.heading == "Ditt inlägg"
    assert ABOUT["title"] in thread.main.text
    assert ABOUT["description"] in thread.main.text
    assert "Mottaget" in thread.main.text
    assert thread.headers.getlist("Set-Cookie") == []
    assert receipt not in thread.text


@pytest.mark.parametrize(
    "change", [lambda r: r[:-1], lambda r: r + "0", lambda _: "", lambda _: new_receipt()]
)
def test_another_code_opens_nothing(
    installation: Installation, receipt: str, change: object
) -> None:
    assert callable(change)

    answer = open_thread(installation, change(receipt))

    assert answer.status == 422
    assert "Vi hittar inget med den koden." in answer.errors[0]
    assert ABOUT["title"] not in answer.text


def test_wrong_expired_and_withdrawn_codes_are_answered_in_the_same_words(
    installation: Installation, receipt: str
) -> None:
    expired = receipt_in(write(installation, {"title": "En annan sak"}))

    def grow_old(session: object) -> None:
        assert hasattr(session, "scalars")
        row = session.scalars(
            select(AnonymousReport).where(AnonymousReport.title == "En annan sak")
        ).one()
        row.released_week = "2020-W01"

    installation.change(grow_old)
    browser = installation.browser()
    thread = browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})
    browser.press(thread, "Ta tillbaka för gott")

    bodies = {}
    codes = {"wrong": new_receipt(), "short": "abc", "expired": expired, "withdrawn": receipt}
    for kind, code in codes.items():
        answer = browser.send(browser.get(f"{PATH}/receipt"), {"receipt": code})
        bodies[kind] = (answer.status, _without(answer.text, code))
    # That they take as long is measured by scripts/bench/even_times.py.
    assert len(set(bodies.values())) == 1


def _without(text: str, code: str) -> str:
    return re.sub(r'name="key"[^>]*', "", text.replace(code, ""))


def test_too_many_wrong_codes_must_wait_but_a_right_one_from_elsewhere_opens(
    installation: Installation, receipt: str
) -> None:
    guesser = installation.browser()
    statuses = [_wrong(guesser, "0").status for _ in range(WRONG_CODES_A_MINUTE)]

    refused = _wrong(guesser, receipt)
    elsewhere = installation.browser()
    opened = elsewhere.post(
        f"{PATH}/receipt", {"receipt": receipt}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )

    assert set(statuses) == {422}
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Det har varit för många felaktiga koder." in refused.errors[0]
    assert opened.heading == "Ditt inlägg"


def test_who_goes_on_guessing_waits_longer_each_time_and_nobody_else_does() -> None:
    limit = WrongCodes(3)
    now, waits = 0.0, []
    for _ in range(6):
        while not limit.wait(1, "here", now):
            limit.wrong(1, "here", now)
        waits.append(limit.wait(1, "here", now))
        now += waits[-1]

    assert waits == sorted(waits)
    assert waits[0] == 60
    assert waits[-1] == LONGEST_WAIT
    assert limit.wait(1, "elsewhere", now) == 0
    assert limit.wait(2, "here", now) == 0


def test_ten_thousand_guesses_get_few_tries() -> None:
    limit = WrongCodes(WRONG_CODES_A_MINUTE)
    tries = 0
    for guess in range(10_000):
        now = guess * 0.06  # ten minutes
        if not limit.wait(1, "here", now):
            tries += 1
            limit.wrong(1, "here", now)

    assert tries <= 4 * WRONG_CODES_A_MINUTE


def test_an_answer_is_shown_from_the_next_batch_on(
    installation: Installation, receipt: str
) -> None:
    batch(installation)
    _answered(installation, "Hur ofta händer det?")

    before = open_thread(installation, receipt)
    batch(installation)
    after = open_thread(installation, receipt)

    assert "Hur ofta händer det?" not in before.text
    assert "Mottaget" in before.main.text
    assert "Hur ofta händer det?" in after.main.text
    assert "Vi har en fråga" in after.main.text


def test_what_the_writer_adds_is_seen_by_the_writer_at_once_and_by_reviewers_in_the_batch(
    installation: Installation, receipt: str
) -> None:
    batch(installation)
    browser = installation.browser()
    thread = browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})

    added = browser.press(thread, "Skicka", {"text": "Det händer varje dag"})

    support = installation.of("support")
    page = f"/intake/{_report(installation).id}"
    assert added.status == 200
    assert "Det är tillagt." in added.main.text
    assert "Det händer varje dag" in added.main.text
    assert "Det händer varje dag" not in support.get(page).text
    batch(installation)
    assert "Det händer varje dag" in support.get(page).main.text
    assert "Den som skrev har lagt till något" in support.get("/intake").main.text


def test_an_addition_sent_twice_is_one(installation: Installation, receipt: str) -> None:
    browser = installation.browser()
    thread = browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})

    for _ in range(2):
        browser.press(thread, "Skicka", {"text": "En gång"})

    assert installation.count(AnonymousMessage) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Skriv det du vill säga."),
        ("a" * 2_001, "Texten är 2"),
        ("Koden K7QM-2TXV-9HNC-4WRD-JB83", "något som liknar en kod"),
    ],
)
def test_an_addition_that_cannot_be_used_is_told_with_its_text(
    installation: Installation, receipt: str, text: str, words: str
) -> None:
    browser = installation.browser()
    thread = browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})

    answer = browser.press(thread, "Skicka", {"text": text})

    assert answer.status == 422
    assert words in answer.errors[0] or text.startswith("aaa")
    assert text in answer.text
    assert installation.count(AnonymousMessage) == 0


def test_an_addition_that_may_point_somebody_out_is_asked_about(
    installation: Installation, receipt: str
) -> None:
    browser = installation.browser()
    thread = browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})

    asked = browser.press(thread, "Skicka", {"text": "Anna vet"})

    assert asked.status == 422
    assert "Anna" in asked.page.one(id="persons").text
    assert browser.press(asked, "as_it_is").status == 200
    assert installation.count(AnonymousMessage) == 1


def test_a_page_that_has_stood_open_asks_for_the_code_and_keeps_the_text(
    installation: Installation, receipt: str
) -> None:
    browser = installation.browser()
    thread = browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})
    long_ago = datetime.now(UTC) - PAGE_LASTS - timedelta(seconds=1)
    report = _report(installation)
    stale = new_page(SECRET, report.organisation_id, report.id, long_ago)

    asked = browser.press(thread, "Skicka", {"text": "Det jag skrev", "token": stale})
    opened = browser.send(asked, {"receipt": receipt})

    assert asked.status == 400
    assert installation.count(AnonymousMessage) == 0
    assert opened.page.one(id="text").text == "Det jag skrev"


@pytest.mark.parametrize("path", ["add", "withdraw"])
def test_without_the_page_nothing_can_be_done(installation: Installation, path: str) -> None:
    write(installation, ABOUT)

    for token in ("", "rubbish"):
        answer = installation.browser().post(
            f"{PATH}/receipt/{path}", {"token": token, "text": "Mer"}
        )
        assert answer.status == 400
    assert _report(installation).title == ABOUT["title"]
    assert installation.count(AnonymousMessage) == 0


def test_a_report_that_is_taken_back_is_gone_and_so_is_its_code(
    installation: Installation, receipt: str
) -> None:
    batch(installation)
    browser = installation.browser()
    thread = browser.send(browser.get(f"{PATH}/receipt"), {"receipt": receipt})

    gone = browser.press(thread, "Ta tillbaka för gott")
    again = browser.press(thread, "Ta tillbaka för gott")

    assert gone.heading == again.heading == "Ditt inlägg är tillbakataget"
    assert ABOUT["title"] not in installation.of("support").get("/intake").text
    assert open_thread(installation, receipt).status == 422
