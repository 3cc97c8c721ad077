"""Creating and migrating the database; safe to repeat, and by several processes at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from timethief.storage.database import Database, writable

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_214_602
"""Key of the advisory lock that lets one process migrate a PostgreSQL database while others wait."""


def migrate(database: Database) -> None:
    """Bring the database to the newest schema, in one transaction: all of it or nothing."""
    with writable(database.engine).begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(_alembic(connection), "head")


def is_current(database: Database) -> bool:
    """Whether the database has the schema that this code needs."""
    with database.engine.connect() as connection:
        return current_revision(connection) == newest_revision()


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision that this code needs."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def _alembic(connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
