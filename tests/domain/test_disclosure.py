from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timethief.domain.disclosure import (
    counts_behind,
    is_dominated,
    joint_figure,
    last_closed_month,
    lowest_shown,
    month_of_week,
    months_to_publish,
    next_month,
    shown_average,
    shown_count,
    shown_sum,
    two_digits,
)

THRESHOLDS = st.integers(5, 40)


@pytest.mark.parametrize("few", range(5))
def test_few_and_none_look_alike(few: int) -> None:
    assert shown_count(few, 5) is None


@pytest.mark.parametrize(
    ("count", "shown"), [(5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (500, 500), (502, 500)]
)
def test_a_number_of_reports_is_rounded_to_five(count: int, shown: int) -> None:
    assert shown_count(count, 5) == shown


def test_a_higher_threshold_does_not_make_its_own_number_exact() -> None:
    assert [shown_count(count, 7) for count in (6, 7, 8, 12, 13)] == [None, 10, 10, 10, 15]


@given(st.integers(0, 10_000), THRESHOLDS)
def test_what_is_shown_could_be_at_least_three_numbers(count: int, smallest: int) -> None:
    shown = shown_count(count, smallest)

    if shown is None:
        assert count < smallest
        return
    least, most = counts_behind(shown, smallest)
    assert shown % 5 == 0
    assert shown >= lowest_shown(smallest)
    assert least <= count <= most
    assert {shown_count(each, smallest) for each in range(least, most + 1)} == {shown}
    assert most - least >= 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, 0),
        (917, 920),
        (165, 170),
        (9.96, 10),
        (0.123, 0.12),
        (1_234_567, 1_200_000),
        (99.5, 100),
    ],
)
def test_hours_have_two_digits(value: float, shown: float) -> None:
    assert two_digits(value) == shown


def test_hours_are_not_shown_where_one_report_makes_up_most_of_them() -> None:
    assert shown_sum([400, 1, 1, 1, 1], 5) is None


@pytest.mark.parametrize(
    "amounts",
    [[50, 20, 15, 10, 5], [45, 35, 10, 5, 5], [10] * 5, [0.0] * 5, []],
)
def test_one_may_make_up_half_and_two_four_fifths(amounts: list[float]) -> None:
    assert not is_dominated(amounts)


@pytest.mark.parametrize("amounts", [[51, 20, 15, 9, 5], [45, 36, 10, 5, 4], [1.0]])
def test_no_one_may_make_up_more_than_half_nor_two_more_than_four_fifths(
    amounts: list[float],
) -> None:
    assert is_dominated(amounts)


def test_a_sum_is_rounded_from_the_truth() -> None:
    assert shown_sum([104.0] * 5, 5) == 520
    assert shown_sum([104.0] * 4, 5) is None


def test_an_average_takes_ten_reports() -> None:
    assert shown_average([10.0] * 9) is None
    assert shown_average([11.1] * 10) == 11
    assert shown_average([1.0] * 9 + [100.0]) is None


def test_a_joint_figure_takes_three_organisations_of_which_none_is_most_of_it() -> None:
    """D9 and T14."""
    assert joint_figure([500, 500]) is None
    assert joint_figure([500, 500, 0]) is None
    assert joint_figure([300, 400, 321]) == 1_000
    assert joint_figure([80, 10, 10]) is None
    assert joint_figure([70, 20, 10]) == 100
    assert joint_figure([]) is None


def test_a_joint_figure_tells_no_organisation_what_another_comes_to() -> None:
    """Who knows two of three knows the third no better than by its rounding."""
    known, hidden = [4_000.0, 3_000.0], 3_217.0
    shown = joint_figure([*known, hidden])

    assert shown is not None
    assert shown - sum(known) != hidden


@pytest.mark.parametrize(
    ("week", "month"),
    [
        ("2026-W09", "2026-02"),
        ("2026-W14", "2026-04"),
        ("2026-W01", "2026-01"),
        ("2025-W01", "2025-01"),
        ("2026-W53", "2026-12"),
    ],
)
def test_a_week_belongs_to_the_month_of_most_of_its_days(week: str, month: str) -> None:
    assert month_of_week(week) == month


@pytest.mark.parametrize(
    ("today", "closed"),
    [
        (date(2026, 3, 7), "2026-01"),
        (date(2026, 3, 8), "2026-02"),
        (date(2026, 1, 7), "2025-11"),
        (date(2026, 1, 8), "2025-12"),
    ],
)
def test_a_month_is_closed_a_week_after_its_end(today: date, closed: str) -> None:
    assert last_closed_month(today) == closed


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_no_week_of_a_closed_month_is_still_running(today: date) -> None:
    year, week, _ = today.isocalendar()

    assert month_of_week(f"{year}-W{week:02}") > last_closed_month(today)


def test_months_missed_are_published_in_order_and_none_twice() -> None:
    assert list(months_to_publish("2025-11", "2025-10", date(2026, 3, 9))) == [
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    assert list(months_to_publish("2026-02", "2025-10", date(2026, 3, 9))) == []
    assert list(months_to_publish(None, "2026-01", date(2026, 3, 9))) == ["2026-01", "2026-02"]
    assert list(months_to_publish(None, None, date(2026, 3, 9))) == ["2026-02"]
    assert list(months_to_publish(None, "2026-03", date(2026, 3, 9))) == ["2026-02"]


def test_the_month_after_december_is_january() -> None:
    assert [next_month("2025-12"), next_month("2026-01")] == ["2026-01", "2026-02"]
