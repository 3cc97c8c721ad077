from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from tests.web.browser import Browser
from tests.web.conftest import Installation
from timethief.storage.tables import User, UserSession

START = "/log"
ELSEWHERE = (
    "//evil.invalid",
    "/%09/evil.invalid",
    "/%5Cevil.invalid",
    "/\\evil.invalid",
    "https:evil.invalid",
    "https://evil.invalid/",
    "/%2F%2Fevil.invalid",
    "/%252F%252Fevil.invalid",
    "/%09%0D%0A/evil",
    "/%00",
    "/inventory?q=%0D%0Aevil",
    "javascript:alert(1)",
    "log",
    "",
    "/" + "a" * 5_000,
)
WITHIN = (
    "/about",
    "/inventory?verdict=clear&sort=gain",
    "/tasks/0123456789ab",
    "/dashboard?level=eu",
    "/inventory?q=%C3%A5terrapportering",
)
WRONG = "E-postadressen och lösenordet hör inte ihop."
TRIES = 10


@pytest.fixture
def staff(installation: Installation) -> Browser:
    return installation.log_in("staff")


def _is_in(browser: Browser) -> bool:
    return browser.get("/about").status == 200


def test_who_knows_the_password_gets_in(client: Browser, installation: Installation) -> None:
    answer = client.log_in_as(installation.emails["staff"])

    assert (answer.status, answer.location) == (302, START)
    assert "Logga ut" in client.follow(answer).page.one("header").text
    assert _is_in(client)


def test_the_address_is_read_as_people_write_it(
    client: Browser, installation: Installation
) -> None:
    answer = client.log_in_as(f"  {installation.emails['staff'].upper()} ")

    assert answer.status == 302


def test_a_wrong_password_and_an_unknown_address_are_told_alike(
    client: Browser, installation: Installation
) -> None:
    known, unknown = installation.emails["staff"], "nobody@exempel.invalid"

    answers = [client.log_in_as(email, "fel lösenord") for email in (known, unknown)]

    assert [answer.status for answer in answers] == [422, 422]
    assert [answer.errors for answer in answers] == [[WRONG], [WRONG]]
    assert not _is_in(client)
    assert known in answers[0].text
    assert "fel lösenord" not in answers[0].text


@pytest.mark.parametrize("password", ["", "x" * 257, "\x00", "x" * 900_000, "ä" * 200])
def test_a_password_that_cannot_be_opens_nothing(lasting: Installation, password: str) -> None:
    browser = lasting.browser()
    page = browser.get("/login")

    answer = browser.send(page, {"email": lasting.emails["leadership"], "password": password})

    assert answer.status == 422
    assert answer.errors == [WRONG]


def test_after_ten_wrong_passwords_an_account_waits(
    client: Browser, installation: Installation
) -> None:
    email = installation.emails["staff"]
    wrong = [client.log_in_as(email, "fel").status for _ in range(TRIES)]

    late = client.log_in_as(email)

    assert set(wrong) == {422}
    assert late.status == 429
    assert 0 < int(late.headers["Retry-After"]) <= 15 * 60
    assert late.heading == "För många på en gång"


def test_the_wait_is_of_that_account_only_and_ends(
    client: Browser, installation: Installation
) -> None:
    email, other = installation.emails["staff"], installation.emails["support"]
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        for _ in range(TRIES + 1):
            client.log_in_as(email, "fel")
        meanwhile = installation.browser().log_in_as(other)

    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        afterwards = client.log_in_as(email)

    assert (meanwhile.status, afterwards.status) == (302, 302)


def test_many_behind_one_address_log_in_within_a_minute(installation: Installation) -> None:
    email = installation.emails["staff"]

    answers = [installation.browser().log_in_as(email) for _ in range(12)]

    assert {answer.status for answer in answers} == {302}


def test_logging_out_ends_the_log_in_on_the_server(staff: Browser) -> None:
    copied = staff.cookie

    answer = staff.press(staff.get("/about"), "Logga ut")
    staff.client.set_cookie(staff.cookie_name, copied)

    assert answer.location == "/login"
    assert not _is_in(staff)


def test_logging_out_takes_the_token_of_a_form(staff: Browser) -> None:
    answer = staff.post("/logout", {})

    assert answer.status == 400
    assert _is_in(staff)


def test_a_session_from_before_log_in_is_not_kept(
    client: Browser, installation: Installation
) -> None:
    client.get("/login")
    planted = client.cookie
    client.log_in_as(installation.emails["staff"])
    taken = installation.browser()

    taken.client.set_cookie(taken.cookie_name, planted)

    assert client.cookie != planted
    assert not _is_in(taken)


