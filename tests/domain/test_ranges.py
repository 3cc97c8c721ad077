from __future__ import annotations

import math

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.numbers import MINUTES
from timethief.domain.ranges import NOTHING, Range, check_range


@pytest.mark.parametrize(
    ("low", "likely", "high"), [(3, 2, 4), (1, 5, 4), (5, 4, 3), (-1, 0, 1), (2, 2, 1)]
)
def test_a_range_out_of_order_cannot_exist(low: float, likely: float, high: float) -> None:
    with pytest.raises(Invalid, match="wrong_order"):
        Range(low, likely, high)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_range_without_end_cannot_exist(bad: float, place: int) -> None:
    bounds = [1.0, 2.0, 3.0]
    bounds[place] = bad

    with pytest.raises(Invalid, match="unreadable"):
        Range(*bounds)


def test_equal_bounds_are_fine() -> None:
    assert Range(2, 2, 2) == Range.exactly(2)


def test_a_single_number_spreads_both_ways() -> None:
    assert Range.around(100, 0.25) == Range(75, 100, 125)
    assert Range.around(100, 0) == Range.exactly(100)


def test_arithmetic_is_low_with_low() -> None:
    one, other = Range(1, 2, 3), Range(10, 20, 40)

    assert one.plus(other) == Range(11, 22, 43)
    assert one.times(other) == Range(10, 40, 120)
    assert other.scaled(0.5) == Range(5, 10, 20)
    assert one.plus(NOTHING) == one


@pytest.mark.parametrize(
    ("bounds", "field", "reason"),
    [
        ((None, 2, 3), "minutes.low", "unreadable"),
        ((1, True, 3), "minutes.likely", "unreadable"),
        ((1, 2, "3"), "minutes.high", "unreadable"),
        ((0, 2, 3), "minutes.low", "not_above"),
        ((1, 2, 1_441), "minutes.high", "too_large"),
        ((3, 2, 4), "minutes", "wrong_order"),
        ((1, 5, 4), "minutes", "wrong_order"),
    ],
)
def test_the_refusal_of_a_range_names_the_bound(
    bounds: tuple[object, object, object], field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check_range(*bounds, "minutes", MINUTES)

    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_a_range_within_its_limits_is_taken() -> None:
    assert check_range(1, 2, 1_440, "minutes", MINUTES) == Range(1, 2, 1_440)
