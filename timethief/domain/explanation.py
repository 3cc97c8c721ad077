"""Why a verdict is what it is, and what would change it: the figures behind the words.

The words are made in `timethief.reports.explanations`, in Swedish and English, from these same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from timethief.domain.assessment import Assessment, assess, best_improvement
from timethief.domain.policy import Policy
from timethief.domain.ranges import Range
from timethief.domain.remedies import Remedy
from timethief.domain.tasks import TaskFacts
from timethief.domain.vocabulary import Cause, InUse, Verdict

_WAITING = frozenset({InUse.BELIEVED, InUse.UNKNOWN})
"""Answers that only the receiver can settle."""


class Side(StrEnum):
    """What is compared when a verdict is decided."""

    COST_LOW = "cost_low"
    COST_LIKELY = "cost_likely"
    COST_HIGH = "cost_high"
    BENEFIT_LOW = "benefit_low"
    BENEFIT_LIKELY = "benefit_likely"
    BENEFIT_HIGH = "benefit_high"
    IMPROVEMENT_GAIN = "improvement_gain"
    UNCERTAINTY = "uncertainty"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison that decided: `left` is more than `right`, or for a justified task at most `right`."""

    left: Side
    left_hours: float
    right: Side
    right_hours: float


@dataclass(frozen=True, slots=True)
class Change:
    """What would change the verdict.

    Attributes:
        break_even_minutes: time per occasion and person at which likely cost would equal the likely benefit as
            it is held now (benefit hours x 60 / volume); None where there is no benefit to weigh against.
        if_confirmed: the verdict if the receiver confirmed every use that is now believed or unknown; None
            where no use waits for an answer or nothing would change.
        if_not_used: the verdict if the receiver made no use of it; None where nothing would change.
        worth_minutes_needed: minutes per occasion and person that the uses would have to be worth, in all, for
            likely benefit to equal likely cost; None where it does already.
    """

    break_even_minutes: float | None
    if_confirmed: Verdict | None
    if_not_used: Verdict | None
    worth_minutes_needed: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that the words about an assessment are made of. Hours are per year.

    Attributes:
        uses: how many are stated.
        waits_for_receiver: no use is stated, or one is believed or unknown: there is something to ask.
        decided_by: what was compared.
        first_step: the recommended remedy.
        within_own_mandate: the best that needs nobody's consent.
    """

    minutes: float | Range
    occasions_a_year: float
    people: int | Range
    cost_hours: Range
    cost_sek: float
    benefit_hours: Range
    uses: int
    waits_for_receiver: bool
    verdict: Verdict
    cause: Cause | None
    decided_by: Comparison
    change: Change
    first_step: Remedy
    within_own_mandate: Remedy


def explain(facts: TaskFacts, policy: Policy, assessment: Assessment) -> Explanation:
    """The figures behind the verdict, from the same numbers as the assessment."""
    return Explanation(
        minutes=facts.minutes,
        occasions_a_year=facts.frequency.occasions_a_year(policy),
        people=facts.people,
        cost_hours=assessment.cost_hours,
        cost_sek=assessment.cost_sek,
        benefit_hours=assessment.benefit_hours,
        uses=len(facts.uses),
        waits_for_receiver=not facts.uses or any(use.in_use in _WAITING for use in facts.uses),
        verdict=assessment.verdict,
        cause=assessment.cause,
        decided_by=_decided_by(assessment, policy),
        change=_change(facts, policy, assessment),
        first_step=assessment.remedy(assessment.recommended),
        within_own_mandate=assessment.remedy(assessment.within_own_mandate),
    )


def _decided_by(assessment: Assessment, policy: Policy) -> Comparison:
    cost, benefit = assessment.cost_hours, assessment.benefit_hours
    match assessment.verdict:
        case Verdict.CLEAR:
            return Comparison(Side.COST_LOW, cost.low, Side.BENEFIT_HIGH, benefit.high)
        case Verdict.PROBABLE:
            return Comparison(Side.COST_LIKELY, cost.likely, Side.BENEFIT_LIKELY, benefit.likely)
        case Verdict.PARTIAL:
            improvement = best_improvement(assessment.remedies)
            gain = improvement.gain_hours if improvement else 0.0
            waste = policy.default_spread * cost.likely
            return Comparison(Side.IMPROVEMENT_GAIN, gain, Side.UNCERTAINTY, waste)
        case Verdict.POSSIBLE | Verdict.JUSTIFIED:
            return Comparison(Side.COST_HIGH, cost.high, Side.BENEFIT_LOW, benefit.low)


def _change(facts: TaskFacts, policy: Policy, assessment: Assessment) -> Change:
    cost, benefit = assessment.cost_hours.likely, assessment.benefit_hours.likely
    volume = assessment.volume.likely
    minutes = facts.minutes_range(policy).likely
    return Change(
        break_even_minutes=benefit * 60 / volume if benefit > 0 else None,
        if_confirmed=_verdict_if(facts, policy, assessment, InUse.CONFIRMED),
        if_not_used=_verdict_if(facts, policy, assessment, InUse.NOT_USED),
        worth_minutes_needed=minutes if benefit < cost else None,
    )


def _verdict_if(
    facts: TaskFacts, policy: Policy, assessment: Assessment, answer: InUse
) -> Verdict | None:
    """The verdict if every use that waits for the receiver's word got this answer."""
    if not any(use.in_use in _WAITING for use in facts.uses):
        return None
    answered = tuple(
        replace(use, in_use=answer) if use.in_use in _WAITING else use for use in facts.uses
    )
    verdict = assess(replace(facts, uses=answered), policy).verdict
    return verdict if verdict is not assessment.verdict else None
