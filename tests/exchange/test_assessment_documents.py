from __future__ import annotations

import json

import pytest
from hypothesis import given

from tests.domain.strategies import LAW, TASKS
from tests.exchange.documents import JSON, task, use
from timethief.domain.assessment import assess
from timethief.domain.policy import DEFAULT_POLICY, Policy
from timethief.domain.tasks import TaskFacts
from timethief.exchange.assessment_documents import assessed, assessment_document
from timethief.exchange.task_documents import read_task

NAMES = [
    *("cost_hours", "cost_sek", "fte", "benefit_hours", "verdict", "flagged", "cause"),
    *("recommended", "within_own_mandate", "avoidable_hours", "gain_hours", "remedies"),
    *("explanation", "policy_version"),
]
REMEDY_NAMES = [
    *("action", "annual_cost_hours", "annual_benefit_hours", "one_off_hours"),
    *("released_hours", "net_hours", "gain_hours", "needs_requester"),
]


def facts_of(document: JSON) -> TaskFacts:
    return read_task(document, DEFAULT_POLICY, {})


def test_an_assessment_has_the_names_of_the_contract() -> None:
    found = assessed(facts_of(task()), DEFAULT_POLICY)

    assert list(found) == NAMES
    assert list(found["cost_hours"]) == list(found["benefit_hours"]) == ["low", "likely", "high"]
    assert [list(remedy) for remedy in found["remedies"]] == [REMEDY_NAMES, REMEDY_NAMES]
    assert set(found["explanation"]) == {"sv", "en"}


def test_the_figures_are_those_of_the_assessment() -> None:
    facts = facts_of(task(uses=[use(share=0.5)], achievable_minutes=10))
    assessment = assess(facts, DEFAULT_POLICY)

    found = assessment_document(assessment)

    assert found["cost_hours"]["likely"] == assessment.cost_hours.likely == pytest.approx(176)
    assert found["cost_sek"] == assessment.cost_sek
    assert found["verdict"] == "clear"
    assert found["remedies"][1]["action"] == "simplify"
    assert found["remedies"][1]["net_hours"] == assessment.remedies[1].net_hours


def test_what_is_not_flagged_has_no_cause() -> None:
    found = assessed(facts_of(task(uses=[use(share=2)])), DEFAULT_POLICY)

    assert (found["verdict"], found["flagged"], found["cause"]) == ("justified", False, None)


def test_the_version_of_the_policy_is_told() -> None:
    assert assessed(facts_of(task()), Policy(version=3))["policy_version"] == 3


@LAW
@given(TASKS)
def test_every_task_within_the_limits_has_an_assessment_in_json(facts: TaskFacts) -> None:
    text = json.dumps(assessed(facts, DEFAULT_POLICY), allow_nan=False)

    assert list(json.loads(text)) == NAMES
