from __future__ import annotations

from tests import make
from timethief.domain.vocabulary import Sector
from timethief.services.organisations import add_unit
from timethief.storage.assumptions import lineage_of
from timethief.storage.database import Database
from timethief.storage.unit_tree import units_in_order, with_those_below

PARENTS = {1: None, 2: 1, 3: 1, 4: 2, 5: 4, 6: None}


def test_units_come_in_alphabetical_order_each_followed_by_those_below(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        for name in ("Öst", "Ängen", "Åby"):
            add_unit(session, place.organisation_id, name, name, Sector.OTHER, place.top)
        make.organisation(session, "other")

    with database.reading_all() as session:
        found = units_in_order(session, place.organisation_id)

    assert [(unit.name, unit.depth) for unit in found] == [
        ("Förvaltningen", 0),
        ("Norra", 1),
        ("Avdelning 1", 2),
        ("Södra", 1),
        ("Åby", 1),
        ("Ängen", 1),
        ("Öst", 1),
    ]
    assert (found[2].id, found[2].parent_id, found[2].headcount) == (place.ward, place.north, 30)


def test_a_unit_is_found_with_all_below_it() -> None:
    assert with_those_below(PARENTS, 1) == {1, 2, 3, 4, 5}
    assert with_those_below(PARENTS, 2) == {2, 4, 5}
    assert with_those_below(PARENTS, 6) == {6}


def test_the_line_of_a_unit_goes_from_itself_to_the_top() -> None:
    lines = lineage_of(PARENTS)

    assert lines[5] == (5, 4, 2, 1)
    assert lines[6] == (6,)


def test_a_ring_of_units_ends_where_it_began() -> None:
    ring = {1: 2, 2: 1}

    assert lineage_of(ring) == {1: (1, 2), 2: (2, 1)}
    assert with_those_below(ring, 1) == {1, 2}


def test_being_below_and_being_in_the_line_are_the_same() -> None:
    lines = lineage_of(PARENTS)

    for unit in PARENTS:
        above = {each for each in PARENTS if unit in with_those_below(PARENTS, each)}
        assert above == set(lines[unit])
