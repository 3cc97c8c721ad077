from __future__ import annotations

import pytest

from timethief.domain.names import outline
from timethief.domain.unit_plan import MOST_LEVELS, KnownUnit, Plan, UnitLine, free_code, plan
from timethief.domain.vocabulary import Sector

TOP = KnownUnit(1, None, "top", "Förvaltningen", Sector.CARE, None)
NORTH = KnownUnit(2, 1, "north", "Norra", Sector.CARE, 10)
WARD = KnownUnit(3, 2, "ward", "Avdelning 1", Sector.HEALTH, 5)
KNOWN = [TOP, NORTH, WARD]


def _faults(made: Plan) -> list[tuple[int, str, str]]:
    return [(each.row, each.refusal.field, each.refusal.reason) for each in made.faults]


def test_a_new_unit_gets_a_code_and_the_sector_of_the_one_above() -> None:
    (unit,) = plan(KNOWN, [UnitLine(2, "Hemtjänst Söder", parent="Norra")]).units

    assert (unit.id, unit.code, unit.sector, unit.parent_id) == (
        None,
        "hemtjänst-söder",
        Sector.CARE,
        2,
    )


def test_a_unit_is_known_by_its_code_or_by_its_name_in_its_place() -> None:
    lines = [UnitLine(2, "Nytt namn", "WARD"), UnitLine(3, "NORRA", parent="förvaltningen")]

    made = plan(KNOWN, lines)

    assert sorted((unit.id, unit.name) for unit in made.units) == [(2, "NORRA"), (3, "Nytt namn")]


def test_what_is_not_told_stays_as_it_is() -> None:
    (unit,) = plan(KNOWN, [UnitLine(2, "Avdelning 1", "ward")]).units

    assert (unit.changed, unit.sector, unit.headcount, unit.parent_id) == (
        False,
        Sector.HEALTH,
        5,
        2,
    )


def test_a_unit_stands_behind_the_one_above_it_whatever_the_order_of_the_rows() -> None:
    lines = [
        UnitLine(2, "Barn", parent="Mor"),
        UnitLine(3, "Mor", parent="Mormor"),
        UnitLine(4, "Mormor"),
    ]

    made = plan(KNOWN, lines)

    assert [unit.name for unit in made.units] == ["Mormor", "Mor", "Barn"]
    assert [unit.parent_row for unit in made.units] == [None, 4, 3]


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([UnitLine(2, "A", parent="Finns inte")], [(2, "parent", "no_such_unit")]),
        ([UnitLine(2, "A", "x"), UnitLine(3, "B", "X")], [(3, "code", "stands_twice")]),
        ([UnitLine(2, "A"), UnitLine(3, "a")], [(3, "name", "stands_twice")]),
        ([UnitLine(2, "Norra"), UnitLine(3, "Norra")], [(3, "name", "stands_twice")]),
        ([UnitLine(2, "Norra", "ny", "top")], [(2, "name", "name_taken")]),
        ([UnitLine(2, "Norra", "north", "ward")], [(2, "parent", "below_itself")]),
        (
            [UnitLine(2, "A", parent="B"), UnitLine(3, "B", parent="A")],
            [(2, "parent", "below_itself"), (3, "parent", "below_itself")],
        ),
        ([UnitLine(2, "A", parent="A")], [(2, "parent", "no_such_unit")]),
    ],
)
def test_what_cannot_be_is_told_by_row_and_column(
    lines: list[UnitLine], faults: list[tuple[int, str, str]]
) -> None:
    made = plan(KNOWN, lines)

    assert _faults(made) == faults
    assert made.units == ()


def test_units_do_not_stand_below_each_other_without_end() -> None:
    lines = [UnitLine(2, "E1")]
    lines += [UnitLine(n + 1, f"E{n}", parent=f"E{n - 1}") for n in range(2, MOST_LEVELS + 2)]

    assert plan([], lines[:MOST_LEVELS]).faults == ()
    assert [fault[2] for fault in _faults(plan([], lines))] == ["too_many_levels"]


def test_a_unit_that_moves_takes_those_below_it_no_deeper_than_may_be() -> None:
    chain = [KnownUnit(n, n - 1 or None, f"k{n}", f"K{n}", Sector.CARE, None) for n in range(1, 12)]
    known = [
        *chain,
        KnownUnit(20, None, "a", "A", Sector.CARE, None),
        KnownUnit(21, 20, "b", "B", Sector.CARE, None),
    ]

    assert _faults(plan(known, [UnitLine(7, "A", "a", "k11")])) == [
        (7, "parent", "too_many_levels")
    ]
    assert _faults(plan(known, [UnitLine(7, "A", "a", "k10")])) == []


def test_two_units_of_one_name_are_asked_about() -> None:
    twins = [*KNOWN, KnownUnit(4, 3, "n2", "Norra", Sector.CARE, None)]

    assert _faults(plan(twins, [UnitLine(2, "A", parent="Norra")])) == [
        (2, "parent", "several_units")
    ]


def test_names_that_look_alike_are_told_and_read_in() -> None:
    made = plan(KNOWN, [UnitLine(2, "N\u043erra")])  # a Cyrillic o

    assert made.new == 1
    assert made.look_alikes == ((2, "N\u043erra", "Norra"),)


def test_swedish_letters_do_not_look_like_their_neighbours() -> None:
    assert len({outline(word) for word in ("Hall", "Håll", "Häll", "Hòll", "Höll")}) == 5
    assert outline("Avd. 1") == outline("AVD 1") == outline("Avd-l")


def test_a_code_is_never_one_that_is_taken() -> None:
    assert free_code("Norra", {"norra", "norra-2"}) == "norra-3"
    assert free_code("!!!", set()) == "unit"
    assert len(free_code("a" * 200, set())) <= 64
