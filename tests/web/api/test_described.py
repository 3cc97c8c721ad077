"""The description of the API against the service: every call is described, and does as it says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.web.api.caller import token_of
from tests.web.conftest import Installation, Make
from tests.web.things import things
from timethief.domain.tokens import Scope
from timethief.services import demonstration
from timethief.storage.uploads import Uploads
from timethief.web import current
from timethief.web.limits import limiter

DESCRIPTION = "/api/v1/openapi.json"
ROUTES = Path(__file__).parent.parent / "routes.txt"
CALLS = [
    (method, rule.replace("<", "{").replace(">", "}"))
    for method, rule, _ in (line.split() for line in ROUTES.read_text("utf-8").splitlines())
    if rule.startswith("/api/")
]
EXAMPLES = 15
"""Of each kind for each call."""
ALWAYS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
"""What every answer is held against."""
QUIETLY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
load_all_checks()


def _told(app: Flask) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(app.test_client().get(DESCRIPTION).text)
    return told


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fuzzed(
    request: pytest.FixtureRequest, install: Make, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation that takes every call, however many there are."""
    made = install(request.param)
    made.app.extensions[current.UPLOADS] = Uploads(tmp_path_factory.mktemp("uploads"), "")
    before, limiter.enabled = limiter.enabled, False
    yield made
    limiter.enabled = before


@pytest.fixture(scope="module")
def told(fuzzed: Installation) -> Any:  # noqa: ANN401 - a schema of the library
    return schemathesis.openapi.from_wsgi(DESCRIPTION, fuzzed.app)


@pytest.fixture(scope="module")
def token(fuzzed: Installation) -> str:
    return token_of(fuzzed, "support", Scope.WRITE)


@pytest.fixture(scope="module")
def named(fuzzed: Installation) -> Mapping[str, str]:
    return things(fuzzed, "support", demonstration.CODE)


def _case(
    told: Any,  # noqa: ANN401 - a schema of the library
    token: str,
    named: Mapping[str, str],
    call: tuple[str, str],
    mode: GenerationMode,
) -> Any:  # noqa: ANN401 - a strategy of the library
    method, path = call
    operation = told[path][method]
    parts = {part.strip("{}") for part in path.split("/") if part.startswith("{")}
    known = {part: named[part] for part in parts if part in named}
    return operation.as_strategy(
        generation_mode=mode,
        headers={"Authorization": f"Bearer {token}"},
        **({"path_parameters": known} if known and mode is GenerationMode.POSITIVE else {}),
    )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_answer_is_as_described(
    told: Any,  # noqa: ANN401 - a schema of the library
    token: str,
    named: Mapping[str, str],
    call: tuple[str, str],
    mode: GenerationMode,
) -> None:
    names = [*ALWAYS, "negative_data_rejection"] if mode is GenerationMode.NEGATIVE else ALWAYS
    checks = CHECKS.get_by_names(names)

    @QUIETLY
    @given(case=_case(told, token, named, call, mode))
    def holds(case: Any) -> None:  # noqa: ANN401 - of the library
        case.call_and_validate(checks=checks)

    holds()


def test_every_call_is_described_and_nothing_else(app: Flask) -> None:
    described = {
        (method.upper(), path)
        for path, operations in _told(app)["paths"].items()
        for method in operations
    }

    assert described == {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_each_call_has_a_name_of_its_own(app: Flask) -> None:
    names = [
        operation["operationId"]
        for operations in _told(app)["paths"].values()
        for operation in operations.values()
    ]

    assert len(names) == len(set(names))


def test_everything_is_told_in_words(app: Flask) -> None:
    for path, operations in _told(app)["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            for parameter in operation["parameters"]:
                assert parameter["description"], (path, parameter["name"])
