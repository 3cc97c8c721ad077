"""Rows as the facts that the domain reasons about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from timethief.domain.policy import Policy
from timethief.domain.ranges import Range
from timethief.domain.statements import Statement, authoritative
from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use, Worth
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose, Source
from timethief.storage.tables import PolicyVersion, Task, TaskUse, UseStatement

UseRows = tuple[TaskUse, Sequence[UseStatement]]
"""A use with everything that has been said of it."""


def facts_of(task: Task, uses: Sequence[UseRows], tariffs: Mapping[int, float]) -> TaskFacts:
    """A task as the model sees it.

    Args:
        task: the row.
        uses: its uses with their statements.
        tariffs: SEK per hour by staff category, as in force on the day of assessment.
    """
    other = task.other_hourly_cost_sek
    if other is None and task.other_staff_category_id is not None:
        other = tariffs[task.other_staff_category_id]
    own = task.hourly_cost_sek
    return TaskFacts(
        minutes=_estimate(task.minutes_low, task.minutes, task.minutes_high),
        frequency=Frequency(task.times, Per(task.per)),
        people=people_of(task.people_low, task.people, task.people_high),
        hourly_cost_sek=tariffs[task.staff_category_id] if own is None else own,
        binding=Binding(task.binding),
        uses=tuple(use_of(use, statements) for use, statements in uses),
        achievable_minutes=task.achievable_minutes,
        sufficient_frequency=_frequency(task.sufficient_times, task.sufficient_per),
        other_hourly_cost_sek=other,
        duplicate_share=task.duplicate_share,
        automation=automation_of(task),
    )


def use_of(use: TaskUse, statements: Sequence[UseStatement]) -> Use:
    """A use as its most authoritative statement has it."""
    counts = authoritative([statement_of(row) for row in statements])
    return Use(Beneficiary(use.beneficiary), Purpose(use.purpose), counts.in_use, counts.worth)


def statement_of(row: UseStatement) -> Statement:
    """What one party said of a use."""
    return Statement(Source(row.source), InUse(row.in_use), worth_of(row), row.said_on)


def worth_of(row: UseStatement) -> Worth:
    """What the statement holds the use to be worth."""
    if row.worth_minutes is None:
        return Worth(share=row.worth_share, sek_per_year=row.worth_sek_per_year)
    minutes = _estimate(row.worth_minutes_low, row.worth_minutes, row.worth_minutes_high)
    return Worth(minutes=minutes)


def automation_of(task: Task) -> Automation | None:
    """What is known of automating the task; None where nobody has looked."""
    if task.rule_based is None:
        return None
    return Automation(
        rule_based=task.rule_based,
        digital_input=task.digital_input or 0.0,
        exceptions=task.exceptions or 0.0,
        stable=task.stable,
        systems=task.systems,
        needs_judgement=task.needs_judgement,
    )


def people_of(low: int | None, likely: int, high: int | None) -> int | Range:
    """How many people: a range where one was given."""
    if low is None or high is None:
        return likely
    return Range(low, likely, high)


def _estimate(low: float | None, likely: float, high: float | None) -> float | Range:
    if low is None or high is None:
        return likely
    return Range(low, likely, high)


def _frequency(times: float | None, per: str | None) -> Frequency | None:
    return None if times is None or per is None else Frequency(times, Per(per))


def policy_of(row: PolicyVersion) -> Policy:
    """The stored numbers as a policy; a number that is not stored has its default."""
    numbers = dict(row.numbers)
    given: dict[str, Any] = {"version": row.version}
    if "occasions" in numbers:
        given["occasions"] = {Per(per): value for per, value in numbers.pop("occasions").items()}
    if "usage" in numbers:
        usage = numbers.pop("usage")
        given["usage"] = {InUse(in_use): Range(*factors) for in_use, factors in usage.items()}
    return Policy(**given, **numbers)


def numbers_of(policy: Policy) -> dict[str, Any]:
    """A policy as it is stored; the inverse of `policy_of`."""
    return {
        "occasions": {per.value: number for per, number in policy.occasions.items()},
        "usage": {
            in_use.value: [factor.low, factor.likely, factor.high]
            for in_use, factor in policy.usage.items()
        },
        "fte_hours": policy.fte_hours,
        "default_spread": policy.default_spread,
        "horizon_years": policy.horizon_years,
        "automation_base_hours": policy.automation_base_hours,
        "automation_hours_per_system": policy.automation_hours_per_system,
        "unstable_factor": policy.unstable_factor,
        "integration_hours": policy.integration_hours,
        "maintenance_share": policy.maintenance_share,
    }
