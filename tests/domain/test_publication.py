from __future__ import annotations

from collections.abc import Mapping

import pytest

from timethief.domain.publication import Cell, Contribution, publication


def _given(parts: Mapping[str, int], hours: float | None = 10.0) -> list[Contribution]:
    return [
        Contribution({"unit": key}, hours) for key, count in parts.items() for _ in range(count)
    ]


def _units(parts: Mapping[str, int], smallest: int = 5) -> Mapping[str, Cell]:
    return publication(_given(parts), ["unit"], smallest).views["unit"]


def test_parts_with_few_reports_are_not_there() -> None:
    found = _units({"a": 20, "b": 12, "c": 4, "d": 1, "e": 3})

    assert {key: cell.reports for key, cell in found.items()} == {"a": 20, "b": 10}


def test_few_and_none_give_the_same_publication() -> None:
    assert _units({"a": 20, "b": 2, "c": 2}) == _units({"a": 20, "b": 4})


@pytest.mark.parametrize("few", range(5))
def test_a_month_with_few_reports_is_as_empty_as_one_with_none(few: int) -> None:
    found = publication(_given({"a": few}), ["unit"], 5)

    assert (found.total, found.views) == (Cell(None, None), {"unit": {}})


def test_the_total_is_rounded_from_the_truth() -> None:
    found = publication(_given({"a": 7, "b": 7, "c": 7, "d": 2}), ["unit"], 5)

    assert found.total.reports == 25
    assert [cell.reports for cell in found.views["unit"].values()] == [5, 5, 5]


def test_a_hidden_number_that_would_follow_from_the_others_takes_one_more_with_it() -> None:
    """Two times 5-7 and a total of 18-22 would leave exactly 4."""
    found = publication(_given({"a": 7, "b": 7, "c": 4}), ["unit"], 5)

    assert found.total.reports == 20
    assert len(found.views["unit"]) == 1


def test_a_total_that_would_tell_its_parts_is_hidden() -> None:
    """Two parts below 5 can be 8 together only if each is 4."""
    found = publication(_given({"a": 4, "b": 4}), ["unit"], 5)

    assert found.total.reports is None


def test_views_are_read_together() -> None:
    """What one view leaves open, the other must not close."""
    given = [
        Contribution({"unit": unit, "level": "state"}, None) for unit in "aaaabbbb" for _ in "x"
    ]

    found = publication(given, ["unit", "level"], 5)

    assert found.total.reports is None
    assert found.views == {"unit": {}, "level": {}}


def test_hours_that_one_report_dominates_are_not_shown() -> None:
    """D8."""
    given = [*_given({"a": 4}, 1.0), *_given({"a": 1}, 400.0)]

    found = publication(given, ["unit"], 5)

    assert found.total == Cell(5, None)
    assert found.views["unit"]["a"] == Cell(5, None)


def test_hours_take_as_many_reports_as_numbers_do() -> None:
    given = [*_given({"a": 4}), *_given({"a": 30}, None)]

    assert publication(given, ["unit"], 5).views["unit"]["a"] == Cell(35, None)


def test_hours_left_over_may_not_be_one_reports() -> None:
    """A total less the only part that is shown would be the one report that is not."""
    given = [*_given({"a": 10, "b": 10}, 10.0), *_given({"c": 1}, 50.0)]

    found = publication(given, ["unit"], 5)

    assert found.total.hours == 250
    assert [cell.hours for cell in found.views["unit"].values()].count(None) == 1


def test_the_order_of_the_reports_does_not_matter() -> None:
    given = _given({"a": 7, "b": 7, "c": 4})

    assert publication(given[::-1], ["unit"], 5) == publication(given, ["unit"], 5)


def test_a_higher_threshold_hides_more() -> None:
    assert _units({"a": 20, "b": 6}, 7).keys() == {"a"}
