"""What if: each remedy is the same task in another world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from timethief.domain.policy import Policy
from timethief.domain.tasks import Automation, TaskFacts
from timethief.domain.vocabulary import IMPROVEMENTS, Action

TOLERANCE = 1e-9


def exceeds(a: float, b: float) -> bool:
    """A > b, with room for rounding: a > b + 1e-9 x max(1, |a|, |b|)."""
    return a > b + TOLERANCE * max(1.0, abs(a), abs(b))


@dataclass(frozen=True, slots=True)
class Remedy:
    """A task in another world. All figures are hours per year but `one_off_hours`.

    Attributes:
        annual_cost_hours: counted at the present performers' tariff: what the organisation cares about.
        annual_benefit_hours: what the use is still worth.
        one_off_hours: to get there.
        released_hours: the performers' own hours given back to them, even if somebody else does the work.
        net_hours: annual benefit - annual cost - one-off hours / horizon.
        gain_hours: net hours beyond those of today.
        needs_requester: takes the consent of the one who asks.
    """

    action: Action
    annual_cost_hours: float
    annual_benefit_hours: float
    one_off_hours: float
    released_hours: float
    net_hours: float
    gain_hours: float
    needs_requester: bool

    @property
    def is_improvement(self) -> bool:
        """The task stays, and is done better."""
        return self.action in IMPROVEMENTS


@dataclass(frozen=True, slots=True)
class _Today:
    """The task as it is: likely cost and benefit in hours per year."""

    facts: TaskFacts
    policy: Policy
    cost: float
    benefit: float

    def remedy(
        self,
        action: Action,
        *,
        cost: float,
        released: float,
        benefit: float | None = None,
        one_off: float = 0.0,
        needs_requester: bool = False,
    ) -> Remedy:
        kept = self.benefit if benefit is None else benefit
        one_off_a_year = one_off / self.policy.horizon_years
        return Remedy(
            action=action,
            annual_cost_hours=cost,
            annual_benefit_hours=kept,
            one_off_hours=one_off,
            released_hours=released,
            net_hours=kept - cost - one_off_a_year,
            # The same as net - (benefit - cost); a large benefit so does not blur a small saving.
            gain_hours=(kept - self.benefit) + (self.cost - cost) - one_off_a_year,
            needs_requester=needs_requester,
        )


def remedies(facts: TaskFacts, policy: Policy, cost: float, benefit: float) -> tuple[Remedy, ...]:
    """Every remedy that is offered for the task, in the model's order; the last is always `keep`.

    Args:
        facts: the task.
        policy: the organisation's assumptions.
        cost: likely hours a year that the task takes.
        benefit: likely hours a year that its uses are worth.
    """
    today = _Today(facts, policy, cost, benefit)
    return tuple(_offered(today))


def _offered(today: _Today) -> Iterator[Remedy]:
    yield _take_away(today)
    for improvement in (_register_once, _automate, _simplify, _reassign, _reduce_frequency):
        remedy = improvement(today)
        if remedy is not None:
            yield remedy
    yield today.remedy(Action.KEEP, cost=today.cost, released=0.0)


def _take_away(today: _Today) -> Remedy:
    bound = today.facts.binding.needs_requester
    action = Action.RAISE_WITH_REQUESTER if bound else Action.REMOVE
    return today.remedy(action, cost=0.0, benefit=0.0, released=today.cost, needs_requester=bound)


def _register_once(today: _Today) -> Remedy | None:
    share = today.facts.duplicate_share
    if share <= 0:
        return None
    one_off = today.policy.integration_hours
    return today.remedy(
        Action.REGISTER_ONCE,
        cost=today.cost * (1 - share) + today.policy.maintenance_share * one_off,
        one_off=one_off,
        released=today.cost * share,
    )


def _automate(today: _Today) -> Remedy | None:
    automation = today.facts.automation
    if automation is None or automation.needs_judgement or automation.share <= 0:
        return None
    one_off = automation_hours(automation, today.policy)
    return today.remedy(
        Action.AUTOMATE,
        cost=today.cost * (1 - automation.share) + today.policy.maintenance_share * one_off,
        one_off=one_off,
        released=today.cost * automation.share,
    )


def automation_hours(automation: Automation, policy: Policy) -> float:
    """One-off hours: (base + per system x systems), x unstable factor where the work keeps changing."""
    hours = policy.automation_base_hours + policy.automation_hours_per_system * automation.systems
    return hours if automation.stable else hours * policy.unstable_factor


def _simplify(today: _Today) -> Remedy | None:
    achievable = today.facts.achievable_minutes
    likely = today.facts.minutes_range(today.policy).likely
    if achievable is None or not achievable < likely:
        return None
    cost = today.cost * achievable / likely
    return today.remedy(Action.SIMPLIFY, cost=cost, released=today.cost - cost)


def _reassign(today: _Today) -> Remedy | None:
    other = today.facts.other_hourly_cost_sek
    if other is None or not other < today.facts.hourly_cost_sek:
        return None
    cost = today.cost * other / today.facts.hourly_cost_sek
    return today.remedy(Action.REASSIGN, cost=cost, released=today.cost)


def _reduce_frequency(today: _Today) -> Remedy | None:
    enough = today.facts.sufficient_frequency
    if enough is None:
        return None
    present = today.facts.frequency.occasions_a_year(today.policy)
    sufficient = enough.occasions_a_year(today.policy)
    if not sufficient < present:
        return None
    cost = today.cost * sufficient / present
    return today.remedy(
        Action.REDUCE_FREQUENCY,
        cost=cost,
        released=today.cost - cost,
        needs_requester=today.facts.binding.needs_requester,
    )
