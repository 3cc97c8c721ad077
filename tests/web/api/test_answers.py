"""What holds for every answer of the API: problem documents, limits, languages; and the guide that tells of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest

from tests.web.api.caller import PROBLEM, Caller
from tests.web.browser import Browser
from tests.web.conftest import Installation, Make
from timethief.domain.people import Permission
from timethief.domain.tokens import Scope
from timethief.exchange.api.examples import example
from timethief.exchange.api.openapi import SCHEMAS
from timethief.web.limits import limiter

DESCRIPTION = "/api/v1/openapi.json"
GUIDE = "/about/api"


@pytest.fixture(scope="module")
def caller(lasting: Installation) -> Caller:
    return Caller(lasting)


@pytest.fixture(scope="module")
def described(lasting: Installation) -> Mapping[str, Any]:
    told: Mapping[str, Any] = Browser(lasting.app).get(DESCRIPTION).json
    return told


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/v1/nothing-here", 404),
        ("GET", "/api/v1/tasks/zzzzzzzzzzzz", 404),
        ("DELETE", "/api/v1/units", 405),
        ("POST", "/api/v1/openapi.json", 405),
        ("POST", "/api/v1/assess", 415),
        ("GET", "/api/v1/units?colour=red", 422),
        ("GET", "/api/v1/units?language=fi", 422),
        ("GET", "/api/v1/units?q=%ff", 400),
        ("GET", "/api/v1/summary", 422),
    ],
)
def test_every_refusal_is_a_problem_document(
    caller: Caller, method: str, address: str, status: int
) -> None:
    answer = caller.call(method, address)

    assert answer.status == status
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.json["status"] == status
    assert answer.json["title"]
    assert answer.json["detail"]


def test_a_fault_of_ours_is_a_problem_document_too(
    installation: Installation, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(**_parts: object) -> str:
        raise RuntimeError("of the test")

    broken.permission = Permission.ANYONE  # type: ignore[attr-defined]
    broken.bearer_only = True  # type: ignore[attr-defined]
    installation.app.add_url_rule("/api/v1/broken", "broken", broken)

    answer = Browser(installation.app).get("/api/v1/broken")

    assert (answer.status, answer.headers["Content-Type"]) == (500, PROBLEM)
    assert "of the test" not in answer.text
    assert "RuntimeError" in capfd.readouterr().out


def test_what_is_left_of_the_limit_stands_in_every_answer(
    caller: Caller, described: Mapping[str, Any]
) -> None:
    for address in (DESCRIPTION, "/api/v1/units", "/api/v1/units?limit=0", "/api/v1/summary"):
        answer = caller.get(address)

        assert int(answer.headers["X-RateLimit-Limit"]) == 600
        assert 0 <= int(answer.headers["X-RateLimit-Remaining"]) < 600
        assert int(answer.headers["X-RateLimit-Reset"]) > 0
    assert "429" in described["paths"]["/api/v1/units"]["get"]["responses"]


def test_each_field_is_named_in_the_language_asked_for(caller: Caller) -> None:
    swedish = caller.get("/api/v1/units?limit=no").json["errors"]
    english = caller.get("/api/v1/units?limit=no&language=en").json["errors"]

    assert [each["field"] for each in swedish] == ["limit"]
    assert [each["reason"] for each in swedish] == [each["reason"] for each in english]
    assert english[0]["detail"] == "Write a whole number, such as 12."
    assert swedish[0]["detail"] != english[0]["detail"]


def test_requirements_are_those_of_the_organisation(caller: Caller) -> None:
    whole = caller.get("/api/v1/requirements?limit=200").json["items"]
    assert whole
    wanted = whole[0]

    of_one = caller.get(f"/api/v1/requirements?requester={wanted['requester']}").json["items"]
    named = caller.get("/api/v1/requirements", q="").json["items"]

    assert wanted in of_one
    assert {each["requester"] for each in of_one} == {wanted["requester"]}
    assert named
    assert caller.get("/api/v1/requirements?requester=x").status == 404


def test_a_summary_tells_what_can_be_combined(caller: Caller) -> None:
    found = caller.get("/api/v1/summary?group_by=level&language=en").json

    assert found["group_by"] == "level"
    assert sum(row["tasks"] for row in found["rows"]) == found["total"]["tasks"] > 0
    assert {row["key"]: row["label"] for row in found["rows"]}["state"] == "The state"


@pytest.fixture(scope="module")
def unlimited(install: Make) -> Iterator[Installation]:
    made = install()
    before, limiter.enabled = limiter.enabled, False
    yield made
    limiter.enabled = before


def test_an_export_holds_what_the_filter_leaves(unlimited: Installation) -> None:
    caller = Caller(unlimited, scope=Scope.READ)
    whole = json.loads(caller.get("/api/v1/exports/tasks.json").text)
    thieves = json.loads(caller.get("/api/v1/exports/tasks.json?flagged=true").text)
    text = caller.get("/api/v1/exports/tasks.csv?flagged=true")

    assert 0 < len(thieves) < len(whole)
    assert all(each["cause"] for each in thieves)
    assert text.headers["Content-Type"].startswith("text/csv")
    assert caller.get("/api/v1/exports/tasks.xlsx").status == 200
    assert caller.get("/api/v1/exports/tasks.csv?unit=zzzzzzzzzzzz").status == 404


def _models(described: Mapping[str, Any]) -> Mapping[str, Any]:
    schemas: Mapping[str, Any] = described["components"]["schemas"]
    return schemas


def test_every_example_is_what_its_schema_takes(described: Mapping[str, Any]) -> None:
    schemas = _models(described)

    for name in schemas:
        schema = {"$ref": f"{SCHEMAS}{name}", "components": {"schemas": schemas}}
        jsonschema_rs.validate(schema, example({"$ref": f"{SCHEMAS}{name}"}, schemas))


@pytest.mark.parametrize(("path", "status"), [("assess", 200), ("tasks", 201)])
def test_the_example_of_a_task_can_be_sent(
    unlimited: Installation, described: Mapping[str, Any], path: str, status: int
) -> None:
    schemas = _models(described)
    operation = described["paths"][f"/api/v1/{path}"]["post"]
    body = example(operation["requestBody"]["content"]["application/json"]["schema"], schemas)
    caller = Caller(unlimited)
    unit = caller.get("/api/v1/units?limit=1").json["items"][0]["code"]

    answer = caller.send("POST", f"/api/v1/{path}", body | {"unit": unit})

    assert answer.status == status, answer.text


@pytest.mark.parametrize("role", [None, "staff", "operator"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_guide_shows_every_call_to_everybody(
    lasting: Installation, described: Mapping[str, Any], role: str | None, language: str
) -> None:
    browser = lasting.browser(role or "")

    page = browser.get(f"{GUIDE}?language={language}")

    assert page.status == 200
    for path, operations in described["paths"].items():
        for operation in operations.values():
            call = page.page.one(id=operation["operationId"])
            assert path in call.text
            assert "curl" in call.text


def test_the_guide_is_found_from_tokens_and_from_about(lasting: Installation) -> None:
    for address in ("/account/tokens", "/about"):
        links = lasting.of("staff").get(address).main.all("a")

        assert GUIDE in {link.get("href") for link in links}
