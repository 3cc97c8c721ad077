"""API tokens, and the gate that they open: row 68 and 71, T17 and T42 of the security design."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.web.browser import HOME, Answer, Browser, neighbour
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.domain.people import Permission, Role
from timethief.domain.small_units import SMALLEST_UNIT
from timethief.domain.tokens import Scope
from timethief.i18n import TIME_ZONE
from timethief.services.access.tokens import NewToken, make_token
from timethief.services.people import as_actor
from timethief.storage.tables import ApiToken, AuditEvent, Organisation, Unit, User
from timethief.web.gate import requires

UNITS = "/api/v1/units"
CALLS = (UNITS, "/api/v1/staff-categories", "/api/v1/policy", "/api/v1/requesters")
OWN = "/account/tokens"


def _today() -> Any:  # noqa: ANN401 - a day
    return datetime.now(UTC).astimezone(TIME_ZONE).date()


def _token(installation: Installation, who: str = "staff", scope: Scope = Scope.READ) -> str:
    """A token of somebody, without the page."""
    new = NewToken("prov", scope, _today() + timedelta(days=30))
    query = select(User).where(User.email == installation.emails[who])

    def make(session: Any) -> str:  # noqa: ANN401 - a session
        owner = as_actor(session.scalars(query).one())
        return make_token(session, owner, new, _today(), datetime.now(UTC))

    made: str = installation.change(make)
    return made


def _call(
    installation: Installation, token: str | None, address: str = UNITS, method: str = "GET"
) -> Answer:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return Browser(installation.app).open(method, address, headers=headers)


def _change(installation: Installation, statement: Any) -> None:  # noqa: ANN401 - any statement
    installation.change(lambda session: session.execute(statement))


@pytest.fixture(scope="module")
def reader(standing: Installation) -> str:
    """The token of a member of staff, for all tests of a file."""
    return _token(standing)


def _row(installation: Installation) -> ApiToken:
    found: ApiToken = installation.ask(lambda session: session.scalars(select(ApiToken)).one())
    return found


@pytest.mark.parametrize("address", CALLS)
def test_a_token_reads(standing: Installation, reader: str, address: str) -> None:
    answer = _call(standing, reader, address)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json


def test_units_are_those_of_the_organisation_a_part_at_a_time(
    standing: Installation, reader: str
) -> None:
    token, cursor, found = reader, "", []
    while True:
        answer = _call(standing, token, f"{UNITS}?limit=3{cursor}").json
        assert len(answer["items"]) <= 3
        found += answer["items"]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"

    organisation_id = standing.tasks()[0].organisation_id
    query = select(Unit).where(Unit.organisation_id == organisation_id)
    stored = standing.ask(lambda session: list(session.scalars(query)))
    ids = [each["id"] for each in found]
    large = {to_text(unit.id) for unit in stored if (unit.headcount or 0) >= SMALLEST_UNIT}
    assert len(ids) == len(set(ids))
    assert set(ids) <= {to_text(unit.id) for unit in stored}
    assert set(ids) < large | {to_text(unit.id) for unit in stored if unit.parent_id is None}
    assert {each["parent"] for each in found} - {None} <= {each["id"] for each in found}


def test_a_token_of_one_organisation_sees_nothing_of_another(
    standing: Installation, reader: str
) -> None:
    own = _call(standing, reader, UNITS).json["items"]
    others = _call(standing, _token(standing, neighbour("staff")), UNITS).json["items"]

    assert {each["id"] for each in own}.isdisjoint(each["id"] for each in others)
    names = [
        each["name"]
        for each in _call(
            standing, _token(standing, neighbour("staff")), "/api/v1/requesters?limit=200"
        ).json["items"]
    ]
    assert names


def test_staff_categories_tell_what_an_hour_costs(standing: Installation, reader: str) -> None:
    items = _call(standing, reader, "/api/v1/staff-categories").json["items"]

    assert all(each["hourly_cost_sek"] > 0 and each["name"]["sv"] for each in items)


def test_requesters_are_found_by_level_and_name(standing: Installation, reader: str) -> None:
    found = _call(standing, reader, "/api/v1/requesters?level=state&q=socialstyrelsen").json[
        "items"
    ]

    assert [(each["name"], each["level"]) for each in found] == [("Socialstyrelsen", "state")]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=nan", "limit"),
        ("limit=9999999999999999999", "limit"),
        ("cursor=x", "cursor"),
        ("colour=red", "colour"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(
    standing: Installation, reader: str, query: str, field: str
) -> None:
    answer = _call(standing, reader, f"{UNITS}?{query}")

    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer garbage",
        "Bearer tt_" + "A" * 43,
        "Bearer tt_" + "A" * 10_0,
        "Bearer tt_\u00e5" + "A" * 42,
        "Basic dXNlcjpwYXNz",
        "Token tt_" + "A" * 43,
    ],
)
def test_without_a_token_that_opens_the_answer_is_401(
    standing: Installation, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header.encode().decode("latin-1")}

    answer = Browser(standing.app).get(UNITS, headers=headers)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == 401


def test_a_token_that_is_too_old_opens_nothing(either: Installation) -> None:
    token = _token(either)
    _change(either, update(ApiToken).values(expires_on=_today()))
    assert _call(either, token).status == 200

    _change(either, update(ApiToken).values(expires_on=_today() - timedelta(days=1)))

    assert _call(either, token).status == 401


def test_a_token_ends_with_the_membership_and_with_the_organisation(either: Installation) -> None:
    token, other = _token(either), _token(either, "support")
    assert (_call(either, token).status, _call(either, other).status) == (200, 200)
    admin = either.browser("admin")
    query = select(User.id).where(User.email == either.emails["staff"])
    person = to_text(either.ask(lambda session: session.scalars(query).one()))

    admin.press(admin.get(f"/administration/people/{person}"), "Avsluta medlemskapet")
    assert (_call(either, token).status, _call(either, other).status) == (401, 200)

    admin.press(admin.get(f"/administration/people/{person}"), "\u00c5terst\u00e4ll medlemskapet")
    assert _call(either, token).status == 401

    _change(either, update(Organisation).values(active=False))
    assert _call(either, other).status == 401


def _add_call(installation: Installation, permission: Permission) -> str:
    """A call that changes something, as those of later versions do; it answers with the one who calls."""

    @requires(permission, bearer_only=True)
    def view() -> str:
        return "done"

    address = f"/api/v1/prov-{permission}"
    installation.app.add_url_rule(
        address, f"prov-{permission}", view, methods=["GET", "POST", "PATCH", "PUT", "DELETE"]
    )
    return address


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_token_for_reading_changes_nothing(installation: Installation, method: str) -> None:
    address = _add_call(installation, Permission.LOG_TASKS)

    reads = _call(installation, _token(installation), address, method)
    writes = _call(installation, _token(installation, scope=Scope.WRITE), address, method)

    assert (reads.status, writes.status) == (403, 200)
    assert reads.json["detail"].startswith("Nyckeln f\u00e5r bara l\u00e4sa")


def test_the_role_is_the_one_held_at_the_moment_of_the_call(either: Installation) -> None:
    address, token = _add_call(either, Permission.MANAGE_PEOPLE), _token(either, "admin")
    assert _call(either, token, address).status == 200
    everyone = update(User).where(User.email == either.emails["admin"])

    _change(either, everyone.values(role=Role.STAFF.value))
    refused = _call(either, token, address)
    _change(either, everyone.values(role=Role.ADMIN.value))

    assert refused.status == 403
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert _call(either, token, address).status == 200


@pytest.mark.parametrize("address", [*CALLS, "/api/v1/nothing-here", "/api/v1/assess"])
@pytest.mark.parametrize("name", ["token", "access_token", "API_KEY", "q"])
def test_a_token_in_the_address_is_refused_and_logged_nowhere(
    standing: Installation, reader: str, capfd: pytest.CaptureFixture[str], address: str, name: str
) -> None:
    token = reader
    headers = {"Authorization": f"Bearer {token}"}

    answer = Browser(standing.app).get(f"{address}?{name}={token}", headers=headers)

    assert answer.status == 400
    assert "Authorization" in answer.json["detail"]
    said = capfd.readouterr()
    assert token not in said.out + said.err + answer.text


@pytest.mark.parametrize("address", CALLS)
def test_a_cookie_opens_nothing_of_the_api(standing: Installation, address: str) -> None:
    browser = standing.of("admin")

    answer = browser.get(address)

    assert answer.status == 401
    assert "Set-Cookie" not in answer.headers


def test_every_call_of_the_api_reads_no_cookie(standing: Installation) -> None:
    views = standing.app.view_functions
    rules = [rule for rule in standing.app.url_map.iter_rules() if rule.rule.startswith("/api/")]

    assert rules
    assert [
        rule.rule for rule in rules if not getattr(views[rule.endpoint], "bearer_only", False)
    ] == []


@pytest.mark.parametrize("address", ["/log", "/administration/people", "/account"])
def test_a_token_opens_no_page(standing: Installation, address: str) -> None:
    assert _call(standing, _token(standing, "admin", Scope.WRITE), address).status == 302


def test_of_its_use_only_the_day_is_kept(either: Installation) -> None:
    token = _token(either)
    assert _row(either).last_used_on is None

    _call(either, token)

    assert _row(either).last_used_on == _today()


def test_too_many_calls_must_wait_and_pages_do_not(install: Any) -> None:  # noqa: ANN401 - a fixture
    installation: Installation = install()
    busy, other = _token(installation), _token(installation, "support")
    client = installation.app.test_client()
    headers = {"Authorization": f"Bearer {busy}"}

    statuses = [
        client.get("/api/v1/policy", base_url=HOME, headers=headers).status_code for _ in range(620)
    ]

    assert statuses.count(200) == 600
    assert set(statuses[600:]) == {429}
    done = _call(installation, other, "/api/v1/policy")
    assert (done.status, "Retry-After" in done.headers) == (200, False)
    assert int(done.headers["X-RateLimit-Remaining"]) > 0
    last = _call(installation, busy, "/api/v1/policy")
    assert int(last.headers["Retry-After"]) > 0
    assert last.headers["X-RateLimit-Remaining"] == "0"
    assert last.json["status"] == 429
    assert _call(installation, other, "/api/v1/policy").status == 200
    assert installation.browser("staff").get("/log").status == 200


def test_a_token_is_made_shown_once_and_revoked(either: Installation) -> None:
    staff = either.browser("staff")

    made = staff.send(staff.get(OWN), {"name": "Lokalt system", "scope": "write"})

    token = made.page.one(id="token").text
    assert _call(either, token).status == 200
    row = _row(either)
    assert token not in str(vars(row))
    assert (row.name, row.scope) == ("Lokalt system", "write")
    later = staff.get(OWN)
    assert token not in later.text
    staff.press(later, "Dra in: Lokalt system")
    assert _call(either, token).status == 401
    acts = either.ask(lambda session: list(session.scalars(select(AuditEvent))))
    assert sorted(each.act for each in acts) == ["token_made", "token_revoked"]
    assert token not in str([vars(each) for each in acts])


def test_the_same_form_sent_twice_is_one_token(installation: Installation) -> None:
    staff = installation.browser("staff")
    page = staff.get(OWN)

    answers = [staff.send(page, {"name": "En"}) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 302]
    assert installation.count(ApiToken) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\nb"),
        ("scope", "everything"),
        ("expires_on", "i morgon"),
        ("expires_on", (datetime.now(UTC) - timedelta(days=2)).date().isoformat()),
        ("expires_on", (datetime.now(UTC) + timedelta(days=368)).date().isoformat()),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(
    lasting: Installation, field: str, value: str
) -> None:
    staff, count = lasting.of("staff"), lasting.count(ApiToken)

    answer = staff.send(staff.get(OWN), {"name": "Prov"} | {field: value})

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert lasting.count(ApiToken) == count


def test_administrators_see_and_revoke_every_token_of_their_organisation(
    either: Installation,
) -> None:
    token, foreign = _token(either), _token(either, neighbour("staff"))
    admin = either.browser("admin")

    page = admin.get("/administration/people/tokens")
    admin.press(page, "Dra in: prov")

    assert [link.text for link in page.main.one(id="tokens-table").all("a")] == ["Amina Lindqvist"]
    assert (_call(either, token).status, _call(either, foreign).status) == (401, 200)


@pytest.mark.parametrize("who", ["support", "granne"])
def test_nobody_else_revokes_a_token(installation: Installation, who: str) -> None:
    token = _token(installation)
    address = f"{OWN}/{to_text(_row(installation).id)}/revoke"
    other = installation.browser(who)

    answer = other.post(address, {"csrf_token": other.get(OWN).token})

    assert answer.status == 404
    assert _call(installation, token).status == 200


def test_who_calls_without_a_token_is_told_of_tokens(lasting: Installation) -> None:
    answer = Browser(lasting.app).get("/api/v1/policy")

    assert (answer.status, answer.json["title"]) == (401, "Det behövs en API-nyckel")
    assert "Authorization: Bearer" in answer.json["detail"]
    assert "Logga in" not in answer.text
