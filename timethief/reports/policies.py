"""A policy in words and numbers, so that anybody can check a figure by it."""

from __future__ import annotations

from timethief.domain.policy import Policy
from timethief.i18n import gettext, number, percent
from timethief.reports.labels import label


def occasion_lines(policy: Policy) -> list[tuple[str, str]]:
    """How many times a year each unit of frequency stands for."""
    return [(label("per", per), number(times, 1)) for per, times in policy.occasions.items()]


def usage_lines(policy: Policy) -> list[tuple[str, str, str, str]]:
    """How much of its worth a use counts for: lowest, likely, highest."""
    return [
        (label("in_use", in_use), percent(factor.low), percent(factor.likely), percent(factor.high))
        for in_use, factor in policy.usage.items()
    ]


def assumption_lines(policy: Policy) -> list[tuple[str, str]]:
    """The other numbers of the policy."""
    return [
        (gettext("A full-time equivalent, a year"), _hours(policy.fte_hours)),
        (
            gettext("A single number is read as plus or minus"),
            percent(policy.default_spread),
        ),
        (
            gettext("One-off hours are spread over"),
            gettext("%(years)s years", years=number(policy.horizon_years, 1)),
        ),
        (gettext("To automate anything"), _hours(policy.automation_base_hours)),
        (
            gettext("To automate, more for each system"),
            _hours(policy.automation_hours_per_system),
        ),
        (
            gettext("To automate work that keeps changing, times"),
            number(policy.unstable_factor, 2),
        ),
        (gettext("To register once"), _hours(policy.integration_hours)),
        (
            gettext("Upkeep, a year, of the one-off hours"),
            percent(policy.maintenance_share),
        ),
    ]


def _hours(hours: float) -> str:
    return gettext("%(hours)s hours", hours=number(hours, 1))
