"""One door for reading and one for writing, on SQLite and PostgreSQL alike.

Reading is read-only in the database itself, so that a page cannot change anything by mistake. Writing is one
transaction, all or nothing: on SQLite it takes the write lock at once (`BEGIN IMMEDIATE`), since a transaction
that reads first and writes later fails without waiting when somebody else wrote in between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore, Lock
from typing import cast

from sqlalchemy import Connection, Engine, FromClause, create_engine, event, make_url, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from timethief.storage.binding import InstallationSession, OrganisationSession

BUSY_TIMEOUT_MS = 5_000
PATIENCE_MS = 30_000
"""So long waits whoever has something to store: an import of a hundred thousand tasks holds the lock for ten seconds."""
MOST_PATIENT = 4
"""So many of a process wait that long; others are told after `BUSY_TIMEOUT_MS`, so that threads are left for pages."""
_WRITING = "timethief_writing"
_MIGRATING = "timethief_migrating"
_PATIENCE = "timethief_patience"
"""Milliseconds to wait for the write lock."""
_ONE_MOMENT = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
"""SQLite reads so by itself; PostgreSQL would else look anew with each statement."""


class Database:
    """The database of one installation."""

    def __init__(self, url: str) -> None:
        """Prepare to connect; nothing is opened yet."""
        self.url = _with_driver(make_url(url))
        self.engine = create_engine(
            self.url, hide_parameters=True, pool_pre_ping=not self.is_sqlite, pool_size=10
        )
        if self.is_sqlite:
            self.engine.dialect.statement_compiler = _WithHints
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._reader = self.engine.execution_options(**({} if self.is_sqlite else _ONE_MOMENT))
        self._writer = writable(self.engine)
        # SQLite lets one write and has the others ask again and again, some of them in vain. Here they queue.
        self._turn = _OneAtATime() if self.is_sqlite else _AllAtOnce()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self, organisation_id: int) -> Iterator[Session]:
        """A session that sees one moment of one organisation, and that the database refuses to write for."""
        with OrganisationSession(
            self._reader, organisation_id, autoflush=False, expire_on_commit=False
        ) as session:
            yield session

    @contextmanager
    def writing(self, organisation_id: int) -> Iterator[Session]:
        """A session whose changes to one organisation are all stored when the block ends, or none of them."""
        with (
            self._turn,
            OrganisationSession(self._writer, organisation_id, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading_all(self) -> Iterator[Session]:
        """As `reading`, over all organisations: for log-in, commands and checks, never for what a page shows."""
        with InstallationSession(self._reader, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing_all(self) -> Iterator[Session]:
        """As `writing`, over all organisations: for log-in and commands."""
        with (
            self._turn,
            InstallationSession(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def writing_all_if_free(self) -> Iterator[Session | None]:
        """As `writing_all` for what may be left undone: None where it would have to wait for the whole database."""
        with ExitStack() as held:
            if not self._turn.acquire(blocking=False):
                yield None
                return
            held.callback(self._turn.release)
            hasty = self._writer.execution_options(**{_PATIENCE: 0})
            session = held.enter_context(InstallationSession(hasty, expire_on_commit=False))
            try:
                session.connection()
            except OperationalError:
                yield None
                return
            yield session
            session.commit()

    def reachable(self) -> bool:
        """Whether the database answers."""
        with self.engine.connect() as connection:
            return bool(connection.execute(text("select 1")).scalar_one())

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


class _OneAtATime:
    """Whose turn it is to write in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._room = BoundedSemaphore(MOST_PATIENT)

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take the turn; whether it was taken."""
        return self._lock.acquire(blocking=blocking)

    def release(self) -> None:
        """Give it back."""
        self._lock.release()

    def __enter__(self) -> None:
        if not self._room.acquire(timeout=BUSY_TIMEOUT_MS / 1_000):
            raise _busy()
        if not self._lock.acquire(timeout=PATIENCE_MS / 1_000):
            self._room.release()
            raise _busy()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        self._room.release()


def _busy() -> OperationalError:
    """As the library tells that others hold the database."""
    return OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))


class _AllAtOnce(_OneAtATime):
    """No turns: the database sees to it by itself."""

    def acquire(self, *, blocking: bool = True) -> bool:
        """Nobody waits."""
        del blocking
        return True

    def release(self) -> None:
        """There is nothing to give back."""

    def __enter__(self) -> None:
        """Nobody waits."""

    def __exit__(self, *_: object) -> None:
        """There is nothing to give back."""


class _WithHints(SQLiteCompiler):
    """Writes what `with_hint` says behind a table's name; the library's own leaves it out for SQLite.

    Without statistics SQLite holds each column of an index to leave ten rows, so that the organisation alone
    seems as good a way to a task as any. `INDEXED BY` and `NOT INDEXED` tell it better.
    """

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """The hint as it stands."""
        del table
        return text


def _with_driver(url: URL) -> URL:
    if url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Every connection: write-ahead log, no acknowledged write lost, nothing left of what is deleted,
    references kept, waiting for the lock.
    """  # noqa: D205 - one sentence
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver would begin transactions by its own rules, and not at all before CREATE TABLE.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "cache_size = -4000",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    # Past the library where nothing can fail: this goes before every page.
    if options.get(_MIGRATING, False):
        driver.execute("PRAGMA foreign_keys = OFF")
    writing = bool(options.get(_WRITING, False))
    if connection.info.get(_WRITING) is not writing:
        driver.execute(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
        connection.info[_WRITING] = writing
    if not writing:
        driver.execute("BEGIN")
        return
    patience = options.get(_PATIENCE, PATIENCE_MS)
    driver.execute(f"PRAGMA busy_timeout = {patience}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def writable(engine: Engine) -> Engine:
    """The engine whose transactions may write."""
    return engine.execution_options(**{_WRITING: True})


def migrating(engine: Engine) -> Engine:
    """The engine as migrations need it: they may write, and on SQLite put a new table in place of an old one.

    That takes references that are not watched meanwhile; who migrates checks them at the end
    (https://www.sqlite.org/lang_altertable.html, section 7), and throws the connection away.
    """
    return engine.execution_options(**{_WRITING: True, _MIGRATING: True})
