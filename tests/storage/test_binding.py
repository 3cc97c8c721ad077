from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy import Table, delete, exists, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, aliased

from tests import make
from timethief.storage import row_security
from timethief.storage.binding import BOUND_BY, Unbound
from timethief.storage.database import Database
from timethief.storage.tables import (
    AssessmentRow,
    Base,
    Organisation,
    Requester,
    RequesterAlias,
    Task,
    TaskSignal,
    Total,
    Unit,
    User,
)
from timethief.storage.tables.base import Owned, Shared

MAPPERS = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
OWNED = [mapper.class_ for mapper in MAPPERS if issubclass(mapper.class_, Owned)]
SHARED = [mapper.class_ for mapper in MAPPERS if issubclass(mapper.class_, Shared)]
NOT_OF_ANY_SESSION = {"JobRun"}
"""Tables that say an organisation and that only sessions over the whole installation reach."""
FILLED = {
    *("Unit", "StaffCategory", "Tariff", "PolicyVersion", "User", "Task", "TaskSignal", "TaskUse"),
    *("UseStatement", "Report", "AssessmentRow", "Total", "SentForm"),
}
"""Tables that the organisations below have rows in."""


@dataclass(frozen=True)
class Two:
    """A database with two organisations that each have a task."""

    database: Database
    own: make.Place
    other: make.Place
    task: int
    others_task: int


@pytest.fixture
def two(database: Database) -> Two:
    with database.writing_all() as session:
        places = [make.organisation(session, code) for code in ("egna", "andra")]
        tasks = [make.task(session, place, signals=frozenset({"paper"})) for place in places]
        for place in places:
            session.add(
                RequesterAlias(
                    organisation_id=place.organisation_id,
                    requester_id=place.requester,
                    name="P",
                    folded_name="p",
                )
            )
        session.add(Requester(organisation_id=None, level="state", name="Alla", folded_name="alla"))
    return Two(database, places[0], places[1], tasks[0], tasks[1])


def test_every_table_with_an_organisation_is_known_to_be_somebodys() -> None:
    keyed: set[type] = {m.class_ for m in MAPPERS if "organisation_id" in m.local_table.columns}

    assert {table.__name__ for table in keyed} - NOT_OF_ANY_SESSION == {
        table.__name__ for table in (*OWNED, *SHARED)
    }


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.__name__)
def test_a_session_sees_the_rows_of_its_organisation_alone(two: Two, table: type[Base]) -> None:
    column = table.organisation_id  # type: ignore[attr-defined]

    with two.database.reading(two.own.organisation_id) as session:
        found = set(session.scalars(select(column)))
        whole = {row.organisation_id for row in session.scalars(select(table))}  # type: ignore[attr-defined]

    wanted = {two.own.organisation_id}
    assert (found, whole) == (wanted, wanted) if table.__name__ in FILLED else found <= wanted


@pytest.mark.parametrize("table", SHARED, ids=lambda table: table.__name__)
def test_a_session_sees_what_is_shared_beside_its_own(two: Two, table: type[Base]) -> None:
    column = table.organisation_id  # type: ignore[attr-defined]

    with two.database.reading(two.own.organisation_id) as session:
        found = set(session.scalars(select(column)))

    assert found <= {two.own.organisation_id, None}
    if table is Requester:
        assert found == {two.own.organisation_id, None}


def test_the_organisation_itself_is_the_only_one_there_is(two: Two) -> None:
    with two.database.reading(two.own.organisation_id) as session:
        assert session.scalars(select(Organisation.code)).all() == ["egna"]
        assert session.get(Organisation, two.other.organisation_id) is None


def test_what_is_another_organisations_is_not_found_by_its_identifier(two: Two) -> None:
    with two.database.reading(two.own.organisation_id) as session:
        assert session.get(Task, two.others_task) is None
        assert session.get(Task, two.task) is not None


def test_joins_aliases_and_subqueries_are_bound_too(two: Two) -> None:
    other = aliased(Task)
    by_join = select(Task.id).select_from(Unit).join(Task, Task.unit_id == Unit.id)
    by_alias = select(other.id)
    by_subquery = select(Unit.id).where(Unit.id.in_(select(Task.unit_id)))
    nested = select(func.count()).select_from(select(Task.id).subquery())
    with_exists = select(Unit.id).where(exists().where(Task.unit_id == Unit.id))

    with two.database.reading(two.own.organisation_id) as session:
        assert session.scalars(by_join).all() == [two.task]
        assert session.scalars(by_alias).all() == [two.task]
        assert session.scalars(by_subquery).all() == [two.own.ward]
        assert session.scalars(nested).one() == 1
        assert session.scalars(with_exists).all() == [two.own.ward]


