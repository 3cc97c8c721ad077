"""What it takes to let a program do a part of a task, and what that gives.

The same automation as the remedy `automate` of the model (`timethief.domain.remedies`), told as those ask who are to
carry it out: what does it take, what does it save, and when has it paid for itself?
"""

from __future__ import annotations

from dataclasses import dataclass

from timethief.domain.policy import Policy
from timethief.domain.remedies import automation_hours, exceeds
from timethief.domain.tasks import Automation

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class AutomationCase:
    """Automation in figures, with c the likely hours a year that the task takes and s the share of `Automation`.

    Attributes:
        share: s, of the work that can be automated.
        one_off_hours: o, to get there (`automation_hours`).
        running_hours: m, upkeep a year: maintenance_share x o.
        saved_hours: a year, upkeep taken off: c x s - m. Less than nothing where upkeep takes more.
        payback_months: 12 x o / (c x s - m); None where it never pays for itself.
        net_hours: over the whole horizon: horizon_years x (c x s - m) - o. That is horizon_years x what the remedy
            gains a year.
    """

    share: float
    one_off_hours: float
    running_hours: float
    saved_hours: float
    payback_months: float | None
    net_hours: float


def automation_case(
    automation: Automation, policy: Policy, cost_hours: float
) -> AutomationCase | None:
    """The figures; None where a program can do nothing of it, or may not: the work takes judgement about a person.

    Args:
        automation: what is known of automating the task.
        policy: the organisation's assumptions.
        cost_hours: likely hours a year that the task takes.
    """
    if automation.needs_judgement or automation.share <= 0:
        return None
    one_off = automation_hours(automation, policy)
    running = policy.maintenance_share * one_off
    saved = cost_hours * automation.share - running
    return AutomationCase(
        share=automation.share,
        one_off_hours=one_off,
        running_hours=running,
        saved_hours=saved,
        payback_months=_payback(one_off, saved),
        net_hours=policy.horizon_years * saved - one_off,
    )


def _payback(one_off: float, saved: float) -> float | None:
    """Months until what is saved has made up for what it took; None where it never does."""
    return MONTHS_A_YEAR * one_off / saved if exceeds(saved, 0.0) else None
