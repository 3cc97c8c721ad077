from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation
from tests.web.hostile_bodies import BODIES

ADDRESS = "/api/v1/assess"
EXAMPLE: dict[str, Any] = {
    "title": "Weekly status report",
    "minutes": 30,
    "frequency": {"times": 1, "per": "week"},
    "people": 8,
    "hourly_cost_sek": 600,
    "binding": "internal_rule",
    "uses": [
        {
            "beneficiary": "own_organisation",
            "purpose": "follow_up",
            "in_use": "believed",
            "worth": {"share": 0.5},
        }
    ],
    "achievable_minutes": 10,
}
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title"),
    ({"title": "\ud800"}, "title"),
    ({"title": "a\x00b"}, "title"),
    ({"title": "a" * 201}, "title"),
    ({"title": 7}, "title"),
    ({"description": "a" * 4_001}, "description"),
    ({"minutes": 0}, "minutes"),
    ({"minutes": "30"}, "minutes"),
    ({"minutes": True}, "minutes"),
    ({"minutes": None}, "minutes"),
    ({"minutes": 1e308}, "minutes"),
    ({"minutes": {"low": 3, "likely": 2, "high": 1}}, "minutes"),
    ({"minutes": {"low": 3}}, "minutes.likely"),
    ({"frequency": {"times": 1, "per": "fortnight"}}, "frequency.per"),
    ({"frequency": {"times": -1, "per": "week"}}, "frequency.times"),
    ({"frequency": {"times": 1_000, "per": "calendar_day"}}, "frequency"),
    ({"people": 0}, "people"),
    ({"people": 1.5}, "people"),
    ({"people": 10**400}, "people"),
    ({"people": 9_223_372_036_854_775_808}, "people"),
    ({"hourly_cost_sek": None}, "staff_category"),
    ({"hourly_cost_sek": None, "staff_category": "wizard"}, "staff_category"),
    ({"duplicate_share": 15}, "duplicate_share"),
    ({"duplicate_share": -0.1}, "duplicate_share"),
    ({"binding": "love"}, "binding"),
    ({"uses": [{"beneficiary": "citizen"}]}, "uses.0.purpose"),
    ({"uses": "none"}, "uses"),
    ({"verdict": "clear"}, "verdict"),
    ({"organisation_id": 1}, "organisation_id"),
    (
        {"automation": {"rule_based": 2, "digital_input": 1, "exceptions": 0}},
        "automation.rule_based",
    ),
]


def _assess(browser: Browser, body: bytes, **options: Any) -> Answer:  # noqa: ANN401 - the client's own
    return browser.open("POST", ADDRESS, data=body, content_type="application/json", **options)


@pytest.fixture
def stranger(client: Browser) -> Browser:
    """Somebody whose calls have not been counted yet."""
    return client


def test_the_worked_example(stranger: Browser) -> None:
    answer = stranger.open("POST", ADDRESS, json=EXAMPLE)

    found = answer.json
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert found["cost_hours"] == {"low": 132, "likely": 176, "high": 220}
    assert found["benefit_hours"] == {"low": 33, "likely": 88, "high": 110}
    assert (found["cost_sek"], found["fte"]) == (105_600, 0.1)
    assert (found["verdict"], found["cause"], found["recommended"]) == (
        "clear",
        "inefficient",
        "simplify",
    )
    assert math.isclose(found["gain_hours"], 117 + 1 / 3)


def test_an_answer_has_every_member_of_the_contract(stranger: Browser) -> None:
    found = stranger.open("POST", ADDRESS, json=EXAMPLE).json

    assert set(found) == {
        *("cost_hours", "cost_sek", "fte", "benefit_hours", "verdict", "flagged", "cause"),
        *("recommended", "within_own_mandate", "avoidable_hours", "gain_hours", "remedies"),
        *("explanation", "policy_version"),
    }
    assert set(found["explanation"]) == {"sv", "en"}
    assert [remedy["action"] for remedy in found["remedies"]] == ["remove", "simplify", "keep"]


@pytest.mark.parametrize(("changes", "field"), FAULTS)
def test_a_refusal_names_the_field(
    lasting: Installation, changes: dict[str, Any], field: str
) -> None:
    body = json.dumps(EXAMPLE | changes).encode()

    answer = _assess(lasting.of(""), body)

    problem = answer.json
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "errors"} == set(problem)
    assert problem["status"] == 422
    assert field in [error["field"] for error in problem["errors"]]
    assert all(error["detail"] and error["reason"] for error in problem["errors"])


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_task_is_refused(lasting: Installation, name: str) -> None:
    answer = _assess(lasting.of(""), BODIES[name])

    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert len(answer.text) < 3_000
    assert answer.json["status"] == 422


def test_all_faults_of_shape_are_told_at_once(stranger: Browser) -> None:
    answer = stranger.open("POST", ADDRESS, json={"title": 1, "minutes": "x", "more": 2})

    fields = {error["field"] for error in answer.json["errors"]}
    assert fields >= {"title", "minutes", "frequency", "people", "more"}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "text/json", None]
)
def test_only_json_is_taken(stranger: Browser, kind: str | None) -> None:
    answer = stranger.open("POST", ADDRESS, data=json.dumps(EXAMPLE), content_type=kind)

    assert (answer.status, answer.json["status"]) == (415, 415)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_too_large_a_body_is_a_problem_too(stranger: Browser) -> None:
    answer = _assess(stranger, b" " * 1_000_001)

    assert (answer.status, answer.json["status"]) == (413, 413)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_problems_too(stranger: Browser, method: str) -> None:
    answer = stranger.open(method, ADDRESS)

    assert (answer.status, answer.json["status"]) == (405, 405)
    assert "POST" in answer.headers["Allow"]


def test_a_call_that_is_not_there_is_a_problem_too(stranger: Browser) -> None:
    answer = stranger.get("/api/v1/nothing")

    assert (answer.status, answer.json["status"]) == (404, 404)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_it_needs_no_log_in_no_token_and_keeps_nothing(
    stranger: Browser, installation: Installation
) -> None:
    before = installation.stored()

    answer = stranger.open("POST", ADDRESS, json=EXAMPLE, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert installation.stored() == before


def test_it_works_without_a_database(stranger: Browser, installation: Installation) -> None:
    installation.database.close()
    Path(str(installation.database.url.database)).write_bytes(b"this is no database " * 500)
    stranger.client.set_cookie(stranger.cookie_name, "x")

    answer = stranger.open("POST", ADDRESS, json=EXAMPLE)

    assert answer.status == 200


def test_who_asks_too_often_is_told_when_to_come_back(stranger: Browser) -> None:
    answers = [stranger.open("POST", ADDRESS, json={}) for _ in range(121)]

    last = answers[-1]
    assert {answer.status for answer in answers[:-1]} == {422}
    assert (last.status, last.json["status"]) == (429, 429)
    assert 0 < int(last.headers["Retry-After"]) <= 60
    assert last.headers["Content-Type"] == "application/problem+json"
    assert (answers[0].headers["X-RateLimit-Limit"], last.headers["X-RateLimit-Remaining"]) == (
        "120",
        "0",
    )


def test_pages_are_not_counted_with_it(stranger: Browser) -> None:
    for _ in range(121):
        stranger.open("POST", ADDRESS, json={})

    assert stranger.get("/login").status == 200
