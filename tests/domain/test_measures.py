from __future__ import annotations

import pytest

from tests.domain.facts import task, times_a_year, use, worth_hours
from timethief.domain.assessment import Assessment, assess
from timethief.domain.measures import MEASURES, MOST, Measures, measures_of, millionths
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.tasks import TaskFacts, Worth

LARGEST_IN_A_DATABASE = 2**63 - 1


def assessed(facts: TaskFacts) -> Assessment:
    return assess(facts, DEFAULT_POLICY)


def test_a_task_counts_with_its_figures_in_whole_numbers() -> None:
    found = measures_of(assessed(task(uses=worth_hours(90))), confirmed=True)

    assert found == Measures(
        tasks=1,
        flagged_tasks=1,
        cost_low=75_000_000,
        cost_likely=100_000_000,
        cost_high=125_000_000,
        cost_ore=6_000_000,
        benefit_low=90_000_000,
        benefit_likely=90_000_000,
        benefit_high=90_000_000,
        flagged_hours=100_000_000,
        confirmed_hours=100_000_000,
        avoidable_hours=100_000_000,
        gain_hours=10_000_000,
    )


def test_a_justified_task_without_a_confirmed_use_counts_in_neither() -> None:
    found = measures_of(assessed(task(uses=worth_hours(200))), confirmed=False)

    assert (found.tasks, found.flagged_tasks) == (1, 0)
    assert (found.flagged_hours, found.confirmed_hours) == (0, 0)


@pytest.mark.parametrize(
    ("hours", "whole"),
    [(0, 0), (1, 1_000_000), (1e-7, 0), (0.0000007, 1), (-2.5, -2_500_000), (1 / 3, 333_333)],
)
def test_hours_are_kept_in_whole_millionths(hours: float, whole: int) -> None:
    assert millionths(hours) == whole


@pytest.mark.parametrize(("hours", "whole"), [(1e30, MOST), (-1e30, -MOST), (1e9, MOST)])
def test_no_task_counts_for_more_than_a_database_can_add_up(hours: float, whole: int) -> None:
    assert millionths(hours) == whole
    assert 1_000 * abs(millionths(hours)) < LARGEST_IN_A_DATABASE


def test_the_largest_task_that_the_limits_let_through_can_be_stored() -> None:
    huge = task(
        minutes=1_440.0,
        frequency=times_a_year(366),
        people=1_000_000,
        hourly_cost_sek=100_000.0,
        uses=(use(Worth(share=1_000)),) * 20,
    )

    found = measures_of(assessed(huge), confirmed=True)

    assert all(abs(getattr(found, name)) <= MOST for name in MEASURES)
    assert found.cost_ore == found.benefit_low == MOST
