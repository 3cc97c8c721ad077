from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.browser import NEIGHBOUR, Answer, Browser
from tests.web.conftest import Installation
from timethief.domain.people import GRANTS, Permission
from timethief.reports.labels import label

UPDATE_SETTING = "TIMETHIEF_TEST_UPDATE"
"""Set to anything, the tests write down what there is instead of comparing."""
FILE = Path(__file__).with_name("routes.txt")
WRITTEN = [tuple(line.split()) for line in FILE.read_text(encoding="utf-8").splitlines()]
ROLES = ("staff", "support", "leadership", "admin")
NOT_ALLOWED = [
    (method, rule, permission, role)
    for method, rule, permission in WRITTEN
    for role in ROLES
    if permission != "anyone" and role not in GRANTS[Permission(permission)]
]
ALLOWED = [
    (method, rule, role)
    for method, rule, permission in WRITTEN
    for role in ROLES
    if permission == "anyone" or role in GRANTS[Permission(permission)]
]
FOR_SOMEBODY = [(method, rule) for method, rule, permission in WRITTEN if permission != "anyone"]
ANSWERS = {
    ("GET", "/"): 302,
    ("GET", "/log/sent/<uuid:report_id>"): 200,
    ("POST", "/api/v1/assess"): 415,
    ("POST", "/log/similar"): 200,
    ("POST", "/logout"): 302,
    ("POST", "/log/sent/<uuid:report_id>/withdraw"): 302,
}
"""What one gets who may, and sends nothing but the token; where nothing is told, 200 to GET and 422 to POST."""
REPORT = {
    "title": "Fyller i listan",
    "minutes": "10",
    "frequency": "daily",
    "people": "one",
    "requester_other": "Kansliet",
}


def _rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def _address(installation: Installation, rule: str, browser: Browser | None) -> str:
    """The rule with identifiers of things that are there."""
    if "<uuid:report_id>" in rule:
        return rule.replace("<uuid:report_id>", _report(browser))
    return rule.replace("<task_id>", installation.task_id).replace(
        "<requester_id>", installation.requester_id
    )


def _report(browser: Browser | None) -> str:
    if browser is None:
        return "6f1f64c6-8f5b-4d0c-8f9e-4a1f8a2f6c11"
    return browser.send(browser.get("/log"), REPORT, "log-form").location.rsplit("/", 1)[-1]


def _open(browser: Browser, method: str, address: str) -> Answer:
    if method == "GET":
        return browser.get(address)
    return browser.post(address, {"csrf_token": browser.get("/about").token})


def test_the_written_list_of_routes_is_the_one_there_is(app: Flask) -> None:
    found = sorted(
        f"{method} {rule.rule} {getattr(app.view_functions[rule.endpoint], 'permission', None)}"
        for method, rule in _rules(app)
    )

    if os.environ.get(UPDATE_SETTING):
        FILE.write_text("\n".join(found) + "\n", encoding="utf-8")

    assert FILE.read_text(encoding="utf-8").splitlines() == found


def test_every_view_declares_a_permission(app: Flask) -> None:
    declared = {
        name: getattr(view, "permission", None) for name, view in app.view_functions.items()
    }

    assert {
        name for name, permission in declared.items() if permission not in list(Permission)
    } == set()


def test_a_view_that_declares_none_answers_nobody(installation: Installation) -> None:
    installation.app.add_url_rule("/forgotten", view_func=lambda: "secret", endpoint="forgotten")

    answer = installation.browser("admin").get("/forgotten")

    assert answer.status == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize(("method", "rule"), FOR_SOMEBODY)
def test_who_has_not_logged_in_is_sent_to_the_log_in(
    lasting: Installation, method: str, rule: str
) -> None:
    address = _address(lasting, rule, None)

    answer = lasting.browser().open(method, address)

    assert answer.status == 302
    assert answer.location == f"/login?next={address if method == 'GET' else '/log'}"


@pytest.mark.parametrize(("method", "rule", "permission", "role"), NOT_ALLOWED)
def test_who_may_not_is_told_whom_the_page_is_for(
    lasting: Installation, method: str, rule: str, permission: str, role: str
) -> None:
    browser = lasting.of(role)
    before = lasting.stored()

    answer = _open(browser, method, _address(lasting, rule, browser))

    assert answer.status == 403
    (only,) = GRANTS[Permission(permission)]
    assert f"Sidan är till för: {label('role', only).lower()}." in answer.main.text
    assert lasting.stored() == before


@pytest.mark.parametrize(("method", "rule", "role"), ALLOWED)
def test_who_may_gets_the_page(lasting: Installation, method: str, rule: str, role: str) -> None:
    # Of its own, since one of the routes logs out.
    browser = lasting.log_in(role) if rule == "/logout" else lasting.of(role)
    expected = ANSWERS.get((method, rule), 200 if method == "GET" else 422)

    answer = _open(browser, method, _address(lasting, rule, browser))

    assert answer.status == expected


@pytest.mark.parametrize(("method", "rule"), [each for each in FOR_SOMEBODY if "<" in each[1]])
def test_what_is_another_organisations_is_as_if_it_were_not_there(
    lasting: Installation, method: str, rule: str
) -> None:
    neighbour = lasting.of(NEIGHBOUR)
    owner = lasting.of("support")
    address = _address(lasting, rule, owner)
    unknown = rule.replace("<uuid:report_id>", _report(None)).replace("<", "").replace(">", "")

    answer = _open(neighbour, method, address)

    assert answer.status == 404
    assert _body(answer, address) == _body(_open(neighbour, method, unknown), unknown)


def _body(answer: Answer, address: str) -> str:
    return answer.text.replace(address, "").replace(answer.token, "")
