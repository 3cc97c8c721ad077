from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from timethief.storage import schema
from timethief.storage.database import Database, writable
from timethief.storage.schema import is_current, migrate, newest_revision
from timethief.storage.tables import Base

PROGRAM = (
    "import sys; from timethief.storage.database import Database; "
    "from timethief.storage.schema import migrate; migrate(Database(sys.argv[1]))"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.sqlite3'}"
    url = request.getfixturevalue("postgresql_url")
    name = f"empty_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith("task_search")


def _differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        found: list[Any] = compare_metadata(context, Base.metadata)
        return found


def test_there_is_one_newest_revision() -> None:
    heads = ScriptDirectory(str(schema._MIGRATIONS)).get_heads()

    assert heads == [newest_revision()]


def test_migrations_from_empty_build_exactly_the_tables(empty_url: str) -> None:
    database = Database(empty_url)

    migrate(database)

    assert _differences(database) == []
    database.close()


def test_a_column_too_many_is_seen_as_a_difference(database: Database) -> None:
    with writable(database.engine).begin() as connection:
        connection.execute(text("ALTER TABLE unit ADD COLUMN colour TEXT"))

    found = _differences(database)

    assert [(each[0], each[2], each[3].name) for each in found] == [
        ("remove_column", "unit", "colour")
    ]


def test_an_empty_database_is_not_current(empty_url: str) -> None:
    database = Database(empty_url)

    assert not is_current(database)

    database.close()


def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    command = [sys.executable, "-c", PROGRAM, empty_url]

    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate(timeout=60)[1] for process in running]

    assert answers == ["", "", ""]
    assert [process.returncode for process in running] == [0, 0, 0]
    database = Database(empty_url)
    assert _differences(database) == []
    database.close()
