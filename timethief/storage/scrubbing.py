"""After deleting: nothing of it is left in the database's files, and nothing of the order in which it came.

SQLite overwrites what is deleted with zeros (`secure_delete`); what the write-ahead log still holds is brought into
the file and the log emptied. The words of the search index stay in old parts of it until those are merged.
PostgreSQL keeps deleted rows until the table is written anew. Its write-ahead log, and any archive of it, keep
them longer: that is beyond the service, and the pages say so.
"""

from __future__ import annotations

import sqlite3
import time
from typing import cast

from sqlalchemy import Connection, text

from timethief.storage.database import Database

_SMALL = ("anonymous_message", "anonymous_report", "anonymous_form")
_LARGE = ("report", "task", "task_search")
_TRACES = ("task_event", "audit_event", "outbox_mail", "invitation", "inquiry")
_DECISIONS = (
    "task_case",
    "review_request",
    "case_answer",
    "gate_answer",
    "automation_candidate",
    "decision",
    "opinion",
    "escalation_step",
    "follow_up",
    "freed_time",
    "restructuring",
    "restructured_task",
)
_PATIENCE = "10s"
_READERS_SECONDS = 10.0
_ASK_AGAIN_SECONDS = 0.05


def scrub(database: Database, *, tasks: bool = False) -> None:
    """Make what was deleted of anonymous reports unreadable.

    Args:
        database: with no transaction of ours open.
        tasks: tasks were deleted with them.
    """
    if database.is_sqlite:
        _scrub_sqlite(database, words=tasks)
    else:
        _scrub_postgresql(database, tasks=tasks)


def scrub_all(database: Database) -> None:
    """Make everything that was weeded or masked unreadable. Nobody reaches the tables meanwhile: for the night."""
    if database.is_sqlite:
        _scrub_sqlite(database, words=True)
        return
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        _await_older_readers(connection)
        for table in (*_SMALL, *_LARGE, *_TRACES, *_DECISIONS):
            connection.exec_driver_sql(f"VACUUM (FULL) {table}")


def _await_older_readers(connection: Connection) -> None:
    """Let those finish who began before, in any database of the server: for them it keeps what was deleted.

    Who takes longer than we wait leaves traces until the tables are written anew the next time.
    """
    here = connection.exec_driver_sql("SELECT pg_current_xact_id()::text").scalar_one()
    older = text(
        "SELECT pg_snapshot_xmin(pg_current_snapshot()) <= CAST(:here AS xid8) OR EXISTS ("
        "SELECT FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND age(backend_xmin) > age(CAST(CAST(:here AS xid8) AS xid)))"
    )
    until = time.monotonic() + _READERS_SECONDS
    while time.monotonic() < until and connection.scalar(older, {"here": here}):
        time.sleep(_ASK_AGAIN_SECONDS)


def _scrub_sqlite(database: Database, *, words: bool) -> None:
    pooled = database.engine.raw_connection()
    try:
        connection = cast("sqlite3.Connection", pooled.driver_connection)
        connection.execute("PRAGMA query_only = OFF").close()
        if words:
            connection.execute("INSERT INTO task_search (task_search) VALUES ('optimize')").close()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    finally:
        pooled.info.clear()  # the next to use it says anew whether it may write
        pooled.close()


def _scrub_postgresql(database: Database, *, tasks: bool) -> None:
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        _await_older_readers(connection)
        connection.exec_driver_sql(f"SET lock_timeout = '{_PATIENCE}'")
        try:
            connection.exec_driver_sql(f"VACUUM (FULL) {', '.join(_SMALL)}")
            if tasks:
                connection.exec_driver_sql(f"VACUUM {', '.join(_LARGE)}")
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
