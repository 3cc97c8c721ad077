from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from timethief.domain.small_units import SMALLEST_UNIT, UnitSize, employees, shown_as

TOP, NORTH, SOUTH, EAST, WARD = 1, 2, 3, 4, 5


def _units(**counts: int | None) -> dict[int, UnitSize]:
    """North, south and east are below the top, the ward is below north."""
    places = {"top": TOP, "north": NORTH, "south": SOUTH, "east": EAST, "ward": WARD}
    parents = {TOP: None, WARD: NORTH}
    return {places[n]: UnitSize(parents.get(places[n], TOP), c) for n, c in counts.items()}


def test_a_unit_counts_those_below_it() -> None:
    assert employees(_units(top=None, north=None, ward=30)) == {TOP: 30, NORTH: 30, WARD: 30}
    assert employees(_units(top=100, north=20, ward=30)) == {TOP: 100, NORTH: 30, WARD: 30}
    assert employees(_units(top=None, north=None)) == {TOP: None, NORTH: None}
    assert employees(_units(top=40, north=20, south=30))[TOP] == 50


def test_large_units_are_shown_as_themselves() -> None:
    units = _units(top=100, north=40, south=30, east=30, ward=10)

    assert shown_as(units) == {each: each for each in units}


def test_the_line_is_drawn_at_ten() -> None:
    at = shown_as(_units(top=100, north=9, south=9, east=10))

    assert (at[NORTH], at[SOUTH], at[EAST]) == (TOP, TOP, EAST)


def test_a_unit_whose_size_nobody_knows_is_not_shown() -> None:
    at = shown_as(_units(top=100, north=40, south=None, east=None))

    assert (at[NORTH], at[SOUTH], at[EAST]) == (NORTH, TOP, TOP)


def test_the_smallest_sibling_of_the_only_small_unit_is_hidden_too() -> None:
    at = shown_as(_units(top=100, north=40, south=4, east=30))

    assert (at[NORTH], at[SOUTH], at[EAST]) == (NORTH, TOP, TOP)


def test_two_small_units_that_are_too_small_together_take_a_sibling_with_them() -> None:
    at = shown_as(_units(top=None, north=40, south=4, east=4))

    assert (at[NORTH], at[SOUTH], at[EAST]) == (TOP, TOP, TOP)


def test_those_who_work_in_the_parent_itself_hide_small_units_too() -> None:
    at = shown_as(_units(top=100, north=40, south=4, east=4))

    assert (at[NORTH], at[SOUTH], at[EAST]) == (NORTH, TOP, TOP)


def test_what_is_below_a_hidden_unit_is_hidden_with_it() -> None:
    at = shown_as(_units(top=100, north=12, south=4, east=80, ward=12))

    assert (at[NORTH], at[WARD], at[SOUTH], at[EAST]) == (TOP, TOP, TOP, EAST)


def test_the_top_is_always_shown() -> None:
    assert shown_as(_units(top=3, north=3)) == {TOP: TOP, NORTH: TOP}
    assert shown_as(_units(top=None)) == {TOP: TOP}


def test_a_small_unit_among_several_at_the_top_is_shown_within_the_whole() -> None:
    at = shown_as({1: UnitSize(None, 50), 2: UnitSize(None, 4), 3: UnitSize(None, 30)})

    assert at == {1: 1, 2: None, 3: None}


def test_an_organisation_without_units_has_none() -> None:
    assert shown_as({}) == {}


def _tree(seed: int) -> dict[int, UnitSize]:
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    units: dict[int, UnitSize] = {}
    for unit in range(1, chance.randrange(2, 30)):
        above: list[int | None] = [*units]
        if not units or chance.random() < 0.1:
            above.append(None)
        size = chance.choice([None, 0, 2, 5, 9, 10, 12, 20, 60, 300])
        units[unit] = UnitSize(chance.choice(above), size)
    return units


@given(st.integers(0, 10_000))
def test_whatever_the_tree_no_small_unit_is_shown_or_left_over(seed: int) -> None:
    units = _tree(seed)
    at, size = shown_as(units), employees(units)
    tops = [unit for unit in units if units[unit].parent_id is None]

    for unit, place in at.items():
        if place == unit and tops != [unit]:
            assert (size[unit] or 0) >= SMALLEST_UNIT
        assert place is None or at[place] == place
    for parent in [None, *units]:
        if parent is not None and at[parent] != parent:
            continue
        below = [unit for unit in units if units[unit].parent_id == parent]
        if parent is None and below == tops and len(tops) == 1:
            continue
        shown = [unit for unit in below if at[unit] == unit]
        if not shown or len(shown) == len(below):
            continue
        whole = sum(size[u] or 0 for u in below) if parent is None else size[parent] or 0
        assert len(below) - len(shown) >= 2
        assert whole - sum(size[unit] or 0 for unit in shown) >= SMALLEST_UNIT


def test_the_order_in_which_units_are_read_does_not_matter() -> None:
    units = _tree(7)

    assert shown_as(dict(reversed(units.items()))) == shown_as(units)
