from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from tests import make
from timethief.storage.binding import Unbound
from timethief.storage.bulk import insert_rows, ready_rows, room_for_many, template
from timethief.storage.database import Database
from timethief.storage.tables import Requester, TaskUse, UseStatement


def _statement(organisation_id: int, use_id: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - columns
    return {
        "id": 1,
        "organisation_id": organisation_id,
        "use_id": use_id,
        "source": "reviewer",
        "in_use": "believed",
        "worth_share": None,
        "worth_minutes": None,
        "worth_minutes_low": None,
        "worth_minutes_high": None,
        "worth_sek_per_year": None,
        "said_on": date(2026, 3, 10),
        "sequence": 1,
        **changes,
    }


def test_every_kind_of_value_comes_back_as_it_was(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        make.task(session, place)
        use = session.scalars(select(TaskUse)).one()
    # Whole and broken numbers, and nothing, in one column.
    rows = [
        _statement(place.organisation_id, use.id, id=11, worth_share=1, sequence=2),
        _statement(place.organisation_id, use.id, id=12, worth_share=0.25, sequence=3.0),
        _statement(place.organisation_id, use.id, id=13, in_use="a\"b'c%s?\\,{}", sequence=4),
    ]

    with database.writing(place.organisation_id) as session:
        insert_rows(session, UseStatement, rows)

    with database.reading_all() as session:
        found = {each.id: each for each in session.scalars(select(UseStatement))}
        assert [found[number].worth_share for number in (11, 12, 13)] == [1.0, 0.25, None]
        assert found[12].sequence == 3
        assert found[13].in_use == "a\"b'c%s?\\,{}"
        assert found[11].said_on == date(2026, 3, 10)


def test_rows_of_another_organisation_are_refused(database: Database) -> None:
    with database.writing_all() as session:
        here, there = make.organisation(session), make.organisation(session, "annan")
    row = {
        "id": 1,
        "organisation_id": there.organisation_id,
        "level": "state",
        "name": "X",
        "folded_name": "x",
        "official_code": None,
        "verified": True,
        "active": True,
        "successor_id": None,
    }

    with database.writing(here.organisation_id) as session:
        with pytest.raises(Unbound):
            insert_rows(session, Requester, [row])
        assert session.scalars(select(Requester.name).where(Requester.name == "X")).all() == []


def test_no_rows_are_no_work(database: Database) -> None:
    with database.writing_all() as session:
        insert_rows(session, Requester, [])


def test_the_room_is_given_back(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.writing_all() as session:
        before = session.execute(text("PRAGMA cache_size")).scalar_one()
        with room_for_many(session):
            assert session.execute(text("PRAGMA cache_size")).scalar_one() < before
        assert session.execute(text("PRAGMA cache_size")).scalar_one() == before
    database.close()


def test_a_row_with_gaps_is_the_row_that_it_is_filled_to(database: Database) -> None:
    row = _statement(5, 7, worth_share=1)
    rest = {name: value for name, value in row.items() if name not in ("id", "use_id")}

    with database.reading_all() as session:
        form = template(session, UseStatement, rest, "id", "use_id")

        for identifier, use_id in ((11, 7), (12, 8)):
            whole = row | {"id": identifier, "use_id": use_id}
            assert [form.filled(identifier, use_id)] == ready_rows(session, UseStatement, [whole])
