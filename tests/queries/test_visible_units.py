from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.errors import NotFound
from timethief.domain.people import Actor, Role
from timethief.domain.vocabulary import Sector
from timethief.queries.dashboard import dashboard
from timethief.queries.filters import TaskFilter
from timethief.queries.inventory import page
from timethief.queries.inventory_choices import (
    chosen_names,
    inventory_choices,
    inventory_counts,
)
from timethief.queries.requesters import requester_list, requester_page
from timethief.queries.similar import similar_tasks
from timethief.queries.tasks import task_page
from timethief.queries.visible_units import VisibleUnits, visible_units
from timethief.services.organisations import add_unit
from timethief.storage.database import Database
from timethief.storage.tables import Unit


@dataclass(frozen=True, slots=True)
class Town:
    """`ward` is below `north`; `north`, `south`, the small `team` and `desk`, and `east` are below `top`."""

    place: make.Place
    team: int
    desk: int
    east: int

    def person(self, role: Role, unit_id: int | None) -> Actor:
        return Actor(0, self.place.organisation_id, role, unit_id, None, "Eva")


def _town(session: Session) -> Town:
    place = make.organisation(session)
    for unit_id, count in (
        (place.top, 200),
        (place.north, 80),
        (place.ward, 30),
        (place.south, 60),
    ):
        session.get_one(Unit, unit_id).headcount = count

    def unit(code: str, name: str, headcount: int | None) -> int:
        return add_unit(
            session, place.organisation_id, code, name, Sector.CARE, place.top, headcount
        )

    return Town(
        place, unit("team", "Teamet", 4), unit("desk", "Disken", None), unit("e", "Östra", 20)
    )


def _names(units: VisibleUnits) -> list[str]:
    return [unit.name for unit in units.choices()]


EVERYTHING = ["Förvaltningen", "Norra", "Avdelning 1", "Södra", "Östra"]
TRUE_UNITS = ["Disken", "Teamet"]


@pytest.mark.parametrize("role", [Role.LEADERSHIP, Role.ADMIN])
def test_leadership_of_the_whole_and_administrators_choose_every_unit_that_is_large_enough(
    database: Database, role: Role
) -> None:
    with database.writing_all() as session:
        town = _town(session)

        unit_id = town.place.ward if role is Role.ADMIN else None
        units = visible_units(session, town.person(role, unit_id))

    assert sorted(_names(units)) == sorted(EVERYTHING)
    assert units.opens_at is None
    assert units.name(town.team) == units.name(town.desk) == "Förvaltningen"
    assert units.name(town.place.ward) == "Avdelning 1"


def test_reviewers_see_true_units(database: Database) -> None:
    with database.writing_all() as session:
        town = _town(session)

        units = visible_units(session, town.person(Role.SUPPORT, town.place.south))

    assert sorted(_names(units)) == sorted(EVERYTHING + TRUE_UNITS)
    assert units.name(town.team) == "Teamet"


def test_a_unit_manager_reaches_the_own_unit_and_those_below(database: Database) -> None:
    with database.writing_all() as session:
        town = _town(session)

        units = visible_units(session, town.person(Role.LEADERSHIP, town.place.north))

    assert _names(units) == ["Norra", "Avdelning 1"]
    assert [unit.depth for unit in units.choices()] == [0, 1]
    assert units.opens_at == units.chosen(None) == town.place.north
    for out_of_reach in (town.place.top, town.place.south, town.team, 1):
        with pytest.raises(NotFound):
            units.chosen(out_of_reach)


def test_staff_choose_their_own_unit_and_see_the_whole(database: Database) -> None:
    with database.writing_all() as session:
        town = _town(session)

        own = visible_units(session, town.person(Role.STAFF, town.place.north))
        nowhere = visible_units(session, town.person(Role.STAFF, None))

    assert (_names(own), own.opens_at) == (["Norra", "Avdelning 1"], None)
    assert (_names(nowhere), nowhere.opens_at) == ([], None)
    assert own.name(town.place.south) == "Södra"


def test_who_leads_a_small_unit_sees_what_it_is_shown_within_and_no_more(
    database: Database,
) -> None:
    with database.writing_all() as session:
        town = _town(session)

        units = visible_units(session, town.person(Role.LEADERSHIP, town.team))

    assert (_names(units), units.opens_at) == (["Förvaltningen"], town.place.top)


