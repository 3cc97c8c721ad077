from __future__ import annotations

from dataclasses import replace
from typing import Any

from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use, Worth
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose

HOURLY_COST = 600.0


def times_a_year(times: float) -> Frequency:
    return Frequency(times, Per.YEAR)


PLAIN = TaskFacts(
    minutes=60.0,
    frequency=times_a_year(100),
    people=1,
    hourly_cost_sek=HOURLY_COST,
    binding=Binding.CUSTOM,
)
# Takes 75 to 125 hours a year, 100 likely.

AUTOMATION = Automation(rule_based=0.9, digital_input=0.8, exceptions=0.25, stable=False, systems=2)
# Can do 0.54 of the work, after 180 hours.


def task(**changes: Any) -> TaskFacts:  # noqa: ANN401 - any field of the facts
    return replace(PLAIN, **changes)


def use(worth: Worth, in_use: InUse = InUse.CONFIRMED) -> Use:
    return Use(Beneficiary.CITIZEN, Purpose.SAFETY, in_use, worth)


def worth_hours(hours: float) -> tuple[Use, ...]:
    # One confirmed use, exact: no spread.
    return (use(Worth(sek_per_year=hours * HOURLY_COST)),)


def worth_share(share: float, in_use: InUse = InUse.CONFIRMED) -> tuple[Use, ...]:
    return (use(Worth(share=share), in_use),)
