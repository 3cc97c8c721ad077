"""What another site makes a browser send is refused on every route, and what only stood open too long is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.web.browser import Answer, Browser
from tests.web.conftest import SECRET, Installation, Make
from timethief.domain.people import GRANTS, Permission, Role

EVIL = "https://evil.invalid"
SAFE = {"GET", "HEAD", "OPTIONS"}
ID = "zzzzzzzzzzzz"
UUID = "6f1f64c6-8f5b-4d0c-8f9e-4a1f8a2f6c11"
TYPED = "Skrivet av en trött sköterska"


def _unsafe(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Method, endpoint and address of every view that a browser may change something with."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "bearer_only", False) or getattr(view, "permission", None) is None:
            continue
        values = dict.fromkeys(rule.arguments, UUID if "uuid" in rule.rule else ID)
        with app.test_request_context():
            address = (
                str(app.url_map.bind("localhost").build(rule.endpoint, values, method="POST"))
                if "POST" in (rule.methods or set())
                else ""
            )
        for method in sorted((rule.methods or set()) - SAFE):
            if address:
                yield method, rule.endpoint, address


def _permission(app: Flask, endpoint: str) -> Permission:
    view: Any = app.view_functions[endpoint]
    found: Permission = view.permission
    return found


def _somebody_who_may(installation: Installation, endpoint: str) -> Browser | None:
    permission = _permission(installation.app, endpoint)
    roles = [Role.STAFF] if permission is Permission.ANYONE else sorted(GRANTS[permission])
    known = [role for role in roles if role in installation.cookies]
    return installation.of(known[0]) if known else None


def _plain(answer: Answer) -> bool:
    """No trace, no path, no SQL."""
    return not any(
        word in answer.text for word in ("Traceback", "site-packages", "SELECT", "sqlite")
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost.evil.invalid", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost:81", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
def test_what_another_site_sends_changes_nothing_on_any_route(
    lasting: Installation, headers: dict[str, str]
) -> None:
    before = lasting.stored()
    statuses = {}
    for method, endpoint, address in _unsafe(lasting.app):
        browser = _somebody_who_may(lasting, endpoint)
        if browser is None:
            continue
        fields = {"title": TYPED, "description": TYPED}
        answer = browser.open(method, address, data=fields, headers=headers)
        statuses[f"{method} {address}"] = (answer.status, _plain(answer))

    assert len(statuses) > 15
    assert {place: found for place, found in statuses.items() if found != (400, True)} == {}
    assert lasting.stored() == before


def test_another_site_logs_nobody_in_or_out(installation: Installation) -> None:
    browser = installation.log_in("staff")
    page = browser.get("/about")
    fields = {"csrf_token": page.token}

    out = browser.post("/logout", fields, headers={"Sec-Fetch-Site": "cross-site", "Origin": EVIL})

    assert out.status == 400
    assert browser.get("/about").status == 200


def test_without_a_token_nothing_is_changed_on_any_route_and_text_is_kept(
    lasting: Installation,
) -> None:
    before = lasting.stored()
    wrong = {}
    for method, endpoint, address in _unsafe(lasting.app):
        browser = _somebody_who_may(lasting, endpoint)
        if browser is None or _permission(lasting.app, endpoint) is Permission.ANYONE:
            continue
        answer = browser.open(method, address, data={"title": TYPED, "source": TYPED})
        # Some only lead back to the page that they are of, since there is nothing to do.
        led_back = answer.status == 302 and answer.location.startswith(("/account", "/log"))
        if not (answer.status in (400, 404) or led_back) or not _plain(answer):
            wrong[f"{method} {address}"] = answer.status

    assert wrong == {}
    assert lasting.stored() == before


@pytest.mark.parametrize(
    ("role", "address", "field"),
    [("staff", "/log", "title"), ("admin", "/tariffs", "source")],
)
@pytest.mark.parametrize("token", ["", "forged", "of another session"])
def test_typed_text_stands_in_the_form_again_with_a_new_token(
    lasting: Installation, role: str, address: str, field: str, token: str
) -> None:
    browser = lasting.of(role)
    given = lasting.of("support").get("/about").token if token.startswith("of") else token

    answer = browser.post(address, {"csrf_token": given, field: TYPED})

    assert answer.status == 400
    assert TYPED in answer.text
    assert answer.token not in ("", given)


@pytest.mark.parametrize("role", ["staff", "support", "leadership", "admin"])
def test_reading_changes_nothing_on_any_route(lasting: Installation, role: str) -> None:
    browser = lasting.of(role)
    with lasting.app.test_request_context():
        addresses = [
            str(lasting.app.url_map.bind("localhost").build(rule.endpoint, {}))
            for rule in lasting.app.url_map.iter_rules()
            if not rule.arguments and "GET" in (rule.methods or set())
        ]
    before = lasting.stored()

    for address in [*addresses, *addresses]:
        assert browser.client.get(address, buffered=True).status_code < 500, address

    assert lasting.stored() == before


@pytest.mark.parametrize(
    "host",
    ["evil.invalid", "localhost.evil.invalid", "evil.invalid:80", "localhost@evil.invalid", ""],
)
@pytest.mark.parametrize("address", ["/", "/login", "/log", "/healthz"])
def test_a_strange_host_is_refused_in_a_word(
    lasting: Installation, host: str, address: str
) -> None:
    for method in ("GET", "POST"):
        answer = lasting.browser("staff").open(method, address, headers={"Host": host})

        assert answer.status in (400, 405) if host else answer.status < 500
        assert "evil" not in answer.text
        assert "evil" not in answer.headers.get("Location", "")


def test_behind_a_proxy_the_address_that_people_use_is_ours(install: Make) -> None:
    """The proxy speaks http to us under another name; what the browser calls its origin is the configured one."""
    installation = install(base_url="https://tidstjuvar.kommun.se")
    browser = installation.browser()
    page = browser.get("/login")
    fields = browser.fill(page, {"email": installation.emails["staff"], "password": "fel"})

    own = browser.post("/login", fields, headers={"Origin": "https://tidstjuvar.kommun.se"})
    foreign = browser.post("/login", fields, headers={"Origin": "https://kommun.se"})

    assert (own.status, foreign.status) == (422, 400)


def test_nothing_of_the_key_is_ever_shown(lasting: Installation) -> None:
    for address in ("/login", "/nowhere", "/log"):
        assert SECRET not in lasting.browser("staff").get(address).text
