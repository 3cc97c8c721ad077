"""Which of several schedulers leads: on PostgreSQL by a lock of the server, on SQLite by a lease with a heartbeat.

A lease is timed by the clock that nobody can turn: whoever waits watches the leader's beat and takes over when it
has stood still for a while, whatever the clocks of the machine say.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, NullPool, create_engine, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from timethief.services.jobs.watching import BEAT_EVERY, SILENT_AFTER, Watch
from timethief.storage.database import Database
from timethief.storage.tables import SchedulerLease

NAME = "scheduler"
_LOCK = 7_214_603
"""Key of the advisory lock; that of migrations is another."""
_SURE_FOR = 60.0
"""Seconds after its last beat during which a leader is sure that nobody has taken over: less than others wait."""
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class Lease:
    """The lead, by a row that beats. Also on PostgreSQL, where it only shows to others who leads."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.holder = uuid.uuid4().hex
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._watch = Watch(monotonic)
        self._beaten_at = -BEAT_EVERY

    def take(self) -> bool:
        """Take the lead if nobody has it, or its holder has died."""
        with self._database.reading_all() as session:
            found = session.get(SchedulerLease, NAME)
        if found is None:
            taken = self._write(self._add)
        elif not found.holder or self._is_dead(found):
            taken = self._write(lambda session: self._replace(session, found))
        else:
            return False
        if taken:
            self._beaten_at = self._monotonic()
        return taken

    def keep(self) -> bool:
        """Show that we live; False when the lead is lost."""
        if self._monotonic() - self._beaten_at < BEAT_EVERY:
            return True
        began = self._monotonic()
        try:
            kept = self._write(self._beat)
        except SQLAlchemyError:
            return began - self._beaten_at < _SURE_FOR
        if kept:
            self._beaten_at = began
        return kept

    def release(self) -> None:
        """Give the lead up, so that another need not wait."""
        self._write(lambda session: _is_changed(session, self.holder, {"holder": ""}))

    def _is_dead(self, found: SchedulerLease) -> bool:
        return self._watch.still(NAME, (found.holder, found.beat)) >= SILENT_AFTER

    def _write(self, change: Callable[[Session], bool]) -> bool:
        with self._database.writing_all() as session:
            return change(session)

    def _add(self, session: Session) -> bool:
        if session.get(SchedulerLease, NAME) is not None:
            return False
        session.add(SchedulerLease(name=NAME, holder=self.holder, beat=0, seen_at=self._clock()))
        return True

    def _replace(self, session: Session, found: SchedulerLease) -> bool:
        values = {"holder": self.holder, "beat": found.beat + 1, "seen_at": self._clock()}
        return _is_changed(session, found.holder, values, SchedulerLease.beat == found.beat)

    def _beat(self, session: Session) -> bool:
        values = {"beat": SchedulerLease.beat + 1, "seen_at": self._clock()}
        return _is_changed(session, self.holder, values)


class ServerLock(Lease):
    """The lead, by a lock that the PostgreSQL server gives back at once when its holder's connection ends."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(database, clock, monotonic)
        self._engine = create_engine(
            database.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=_KEEPALIVE,
            hide_parameters=True,
        )
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the lead if the server gives it."""
        connection = self._connection or self._engine.connect()
        try:
            taken = bool(
                connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK})
            )
            if taken:
                self._announce()
        except SQLAlchemyError:
            self._connection = None
            connection.close()
            raise
        # The connection is kept while waiting too: asking again each second should not log in each second.
        self._connection = connection
        return taken

    def keep(self) -> bool:
        """Ask whether the connection, and with it the lock, is still there; False when the lead is lost."""
        if self._connection is None:
            return False
        try:
            self._connection.scalar(text("SELECT 1"))
        except SQLAlchemyError:
            self._close()
            return False
        return super().keep()

    def release(self) -> None:
        """Give the lead up, at once: the server notices only a little later that a connection has ended."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.scalar(text("SELECT pg_advisory_unlock_all()"))
        self._close()

    def _announce(self) -> None:
        self._write(self._take_over)
        self._beaten_at = self._monotonic()

    def _take_over(self, session: Session) -> bool:
        values = {"holder": self.holder, "seen_at": self._clock()}
        lease = session.get(SchedulerLease, NAME)
        if lease is None:
            return self._add(session)
        return _is_changed(session, lease.holder, values)

    def _close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()
            connection.close()


def lead_of(
    database: Database,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float] = time.monotonic,
) -> Lease:
    """What decides who leads, for this kind of database."""
    kind = Lease if database.is_sqlite else ServerLock
    return kind(database, clock, monotonic)


def _is_changed(session: Session, holder: str, values: dict[str, Any], *more: Any) -> bool:  # noqa: ANN401 - conditions
    done = session.execute(
        update(SchedulerLease)
        .where(SchedulerLease.name == NAME, SchedulerLease.holder == holder, *more)
        .values(**values)
    )
    return isinstance(done, CursorResult) and done.rowcount == 1
