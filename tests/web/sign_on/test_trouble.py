"""The provider is down, slow, confused, or has new keys."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tests.web.browser import Answer
from tests.web.sign_on.conftest import CODE, SignOn
from tests.web.sign_on.test_faults import is_out, told
from timethief.services.access.discovery import Discovery
from timethief.services.outbound import Door
from timethief.web import current

WELL_KNOWN = "/.well-known/openid-configuration"


def forget(sign_on: SignOn, seconds: float = 1.0) -> None:
    """As after a restart, but with less patience."""
    door = Door(development=True, seconds=seconds)
    sign_on.installation.app.extensions[current.DISCOVERY] = Discovery(door, production=False)


def begin_in_vain(sign_on: SignOn) -> Answer:
    return sign_on.installation.browser().get(f"/sign-on/{CODE}/begin")


def test_while_the_provider_is_down_the_page_says_so_and_others_go_on(sign_on: SignOn) -> None:
    inside = sign_on.installation.browser()
    sign_on.log_in(inside)
    forget(sign_on)
    sign_on.provider.stop()

    answer = begin_in_vain(sign_on)

    assert answer.status == 503
    assert answer.heading == "Inloggningstjänsten svarar inte"
    assert told(answer) == "Den går inte att nå."
    assert inside.get("/log").status == 200
    assert sign_on.installation.log_in("admin").get(f"/login/{CODE}").status == 200


def test_when_the_provider_is_up_again_one_logs_in(sign_on: SignOn) -> None:
    forget(sign_on)
    sign_on.provider.stop()
    begin_in_vain(sign_on)

    sign_on.provider.start()

    assert sign_on.log_in(sign_on.installation.browser()).status == 302


def test_a_provider_that_goes_down_on_the_way_is_told(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()
    begun = sign_on.begin(browser)
    state = begun.location.partition("state=")[2].partition("&")[0]
    sign_on.provider.stop()

    answer = browser.get(f"/sign-on/{CODE}/answer?code=x&state={state}")

    assert answer.status == 503
    assert told(answer) == "Den går inte att nå."
    assert is_out(browser)


@pytest.mark.parametrize("path", [WELL_KNOWN, "/token", "/keys"])
@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_a_slow_provider_is_given_up(sign_on: SignOn, path: str, fault: str) -> None:
    forget(sign_on)
    sign_on.provider.fault = f"{fault} {path}"
    browser = sign_on.installation.browser()
    began = time.monotonic()

    answer = begin_in_vain(sign_on) if path == WELL_KNOWN else sign_on.log_in(browser)

    assert time.monotonic() - began < 4
    assert answer.status == 503
    assert told(answer) == "Den har inte svarat inom fem sekunder."


def test_we_wait_five_seconds_and_not_sixty(sign_on: SignOn) -> None:
    sign_on.provider.fault = "slow /token"
    began = time.monotonic()

    answer = sign_on.log_in(sign_on.installation.browser())

    assert 4.5 < time.monotonic() - began < 7
    assert answer.status == 503


@pytest.mark.parametrize("path", [WELL_KNOWN, "/token", "/keys", "/person"])
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("html", "Svaret är något annat än det ska vara."),
        ("large", "Svaret är långt större än det ska vara."),
        ("redirect", "Den pekar vidare till en annan adress, och dit går vi inte."),
    ],
)
def test_an_answer_of_another_kind_is_told(
    sign_on: SignOn, path: str, fault: str, sentence: str
) -> None:
    forget(sign_on)
    sign_on.provider.claims = {"sub": "anna-1"}
    sign_on.provider.fault = f"{fault} {path}"
    browser = sign_on.installation.browser()

    answer = begin_in_vain(sign_on) if path == WELL_KNOWN else sign_on.log_in(browser)

    assert answer.status == 503
    assert told(answer) == sentence
    assert is_out(browser)


def test_the_page_about_another_person_is_refused(sign_on: SignOn) -> None:
    sign_on.provider.claims = {"sub": "anna-1"}
    sign_on.provider.fault = "page of another"

    answer = sign_on.log_in(sign_on.installation.browser())

    assert answer.status == 403
    assert "Det säger inte tydligt vem du är." in told(answer)


def test_new_keys_are_fetched_once(sign_on: SignOn) -> None:
    sign_on.log_in(sign_on.installation.browser())
    sign_on.provider.rotate_keys()
    before = sign_on.provider.asked.count("/keys")

    answer = sign_on.log_in(sign_on.installation.browser())

    assert answer.status == 302
    assert sign_on.provider.asked.count("/keys") == before + 1


def test_keys_are_not_fetched_for_each_log_in(sign_on: SignOn) -> None:
    for _ in range(3):
        sign_on.log_in(sign_on.installation.browser())

    assert sign_on.provider.asked.count("/keys") == 1
    assert sign_on.provider.asked.count(WELL_KNOWN) == 1


def test_a_key_that_is_nowhere_published_is_looked_for_once(sign_on: SignOn) -> None:
    sign_on.log_in(sign_on.installation.browser())
    published = sign_on.provider.published
    sign_on.provider.rotate_keys()
    sign_on.provider.published = published
    before = sign_on.provider.asked.count("/keys")

    answer = sign_on.log_in(sign_on.installation.browser())

    assert answer.status == 403
    assert "känns vid" in told(answer)
    assert sign_on.provider.asked.count("/keys") == before + 1


def test_a_provider_that_leads_into_our_network_is_not_followed(sign_on: SignOn) -> None:
    forget(sign_on)
    sign_on.provider.fault = "token endpoint elsewhere"

    answer = sign_on.log_in(sign_on.installation.browser())

    assert answer.status == 503
    assert "inte finns på det öppna internet" in told(answer)


def test_a_key_of_the_installation_that_was_lost_is_told(sign_on: SignOn) -> None:
    installation = sign_on.installation
    config = installation.app.extensions[current.CONFIG]
    other = replace(config, secret_key="another key, as long as the first one")
    installation.app.extensions[current.CONFIG] = other

    answer = begin_in_vain(sign_on)

    assert answer.status == 403
    assert "går inte längre att läsa" in told(answer)
