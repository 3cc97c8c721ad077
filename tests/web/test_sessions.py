from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select, update

from tests.web.browser import Browser
from tests.web.conftest import USUAL, Installation, Make
from timethief.domain.identifiers import to_text
from timethief.storage.tables import User, UserSession


@pytest.fixture
def staff(installation: Installation) -> Browser:
    return installation.log_in("staff")


def _is_in(browser: Browser) -> bool:
    return browser.get("/about").status == 200


def test_logging_out_ends_the_log_in_on_the_server(staff: Browser) -> None:
    copied = staff.cookie

    answer = staff.press(staff.get("/about"), "Logga ut")
    staff.client.set_cookie(staff.cookie_name, copied)
    replayed = staff.get("/about")

    assert answer.location == "/login"
    assert (replayed.status, replayed.location) == (302, "/login?next=/about")


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


def test_a_second_log_in_is_another_and_ends_the_first(
    client: Browser, installation: Installation
) -> None:
    client.log_in_as(installation.emails["staff"])
    first, count = client.cookie, installation.count(UserSession)
    client.log_in_as(installation.emails["support"])
    taken = installation.browser()

    taken.client.set_cookie(taken.cookie_name, first)

    assert not _is_in(taken)
    assert installation.count(UserSession) == count


def test_a_token_chosen_by_somebody_else_is_not_taken_over(
    client: Browser, installation: Installation
) -> None:
    with client.client.session_transaction() as session:
        session["login"] = "chosen-by-somebody-else"
    client.log_in_as(installation.emails["staff"])

    with client.client.session_transaction() as session:
        token = session["login"]

    assert token != "chosen-by-somebody-else"


@pytest.mark.parametrize("cookie", ["", "x", "e30.x.y", "a" * 4_000, "%00", '"'])
def test_a_forged_cookie_is_no_log_in(lasting: Installation, cookie: str) -> None:
    browser = lasting.browser()
    browser.client.set_cookie(browser.cookie_name, cookie)

    answer = browser.get("/about")

    assert (answer.status, answer.location) == (302, "/login?next=/about")


def test_a_log_in_that_rests_for_half_an_hour_has_ended(install: Make) -> None:
    installation = install(**USUAL)
    now = datetime.now(UTC).replace(second=0)
    with time_machine.travel(now, tick=False):
        staff = installation.log_in("staff")

    with time_machine.travel(now + timedelta(minutes=29), tick=False):
        in_time = _is_in(staff)
    with time_machine.travel(now + timedelta(minutes=58), tick=False):
        in_time_again = _is_in(staff)
    with time_machine.travel(now + timedelta(minutes=89), tick=False):
        too_late = _is_in(staff)

    assert (in_time, in_time_again, too_late) == (True, True, False)


def test_how_long_it_may_rest_is_a_setting(install: Make) -> None:
    installation = install(session_idle=timedelta(hours=2), session_length=timedelta(hours=3))
    now = datetime.now(UTC).replace(second=0)
    with time_machine.travel(now, tick=False):
        staff = installation.log_in("staff")

    seen = []
    for minutes in (119, 170, 181):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            seen.append(_is_in(staff))

    assert seen == [True, True, False]


def test_a_log_in_lasts_for_a_shift_however_busy(install: Make) -> None:
    installation = install(**USUAL)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    seen = []
    with time_machine.travel(now, tick=False):
        staff = installation.log_in("staff")

    for minutes in range(0, 13 * 60, 20):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            seen.append((minutes, _is_in(staff)))

    assert {minutes for minutes, is_in in seen if is_in} == set(range(0, 12 * 60 + 1, 20))


def test_a_new_role_counts_from_the_next_click_and_takes_a_new_session(
    staff: Browser, installation: Installation
) -> None:
    email, copied = installation.emails["staff"], staff.cookie
    before = staff.get("/tariffs").status

    installation.change(
        lambda session: session.execute(
            update(User).where(User.email == email).values(role="admin")
        )
    )

    assert (before, staff.get("/tariffs").status) == (403, 200)
    assert staff.cookie != copied
    staff.client.set_cookie(staff.cookie_name, copied)
    assert not _is_in(staff)


