from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import NoResultFound

from tests import make
from timethief.domain.policy import DEFAULT_POLICY
from timethief.storage.assumptions import load_assumptions, policy_in_force, tariffs_in_force
from timethief.storage.database import Database
from timethief.storage.tables import PolicyVersion, Tariff


def _tariff(place: make.Place, day: date, cost: float) -> Tariff:
    return Tariff(
        organisation_id=place.organisation_id,
        staff_category_id=place.nurse,
        valid_from=day,
        hourly_cost_sek=cost,
        source="test",
        estimated=False,
    )


def test_of_each_category_the_newest_tariff_valid_on_the_day_is_in_force(
    database: Database,
) -> None:
    days = [date(2026, 7, 1), date(2025, 1, 1), date(2026, 1, 1)]
    with database.writing_all() as session:
        place = make.organisation(session)
        session.add_all(_tariff(place, day, 500.0 + day.month + day.year) for day in days)

    with database.reading_all() as session:
        found = [
            tariffs_in_force(session, place.organisation_id, day)[place.nurse]
            for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
        ]

    assert found == [2526.0, 2527.0, 2527.0, 2533.0]


def test_before_its_first_tariff_a_category_has_none(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)

    with database.reading_all() as session:
        assert tariffs_in_force(session, place.organisation_id, date(1999, 1, 1)) == {}


def test_tariffs_of_another_organisation_are_not_seen(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")

    with database.reading_all() as session:
        found = tariffs_in_force(session, other.organisation_id, make.TODAY)

    assert other.nurse in found
    assert place.nurse not in found


def test_the_newest_policy_is_in_force(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        for version in (10, 9):
            session.add(
                PolicyVersion(
                    organisation_id=place.organisation_id,
                    version=version,
                    adopted_on=make.TODAY,
                    numbers={"fte_hours": 100.0 * version},
                )
            )

    with database.reading_all() as session:
        policy = policy_in_force(session, place.organisation_id)

    assert (policy.version, policy.fte_hours) == (10, 1_000.0)
    assert policy.default_spread == DEFAULT_POLICY.default_spread


def test_an_organisation_that_does_not_exist_has_no_policy(database: Database) -> None:
    with database.reading_all() as session, pytest.raises(NoResultFound):
        policy_in_force(session, 1)


def test_assumptions_hold_the_line_and_the_sector_of_every_unit(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        make.organisation(session, "other")

    with database.reading_all() as session:
        found = load_assumptions(session, place.organisation_id, make.TODAY)

    assert found.on == make.TODAY
    assert found.lineage == {
        place.top: (place.top,),
        place.north: (place.north, place.top),
        place.ward: (place.ward, place.north, place.top),
        place.south: (place.south, place.top),
    }
    assert found.sectors[place.ward] == "health"
