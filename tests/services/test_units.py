from __future__ import annotations

import random

import pytest

from tests import make
from timethief.domain.errors import Conflict, Invalids, NotAllowed, NotFound
from timethief.domain.people import Role
from timethief.domain.unit_plan import UnitLine
from timethief.domain.vocabulary import Sector
from timethief.queries.verification import differences
from timethief.services import units
from timethief.services.units import UnitFacts
from timethief.storage.database import Database
from timethief.storage.tables import AuditEvent, Unit


def _facts(unit: Unit, **changes: object) -> UnitFacts:
    told = {
        "name": unit.name,
        "sector": Sector(unit.sector),
        "code": unit.code,
        "headcount": unit.headcount,
        "parent_id": unit.parent_id,
    }
    return UnitFacts(**{**told, **changes})  # type: ignore[arg-type]


def test_whatever_is_moved_the_totals_agree_with_the_tasks(database: Database) -> None:
    chance = random.Random(20260310)  # noqa: S311 - not for secrets
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        ids = [place.top, place.north, place.ward, place.south]
        for _ in range(8):
            facts = UnitFacts(
                f"Enhet {len(ids)}", chance.choice(list(Sector)), parent_id=chance.choice(ids)
            )
            ids.append(units.add(session, admin, facts, make.key(), make.NOW))
        for number in range(40):
            make.task(
                session,
                place,
                unit_id=chance.choice(ids),
                requester_id=chance.choice([place.requester, place.state]),
                title=f"Uppgift {number}",
            )
    moved = 0
    for _ in range(60):
        with database.writing(place.organisation_id) as session:
            unit = session.get_one(Unit, chance.choice(ids))
            parent_id = chance.choice([None, *ids])
            facts = _facts(unit, parent_id=parent_id, sector=chance.choice(list(Sector)))
            seen = units.seen_unit(unit)
            try:
                units.change(session, admin, unit.id, facts, seen, make.key(), make.NOW)
                moved += 1
            except Invalids:
                continue
    with database.reading_all() as session:
        assert moved > 20
        assert list(differences(session)) == []


def test_a_list_that_turns_the_tree_upside_down_keeps_the_totals(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        for unit_id in (place.top, place.north, place.ward, place.south):
            make.task(session, place, unit_id=unit_id, title=f"I {unit_id}")
    lines = [
        UnitLine(2, "Förvaltningen", "top", "ward"),
        UnitLine(3, "Avdelning 1", "ward", "south"),
        UnitLine(4, "Norra", "north", "new"),
        UnitLine(5, "Ny", "new", "top", Sector.CARE, 9),
    ]
    with database.writing(place.organisation_id) as session:
        south = session.get_one(Unit, place.south)
        seen = units.seen_unit(south)
        units.change(
            session, admin, south.id, _facts(south, parent_id=None), seen, make.key(), make.NOW
        )
        made = units.adopt_lines(session, admin, lines, make.key(), make.NOW)
    with database.reading_all() as session:
        assert made == (1, 3)
        assert list(differences(session)) == []
        new = session.query(Unit).filter_by(code="new").one()
        assert session.get_one(Unit, place.north).parent_id == new.id
        assert new.headcount == 9


def test_a_list_with_one_fault_changes_nothing(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
    lines = [UnitLine(2, "Ny enhet"), UnitLine(3, "Annan", parent="Finns inte")]
    with pytest.raises(Invalids), database.writing(place.organisation_id) as session:
        units.adopt_lines(session, admin, lines, make.key(), make.NOW)
    with database.reading_all() as session:
        assert session.query(Unit).filter_by(name="Ny enhet").all() == []


def test_the_same_list_sent_twice_is_read_in_once(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
    key, lines = make.key(), [UnitLine(2, "Ny enhet")]
    outcomes = []
    for _ in range(2):
        with database.writing(place.organisation_id) as session:
            outcomes.append(units.adopt_lines(session, admin, lines, key, make.NOW))
    with database.reading_all() as session:
        assert outcomes == [(1, 0), (1, 0)]
        assert session.query(AuditEvent).filter_by(act="units_imported").count() == 1


def test_a_name_composed_or_decomposed_is_one_name(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        units.add(session, admin, UnitFacts("Åtgärd", Sector.CARE), make.key(), make.NOW)

        with pytest.raises(Invalids) as refused:
            units.add(
                session, admin, UnitFacts("A\u030aTGA\u0308RD", Sector.CARE), make.key(), make.NOW
            )

    assert [each.reason for each in refused.value.refusals] == ["name_taken"]


def test_a_unit_with_anything_in_it_stays(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)  # works at the ward

        for unit_id in (place.ward, place.north):
            with pytest.raises(Conflict):
                units.remove(session, admin, unit_id, make.NOW)
        units.remove(session, admin, place.south, make.NOW)

        assert session.get(Unit, place.south) is None


@pytest.mark.parametrize("role", [Role.STAFF, Role.SUPPORT, Role.LEADERSHIP])
def test_only_an_administrator_changes_units(database: Database, role: Role) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        with pytest.raises(NotAllowed):
            units.add(
                session,
                make.actor(session, place, role),
                UnitFacts("Ny", Sector.CARE),
                make.key(),
                make.NOW,
            )


def test_a_unit_of_others_is_not_found(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "annan")
        admin = make.actor(session, place, Role.ADMIN)
        with pytest.raises(NotFound):
            units.remove(session, admin, other.south, make.NOW)
        with pytest.raises(NotFound):
            units.add(
                session,
                admin,
                UnitFacts("Ny", Sector.CARE, parent_id=other.top),
                make.key(),
                make.NOW,
            )