def test_a_form_that_was_open_when_the_role_changed_can_still_be_sent(
    staff: Browser, installation: Installation
) -> None:
    page = staff.get("/log")
    installation.change(lambda session: session.execute(update(User).values(role="leadership")))

    answer = staff.send(page, {"title": "Fyller i listan"}, "log-form")

    assert answer.status == 302


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


def test_the_cookie_says_nothing_of_the_person(staff: Browser, installation: Installation) -> None:
    with staff.client.session_transaction() as session:
        held = dict(session)
    stored = installation.ask(lambda session: session.scalars(select(UserSession.token_hash)).all())

    assert set(held) <= {"login", "csrf_token"}
    assert held["login"] not in stored


def test_nothing_is_stored_of_where_and_with_what_somebody_logged_in(
    installation: Installation,
) -> None:
    browser = installation.browser()
    page = browser.get("/login")
    marked = {"User-Agent": "MARKER-7f3a", "X-Forwarded-For": "203.0.113.7"}
    fields = {"email": installation.emails["staff"], "password": browser.password}
    browser.post("/login", browser.fill(page, fields), headers=marked)

    assert {column.name for column in UserSession.__table__.columns} == {
        *("id", "token_hash", "organisation_id", "user_id", "role", "started_at", "seen_at")
    }
    file = Path(str(installation.database.url.database))
    raw = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert b"MARKER-7f3a" not in raw
    assert b"203.0.113.7" not in raw


def test_every_cookie_of_every_route_is_locked_down(install: Make) -> None:
    """T21: all four attributes; and none at all before a form is shown."""
    installation = install(base_url="https://localhost")
    home = "https://localhost"
    found: dict[str, SimpleCookie] = {}
    for role in ("", "staff", "admin"):
        for rule in installation.app.url_map.iter_rules():
            address = rule.rule.replace("<path:filename>", "css/theme.css")
            if rule.arguments and "<" in address:
                address = f"/{rule.endpoint}"
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                browser = installation.browser(role, home)
                answer = browser.client.open(address, method=method, base_url=home, buffered=True)
                for header in answer.headers.getlist("Set-Cookie"):
                    found[f"{role} {method} {address}"] = SimpleCookie(header)

    assert found
    for place, cookie in found.items():
        ((name, morsel),) = cookie.items()
        assert name == "__Host-timethief", place
        assert morsel["secure"], place
        assert morsel["httponly"], place
        assert (morsel["samesite"], morsel["path"], morsel["domain"]) == ("Lax", "/", ""), place


def test_before_log_in_only_forms_set_a_cookie(lasting: Installation) -> None:
    for address in ("/", "/about", "/inventory", "/healthz", "/nowhere"):
        assert "Set-Cookie" not in lasting.browser().get(address).headers, address


def test_one_sees_where_one_is_logged_in_and_ends_it(installation: Installation) -> None:
    here, there = installation.log_in("staff"), installation.log_in("staff")
    page = here.get("/account")
    lines = page.main.one("ul", class_="log-ins").all("li")
    other = next(line for line in lines if "Här" not in line.text)

    answer = here.post(other.one("form")["action"], {"csrf_token": page.token})

    assert len(lines) >= 2
    assert sum("Här" in line.text for line in lines) == 1
    assert here.follow(answer).main.text.count("Utloggad där.") == 1
    assert _is_in(here)
    assert there.get("/account").status in (200, 302)


def test_one_logs_out_everywhere_else(installation: Installation) -> None:
    here, there = installation.log_in("staff"), installation.log_in("staff")
    colleague = installation.log_in("support")

    answer = here.press(here.get("/account"), "Logga ut överallt annars")

    assert answer.status == 302
    assert [_is_in(browser) for browser in (here, there, colleague)] == [True, False, True]


def test_nobody_ends_the_log_in_of_another(installation: Installation) -> None:
    staff, colleague = installation.log_in("staff"), installation.log_in("support")
    email = installation.emails["support"]
    foreign = installation.ask(
        lambda session: session.scalars(
            select(UserSession.id)
            .join(User, User.id == UserSession.user_id)
            .where(User.email == email)
        ).first()
    )
    token = staff.get("/account").token

    answers = [
        staff.post(f"/account/log-ins/{each}/end", {"csrf_token": token})
        for each in (to_text(foreign), "zzzzzzzzzzzz")
    ]

    assert [answer.status for answer in answers] == [404, 404]
    assert _is_in(colleague)