def test_a_change_reaches_no_row_of_another_organisation(two: Two) -> None:
    with two.database.writing(two.own.organisation_id) as session:
        session.execute(update(Task).values(title="Ny titel"))
        session.execute(delete(TaskSignal))

    with two.database.reading_all() as session:
        titles = {row.id: row.title for row in session.execute(select(Task.id, Task.title))}
        signals = session.scalars(select(TaskSignal.task_id)).all()
    assert titles[two.task] == "Ny titel"
    assert titles[two.others_task] == "Statusrapport"
    assert signals == [two.others_task]


def _add(session: Session, row: Base) -> None:
    session.add(row)
    session.flush()


def test_a_row_for_another_organisation_is_refused(two: Two) -> None:
    theirs = Unit(organisation_id=two.other.organisation_id, code="x", name="X", sector="care")
    of_all = Requester(level="state", name="Alla", folded_name="alla två")

    for row in (theirs, of_all):
        with pytest.raises(Unbound), two.database.writing(two.own.organisation_id) as session:
            _add(session, row)


def _give_away(session: Session, unit_id: int, organisation_id: int) -> None:
    session.get_one(Unit, unit_id).organisation_id = organisation_id
    session.flush()


def test_a_row_cannot_be_given_away(two: Two) -> None:
    with pytest.raises(Unbound), two.database.writing(two.own.organisation_id) as session:
        _give_away(session, two.own.ward, two.other.organisation_id)


def test_rows_put_in_at_once_are_looked_at_each(two: Two) -> None:
    table = Total.__table__
    assert isinstance(table, Table)
    rows = [
        {"organisation_id": organisation, "unit_id": 0, "level": "", "dimension": "x", "key": ""}
        | dict.fromkeys(
            {c.name for c in table.columns} - {c.name for c in table.primary_key.columns}, 0
        )
        for organisation in (two.own.organisation_id, two.other.organisation_id)
    ]

    with pytest.raises(Unbound), two.database.writing(two.own.organisation_id) as session:
        session.execute(insert(table), rows)
    with two.database.writing(two.own.organisation_id) as session:
        session.execute(insert(table), rows[:1])


def test_what_cannot_be_bound_is_refused(two: Two) -> None:
    table = AssessmentRow.__table__
    bare = select(exists().where(Task.id == two.others_task))
    for query in (bare, text("SELECT 1"), select(table.c.task_id), delete(table)):  # type: ignore[arg-type]
        with pytest.raises(Unbound), two.database.writing(two.own.organisation_id) as session:
            session.execute(query)


def test_plain_sql_may_say_what_binds_it(two: Two) -> None:
    with two.database.reading(two.own.organisation_id) as session:
        query = session.execute(text("SELECT 1"), execution_options={BOUND_BY: "nothing is read"})

        assert query.scalar_one() == 1


def test_a_session_over_all_organisations_sees_them_all(two: Two) -> None:
    with two.database.reading_all() as session:
        assert set(session.scalars(select(Task.id))) == {two.task, two.others_task}


# The second layer: the database itself, asked past the first.


@pytest.fixture
def both(postgresql_url: str) -> Iterator[Two]:
    database = Database(postgresql_url)
    with database.writing_all() as session:
        places = [make.organisation(session, code) for code in ("egna", "andra")]
        tasks = [make.task(session, place) for place in places]
    yield Two(database, places[0], places[1], tasks[0], tasks[1])
    database.close()


def _raw(two: Two) -> psycopg.Connection[tuple[int, ...]]:
    url = two.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url)


def _as_organisation(connection: psycopg.Connection[tuple[int, ...]], organisation: str) -> None:
    connection.execute(
        "SELECT set_config('role', %s, true), set_config(%s, %s, true)",
        (row_security.ORGANISATION_ROLE, row_security.SETTING, organisation),
    )


def _tables() -> list[str]:
    keyed = {name for name, table in Base.metadata.tables.items() if "organisation_id" in table.c}
    return sorted({*keyed, "organisation", "task_search"} - {"job_run"})


