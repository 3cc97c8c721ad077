"""Where people reach the service by https: no test provider, and nothing but the open internet."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.services.test_outbound import Listener, listening
from tests.web.browser import Browser
from tests.web.conftest import Installation, Make
from tests.web.sign_on.conftest import CODE, SETTINGS
from timethief.domain.names import folded
from timethief.services.anonymous import sealing
from timethief.storage.tables import SignOn, User
from timethief.web import current

HOME = "https://tidstjuvar.kommun.se"


@pytest.fixture(scope="module")
def production(install: Make) -> Installation:
    """An installation as it is deployed."""
    return install(base_url=HOME)


@pytest.fixture
def admin(production: Installation) -> Browser:
    """Its administrator."""
    browser = Browser(production.app, HOME)
    assert browser.log_in_as(production.emails["admin"]).status == 302
    return browser


@pytest.fixture
def listener() -> Any:  # noqa: ANN401 - a generator
    """Listens on this machine, and must see nothing."""
    with listening() as found:
        yield found


@pytest.mark.parametrize(
    "issuer",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://2130706433:{port}/",
        "https://0177.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://ip6-localhost:{port}/",
        "http://169.254.169.254/",
        "https://169.254.169.254/latest",
        "https://id.kommun.se@127.0.0.1:{port}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "https://oidc-provider-mock.kommun.se/",
        "https://idp-test.inera.se/",
        "https://login.microsoftonline.com/common/v2.0",
    ],
)
def test_a_hostile_address_is_refused_beside_its_field_and_nothing_is_sent(
    production: Installation, admin: Browser, listener: Listener, issuer: str
) -> None:
    told = {
        "issuer": issuer.replace("{port}", str(listener.port)),
        "client_id": "we",
        "client_secret": "MARKER-SECRET",
        "default_role": "staff",
    }

    answer = admin.send(admin.get(SETTINGS), told, SETTINGS)

    assert answer.status == 422
    assert answer.page.one(id="issuer-error").text
    assert listener.seen == []
    assert production.count(SignOn) == 0
    assert "MARKER-SECRET" not in answer.text


def test_a_name_that_leads_into_our_network_is_refused(
    production: Installation, admin: Browser, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = production.app.extensions[current.DISCOVERY].door
    monkeypatch.setattr(door, "_resolve", lambda _host, _port: ["127.0.0.1"])
    told = {
        "issuer": f"https://id.kommun.se:{listener.port}",
        "client_id": "we",
        "client_secret": "x",
        "default_role": "staff",
    }

    answer = admin.send(admin.get(SETTINGS), told, SETTINGS)

    assert answer.status == 422
    assert "det öppna internet" in answer.page.one(id="issuer-error").text
    assert listener.seen == []


def test_a_test_provider_from_earlier_opens_nothing(install: Make, listener: Listener) -> None:
    """As where the database of a trial is used for real."""
    production = install(base_url=HOME)
    config = production.app.extensions[current.CONFIG]

    def as_in_the_trial(session: Any) -> None:  # noqa: ANN401 - a session
        email = folded(production.emails["staff"])
        organisation_id = session.query(User).filter_by(folded_email=email).one().organisation_id
        sealed = sealing.seal(config.secret_key, "client secret of a provider", "x")
        session.add(
            SignOn(
                organisation_id=organisation_id,
                issuer=f"http://127.0.0.1:{listener.port}",
                client_id="we",
                sealed_client_secret=sealed,
                button="",
                default_role="staff",
                version=1,
            )
        )

    production.change(as_in_the_trial)
    browser = Browser(production.app, HOME)
    began = time.monotonic()

    answer = browser.get(f"/sign-on/{CODE}/begin")

    assert answer.status == 403
    assert "till för tester" in answer.main.text
    assert listener.seen == []
    assert time.monotonic() - began < 5
    assert browser.log_in_as(production.emails["admin"]).status == 302
