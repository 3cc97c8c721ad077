from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from timethief.storage.database import BUSY_TIMEOUT_MS, MOST_PATIENT, Database
from timethief.storage.schema import is_current, migrate
from timethief.storage.tables import Organisation

WRITES = {
    "insert": "INSERT INTO organisation (id, code, name, kind) VALUES (1, 'a', 'A', 'other')",
    "update": "UPDATE organisation SET name = 'B'",
    "delete": "DELETE FROM organisation",
    "create": "CREATE TABLE extra (id INTEGER)",
    "drop": "DROP TABLE sent_form",
}


def _count(database: Database) -> int:
    with database.reading_all() as session:
        return session.scalar(select(func.count()).select_from(Organisation)) or 0


def _add(database: Database, code: str) -> None:
    with database.writing_all() as session:
        session.add(Organisation(code=code, name=code, kind="other"))


@pytest.mark.parametrize("statement", WRITES.values(), ids=WRITES.keys())
def test_reading_cannot_write(database: Database, statement: str) -> None:
    _add(database, "kept")

    with database.reading_all() as session, pytest.raises(DBAPIError):
        session.execute(text(statement))

    assert _count(database) == 1


def test_reading_cannot_store_rows(database: Database) -> None:
    with database.reading_all() as session:
        session.add(Organisation(code="a", name="A", kind="other"))
        with pytest.raises(DBAPIError):
            session.flush()

    assert _count(database) == 0


def test_reading_sees_one_moment(database: Database) -> None:
    _add(database, "first")
    query = select(func.count()).select_from(Organisation)

    with database.reading_all() as session:
        before = session.scalar(query)
        _add(database, "second")
        after = session.scalar(query)

    assert (before, after, _count(database)) == (1, 1, 2)


def test_a_connection_that_has_read_may_write_again(database: Database) -> None:
    for number in range(3):
        assert _count(database) == number

        _add(database, f"organisation {number}")

    assert _count(database) == 3


def test_writing_is_all_or_nothing(database: Database) -> None:
    def half_done() -> None:
        with database.writing_all() as session:
            session.add(Organisation(code="half", name="Half", kind="other"))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        half_done()

    with database.reading_all() as session:
        assert session.scalars(select(Organisation)).all() == []


def test_two_that_read_first_and_write_later_both_succeed(database: Database) -> None:
    together = Barrier(2)

    def read_then_write(code: str) -> None:
        together.wait()
        with database.writing_all() as session:
            session.scalars(select(Organisation)).all()
            session.add(Organisation(code=code, name=code, kind="other"))
            session.flush()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read_then_write, ["one", "two"]))

    assert _count(database) == 2


def test_writing_takes_the_lock_of_sqlite_before_it_writes(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    other = sqlite3.connect(database.url.database or "", timeout=0, isolation_level=None)

    with database.writing_all() as session:
        session.scalars(select(Organisation)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")

    other.close()
    database.close()


def test_sqlite_is_set_to_lose_nothing(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")

    with database.writing_all() as one, database.reading_all() as other:
        settings = [
            [session.execute(text(f"PRAGMA {name}")).scalar() for name in names]
            for session in (one, other)
        ]

    assert settings == [["wal", 2, 1, 5000]] * 2
    database.close()


def test_who_waits_in_vain_for_the_turn_to_write_is_told(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    monkeypatch.setattr("timethief.storage.database.PATIENCE_MS", 1)
    monkeypatch.setattr("timethief.storage.database.BUSY_TIMEOUT_MS", 1)

    def write() -> None:
        with database.writing_all() as session:
            session.execute(select(Organisation.id))

    with database.writing_all() as session, ThreadPoolExecutor(1) as pool:
        session.execute(select(Organisation.id))
        for _ in range(2 * MOST_PATIENT):
            with pytest.raises(OperationalError, match="locked"):
                pool.submit(write).result()

    # Nothing of the waiting is left: all may write again.
    for _ in range(2 * MOST_PATIENT):
        write()
    database.close()


def test_what_may_be_left_undone_does_not_wait_for_another_that_writes(sqlite_url: str) -> None:
    here, elsewhere = Database(sqlite_url), Database(sqlite_url)

    with here.writing_all() as writing:
        writing.execute(select(Organisation.id))
        for database in (here, elsewhere):
            with database.writing_all_if_free() as session:
                assert session is None

    with elsewhere.reading_all() as session:
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == BUSY_TIMEOUT_MS
    here.close()
    elsewhere.close()


def test_what_may_be_left_undone_is_done_where_nobody_writes(database: Database) -> None:
    for code in ("a", "b"):
        with database.writing_all_if_free() as session:
            assert session is not None
            session.add(Organisation(code=code, name=code, kind="other"))

    assert _count(database) == 2
    with pytest.raises(DBAPIError), database.writing_all_if_free() as session:
        _add_twice(session)
    assert _count(database) == 2


def _add_twice(session: Session | None) -> None:
    assert session is not None
    for _ in range(2):
        session.add(Organisation(code="c", name="c", kind="other"))
        session.flush()


def test_references_are_kept(database: Database) -> None:
    statement = "INSERT INTO user_session VALUES ('a', 1, '2026-01-01', '2026-01-01')"

    with pytest.raises(DBAPIError), database.writing_all() as session:
        session.execute(text(statement))


def test_migrating_again_changes_nothing(database: Database) -> None:
    assert is_current(database)

    migrate(database)

    assert is_current(database)


def test_a_database_that_answers_is_reachable(database: Database) -> None:
    assert database.reachable()
