"""Creating and migrating the database; safe to repeat, and by several processes at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from timethief.storage.database import Database, migrating

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_214_602
"""Key of the advisory lock that lets one process migrate a PostgreSQL database while others wait."""


def migrate(database: Database) -> None:
    """Bring the database to the newest schema, in one transaction: all of it or nothing."""
    if database.is_sqlite:
        _make_private(Path(str(database.url.database)))
    with migrating(database.engine).begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(_alembic(connection), "head")
        if database.is_sqlite:
            _check_references(connection)
            connection.detach()


def _make_private(file: Path) -> None:
    """A new file is for its owner alone; SQLite would make it readable to all, and its companions like it."""
    with suppress(FileExistsError):
        file.touch(mode=0o600, exist_ok=False)


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        message = f"a row of {broken[0]} would refer to a row of {broken[2]} that is not there"
        raise RuntimeError(message)


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
