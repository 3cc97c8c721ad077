"""Roles x routes x methods x own and foreign organisation, from the list of routes that is written down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.browser import NEIGHBOUR, Answer, Browser
from tests.web.conftest import OPERATOR, Installation, Make
from tests.web.things import address, things, who
from timethief.domain.people import GRANTS, Permission, Role
from timethief.reports.labels import label
from timethief.services import demonstration

UPDATE_SETTING = "TIMETHIEF_TEST_UPDATE"
"""Set to anything, the tests write down what there is instead of comparing."""
FILE = Path(__file__).with_name("routes.txt")
WRITTEN = [tuple(line.split()) for line in FILE.read_text(encoding="utf-8").splitlines()]
ROLES = [role.value for role in Role]
API = "/api/"
NAMED = ("_id>", "<token>", "<reference>", "<code>")
"""Parts of a rule that name a thing of an organisation."""
FOR_SOMEBODY = [each for each in WRITTEN if each[2] != "anyone" and not each[1].startswith(API)]
NOT_ALLOWED = [
    (method, rule, permission, role)
    for method, rule, permission in FOR_SOMEBODY
    for role in ROLES
    if role not in GRANTS[Permission(permission)]
]
ABOUT_A_THING = [
    (method, rule, permission)
    for method, rule, permission in FOR_SOMEBODY
    if any(part in rule for part in NAMED) and permission != Permission.OPERATE
]
NAMES_NOTHING = {
    "/intake/<uuid:report_id>/join": 404,
    "/imports/<import_id>/marked.xlsx": 404,
    "/follow-ups/<follow_up_id>": 404,
    "/follow-ups/<follow_up_id>/take-back/<version>": 404,
    "/opinions/<opinion_id>/take-back": 404,
    "/review-dates/rules/<requirement_id>": 404,
    "/review-dates/rules/<requirement_id>/undo": 404,
    "/queue/undo/<key>": 404,
    "/decisions/<decision_id>/undo": 403,
}
"""The form names the task that the report joins; here it names none. The import has no file any more. The question
is another unit's, the opinion and the decision somebody else's, the requirement no internal rule; nothing was done
by that key."""
OPERATORS = sorted(
    (method, rule) for method, rule, permission in WRITTEN if permission == Permission.OPERATE
)


def _rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def _open(browser: Browser, method: str, path: str) -> Answer:
    """Ask for the page, or send nothing but the token that every form of this log-in brings along."""
    if method == "GET":
        return browser.get(path)
    return browser.post(path, {"csrf_token": browser.get("/account").token})


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


@pytest.mark.parametrize(("method", "rule"), [each[:2] for each in FOR_SOMEBODY])
def test_who_has_not_logged_in_is_sent_to_the_log_in(
    lasting: Installation, method: str, rule: str
) -> None:
    path = address(rule, None)

    answer = lasting.browser().open(method, path)

    if method == "POST" and answer.status == 400:  # the log-in, which carries the form along
        assert (answer.page.one("form").get("action") or "").startswith("/login")
    else:
        assert answer.status == 302
        assert answer.location == f"/login?next={path if method == 'GET' else '/log'}"


@pytest.mark.parametrize(
    ("method", "rule"),
    [
        (m, rule)
        for m, rule, permission in WRITTEN
        if rule.startswith(API) and permission != Permission.ANYONE
    ],
)
def test_the_api_takes_no_cookie_for_a_log_in(
    lasting: Installation, method: str, rule: str
) -> None:
    assert lasting.of("admin").open(method, address(rule, None)).status == 401


@pytest.mark.parametrize(("method", "rule", "permission", "role"), NOT_ALLOWED)
def test_who_may_not_is_told_whom_the_page_is_for(
    lasting: Installation, method: str, rule: str, permission: str, role: str
) -> None:
    before = lasting.stored()

    answer = _open(lasting.of(role), method, address(rule, None))

    assert answer.status == 403
    allowed = sorted(label("role", each) for each in GRANTS[Permission(permission)])
    assert f"Sidan är till för: {', '.join(allowed).lower()}." in answer.main.text
    assert lasting.stored() == before


@pytest.mark.parametrize("role", ROLES)
def test_who_may_gets_an_answer_from_every_page_of_theirs(install: Make, role: str) -> None:
    """One by one, each on an installation of its own where something is sent: some of them end what they name."""
    wrong = {}
    asked = [each for each in FOR_SOMEBODY if role in GRANTS[Permission(each[2])]]
    looked_at = install()
    named = things(looked_at, role, demonstration.CODE)
    for method, rule, _ in asked:
        installation = looked_at if method == "GET" else install()
        if method != "GET":
            named = things(installation, role, demonstration.CODE)
        answer = _open(installation.of(role), method, address(rule, named))
        if answer.status not in {200, 302, 400, 409, 422, NAMES_NOTHING.get(rule)}:
            wrong[f"{method} {rule}"] = answer.status
        if method != "GET":
            installation.database.close()

    assert len(asked) > 5
    assert wrong == {}


@pytest.mark.parametrize(("method", "rule", "permission"), ABOUT_A_THING)
def test_what_is_another_organisations_is_as_if_it_were_not_there(
    apart: tuple[Installation, dict[str, str]], method: str, rule: str, permission: str
) -> None:
    installation, named = apart
    for role in sorted(GRANTS[Permission(permission)]):
        if role == OPERATOR and permission != Permission.OWN_ACCOUNT:
            continue
        browser = installation.of(who(role, NEIGHBOUR))
        own, unknown = address(rule, named), address(rule, None, "okänd")
        before = installation.stored()

        answer = _open(browser, method, own)

        assert answer.status == 404
        assert _body(answer, own) == _body(_open(browser, method, unknown), unknown)
        assert installation.stored() == before


@pytest.fixture(scope="module")
def apart(install: Make) -> tuple[Installation, dict[str, str]]:
    """An installation, and one thing of every kind in the organisation that the neighbours do not belong to."""
    made = install()
    return made, dict(things(made, "admin", demonstration.CODE))


@pytest.mark.parametrize("rule", [rule for method, rule in OPERATORS if method == "GET"])
def test_an_operator_sees_nothing_of_what_the_organisations_write(
    apart: tuple[Installation, dict[str, str]], rule: str
) -> None:
    installation, named = apart

    answer = installation.of(OPERATOR).get(address(rule, named))

    assert answer.status == 200
    titles = [task.title for task in installation.tasks()]
    assert [title for title in titles if title in answer.text] == []


def _body(answer: Answer, path: str) -> str:
    return answer.text.replace(path, "").replace(answer.token, "")
