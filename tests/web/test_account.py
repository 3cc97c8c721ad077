from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation
from timethief.services.demonstration import PASSWORD
from timethief.storage.tables import User

NEW = "korrekt häst batteri"
WRONG = "Det är inte ditt nuvarande lösenord."


@pytest.fixture
def staff(installation: Installation) -> Browser:
    return installation.log_in("staff")


def _change(browser: Browser, present: str, new: str) -> Answer:
    page = browser.get("/account")
    return browser.send(page, {"present_password": present, "new_password": new}, "password-form")


@pytest.mark.parametrize("role", ["staff", "support", "leadership", "admin"])
def test_everybody_finds_the_own_account_from_every_page(lasting: Installation, role: str) -> None:
    browser = lasting.browser(role)
    link = next(
        a for a in browser.get("/about").page.one("header").all("a") if a.text == "Mitt konto"
    )

    page = browser.get(link["href"])

    assert page.heading == "Mitt konto"
    assert lasting.emails[role] in page.main.text


def test_the_password_is_changed_and_every_other_log_in_ends(
    staff: Browser, installation: Installation
) -> None:
    email = installation.emails["staff"]
    other = installation.log_in("staff")

    answer = _change(staff, PASSWORD, NEW)

    assert answer.location == "/account"
    assert "Ditt lösenord är ändrat." in staff.follow(answer).main.text
    assert other.get("/about").status == 302
    assert staff.get("/about").status == 200
    assert installation.browser().log_in_as(email).status == 422
    assert installation.browser().log_in_as(email, "korrekt ha\u0308st batteri").status == 302


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("", "Ta ett lösenord med minst 12 tecken. Flera ord i rad går bra."),
        ("kort lösen", "Ta ett lösenord med minst 12 tecken. Flera ord i rad går bra."),
        ("åä" * 65, "Lösenordet är längre än 256 byte. Korta det."),
        ("x" * 900_000, "Lösenordet är längre än 256 byte. Korta det."),
        (
            "Sommaren2026!",
            "Många använder det lösenordet, och det är bland de första som andra provar.",
        ),
        (
            "Exempelkommunen1",
            "Lösenordet liknar ditt namn, din adress eller din organisation för mycket.",
        ),
        ("korrekt\x00häst batteri", "Texten har tecken som inte går att läsa."),
    ],
)
def test_a_password_that_cannot_be_used_is_told_why(
    lasting: Installation, new: str, told: str
) -> None:
    browser = lasting.browser("staff")

    answer = _change(browser, PASSWORD, new)

    assert answer.status == 422
    assert answer.errors[0].startswith(told)
    if len(new) > 8:
        assert new not in answer.text


def test_who_does_not_know_the_present_password_changes_nothing_and_must_wait(
    staff: Browser,
) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        wrong = [_change(staff, "gissar bara", NEW) for _ in range(10)]
        late = _change(staff, PASSWORD, NEW)
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        afterwards = _change(staff, PASSWORD, NEW)

    assert {(answer.status, *answer.errors) for answer in wrong} == {(422, WRONG)}
    assert late.status == 429
    assert 0 < int(late.headers["Retry-After"]) <= 60
    assert afterwards.status == 302


def test_who_logs_in_through_the_organisation_has_no_password_here(
    staff: Browser, installation: Installation
) -> None:
    token = staff.get("/account").token
    installation.change(
        lambda session: session.execute(
            update(User)
            .where(User.email == installation.emails["staff"])
            .values(password_hash=None, issuer="https://idp.exempel.se", subject="17")
        )
    )

    page = staff.get("/account")
    fields = {"csrf_token": token, "present_password": "", "new_password": NEW}
    answer = staff.post("/account/password", fields)

    assert "Du loggar in genom din organisation." in page.main.text
    assert not page.main.all("input", type="password")
    assert answer.status == 422


def test_the_language_is_remembered_from_one_log_in_to_the_next(
    staff: Browser, installation: Installation
) -> None:
    page = staff.get("/account")
    form = next(f for f in page.main.all("form") if f["action"] == "/account/language")
    assert [option["value"] for option in form.all("option")] == ["", "sv", "en"]

    staff.post("/account/language", {"csrf_token": page.token, "language": "en"})

    assert staff.get("/account").heading == "My account"
    assert installation.log_in("staff").get("/account").heading == "My account"
    assert installation.log_in("support").get("/account").heading == "Mitt konto"


@pytest.mark.parametrize("language", ["de", "SV", "sv\x00", "x" * 100])
def test_a_language_that_there_is_not_is_refused(lasting: Installation, language: str) -> None:
    browser = lasting.browser("staff")
    token = browser.get("/account").token

    answer = browser.post("/account/language", {"csrf_token": token, "language": language})

    assert answer.status == 422
    stored = lasting.ask(lambda session: session.scalars(select(User.language)).all())
    assert set(stored) == {None}


def test_the_language_chosen_on_a_page_counts_until_one_logs_out(
    staff: Browser, installation: Installation
) -> None:
    assert staff.get("/account?language=en").heading == "My account"
    assert staff.get("/account").heading == "My account"
    staff.post("/account/language", {"csrf_token": staff.get("/account").token, "language": "sv"})

    assert staff.get("/account").heading == "Mitt konto"
    assert installation.log_in("staff").get("/account").heading == "Mitt konto"


def test_an_account_shows_the_owner_nothing_that_could_trace_anybody(lasting: Installation) -> None:
    text = lasting.browser("staff").get("/account").main.text

    assert "127.0.0.1" not in text
    assert "werkzeug" not in text.lower()
