"""A provider, an installation whose demonstration organisation logs in by it, and people who do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest

from tests.sign_on.provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.web.browser import Answer, Browser, Change
from tests.web.conftest import Installation
from timethief.services import demonstration
from timethief.storage.tables import User

CODE = demonstration.CODE
SETTINGS = "/administration/sign-on"


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - the library's own
        """A browser of the tests goes there itself."""


def at_the_provider(address: str) -> str:
    """Log in at the provider: where it sends the browser back to."""
    try:
        build_opener(_NoRedirect).open(Request(address), timeout=5)  # noqa: S310 - our own provider
    except HTTPError as answer:
        with answer:
            location: str = answer.headers["Location"]
            return location
    message = f"{address} led nowhere"
    raise AssertionError(message)


def path_of(address: str) -> str:
    """An address of the service as a browser of the tests opens it."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


@dataclass
class SignOn:
    """The installation with its provider."""

    installation: Installation
    provider: Provider

    def begin(self, browser: Browser, target: str = "") -> Answer:
        """Press the button on the log-in page."""
        page = browser.get(f"/login/{CODE}" + (f"?next={target}" if target else ""))
        (button,) = page.main.all("a", class_="ds-button")
        return browser.get(button["href"])

    def log_in(self, browser: Browser, target: str = "") -> Answer:
        """All the way there and back: what the service answers."""
        begun = self.begin(browser, target)
        assert begun.status == 302, begun.text
        return browser.get(path_of(at_the_provider(begun.location)))

    def users(self, **facts: Any) -> list[User]:  # noqa: ANN401 - columns
        """The accounts with these facts."""
        return list(
            self.installation.ask(lambda session: session.query(User).filter_by(**facts).all())
        )

    def save(self, admin: Browser, changes: dict[str, Change] | None = None) -> Answer:
        """Fill in the settings and save them."""
        told: dict[str, Change] = {
            "issuer": self.provider.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "default_role": "staff",
        }
        return admin.send(admin.get(SETTINGS), told | (changes or {}), SETTINGS)

    def add_rule(self, admin: Browser, claim: str, value: str, **more: str) -> Answer:
        """A rule more."""
        told: dict[str, Change] = {"claim": claim, "value": value, **more}
        return admin.send(admin.get(SETTINGS), told, f"{SETTINGS}/rules")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that listens."""
    with running() as found:
        yield found


@pytest.fixture
def sign_on(installation: Installation, provider: Provider) -> SignOn:
    """An installation whose demonstration organisation logs in by the provider; who fits no rule is staff."""
    made = SignOn(installation, provider)
    answer = made.save(installation.browser("admin"))
    assert answer.status == 302, answer.errors
    return made


@pytest.fixture(scope="module")
def lasting_provider() -> Iterator[Provider]:
    """A provider for all tests of a file."""
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def lasting_sign_on(lasting: Installation, lasting_provider: Provider) -> SignOn:
    """As `sign_on`, for all tests of a file."""
    made = SignOn(lasting, lasting_provider)
    answer = made.save(lasting.browser("admin"))
    assert answer.status == 302, answer.errors
    return made
