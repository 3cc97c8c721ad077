"""Waking the process that works on imports (`timethief.exchange.import_runner`), and tidying up after it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Thread

from sqlalchemy import delete, exists, select, update

from timethief.config import Config
from timethief.domain.identifiers import to_text
from timethief.domain.import_runs import BUSY, CANCELLABLE, PREVIEW_LASTS, PUTTING_IN, ImportState
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database
from timethief.storage.tables import ImportedChange, TaskImport
from timethief.storage.uploads import Uploads

FOLDER = "uploads"
"""In the instance folder."""
_WAIT_FOR_SOMEBODY = CANCELLABLE - {ImportState.WAITING}
_MODULE = "timethief.exchange.import_runner"


def uploads_of(config: Config) -> Uploads:
    """Where uploaded files of the installation lie; who changes an import wakes a process that works on it."""
    mail_from = "" if config.mail_server is None else config.base_url
    return Uploads(config.instance / FOLDER, config.database_url, start, mail_from)


def start(uploads: Uploads) -> None:
    """Start a process that works on what waits. It lives on when this one ends, and ends when there is no more.

    One too many does no harm: it finds the work taken, and ends.
    """
    environment = os.environ | {
        "TIMETHIEF_UPLOADS": str(uploads.folder),
        "TIMETHIEF_DATABASE_URL": uploads.database_url,
        "TIMETHIEF_UPLOADS_MAIL_FROM": uploads.mail_from,
    }
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", _MODULE],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Whoever is not waited for stays in the table of processes when it has ended.
    Thread(target=process.wait, daemon=True).start()


def see_to_imports(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Wake a process where an import waits for one, for the first may have died; remove what has had its time."""
    database, uploads = surroundings.database, uploads_of(surroundings.config)
    with database.reading_all() as session:
        waiting = session.scalars(select(TaskImport.id).where(TaskImport.state.in_(_values(BUSY))))
        idle = [import_id for import_id in waiting if _is_idle(uploads, import_id)]
    if idle:
        start(uploads)
    return {
        "imports": len(idle),
        "previews": _let_expire(database, now),
        "uploads": _remove_files(database, uploads, now),
        "undos": _forget_changes(database, now),
    }


def _is_idle(uploads: Uploads, import_id: int) -> bool:
    """Whether nobody works on it."""
    with uploads.locked(to_text(import_id)) as free:
        return free


def _let_expire(database: Database, now: datetime) -> int:
    """End imports that nobody has chosen in time; how many."""
    with database.reading_all() as session:
        over = session.execute(
            select(TaskImport.id, TaskImport.organisation_id).where(
                TaskImport.state.in_(_values(_WAIT_FOR_SOMEBODY)),
                TaskImport.made_at <= now - PREVIEW_LASTS,
            )
        ).all()
    for import_id, organisation_id in over:
        with database.writing(organisation_id) as session:
            session.execute(
                update(TaskImport)
                .where(
                    TaskImport.id == import_id, TaskImport.state.in_(_values(_WAIT_FOR_SOMEBODY))
                )
                .values(state=ImportState.EXPIRED.value, finished_at=now)
            )
    return len(over)


def _remove_files(database: Database, uploads: Uploads, now: datetime) -> int:
    """Delete files that are a day old, and those of no import; of how many imports."""
    there = uploads.identifiers()
    if not there:
        return 0
    with database.reading_all() as session:
        known = {
            row.id: row
            for row in session.scalars(select(TaskImport).where(TaskImport.id.in_(there)))
        }
    limit = now - PREVIEW_LASTS
    over = [
        import_id
        for import_id, written_at in there.items()
        if (
            written_at <= limit
            if import_id not in known
            else known[import_id].made_at <= limit and known[import_id].state not in PUTTING_IN
        )
    ]
    for import_id in over:
        uploads.remove(import_id)
    return len(over)


def _forget_changes(database: Database, now: datetime) -> int:
    """Delete what tasks were before imports that can no longer be undone; of how many imports."""
    with database.reading_all() as session:
        over = session.execute(
            select(TaskImport.id, TaskImport.organisation_id).where(
                TaskImport.undo_until <= now,
                exists().where(ImportedChange.import_id == TaskImport.id),
            )
        ).all()
    for import_id, organisation_id in over:
        with database.writing(organisation_id) as session:
            session.execute(delete(ImportedChange).where(ImportedChange.import_id == import_id))
    return len(over)


def _values(states: Iterable[ImportState]) -> list[str]:
    return [state.value for state in states]
