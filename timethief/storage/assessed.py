"""What a task's assessment holds: the one place where it is computed, to be stored and to be verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from timethief.domain.assessment import assess
from timethief.domain.measures import measures_of
from timethief.domain.policy import Policy
from timethief.domain.review_dates import next_review
from timethief.domain.tasks import TaskFacts
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
    found = copied_from({name: getattr(task, name) for name in COPIED})
    found |= follows_from(facts, assumptions.policy)
    looked_at = task.reviewed_on or task.logged_on
    return found | {"review_on": next_review(looked_at, confirmed=found["confirmed"])}


COPIED = (
    *("organisation_id", "unit_id", "requester_id", "requirement_id", "staff_category_id"),
    *("status", "logged_on"),
)
"""Columns of a task that its assessment goes by, so that tasks are filtered and added up by one table."""


def copied_from(task: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an `AssessmentRow` that say where the task belongs.

    Args:
        task: the columns of `COPIED`, by name.
    """
    found = {name: task[name] for name in COPIED if name != "logged_on"}
    logged_on: date = task["logged_on"]
    return found | {"month": f"{logged_on.year:04}-{logged_on.month:02}"}


def follows_from(facts: TaskFacts, policy: Policy) -> dict[str, Any]:
    """The columns of an `AssessmentRow` that the model computes."""
    assessment = assess(facts, policy)
    confirmed = any(use.in_use is InUse.CONFIRMED for use in facts.uses)
    measures = measures_of(assessment, confirmed=confirmed)
    return {
        "verdict": assessment.verdict.value,
        "cause": assessment.cause.value if assessment.cause else None,
        "recommended": assessment.recommended.value,
        "within_own_mandate": assessment.within_own_mandate.value,
        "confirmed": confirmed,
        "policy_version": assessment.policy_version,
        **{name: getattr(measures, name) for name in _MEASURES},
    }
