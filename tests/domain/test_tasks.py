from __future__ import annotations

import math
from typing import Any

import pytest

from tests.domain.facts import AUTOMATION, task
from timethief.domain.errors import Invalid
from timethief.domain.policy import DEFAULT_POLICY, Policy
from timethief.domain.ranges import Range
from timethief.domain.tasks import Automation, Frequency, Worth, check_yearly_time
from timethief.domain.vocabulary import Per


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"minutes": 0}, "minutes", "not_above"),
        ({"minutes": -5}, "minutes", "not_above"),
        ({"minutes": 1_441}, "minutes", "too_large"),
        ({"minutes": math.nan}, "minutes", "unreadable"),
        ({"minutes": math.inf}, "minutes", "too_large"),
        ({"minutes": True}, "minutes", "unreadable"),
        ({"minutes": Range(0, 5, 10)}, "minutes.low", "not_above"),
        ({"minutes": Range(1, 5, 2_000)}, "minutes.high", "too_large"),
        ({"people": 0}, "people", "too_small"),
        ({"people": 1.5}, "people", "not_whole"),
        ({"people": 2**63}, "people", "too_large"),
        ({"people": Range(2, 3.5, 5)}, "people.likely", "not_whole"),
        ({"hourly_cost_sek": 0}, "hourly_cost_sek", "too_small"),
        ({"hourly_cost_sek": 1e9}, "hourly_cost_sek", "too_large"),
        ({"other_hourly_cost_sek": 0.5}, "other_hourly_cost_sek", "too_small"),
        ({"duplicate_share": 15}, "duplicate_share", "too_large"),
        ({"duplicate_share": -0.1}, "duplicate_share", "too_small"),
        ({"achievable_minutes": -1}, "achievable_minutes", "too_small"),
        ({"achievable_minutes": 1_441}, "achievable_minutes", "too_large"),
    ],
)
def test_a_task_with_an_impossible_number_cannot_exist(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        task(**changes)

    assert (refused.value.field, refused.value.reason) == (field, reason)


@pytest.mark.parametrize("times", [0, -1, 1e9, math.nan, 5e-324])
def test_a_frequency_that_cannot_be_is_refused(times: float) -> None:
    with pytest.raises(Invalid) as refused:
        Frequency(times, Per.WEEK)

    assert refused.value.field == "times"


def test_occasions_follow_the_policy() -> None:
    policy = Policy(occasions={**DEFAULT_POLICY.occasions, Per.WEEK: 46.0})

    assert Frequency(2, Per.WEEK).occasions_a_year(policy) == 92


@pytest.mark.parametrize(
    "kinds", [{}, {"share": 1, "minutes": 2}, {"share": 1, "minutes": 2, "sek_per_year": 3}]
)
def test_a_worth_is_told_in_exactly_one_way(kinds: dict[str, float]) -> None:
    with pytest.raises(Invalid, match="worth: exactly_one"):
        Worth(**kinds)


@pytest.mark.parametrize("kind", ["share", "minutes", "sek_per_year"])
def test_a_worth_of_nothing_is_a_worth(kind: str) -> None:
    assert getattr(Worth(**{kind: 0.0}), kind) == 0


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("share", -0.1, "too_small"),
        ("share", 1_001, "too_large"),
        ("share", math.nan, "unreadable"),
        ("minutes", -1, "too_small"),
        ("minutes", math.inf, "too_large"),
        ("sek_per_year", 1e13, "too_large"),
        ("sek_per_year", True, "unreadable"),
    ],
)
def test_a_worth_out_of_bounds_is_refused(kind: str, value: float, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        Worth(**{kind: value})

    assert (refused.value.field, refused.value.reason) == (f"worth.{kind}", reason)


def test_a_range_of_worth_is_checked_at_each_end() -> None:
    with pytest.raises(Invalid, match=r"worth\.minutes\.high: too_large"):
        Worth(minutes=Range(0, 1, 2e6))


@pytest.mark.parametrize("name", ["rule_based", "digital_input", "exceptions"])
@pytest.mark.parametrize(("value", "reason"), [(-0.1, "too_small"), (1.0000001, "too_large")])
def test_a_share_of_automation_is_between_nothing_and_all(
    name: str, value: float, reason: str
) -> None:
    shares: dict[str, Any] = {
        "rule_based": 1.0,
        "digital_input": 1.0,
        "exceptions": 0.0,
        name: value,
    }

    with pytest.raises(Invalid) as refused:
        Automation(**shares)

    assert (refused.value.field, refused.value.reason) == (f"automation.{name}", reason)


@pytest.mark.parametrize("systems", [0, -1, 1.5, 1_001])
def test_automation_touches_one_system_or_more(systems: int) -> None:
    with pytest.raises(Invalid) as refused:
        Automation(1, 1, 0, systems=systems)

    assert refused.value.field == "automation.systems"


def test_the_share_that_a_program_can_do_is_the_product() -> None:
    assert AUTOMATION.share == pytest.approx(0.9 * 0.8 * 0.75)


def test_a_single_number_of_minutes_gets_the_spread_of_the_policy() -> None:
    assert task().minutes_range(Policy(default_spread=0.1)) == Range(54, 60, 66)
    assert task(minutes=Range(1, 2, 9)).minutes_range(DEFAULT_POLICY) == Range(1, 2, 9)


def test_a_single_number_of_people_has_no_spread() -> None:
    assert task(people=3).people_range() == Range(3, 3, 3)


@pytest.mark.parametrize(
    ("minutes", "frequency"),
    [(1_440, Frequency(366, Per.YEAR)), (1, Frequency(527_040, Per.YEAR))],
)
def test_a_task_may_fill_every_hour_of_a_year(minutes: float, frequency: Frequency) -> None:
    check_yearly_time(minutes, frequency, DEFAULT_POLICY)


def test_a_task_that_fills_more_than_a_year_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        check_yearly_time(1_440, Frequency(2, Per.CALENDAR_DAY), DEFAULT_POLICY)

    assert (refused.value.field, refused.value.reason) == ("frequency", "more_than_a_year")
    assert refused.value.values == {"hours": 17_520, "limit": 8_784}
