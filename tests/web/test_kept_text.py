"""Typed text is kept when the log-in ends while somebody writes: the same form again, one more press, one report."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests.web.browser import Answer, Browser, fields_of
from tests.web.conftest import USUAL as USUAL_LENGTHS
from tests.web.conftest import Installation, Make
from tests.web.test_log_in import PASSWORD, SHARED_EMAIL, colleague
from timethief.services.access import second_factor, sessions
from timethief.services.demonstration import PASSWORD as USUAL
from timethief.storage.tables import Report, User, UserSession
from timethief.web.kept_forms import LONGEST

TITLE = "Fyller i närvarolistan för hand"
STILL_HERE = "Det du skrev är kvar"
SEND_AGAIN = "Din text finns kvar. Tryck på Skicka igen."
REPORT = {
    "title": TITLE,
    "description": 'Rad ett\nRad "två" <b>&amp;</b>',
    "minutes": "10",
    "frequency": "daily",
    "people": "one",
    "requester_other": "Kansliet",
}


def _end_all_log_ins(installation: Installation) -> None:
    installation.change(lambda session: session.execute(delete(UserSession)))


def _sent_too_late(installation: Installation, staff: Browser) -> Answer:
    """What is answered when the log-in has ended while the form was filled in."""
    page = staff.get("/log")
    _end_all_log_ins(installation)
    return staff.send(page, REPORT, "log-form")


def _log_in(browser: Browser, page: Answer, email: str, password: str = USUAL) -> Answer:
    return browser.send(page, {"email": email, "password": password})


def _resent(browser: Browser, sent_with: Answer, answer: Answer, **changes: str) -> Answer:
    """What a browser does with a redirect that keeps the method: it sends the same fields there."""
    assert answer.status == 307, (answer.status, answer.text[:500])
    fields = dict(fields_of(sent_with.form()).lists()) | changes
    return browser.post(answer.location, fields)


def _reports(installation: Installation) -> list[Report]:
    found: list[Report] = installation.ask(
        lambda session: list(session.scalars(select(Report).where(Report.title == TITLE)))
    )
    return found


def test_the_same_form_comes_back_and_one_more_press_sends_one_report(
    installation: Installation,
) -> None:
    staff = installation.log_in("staff")
    asked = _sent_too_late(installation, staff)
    entered = _log_in(staff, asked, installation.emails["staff"])
    shown = _resent(staff, asked, entered)

    sent = staff.send(shown, {}, "log-form")
    again = staff.send(shown, {}, "log-form")

    assert (asked.status, asked.heading) == (400, "Logga in")
    assert STILL_HERE in asked.main.text
    assert entered.location == "/log"
    assert SEND_AGAIN in shown.main.text
    typed = fields_of(shown.form("log-form"))
    assert {name: typed[name].replace("\r\n", "\n") for name in REPORT} == REPORT
    assert sent.status == 302
    assert sent.location == again.location
    assert len(_reports(installation)) == 1


def test_nothing_is_sent_or_stored_before_that_press(installation: Installation) -> None:
    staff = installation.log_in("staff")
    before = installation.stored()
    asked = _sent_too_late(installation, staff)
    _resent(staff, asked, _log_in(staff, asked, installation.emails["staff"]))

    after = installation.stored()

    noted = {"user_account", "wrong_tries"}
    assert {n: p for n, p in before.items() if n not in noted} == {
        n: p for n, p in after.items() if n not in noted
    }
    assert _reports(installation) == []


def test_it_is_kept_when_the_log_in_had_only_rested_too_long(install: Make) -> None:
    installation = install(**USUAL_LENGTHS)
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        staff = installation.log_in("staff")
        page = staff.get("/log")
    with time_machine.travel(now + timedelta(minutes=45), tick=False):
        asked = staff.send(page, REPORT, "log-form")
        shown = _resent(staff, asked, _log_in(staff, asked, installation.emails["staff"]))
        sent = staff.send(shown, {}, "log-form")

    assert sent.status == 302
    assert len(_reports(installation)) == 1


def test_a_wrong_password_on_the_way_loses_nothing(installation: Installation) -> None:
    staff = installation.log_in("staff")
    asked = _sent_too_late(installation, staff)
    refused = _log_in(staff, asked, installation.emails["staff"], "fel")
    entered = _log_in(staff, refused, installation.emails["staff"])
    shown = _resent(staff, refused, entered)

    assert refused.status == 422
    assert STILL_HERE in refused.main.text
    assert fields_of(shown.form("log-form"))["title"] == TITLE


def test_it_is_kept_through_a_second_step(installation: Installation) -> None:
    staff = installation.log_in("staff")
    key = installation.app.config["SECRET_KEY"]
    email = installation.emails["staff"]

    def turn_on(session: Session) -> str:
        with staff.client.session_transaction() as held:
            token = held["login"]
        log_in = sessions.of_token(session, token, datetime.now(UTC), sessions.Lifetimes())
        assert log_in is not None
        second_factor.begin(session, log_in.actor, key)
        session.flush()
        found = second_factor.unconfirmed(session, log_in.actor, key)
        assert found is not None
        earlier = datetime.now(UTC) - timedelta(minutes=5)
        code = pyotp.TOTP(found[0]).at(earlier)
        second_factor.confirm(session, log_in.actor, key, code, earlier)
        return found[0]

    secret = installation.change(turn_on)
    asked = _sent_too_late(installation, staff)
    second = _log_in(staff, asked, email)
    wrong = staff.send(second, {"one_time_code": "000000"})
    entered = staff.send(wrong, {"one_time_code": pyotp.TOTP(secret).now()})
    shown = _resent(staff, wrong, entered)
    sent = staff.send(shown, {}, "log-form")

    assert (second.status, second.heading) == (200, "Skriv koden")
    assert wrong.status == 422
    assert all(STILL_HERE in answer.main.text for answer in (asked, second, wrong))
    assert sent.status == 302
    assert len(_reports(installation)) == 1


def test_it_is_kept_through_the_choice_of_an_organisation(installation: Installation) -> None:
    colleague(installation, "alfa")
    colleague(installation, "beta")
    rut = installation.browser()
    chosen = rut.follow(rut.log_in_as(SHARED_EMAIL, PASSWORD))
    value = chosen.form().all("input", name="account")[0]["value"]
    rut.send(chosen, {"account": value})
    asked = _sent_too_late(installation, rut)
    choice = _log_in(rut, asked, SHARED_EMAIL, PASSWORD)
    entered = rut.send(choice, {"account": value})
    shown = _resent(rut, choice, entered)

    assert choice.heading == "Välj organisation"
    assert fields_of(shown.form("log-form"))["title"] == TITLE


def test_a_review_is_kept_though_its_form_stands_on_another_page(
    installation: Installation,
) -> None:
    support = installation.log_in("support")
    page = support.get(f"/tasks/{installation.task_id}")
    _end_all_log_ins(installation)
    asked = support.send(page, {"achievable_minutes": "tolv"}, "review-form")
    entered = _log_in(support, asked, installation.emails["support"])
    shown = _resent(support, asked, entered)

    assert entered.location == f"/tasks/{installation.task_id}/review"
    assert fields_of(shown.form("review-form"))["achievable_minutes"] == "tolv"


def test_another_person_is_not_given_the_text(installation: Installation) -> None:
    staff = installation.log_in("staff")
    asked = _sent_too_late(installation, staff)
    entered = _log_in(staff, asked, installation.emails["support"])
    shown = staff.follow(entered)

    assert entered.location == "/log"
    assert TITLE not in shown.text
    assert "Den texten är borttagen." in shown.main.text
    forced = staff.post("/log", dict(fields_of(asked.form()).lists()))
    assert forced.status == 400
    assert TITLE not in forced.text


def test_a_form_of_somebody_else_is_not_shown_to_who_has_logged_in_since(
    installation: Installation,
) -> None:
    browser = installation.log_in("staff")
    page = browser.get("/log")
    browser.press(browser.get("/about"), "Logga ut")
    browser.log_in_as(installation.emails["support"])

    answer = browser.send(page, REPORT, "log-form")

    assert answer.status == 400
    assert TITLE not in answer.text
    assert answer.heading == "Formuläret är inte ditt"
    assert _reports(installation) == []


def test_a_form_of_ones_own_earlier_log_in_is_shown_again(installation: Installation) -> None:
    browser = installation.log_in("staff")
    page = browser.get("/log")
    browser.press(browser.get("/about"), "Logga ut")
    browser.log_in_as(installation.emails["staff"])

    shown = browser.send(page, REPORT, "log-form")
    sent = browser.send(shown, {}, "log-form")

    assert (shown.status, sent.status) == (400, 302)
    assert len(_reports(installation)) == 1


def test_where_nobody_knows_whose_it_is_the_page_asks(installation: Installation) -> None:
    staff = installation.log_in("staff")
    page = staff.get("/log")
    _end_all_log_ins(installation)
    asked = staff.send(page, REPORT | {"key": "of-nobody"}, "log-form")
    question = _log_in(staff, asked, installation.emails["staff"])

    shown = staff.press(question, "Ja, visa formuläret med texten")
    sent = staff.send(shown, {}, "log-form")

    assert (question.status, question.heading) == (200, "Du är inloggad")
    assert "Var det du?" in question.main.text
    assert TITLE not in question.main.text
    assert [link.text for link in question.main.all("a")] == ["Nej, släng texten"]
    assert fields_of(shown.form("log-form"))["title"] == TITLE
    assert sent.status == 302
    assert len(_reports(installation)) == 1


def test_passwords_codes_and_tokens_do_not_go_along(installation: Installation) -> None:
    staff = installation.log_in("staff")
    page = staff.get("/account")
    secret = {"present_password": "hemligt ord ett", "new_password": "hemligt ord två"}
    _end_all_log_ins(installation)

    nothing_left = staff.send(page, secret, "password-form")
    some_left = staff.send(
        page, secret | {"one_time_code": "123456", "title": "x"}, "password-form"
    )

    assert (nothing_left.status, nothing_left.location) == (302, "/login?next=/log")
    assert some_left.status == 400
    (_, kept) = json.loads(some_left.form().one(name="kept_form")["value"])
    assert [name for name, _ in kept] == ["key", "title"]
    assert "hemligt ord" not in some_left.text


def test_what_is_too_long_is_not_kept_and_the_page_says_so(installation: Installation) -> None:
    staff = installation.log_in("staff")
    page = staff.get("/log")
    _end_all_log_ins(installation)

    asked = staff.send(page, REPORT | {"description": "x" * LONGEST}, "log-form")
    entered = _log_in(staff, asked, installation.emails["staff"])

    assert asked.status == 400
    assert "för långt för att sparas" in asked.main.text
    assert len(asked.text) < 20_000
    assert entered.location == "/log"


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "x",
        "[]",
        "{}",
        "null",
        '["/log"]',
        '["//evil.invalid/", []]',
        '["https://evil.invalid/", [["title", "x"]]]',
        '["/%09/evil.invalid", []]',
        '["", []]',
        "[17, []]",
        '["/log", [["title"]]]',
        '["/log", 5]',
        "[" * 50_000,
        '["/log", [["title", "' + "x" * LONGEST + '"]]]',
    ],
)
def test_a_forged_kept_form_leads_nowhere(installation: Installation, kept: str) -> None:
    browser = installation.browser()
    page = browser.get("/login")

    answer = browser.send(
        page,
        {"email": installation.emails["staff"], "password": USUAL, "kept_form": kept},
    )

    assert (answer.status, answer.location) == (302, "/log")


def test_another_site_cannot_put_words_into_a_form(installation: Installation) -> None:
    browser = installation.log_in("staff")
    kept = json.dumps(["/log", [["title", "Planted"]]])

    for headers in (
        {"Origin": "https://evil.invalid", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.invalid", "Sec-Fetch-Site": "same-origin"},
        {},
    ):
        answer = browser.post("/log", {"kept_form": kept}, headers=headers)
        assert answer.status == 400
        assert "Planted" not in answer.text
    stranger = installation.browser()
    answer = stranger.post("/log", {"title": "Planted"}, headers={"Origin": "https://evil.invalid"})
    assert answer.status == 400
    assert "Planted" not in answer.text


def test_the_month_is_all_that_is_noted_of_the_person(installation: Installation) -> None:
    staff = installation.log_in("staff")
    _sent_too_late(installation, staff)

    months = installation.ask(lambda session: session.scalars(select(User.last_seen_month)).all())

    assert datetime.now(UTC).strftime("%Y-%m") in months
    assert {len(month) for month in months if month} == {7}
