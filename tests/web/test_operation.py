"""Operators: they see which organisations there are, and nothing within them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from tests.web.browser import Answer, Browser
from tests.web.conftest import NEIGHBOURS_TITLE, Installation
from timethief.domain.people import INSTALLATION, Role
from timethief.services import operators
from timethief.services.passwords import hash_password
from timethief.storage.tables import AuditEvent, Invitation, Organisation, User

EMAIL = "drift@example.org"
PASSWORD = "fyra glada hundar springer"
START = "/operation"
ADD = "/operation/organisations/add"
NEW = {
    "name": "Nya kommunen",
    "code": "nykom",
    "kind": "municipality",
    "admin_email": "eva@example.org",
}


def _operator(installation: Installation) -> Browser:
    def add(session):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        user_id = operators.add_operator(session, EMAIL, "Drift", datetime.now(UTC))
        operators.set_first_password(session, user_id, hash_password(PASSWORD))

    installation.change(add)
    browser = Browser(installation.app, password=PASSWORD)
    assert browser.log_in_as(EMAIL).location == START
    return browser


@pytest.fixture
def operator(either: Installation) -> Browser:
    """A browser of an operator."""
    return _operator(either)


def _add(browser: Browser, **changes: str) -> Answer:
    return browser.send(browser.get(ADD), NEW | changes)


def _organisation(installation: Installation, code: str) -> Organisation | None:
    query = select(Organisation).where(Organisation.code == code)
    found: Organisation | None = installation.ask(
        lambda session: session.scalars(query).one_or_none()
    )
    return found


def test_the_first_page_lists_the_organisations_by_name_and_nothing_of_theirs(
    operator: Browser,
) -> None:
    page = operator.follow(operator.get("/"))

    table = page.main.one(id="organisation-table")
    assert [each.text for each in table.all("th", scope="row")] == ["Exempelkommunen", "Granne"]
    assert NEIGHBOURS_TITLE not in page.text
    assert INSTALLATION not in table.text


@pytest.mark.parametrize(
    "address",
    [
        "/log",
        "/log/mine",
        "/inventory",
        "/dashboard",
        "/requesters",
        "/tariffs",
        "/administration",
        "/administration/people",
    ],
)
def test_an_operator_opens_no_page_of_an_organisation(operator: Browser, address: str) -> None:
    assert operator.get(address).status == 403


def test_things_of_organisations_are_not_found(either: Installation, operator: Browser) -> None:
    for address in (f"/tasks/{either.task_id}", f"/requesters/{either.requester_id}"):
        assert operator.get(address).status == 403


def test_an_operator_has_an_account_page_and_links_that_open(operator: Browser) -> None:
    page = operator.get(START)

    links = {a["href"] for a in page.page.all("a") if a["href"].startswith("/")}
    assert {operator.get(link).status for link in links} <= {200, 302}
    assert operator.get("/account").status == 200


def test_an_organisation_is_added_with_its_first_administrator(
    either: Installation, operator: Browser
) -> None:
    answer = _add(operator)

    link = urlsplit(answer.page.one(id="link").text).path
    person = either.browser()
    accepted = person.send(person.get(link), {"name": "Eva", "new_password": PASSWORD})
    assert accepted.location == "/administration/set-up"
    organisation = _organisation(either, "nykom")
    assert organisation is not None
    user = either.ask(
        lambda session: session.scalars(select(User).where(User.email == NEW["admin_email"])).one()
    )
    assert (user.organisation_id, user.role) == (organisation.id, Role.ADMIN)
    assert "Nya kommunen" in operator.get(START).text
    own = either.ask(
        lambda session: [
            each.act
            for each in session.scalars(
                select(AuditEvent).where(AuditEvent.organisation_id == organisation.id)
            )
        ]
    )
    assert sorted(own) == ["organisation_added", "person_added", "person_invited"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "installation"),
        ("code", "INSTALLATION"),
        ("code", "forgotten"),
        ("code", "exempel"),
        ("code", "Exempel"),
        ("code", "a b"),
        ("code", "../x"),
        ("code", "a" * 65),
        ("name", ""),
        ("name", "A\nB"),
        ("kind", "planet"),
        ("admin_email", "a@b"),
        ("admin_email", ""),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(
    installation: Installation, field: str, value: str
) -> None:
    browser, organisations = _operator(installation), installation.count(Organisation)

    answer = _add(browser, **{field: value})

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert installation.count(Organisation) == organisations
    assert installation.count(Invitation) == 0


def test_the_same_form_sent_twice_is_one_organisation(
    either: Installation, operator: Browser
) -> None:
    page, organisations = operator.get(ADD), either.count(Organisation)

    answers = [operator.send(page, NEW) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 302]
    assert either.count(Organisation) == organisations + 1


def test_nobody_of_a_closed_organisation_gets_in_until_it_is_opened_again(
    either: Installation, operator: Browser
) -> None:
    staff = either.browser("staff")
    assert staff.get("/log").status == 200

    operator.press(operator.get(START), "St\u00e4ng: Exempelkommunen")
    assert staff.get("/log").status == 302
    assert either.browser().log_in_as(either.emails["staff"]).status == 422

    operator.press(operator.get(START), "\u00d6ppna igen: Exempelkommunen")
    assert either.browser().log_in_as(either.emails["staff"]).status == 302


@pytest.mark.parametrize("code", ["installation", "finns-inte", "%00"])
def test_what_is_no_organisation_cannot_be_closed(operator: Browser, code: str) -> None:
    token = operator.get(ADD).token

    answer = operator.post(f"/operation/organisations/{code}/close", {"csrf_token": token})

    assert answer.status == 404


@pytest.mark.parametrize("role", ["staff", "support", "leadership", "admin"])
def test_nobody_else_adds_an_organisation(lasting: Installation, role: str) -> None:
    browser, before = lasting.of(role), lasting.stored()
    token = browser.get("/account").token

    answers = [
        browser.get(START),
        browser.post(ADD, NEW | {"csrf_token": token}),
        browser.post("/operation/organisations/exempel/close", {"csrf_token": token}),
    ]

    assert [answer.status for answer in answers] == [403, 403, 403]
    assert lasting.stored() == before
