"""An assessment in JSON, as the contract has it."""

from __future__ import annotations

from typing import Any

from timethief.domain.assessment import Assessment, assess
from timethief.domain.explanation import explain
from timethief.domain.policy import Policy
from timethief.domain.ranges import Range
from timethief.domain.remedies import Remedy
from timethief.domain.tasks import TaskFacts
from timethief.reports.explanations import in_every_language


def assessed(facts: TaskFacts, policy: Policy) -> dict[str, Any]:
    """The assessment of a task, with its explanation in every language."""
    assessment = assess(facts, policy)
    return assessment_document(assessment) | {
        "explanation": in_every_language(explain(facts, policy, assessment)),
        "policy_version": assessment.policy_version,
    }


def assessment_document(assessment: Assessment) -> dict[str, Any]:
    """The figures of an assessment."""
    return {
        "cost_hours": _range(assessment.cost_hours),
        "cost_sek": assessment.cost_sek,
        "fte": assessment.fte,
        "benefit_hours": _range(assessment.benefit_hours),
        "verdict": assessment.verdict,
        "flagged": assessment.flagged,
        "cause": assessment.cause,
        "recommended": assessment.recommended,
        "within_own_mandate": assessment.within_own_mandate,
        "avoidable_hours": assessment.avoidable_hours,
        "gain_hours": assessment.gain_hours,
        "remedies": [_remedy(remedy) for remedy in assessment.remedies],
    }


def _range(estimate: Range) -> dict[str, float]:
    return {"low": estimate.low, "likely": estimate.likely, "high": estimate.high}


def _remedy(remedy: Remedy) -> dict[str, Any]:
    return {
        "action": remedy.action,
        "annual_cost_hours": remedy.annual_cost_hours,
        "annual_benefit_hours": remedy.annual_benefit_hours,
        "one_off_hours": remedy.one_off_hours,
        "released_hours": remedy.released_hours,
        "net_hours": remedy.net_hours,
        "gain_hours": remedy.gain_hours,
        "needs_requester": remedy.needs_requester,
    }
