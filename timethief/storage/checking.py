"""Whether the database is whole: so that damage is found by night and not by a wrong figure."""

from __future__ import annotations

from sqlalchemy import select, text

from timethief.storage.database import Database
from timethief.storage.schema import is_current
from timethief.storage.tables import Base


class Damaged(Exception):
    """The database does not hold together."""


def check(database: Database) -> int:
    """Go through the database; how many tables it has.

    Raises:
        Damaged: the database says itself that something in it is broken, or the schema is another.
    """
    if database.is_sqlite:
        with database.engine.connect() as connection:
            if connection.scalar(text("PRAGMA quick_check(1)")) != "ok":
                raise Damaged("quick_check")
    if not is_current(database):
        raise Damaged("schema")
    tables = Base.metadata.sorted_tables
    with database.reading_all() as session:
        for table in tables:
            session.execute(select(table).limit(1)).first()
    return len(tables)