@pytest.mark.parametrize("table", _tables())
def test_without_a_named_organisation_the_database_shows_nothing(both: Two, table: str) -> None:
    key = "id" if table == "organisation" else "organisation_id"
    with _raw(both) as connection:
        _as_organisation(connection, "")
        query = f"SELECT count(*) FROM {table} WHERE {key} IS NOT NULL"  # noqa: S608 - a name of ours
        assert connection.execute(query.encode()).fetchone() == (0,)


@pytest.mark.parametrize("table", _tables())
def test_the_database_shows_the_named_organisation_alone(both: Two, table: str) -> None:
    key = "id" if table == "organisation" else "organisation_id"
    query = f"SELECT DISTINCT {key} FROM {table} WHERE {key} IS NOT NULL"  # noqa: S608 - a name of ours
    with _raw(both) as connection:
        _as_organisation(connection, str(both.other.organisation_id))
        found = {row[0] for row in connection.execute(query.encode())}

    assert found <= {both.other.organisation_id}
    if table in {"task", "unit", "total", "assessment", "organisation", "task_search"}:
        assert found == {both.other.organisation_id}


def test_every_table_of_an_organisation_is_guarded_against_its_owner_too(both: Two) -> None:
    query = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    with _raw(both) as connection:
        guarded = {str(row[0]) for row in connection.execute(query.encode())}

    assert guarded == set(_tables())


def test_the_roles_own_nothing_and_nobody_logs_in_as_them(both: Two) -> None:
    roles = [row_security.ORGANISATION_ROLE, row_security.INSTALLATION_ROLE]
    with _raw(both) as connection:
        owned = connection.execute(
            "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = ANY(%s)",
            (roles,),
        ).fetchone()
        kinds = connection.execute(
            "SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = ANY(%s)",
            (roles,),
        ).fetchall()

    assert owned == (0,)
    assert kinds == [(False, False, False)] * 2


def test_the_database_refuses_a_row_for_another_organisation(both: Two) -> None:
    with _raw(both) as connection:
        _as_organisation(connection, str(both.other.organisation_id))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(
                "INSERT INTO unit (id, organisation_id, code, name, sector) VALUES (1, %s, 'x', 'X', 'care')",
                (both.own.organisation_id,),
            )


def test_an_organisation_cannot_change_the_registers_of_all(both: Two) -> None:
    with both.database.writing_all() as session:
        session.add(Requester(organisation_id=None, level="state", name="Alla", folded_name="alla"))
    with _raw(both) as connection:
        _as_organisation(connection, str(both.own.organisation_id))
        seen = connection.execute("SELECT count(*) FROM requester WHERE organisation_id IS NULL")
        assert seen.fetchone() == (1,)
        changed = connection.execute(
            "UPDATE requester SET name = 'x' WHERE organisation_id IS NULL"
        )
        assert changed.rowcount == 0


def test_a_query_that_slips_past_the_session_is_still_bound(both: Two) -> None:
    past = {BOUND_BY: "nothing: this is a test of the second layer"}
    with both.database.reading(both.own.organisation_id) as session:
        found = session.execute(text("SELECT id FROM task"), execution_options=past).all()

    assert found == [(both.task,)]


def test_history_cannot_be_changed_or_deleted_by_an_organisation(both: Two) -> None:
    past = {BOUND_BY: "nothing: this is a test of the second layer"}
    for statement in ("UPDATE task_event SET kind = 'x'", "DELETE FROM task_event"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            both.database.writing(both.own.organisation_id) as session,
        ):
            session.execute(text(statement), execution_options=past)


def test_a_connection_passes_nothing_on_to_its_next_user(both: Two) -> None:
    question = f"SELECT current_user, current_setting('{row_security.SETTING}', true)"
    with both.database.reading(both.own.organisation_id) as session:
        session.scalars(select(User.id)).all()

    with both.database.engine.connect() as connection:
        user, named = connection.execute(text(question)).one()

    assert user not in {row_security.ORGANISATION_ROLE, row_security.INSTALLATION_ROLE}
    assert named in {"", None}


def test_what_belongs_to_the_installation_is_out_of_reach_for_an_organisation(both: Two) -> None:
    owned = {*_tables(), "alembic_version"}
    others = {*Base.metadata.tables, "alembic_version"} - owned

    assert "job_run" in others
    for table in sorted(others):
        with _raw(both) as connection:
            _as_organisation(connection, str(both.own.organisation_id))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {table}".encode())  # noqa: S608 - a name of ours