def test_a_second_log_in_is_another(client: Browser, installation: Installation) -> None:
    before = installation.count(UserSession)
    with client.client.session_transaction() as session:
        session["login"] = "chosen-by-somebody-else"
    client.log_in_as(installation.emails["staff"])

    with client.client.session_transaction() as session:
        token = session["login"]

    assert token != "chosen-by-somebody-else"
    assert installation.count(UserSession) == before + 1


@pytest.mark.parametrize("cookie", ["", "x", "e30.x.y", "a" * 4_000, "%00", '"'])
def test_a_forged_cookie_is_no_log_in(lasting: Installation, cookie: str) -> None:
    browser = lasting.browser()
    browser.client.set_cookie(browser.cookie_name, cookie)

    answer = browser.get("/about")

    assert (answer.status, answer.location) == (302, "/login?next=/about")


def test_a_log_in_that_rests_for_half_an_hour_has_ended(installation: Installation) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        staff = installation.log_in("staff")

    with time_machine.travel(now + timedelta(minutes=29), tick=False):
        in_time = _is_in(staff)
    with time_machine.travel(now + timedelta(minutes=58), tick=False):
        in_time_again = _is_in(staff)
    with time_machine.travel(now + timedelta(minutes=89), tick=False):
        too_late = _is_in(staff)

    assert (in_time, in_time_again, too_late) == (True, True, False)


def test_a_log_in_lasts_for_a_shift_however_busy(installation: Installation) -> None:
    now = datetime.now(UTC)
    seen = []
    with time_machine.travel(now, tick=False):
        staff = installation.log_in("staff")

    for minutes in range(0, 13 * 60, 20):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            seen.append((minutes, _is_in(staff)))

    assert {minutes for minutes, is_in in seen if is_in} == set(range(0, 12 * 60 + 1, 20))


@pytest.mark.parametrize("target", ELSEWHERE)
def test_after_log_in_nobody_is_led_elsewhere(lasting: Installation, target: str) -> None:
    answer = lasting.browser().log_in_as(lasting.emails["staff"], target=target)

    assert (answer.status, answer.location) == (302, START)


@pytest.mark.parametrize("target", WITHIN)
def test_after_log_in_one_is_where_one_wanted_to_go(lasting: Installation, target: str) -> None:
    browser = lasting.browser()
    asked = browser.get(target)

    sent = browser.send(
        browser.follow(asked), {"email": lasting.emails["staff"], "password": browser.password}
    )

    assert (sent.status, sent.location) == (302, target)


def test_a_new_role_counts_from_the_next_click(staff: Browser, installation: Installation) -> None:
    email = installation.emails["staff"]
    before = staff.get("/tariffs").status

    installation.change(
        lambda session: session.execute(
            update(User).where(User.email == email).values(role="admin")
        )
    )

    assert (before, staff.get("/tariffs").status) == (403, 200)


def test_a_role_that_is_taken_away_is_gone_at_the_next_click(
    admin: Browser, installation: Installation
) -> None:
    page = admin.get("/tariffs")
    before = installation.stored()
    installation.change(lambda session: session.execute(update(User).values(role="staff")))

    answer = admin.send(page, {"hourly_cost_sek": "500", "source": "x"})

    assert answer.status == 403
    assert {n: p for n, p in installation.stored().items() if n != "user_account"} == {
        n: p for n, p in before.items() if n != "user_account"
    }


def test_who_is_no_longer_active_is_out(staff: Browser, installation: Installation) -> None:
    email = installation.emails["staff"]

    installation.change(
        lambda session: session.execute(
            update(User).where(User.email == email).values(active=False)
        )
    )

    assert not _is_in(staff)
    assert installation.browser().log_in_as(email).status == 422


def test_the_cookie_says_nothing_of_the_person(staff: Browser, installation: Installation) -> None:
    with staff.client.session_transaction() as session:
        held = dict(session)
    stored = installation.ask(lambda session: session.scalars(select(UserSession.token_hash)).all())

    assert set(held) <= {"login", "csrf_token"}
    assert held["login"] not in stored


def test_a_failed_log_in_leaves_nothing_behind(client: Browser, installation: Installation) -> None:
    before = installation.count(UserSession)

    client.log_in_as(installation.emails["staff"], "fel")

    assert installation.count(UserSession) == before


def test_what_another_site_sends_is_refused(client: Browser, installation: Installation) -> None:
    page = client.get("/login")
    fields = client.fill(page, {"email": installation.emails["staff"], "password": client.password})

    answer = client.post("/login", fields, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status == 400
    assert not _is_in(client)


def test_a_log_in_page_that_had_stood_open_keeps_the_address(client: Browser) -> None:
    fields = {"email": "a@exempel.se", "password": "hemligt"}

    answer = client.send(client.get("/login"), fields | {"csrf_token": ""})

    assert answer.status == 400
    assert answer.form().one(name="email")["value"] == "a@exempel.se"
    assert "hemligt" not in answer.text
    assert "Sidan hade stått öppen länge" in answer.main.text
