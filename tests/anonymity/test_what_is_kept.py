from __future__ import annotations

import pytest
from sqlalchemy import inspect, select, text

from tests import make
from tests.anonymity.writing import place, send
from timethief.domain.anonymity import ReportingMode
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.intake import RequesterName
from timethief.storage.database import Database
from timethief.storage.tables import (
    AnonymousForm,
    AnonymousMessage,
    AnonymousReport,
    Base,
    Requester,
    StaffCategory,
    Unit,
)

TOLD = {
    *("title", "description", "minutes", "times", "per", "people", "people_low", "people_high"),
    *("unit_id", "staff_category_id", "requester_id", "requester_name", "use_answer"),
    *("worth_share", "achievable_minutes", "signals"),
}
ABOUT_IT = {
    *("id", "organisation_id", "released_week", "changed_week", "receipt_hash", "cluster_id"),
    *("status", "shown_status", "task_id"),
}
TABLES: tuple[type[Base], ...] = (AnonymousReport, AnonymousMessage, AnonymousForm)


def _row(database: Database, where: make.Place) -> AnonymousReport:
    with database.reading(where.organisation_id) as session:
        return session.scalars(select(AnonymousReport)).one()


def test_nothing_has_a_column_but_what_may_be_stored() -> None:
    columns = {table.__name__: set(inspect(table).columns.keys()) for table in TABLES}

    assert columns == {
        "AnonymousReport": TOLD | ABOUT_IT,
        "AnonymousMessage": {
            *("id", "organisation_id", "report_id", "position", "side", "kind", "text"),
            "released_week",
        },
        "AnonymousForm": {"organisation_id", "key"},
    }


def test_no_column_holds_a_time_or_refers_to_a_person() -> None:
    for table in TABLES:
        for column in inspect(table).columns:
            assert column.type.python_type.__name__ not in ("datetime", "date", "time")
            assert {key.column.table.name for key in column.foreign_keys} <= {
                *("organisation", "unit", "staff_category", "requester", "task"),
                "anonymous_report",
            }


def test_sqlite_keeps_no_order_of_the_rows(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.engine.connect() as connection:
        for table in TABLES:
            with pytest.raises(Exception, match="no such column: rowid"):
                connection.execute(text(f"SELECT rowid FROM {table.__tablename__}"))  # noqa: S608 - our own names
    database.close()


def test_identifiers_are_random_and_not_of_the_time(database: Database) -> None:
    where = place(database)

    send(database, where)

    assert _row(database, where).id.version == 4


def test_a_large_unit_is_kept(database: Database) -> None:
    where = place(database)

    send(database, where, unit_id=where.ward)

    assert _row(database, where).unit_id == where.ward


@pytest.mark.parametrize(("ward", "north", "kept"), [(9, 10, "north"), (9, 9, ""), (9, None, "")])
def test_a_small_unit_gives_way_to_the_nearest_above_that_is_large_enough(
    database: Database, ward: int, north: int | None, kept: str
) -> None:
    where = place(database)
    with database.writing(where.organisation_id) as session:
        session.get_one(Unit, where.ward).headcount = ward
        session.get_one(Unit, where.north).headcount = north

    send(database, where, unit_id=where.ward)

    assert _row(database, where).unit_id == (where.north if kept else None)


def test_exactly_ten_people_are_enough(database: Database) -> None:
    where = place(database)
    with database.writing(where.organisation_id) as session:
        session.get_one(Unit, where.ward).headcount = 10

    send(database, where, unit_id=where.ward)

    assert _row(database, where).unit_id == where.ward


@pytest.mark.parametrize(("people", "is_kept"), [(4, False), (5, True)])
def test_a_staff_category_is_kept_only_where_five_of_the_unit_are_known_to_have_it(
    database: Database, people: int, *, is_kept: bool
) -> None:
    where = place(database)
    with database.writing_all() as session:
        for _ in range(people):
            make.actor(session, where)

    send(database, where, unit_id=where.ward, staff_category_id=where.nurse)

    assert _row(database, where).staff_category_id == (where.nurse if is_kept else None)


def test_who_asks_for_it_makes_no_new_requester_that_others_could_see_come(
    database: Database,
) -> None:
    where = place(database)
    with database.reading(where.organisation_id) as session:
        before = set(session.scalars(select(Requester.id)))

    send(database, where, requester=RequesterName("Chefen för blanketter"))

    row = _row(database, where)
    assert (row.requester_id, row.requester_name) == (None, "Chefen för blanketter")
    with database.reading(where.organisation_id) as session:
        assert set(session.scalars(select(Requester.id))) == before


def test_a_requester_that_is_known_is_that_one(database: Database) -> None:
    where = place(database)

    send(database, where, requester=RequesterName("personalenheten"))

    row = _row(database, where)
    assert (row.requester_id, row.requester_name) == (where.requester, "")


def test_an_organisation_that_takes_only_open_reports_takes_none(database: Database) -> None:
    where = place(database, ReportingMode.OPEN)

    with pytest.raises(NotFound):
        send(database, where)


@pytest.mark.parametrize("field", ["title", "description"])
def test_a_text_that_holds_a_receipt_is_refused(database: Database, field: str) -> None:
    where = place(database)

    with pytest.raises(Invalid, match="holds_receipt"):
        send(database, where, **{field: "min kod är k7qm 2txv 9hnc 4wrd jb83"})


def test_another_organisations_unit_and_category_are_not_there(database: Database) -> None:
    where = place(database)
    with database.writing_all() as session:
        other = make.organisation(session, "annan")

    with pytest.raises(NotFound):
        send(database, where, unit_id=other.ward)
    with pytest.raises(NotFound):
        send(database, where, staff_category_id=other.nurse)
    with database.reading(where.organisation_id) as session:
        assert session.scalars(select(AnonymousReport)).all() == []
        assert session.scalars(select(AnonymousForm)).all() == []
        assert session.get(StaffCategory, other.nurse) is None
