from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine

from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation
from timethief.storage.tables import RecoveryCode, SecondFactor, UserSession

NOW = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5)
STEP = timedelta(seconds=30)
WRONG = "Koden stämmer inte, eller är redan använd. Vänta på nästa och skriv den."


class Owner:
    """Somebody who has turned the second step on, at a browser."""

    def __init__(self, installation: Installation, role: str = "staff") -> None:
        self.installation = installation
        self.email = installation.emails[role]
        with time_machine.travel(NOW, tick=False):
            self.browser = installation.log_in(role)
            begun = self.browser.press(self.browser.get("/account"), "Slå på det andra steget")
            self.set_up = self.browser.follow(begun)
            self.secret = self.set_up.main.one("code", class_="secret").text.replace(" ", "")
            self.shown = self.browser.send(self.set_up, {"one_time_code": self.code(NOW)})
        self.codes = [code.text for code in self.shown.main.all("code")]

    def code(self, now: datetime) -> str:
        return pyotp.TOTP(self.secret).at(now)

    def half_open(self) -> tuple[Browser, Answer]:
        """A new browser, in which the password has been right."""
        browser = self.installation.browser()
        return browser, browser.follow(browser.log_in_as(self.email, target="/about"))


@pytest.fixture
def owner(installation: Installation) -> Owner:
    return Owner(installation)


def _is_in(browser: Browser) -> bool:
    return browser.get("/inventory").status == 200


def test_it_is_set_up_by_a_picture_or_by_hand_and_gives_recovery_codes(owner: Owner) -> None:
    picture = owner.set_up.main.one("img")

    assert picture["src"].startswith("data:image/svg+xml")
    assert "style" not in picture.attributes
    assert owner.shown.heading == "Dina reservkoder"
    assert len(set(owner.codes)) == 8
    account = owner.browser.get("/account").main.text
    assert "Du har 8 reservkoder kvar." in account


def test_a_wrong_first_code_turns_nothing_on(installation: Installation) -> None:
    browser = installation.log_in("staff")
    page = browser.follow(browser.press(browser.get("/account"), "Slå på det andra steget"))

    answer = browser.send(page, {"one_time_code": "000000"})

    assert (answer.status, answer.errors) == (422, [WRONG])
    assert installation.count(RecoveryCode) == 0
    assert "Slå på det andra steget" in browser.get("/account").main.text


def test_the_password_alone_opens_nothing_any_more(owner: Owner) -> None:
    count = owner.installation.count(UserSession)

    browser, page = owner.half_open()

    assert page.heading == "Skriv koden"
    assert page.form().one(name="one_time_code")["autocomplete"] == "one-time-code"
    assert not _is_in(browser)
    assert owner.installation.count(UserSession) == count


def test_the_code_from_the_app_opens_once(owner: Owner) -> None:
    later = NOW + 4 * STEP
    with time_machine.travel(later, tick=False):
        (first, page), (second, other) = owner.half_open(), owner.half_open()
        entered = first.send(page, {"one_time_code": owner.code(later)})
        replayed = second.send(other, {"one_time_code": owner.code(later)})
        came_in = [_is_in(first), _is_in(second)]

    assert (entered.status, entered.location) == (302, "/about")
    assert (replayed.status, replayed.errors) == (422, [WRONG])
    assert came_in == [True, False]


def test_a_recovery_code_opens_once(owner: Owner) -> None:
    (first, page), (second, other) = owner.half_open(), owner.half_open()

    entered = first.send(page, {"one_time_code": owner.codes[0].lower().replace("-", " ")})
    replayed = second.send(other, {"one_time_code": owner.codes[0]})

    assert entered.status == 302
    assert replayed.status == 422
    assert "Du har 7 reservkoder kvar." in first.get("/account").main.text


def test_codes_cannot_be_guessed_either(owner: Owner) -> None:
    with time_machine.travel(NOW + 10 * STEP, tick=False):
        browser, page = owner.half_open()
        wrong = [browser.send(page, {"one_time_code": f"00000{n}"}).status for n in range(10)]
        late = browser.send(page, {"one_time_code": owner.codes[0]})
    with time_machine.travel(NOW + 12 * STEP, tick=False):
        afterwards = browser.send(page, {"one_time_code": owner.codes[0]})

    assert set(wrong) == {422}
    assert (late.status, late.headers["Retry-After"]) == (429, "60")
    assert afterwards.status == 302


def test_a_half_open_log_in_is_open_for_ten_minutes(owner: Owner) -> None:
    with time_machine.travel(NOW + 10 * STEP, tick=False):
        browser, page = owner.half_open()
    with time_machine.travel(NOW + 10 * STEP + timedelta(minutes=10, seconds=1), tick=False):
        answer = browser.send(page, {"one_time_code": owner.codes[0]})

    assert (answer.status, answer.location) == (302, "/login?next=/about")
    assert not _is_in(browser)


@pytest.mark.parametrize("code", ["", " ", "x" * 41, "\x00", "12345"])
def test_what_is_no_code_is_told_as_such(owner: Owner, code: str) -> None:
    browser, page = owner.half_open()

    answer = browser.send(page, {"one_time_code": code})

    assert answer.status == 422
    assert len(answer.errors) == 1
    assert not _is_in(browser)


def test_nobody_comes_to_the_second_step_without_the_first(lasting: Installation) -> None:
    browser = lasting.browser()
    token = browser.get("/login").token

    assert browser.get("/login/code").location == "/login"
    assert browser.post("/login/code", {"csrf_token": token, "one_time_code": "1"}).status == 302


def test_it_is_turned_off_with_a_code(owner: Owner) -> None:
    page = owner.browser.get("/account/second-step/off")

    refused = owner.browser.send(page, {"one_time_code": "000000"})
    sent = owner.browser.send(page, {"one_time_code": owner.codes[0]})

    assert (refused.status, refused.errors) == (422, [WRONG])
    assert sent.location == "/account"
    assert owner.installation.count(SecondFactor) == 0
    assert owner.installation.browser().log_in_as(owner.email, target="/about").location == "/about"


def test_new_recovery_codes_are_shown_once(owner: Owner) -> None:
    page = owner.browser.get("/account/second-step/codes")

    shown = owner.browser.send(page, {"one_time_code": owner.codes[0]})
    new = [code.text for code in shown.main.all("code")]

    assert len(new) == 8
    assert not set(new) & set(owner.codes)
    assert new[0] not in owner.browser.get("/account").text


def test_a_secret_that_is_in_use_is_not_shown_or_replaced(owner: Owner) -> None:
    token = owner.browser.get("/account").token

    again = owner.browser.post("/account/second-step/begin", {"csrf_token": token})

    assert again.status == 409
    assert owner.browser.get("/account/second-step").location == "/account"
    for address in ("/account", "/account/second-step/off", "/account/second-step/codes"):
        assert owner.secret not in owner.browser.get(address).text.replace(" ", "")


@pytest.mark.parametrize("page", ["off", "codes"])
def test_without_a_second_step_there_is_nothing_to_change(lasting: Installation, page: str) -> None:
    answer = lasting.browser("leadership").get(f"/account/second-step/{page}")

    assert (answer.status, answer.location) == (302, "/account")