def test_a_unit_that_came_after_the_tree_was_read_is_not_named(database: Database) -> None:
    with database.writing_all() as session:
        town = _town(session)
        units = visible_units(session, town.person(Role.SUPPORT, None))

    assert units.name(1) == units.organisation == "Ort"


def test_every_way_to_a_hidden_unit_is_as_closed_as_one_to_none(database: Database) -> None:
    with database.writing_all() as session:
        town = _town(session)
        task = make.task(session, town.place, unit_id=town.team)
        karin = town.person(Role.LEADERSHIP, None)
        units = visible_units(session, karin)

        for unit in (town.team, 1):
            wanted = TaskFilter(unit=unit)
            for ask in (
                lambda wanted=wanted: page(session, units, wanted),
                lambda wanted=wanted: chosen_names(session, units, wanted, "sv"),
                lambda wanted=wanted: inventory_counts(session, units, wanted),
                lambda unit=unit: dashboard(session, units, unit),
            ):
                with pytest.raises(NotFound):
                    ask()
        assert task_page(session, karin, task).unit == "Förvaltningen"
        assert [each.unit for each in similar_tasks(session, karin, "Statusrapport")] == [
            "Förvaltningen"
        ]
        assert [line.unit for line in page(session, units, TaskFilter()).lines] == ["Förvaltningen"]
        assert "Teamet" not in repr(inventory_choices(session, units, TaskFilter()))


def test_a_small_units_tasks_count_in_the_unit_it_is_shown_within(database: Database) -> None:
    with database.writing_all() as session:
        town = _town(session)
        make.task(session, town.place, unit_id=town.team)
        make.task(session, town.place, unit_id=town.east)
        units = visible_units(session, town.person(Role.LEADERSHIP, None))

        top = page(session, units, TaskFilter(unit=town.place.top))
        east = page(session, units, TaskFilter(unit=town.east))

    assert (len(top.lines), len(east.lines)) == (2, 1)


def test_a_unit_managers_overview_and_requesters_are_of_the_own_unit(database: Database) -> None:
    with database.writing_all() as session:
        town = _town(session)
        place = town.place
        make.task(session, place, unit_id=place.ward)
        make.task(session, place, unit_id=place.south, minutes=1_000.0, title="Annan")
        units = visible_units(session, town.person(Role.LEADERSHIP, place.north))

        shown = dashboard(session, units)
        (line,) = requester_list(session, units).lines
        found = requester_page(session, units, place.requester)

    assert [point.title for point in shown.points] == ["Statusrapport"]
    assert shown.figures.tasks == line.figures.tasks == found.figures.tasks == 1
    assert found.whole.tasks == 1
    assert [task.title for task in found.tasks] == ["Statusrapport"]


def test_a_unit_manager_reads_the_tasks_of_others_as_everybody_does(database: Database) -> None:
    with database.writing_all() as session:
        town = _town(session)
        task = make.task(session, town.place, unit_id=town.place.south)
        eva = town.person(Role.LEADERSHIP, town.place.north)

        lines = page(session, visible_units(session, eva), TaskFilter()).lines

        assert task_page(session, eva, task).unit == "Södra"
    assert [line.unit for line in lines] == ["Södra"]


def test_when_a_unit_shrinks_it_is_shown_within_its_parent_from_then_on(
    database: Database,
) -> None:
    """D12."""
    with database.writing_all() as session:
        town = _town(session)
        karin = town.person(Role.LEADERSHIP, None)
        before = _names(visible_units(session, karin))
        session.get_one(Unit, town.east).headcount = 9
        session.flush()

        after = _names(visible_units(session, karin))

    assert ("Östra" in before, "Östra" in after) == (True, False)


def test_another_organisations_units_are_none(database: Database) -> None:
    with database.writing_all() as session:
        town, other = _town(session), make.organisation(session, "other")
        karin = town.person(Role.LEADERSHIP, None)

        units = visible_units(session, karin)
        strayed = visible_units(session, replace(karin, unit_id=other.ward))

    assert other.ward not in units.tree
    assert (strayed.within_reach, strayed.opens_at) == (frozenset(), None)
