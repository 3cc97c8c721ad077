"""Statskontoret's definition made executable: does the cost in working time exceed the benefit?

The one place where cost, benefit, verdict, cause and recommendation are computed. Pages, API, command line,
import and `verify` all come here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from timethief.domain.policy import Policy
from timethief.domain.ranges import NOTHING, Range
from timethief.domain.remedies import Remedy, exceeds, remedies
from timethief.domain.tasks import TaskFacts, Use, Worth
from timethief.domain.vocabulary import Action, Cause, Verdict


@dataclass(frozen=True, slots=True)
class Assessment:
    """What follows from the facts of one task under one policy. Hours are per year.

    Attributes:
        volume: occasions a year x people.
        cost_hours: working time.
        cost_sek: likely working time at the performers' tariff, SEK per year.
        fte: likely working time in full-time equivalents.
        benefit_hours: what the stated uses are worth, in the same unit as the cost.
        verdict: see `Verdict`.
        cause: why a flagged task is a time thief; None where it is not flagged.
        recommended: the remedy with the highest net hours.
        within_own_mandate: the best of those that need nobody's consent.
        avoidable_hours: likely cost less the annual cost under the recommended remedy.
        gain_hours: what the recommended remedy gains, benefit and one-off hours included.
        remedies: all that are offered, in the model's order.
        policy_version: the policy it was made under.
    """

    volume: Range
    cost_hours: Range
    cost_sek: float
    fte: float
    benefit_hours: Range
    verdict: Verdict
    cause: Cause | None
    recommended: Action
    within_own_mandate: Action
    avoidable_hours: float
    gain_hours: float
    remedies: tuple[Remedy, ...]
    policy_version: int

    @property
    def flagged(self) -> bool:
        """A time thief, wholly, probably or in part."""
        return self.verdict.flagged

    def remedy(self, action: Action) -> Remedy:
        """The offered remedy of that kind."""
        return next(remedy for remedy in self.remedies if remedy.action == action)


def assess(facts: TaskFacts, policy: Policy) -> Assessment:
    """Assess one task.

    Cost is the Standard Cost Model: minutes x volume / 60, where volume = times x occasions a year x people.
    """
    volume = facts.people_range().scaled(facts.frequency.occasions_a_year(policy))
    cost = facts.minutes_range(policy).times(volume).scaled(1 / 60)
    benefit = benefit_hours(facts, policy, volume, cost)
    offered = remedies(facts, policy, cost.likely, benefit.likely)
    best = best_remedy(offered)
    verdict = _verdict(cost, benefit, offered, policy)
    return Assessment(
        volume=volume,
        cost_hours=cost,
        cost_sek=cost.likely * facts.hourly_cost_sek,
        fte=cost.likely / policy.fte_hours,
        benefit_hours=benefit,
        verdict=verdict,
        cause=_cause(facts, benefit, offered) if verdict.flagged else None,
        recommended=best.action,
        within_own_mandate=best_remedy(r for r in offered if not r.needs_requester).action,
        avoidable_hours=cost.likely - best.annual_cost_hours,
        gain_hours=best.gain_hours,
        remedies=offered,
        policy_version=policy.version,
    )


def benefit_hours(facts: TaskFacts, policy: Policy, volume: Range, cost: Range) -> Range:
    """Worth of every use times how sure it is that it is used, summed; hours per year.

    No use stated at all: nobody here knows what it is for, but somebody may, so it is worth anything from
    nothing to what it costs.
    """
    if not facts.uses:
        return Range(0.0, 0.0, cost.likely)
    total = NOTHING
    for use in facts.uses:
        total = total.plus(use_hours(use, facts, policy, volume, cost))
    return total


def use_hours(use: Use, facts: TaskFacts, policy: Policy, volume: Range, cost: Range) -> Range:
    """What one use counts for: its worth times the usage factors, low with low; hours per year."""
    worth = _worth_hours(use.worth, facts, policy, volume, cost)
    return worth.times(policy.usage[use.in_use])


def _worth_hours(
    worth: Worth, facts: TaskFacts, policy: Policy, volume: Range, cost: Range
) -> Range:
    if worth.share is not None:
        return Range.around(worth.share * cost.likely, policy.default_spread)
    if worth.sek_per_year is not None:
        return Range.exactly(worth.sek_per_year / facts.hourly_cost_sek)
    minutes = worth.minutes
    if not isinstance(minutes, Range):
        minutes = Range.around(minutes or 0.0, policy.default_spread)
    return minutes.times(volume).scaled(1 / 60)


def best_remedy(offered: Iterable[Remedy]) -> Remedy:
    """The one with the highest net hours, and of equal ones the first listed."""
    ordered = iter(offered)
    best = next(ordered)
    for remedy in ordered:
        if exceeds(remedy.net_hours, best.net_hours):
            best = remedy
    return best


def best_improvement(offered: Iterable[Remedy]) -> Remedy | None:
    """The improvement with the highest gain; None where none is offered."""
    improvements = [remedy for remedy in offered if remedy.is_improvement]
    return max(improvements, key=lambda remedy: remedy.gain_hours, default=None)


def _verdict(cost: Range, benefit: Range, offered: tuple[Remedy, ...], policy: Policy) -> Verdict:
    if exceeds(cost.low, benefit.high):
        return Verdict.CLEAR
    if exceeds(cost.likely, benefit.likely):
        return Verdict.PROBABLE
    improvement = best_improvement(offered)
    waste = policy.default_spread * cost.likely
    if improvement is not None and exceeds(improvement.gain_hours, waste):
        return Verdict.PARTIAL
    if exceeds(cost.high, benefit.low):
        return Verdict.POSSIBLE
    return Verdict.JUSTIFIED


def _cause(facts: TaskFacts, benefit: Range, offered: tuple[Remedy, ...]) -> Cause:
    if not facts.uses:
        return Cause.UNKNOWN_USE
    if not exceeds(benefit.high, 0.0):
        return Cause.UNUSED
    if any(r.is_improvement and not exceeds(0.0, r.net_hours) for r in offered):
        return Cause.INEFFICIENT
    return Cause.DISPROPORTIONATE
