from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.intake import RequesterName
from timethief.domain.vocabulary import Level
from timethief.services.registers import default_tariffs, load_registers, reference_rows
from timethief.services.requesters import find
from timethief.storage.database import Database
from timethief.storage.tables import Requester, RequesterAlias


def _name(session: Session, place: make.Place, name: str) -> str:
    found = find(session, place.organisation_id, RequesterName(name))
    assert found is not None, name
    return found.name


def test_the_registers_hold_every_municipality_region_and_authority(database: Database) -> None:
    with database.writing_all() as session:
        load_registers(session)
        load_registers(session)
        place = make.organisation(session)
        shared = Requester.organisation_id.is_(None)
        counted = Counter(session.scalars(select(Requester.level).where(shared)))

        authorities = list(reference_rows("state_authorities.csv"))
        assert counted == {"municipality": 290, "region": 21, "state": len(authorities)}
        assert len(session.scalars(select(RequesterAlias.id)).all()) > 300
        for row in authorities:
            for name in (row["name"], *filter(None, row["aliases"].split(";"))):
                expected = row["successor"] or row["name"]
                assert _name(session, place, name) == expected, name


def test_who_is_gone_has_a_successor_that_is_there() -> None:
    rows = {row["name"]: row for row in reference_rows("state_authorities.csv")}
    gone = [row for row in rows.values() if row["successor"]]

    assert gone
    assert all(row["successor"] in rows for row in gone)


def test_official_codes_are_not_used_twice() -> None:
    for file, column, count in (("municipalities.csv", "code", 290), ("regions.csv", "code", 21)):
        codes = [row[column] for row in reference_rows(file)]

        assert len(set(codes)) == count


def test_every_staff_category_has_a_default_tariff() -> None:
    tariffs = default_tariffs()

    assert {"all_staff", "nurse"} <= tariffs.keys()
    assert all(100 < tariff < 2_000 for tariff in tariffs.values())


def test_the_levels_of_the_registers_are_those_of_the_model() -> None:
    assert {"state", "region", "municipality"} <= set(Level)
