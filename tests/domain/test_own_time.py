from __future__ import annotations

from datetime import date

import pytest

from timethief.domain.own_time import (
    ANONYMOUS_SECONDS,
    OwnCost,
    cost,
    first_month,
    interval_of,
    median_seconds,
)


@pytest.mark.parametrize(
    ("seconds", "end"),
    [(0, 5), (5, 5), (5.1, 10), (61, 90), (1800, 1800), (1800.5, None), (-1, None)],
)
def test_a_time_is_only_known_by_its_interval(seconds: float, end: int | None) -> None:
    assert interval_of(seconds) == end


@pytest.mark.parametrize(
    ("counts", "middle"),
    [
        ({}, 0),
        ({5: 1}, 2.5),
        ({10: 1}, 7.5),
        ({10: 1, 60: 1}, 7.5),
        ({10: 1, 60: 2}, 52.5),
        ({10: 3, 1800: 2}, 7.5),
        ({5: 0, 60: 4}, 52.5),
    ],
)
def test_the_median_lies_in_the_middle_of_its_interval(
    counts: dict[int, int], middle: float
) -> None:
    assert median_seconds(counts) == middle


def test_the_cost_is_occasions_times_median_and_a_fixed_time_for_what_is_not_timed() -> None:
    found = cost({"log": {60: 3, 1800: 1}, "review": {300: 2}}, anonymous=10)

    assert found.occasions == 16
    assert found.hours == pytest.approx((4 * 52.5 + 2 * 240 + 10 * ANONYMOUS_SECONDS) / 3600)
    assert found.minutes_each == pytest.approx(found.hours * 60 / 16)


def test_without_anything_sent_the_service_costs_nothing() -> None:
    assert cost({}, 0) == OwnCost()
    assert OwnCost().minutes_each == 0


@pytest.mark.parametrize(
    ("today", "first"), [(date(2026, 3, 10), "2025-04"), (date(2026, 12, 31), "2026-01")]
)
def test_twelve_months_are_counted(today: date, first: str) -> None:
    assert first_month(today) == first
