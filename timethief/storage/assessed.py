"""What a task's assessment holds: the one place where it is computed, to be stored and to be verified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from timethief.domain.assessment import assess
from timethief.domain.measures import measures_of
from timethief.domain.vocabulary import InUse
from timethief.storage.assumptions import Assumptions
from timethief.storage.facts import UseRows, facts_of
from timethief.storage.tables import Task

_MEASURES = (
    "cost_low",
    "cost_likely",
    "cost_high",
    "cost_ore",
    "benefit_low",
    "benefit_likely",
    "benefit_high",
    "avoidable_hours",
    "gain_hours",
)


def assessed(task: Task, uses: Sequence[UseRows], assumptions: Assumptions) -> dict[str, Any]:
    """The columns of an `AssessmentRow` that follow from the task, its uses and the assumptions.

    The requester's level, the signals and the day are not among them.
    """
    facts = facts_of(task, uses, assumptions.tariffs)
    assessment = assess(facts, assumptions.policy)
    confirmed = any(use.in_use is InUse.CONFIRMED for use in facts.uses)
    measures = measures_of(assessment, confirmed=confirmed)
    return {
        "organisation_id": task.organisation_id,
        "unit_id": task.unit_id,
        "requester_id": task.requester_id,
        "requirement_id": task.requirement_id,
        "staff_category_id": task.staff_category_id,
        "status": task.status,
        "month": f"{task.logged_on:%Y-%m}",
        "verdict": assessment.verdict.value,
        "cause": assessment.cause.value if assessment.cause else None,
        "recommended": assessment.recommended.value,
        "within_own_mandate": assessment.within_own_mandate.value,
        "confirmed": confirmed,
        "policy_version": assessment.policy_version,
        **{name: getattr(measures, name) for name in _MEASURES},
    }
