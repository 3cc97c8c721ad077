from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from timethief.storage.database import Database
from timethief.storage.schema import is_current, migrate
from timethief.storage.tables import Organisation


def test_reading_cannot_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError):
        session.execute(text("DELETE FROM organisation"))


def test_writing_is_all_or_nothing(database: Database) -> None:
    def half_done() -> None:
        with database.writing() as session:
            session.add(Organisation(code="half", name="Half", kind="other"))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        half_done()

    with database.reading() as session:
        assert session.scalars(select(Organisation)).all() == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    assert is_current(database)

    migrate(database)

    assert is_current(database)
