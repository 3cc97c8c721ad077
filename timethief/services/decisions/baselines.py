"""How a task stood when it was decided: frozen, so that what is freed can be measured against it later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.assessment import Assessment, assess
from timethief.domain.decisions import Decidable, Outcome, Rung, StepState, expected_hours
from timethief.domain.ranges import Range
from timethief.storage.assumptions import Assumptions
from timethief.storage.facts import facts_of
from timethief.storage.tables import (
    AutomationCandidate,
    Decision,
    EscalationStep,
    Requester,
    Requirement,
    StaffCategory,
    Task,
)
from timethief.storage.uses import uses_of

_COPIED = (
    *("minutes", "minutes_low", "minutes_high", "times", "per"),
    *("people", "people_low", "people_high", "binding", "legal_basis"),
)
CONSENTING = (Rung.RULE_OWNER, Rung.REQUESTER, Rung.ABOVE_REQUESTER, Rung.GOVERNMENT)
"""Who may release the organisation from what binds it; an association may only help."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A task as it is decided of.

    Attributes:
        decidable: what says which outcomes are open.
        frozen: figures and assessment, as they are stored.
    """

    task: Task
    assessment: Assessment
    decidable: Decidable
    frozen: dict[str, Any]

    def expected(self, outcome: Outcome) -> Range:
        """What an outcome is expected to free, hours per year."""
        released = {each.action: each.released_hours for each in self.assessment.remedies}
        return expected_hours(outcome, self.assessment.cost_hours, released)


def baseline_of(session: Session, task: Task, assumptions: Assumptions) -> Baseline:
    """How the task stands now."""
    facts = facts_of(task, uses_of(session, [task.id])[task.id], assumptions.tariffs)
    assessment = assess(facts, assumptions.policy)
    requirement = (
        None if task.requirement_id is None else session.get(Requirement, task.requirement_id)
    )
    decidable = Decidable(
        bound=facts.binding.needs_requester,
        consent=has_consent(session, task.id),
        needs_judgement=task.needs_judgement,
        may_automate=session.get(AutomationCandidate, task.id) is not None,
        has_requirement=requirement is not None and requirement.organisation_id is not None,
    )
    requester = session.get_one(Requester, task.requester_id)
    category = session.get_one(StaffCategory, task.staff_category_id)
    frozen: dict[str, Any] = {name: getattr(task, name) for name in _COPIED}
    frozen |= {
        "occasions_a_year": facts.frequency.occasions_a_year(assumptions.policy),
        "occasions": {per.value: number for per, number in assumptions.policy.occasions.items()},
        "hourly_cost_sek": facts.hourly_cost_sek,
        "staff_category": category.code,
        "requester": requester.name,
        "requester_level": requester.level,
        "requirement": requirement.title if requirement else None,
        **_assessed(assessment),
    }
    return Baseline(task, assessment, decidable, frozen)


def has_consent(session: Session, task_id: int) -> bool:
    """Whether somebody who may release the organisation has agreed, when the task was raised."""
    agreed = (
        select(EscalationStep.id)
        .join(Decision, Decision.id == EscalationStep.decision_id)
        .where(
            Decision.task_id == task_id,
            EscalationStep.state == StepState.AGREED.value,
            EscalationStep.rung.in_([rung.value for rung in CONSENTING]),
        )
        .limit(1)
    )
    return session.scalar(agreed) is not None


def _assessed(assessment: Assessment) -> dict[str, Any]:
    return {
        "cost_hours": _range(assessment.cost_hours),
        "cost_sek": assessment.cost_sek,
        "benefit_hours": _range(assessment.benefit_hours),
        "verdict": assessment.verdict.value,
        "cause": assessment.cause.value if assessment.cause else None,
        "recommended": assessment.recommended.value,
        "within_own_mandate": assessment.within_own_mandate.value,
        "policy_version": assessment.policy_version,
        "remedies": [
            {
                "action": remedy.action.value,
                "annual_cost_hours": remedy.annual_cost_hours,
                "one_off_hours": remedy.one_off_hours,
                "released_hours": remedy.released_hours,
                "net_hours": remedy.net_hours,
            }
            for remedy in assessment.remedies
        ],
    }


def _range(hours: Range) -> dict[str, float]:
    return {"low": hours.low, "likely": hours.likely, "high": hours.high}
