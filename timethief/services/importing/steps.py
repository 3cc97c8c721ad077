"""What the process that works on imports writes down of each: claimed, read, put in, taken back, broken off.

Each step is a transaction of its own and happens only from the state that it goes on from, so that an import which
somebody has cancelled meanwhile stays cancelled. Putting in and being done are one transaction: after a death at any
point all rows are there and the state says so, or none.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.import_runs import (
    BUSY,
    MOST_ATTEMPTS,
    PUTTING_IN,
    UNDO_LASTS,
    ImportState,
)
from timethief.domain.people import Actor, Permission
from timethief.domain.sheet_tasks import SheetTask
from timethief.services import audit
from timethief.services.importing import putting_in as imports
from timethief.services.importing.undo import undo_import
from timethief.services.people import actor_of
from timethief.storage.crash_points import crash_point
from timethief.storage.database import Database
from timethief.storage.tables import TaskImport

_NEW_REQUESTERS_KEPT = 100
_PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds to wait before trying once more where the database is busy."""
_NICENESS = 10
_FIELD = "file"
T = TypeVar("T")
AWAY = (OperationalError, InterfaceError)
"""What is raised where the database is busy or cannot be reached."""


@dataclass(frozen=True, slots=True)
class Step:
    """Work on an import that is ours to do.

    Attributes:
        state: what is to be done: `READING`, `IMPORTING` or `UNDOING`.
        mapped: somebody has said what its unknown headings mean.
        rows: how many can be put in.
    """

    import_id: int
    organisation_id: int
    state: ImportState
    language: str
    mapped: bool
    rows: int


def due(database: Database) -> list[tuple[int, int]]:
    """Imports in which something is to be done, with their organisations: those that came first, first."""
    with database.reading_all() as session:
        rows = session.execute(
            select(TaskImport.id, TaskImport.organisation_id)
            .where(TaskImport.state.in_([state.value for state in BUSY]))
            .order_by(func.coalesce(TaskImport.chosen_at, TaskImport.made_at), TaskImport.id)
        )
        return [(row[0], row[1]) for row in rows]


_BEGUN = {
    ImportState.RECEIVED: ImportState.READING,
    ImportState.WAITING: ImportState.IMPORTING,
}
"""State that the work begins with."""
ONE_AT_A_TIME = frozenset({ImportState.IMPORTING, ImportState.UNDOING})
"""What an organisation has one of at a time."""


def peek(database: Database, organisation_id: int, import_id: int) -> ImportState | None:
    """The state that work on the import would begin with; None where there is no such import."""
    with database.reading(organisation_id) as session:
        state = session.scalar(select(TaskImport.state).where(TaskImport.id == import_id))
    if state is None:
        return None
    return _BEGUN.get(ImportState(state), ImportState(state))


def claim(database: Database, organisation_id: int, import_id: int, now: datetime) -> Step | None:
    """Begin the work on an import that nobody else works on; None where there is none to do now.

    What was begun too often is given up.
    """
    return _patiently(lambda: _claim(database, organisation_id, import_id, now))


def _claim(database: Database, organisation_id: int, import_id: int, now: datetime) -> Step | None:
    with database.writing(organisation_id) as session:
        row = session.get(TaskImport, import_id, with_for_update=True)
        if row is None or row.state not in BUSY:
            return None
        if row.state == ImportState.WAITING.value and _another_goes_first(session, row):
            return None
        wanted = _BEGUN.get(ImportState(row.state), ImportState(row.state))
        if row.attempts >= MOST_ATTEMPTS:
            _give_up(row, "import_broken_off", now)
            return None
        row.state = wanted.value
        row.attempts += 1
        return Step(import_id, organisation_id, wanted, row.language, row.mapped, row.rows_right)


def _another_goes_first(session: Session, row: TaskImport) -> bool:
    under_way = [state.value for state in PUTTING_IN if state is not ImportState.WAITING]
    others = select(TaskImport.id).where(TaskImport.state.in_(under_way), TaskImport.id != row.id)
    return session.scalars(others.limit(1)).first() is not None


def is_still(database: Database, step: Step) -> bool:
    """Whether the work is still wanted."""
    with database.reading(step.organisation_id) as session:
        state = session.scalar(select(TaskImport.state).where(TaskImport.id == step.import_id))
    return state == step.state.value


def is_known(database: Database, step: Step) -> bool:
    """Whether its file is still of use: not once it has been cancelled."""
    with database.reading(step.organisation_id) as session:
        state = session.scalar(select(TaskImport.state).where(TaskImport.id == step.import_id))
    return state is not None and state != ImportState.CANCELLED.value


def note_refused(database: Database, step: Step, refusal: Invalid, now: datetime) -> None:
    """The file cannot be used."""
    told = {"field": refusal.field, "reason": refusal.reason, "values": refusal.values}
    values = {"state": ImportState.REFUSED.value, "refusal": told, "finished_at": now}
    _note(database, step, values)


def note_columns(
    database: Database, step: Step, about: Mapping[str, Any], rows: int, *, state: ImportState
) -> None:
    """The headings do not tell which column is which: somebody must say so, or the file is refused."""
    values = {"state": state.value, "about": dict(about), "rows_total": rows}
    _note(database, step, values)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a preview tells of the rows.

    Attributes:
        examples: rows that are the form's own example, and left out.
        new_requesters: names that nobody has named before.
    """

    right: int
    wrong: int
    examples: int
    similar: int
    new_requesters: Sequence[str]


def note_preview(database: Database, step: Step, about: Mapping[str, Any], counts: Counts) -> None:
    """The file has been read: it waits for the choice."""
    values = {
        "state": ImportState.PREVIEW.value,
        "attempts": 0,
        "about": {**about, "examples": counts.examples, **_new_requesters(counts.new_requesters)},
        "rows_total": counts.right + counts.wrong,
        "rows_right": counts.right,
        "rows_wrong": counts.wrong,
        "rows_similar": counts.similar,
    }
    _note(database, step, values)


def put_in(
    database: Database,
    step: Step,
    tasks: Callable[[], Iterable[SheetTask]],
    progress: Callable[[int], None],
    now: datetime,
) -> None:
    """Put the rows in: compute all while nobody waits, then store it in one transaction with saying so.

    Raises:
        NotAllowed: who chose it no longer may.
    """
    _patiently(lambda: _put_in(database, step, tasks, progress, now))


def _put_in(
    database: Database,
    step: Step,
    tasks: Callable[[], Iterable[SheetTask]],
    progress: Callable[[int], None],
    now: datetime,
) -> None:
    organisation_id, import_id = step.organisation_id, step.import_id
    with ExitStack() as held:
        with database.reading(organisation_id) as session:
            computed = imports.prepared(
                session, organisation_id, tasks, now, import_id=import_id, progress=progress
            )
            ready = humbly(lambda: held.enter_context(computed))
        crash_point("import.prepared")
        with database.writing(organisation_id) as session:
            row = _row(session, step)
            if row is None:
                return
            actor = _actor(session, row.user_id)
            done = imports.put_in(session, actor, ready, progress)
            _note_done(session, actor, import_id, done, now)
            session.flush()
            crash_point("import.put_in")
    crash_point("import.stored")


def _note_done(
    session: Session, actor: Actor, import_id: int, done: imports.Imported, now: datetime
) -> None:
    row = session.get_one(TaskImport, import_id)
    row.state = ImportState.DONE.value
    row.added, row.changed, row.unchanged = done.added, done.changed, done.unchanged
    row.about = {**row.about, **_new_requesters(done.new_requesters)}
    row.finished_at = now
    row.undo_until = now + UNDO_LASTS
    audit.record(
        session,
        actor,
        Act.TASKS_IMPORTED,
        "import",
        reference=to_text(import_id),
        after={
            "tasks_added": done.added,
            "tasks_changed": done.changed,
            "tasks_unchanged": done.unchanged,
        },
        now=now,
    )


def _new_requesters(names: Sequence[str]) -> dict[str, Any]:
    """How many they are, and the first of them."""
    return {
        "new_requesters": list(names[:_NEW_REQUESTERS_KEPT]),
        "new_requesters_count": len(names),
    }


def take_back(database: Database, step: Step, now: datetime) -> None:
    """Undo the import, in one transaction with saying so.

    Raises:
        Conflict: reason `import_decided_on`.
        NotAllowed: who wanted it no longer may.
    """
    _patiently(lambda: _take_back(database, step, now))


def _take_back(database: Database, step: Step, now: datetime) -> None:
    with database.writing(step.organisation_id) as session:
        row = _row(session, step)
        if row is None:
            return
        actor = _actor(session, row.about.get("undone_by"))
        undo_import(session, actor, step.organisation_id, step.import_id, now)
        row = session.get_one(TaskImport, step.import_id)
        row.state = ImportState.UNDONE.value
        row.finished_at = now
        audit.record(
            session,
            actor,
            Act.IMPORT_UNDONE,
            "import",
            reference=to_text(step.import_id),
            after={"tasks_added": row.added, "tasks_changed": row.changed},
            now=now,
        )
        session.flush()
        crash_point("import.taken_back")
    crash_point("import.undone")


def _row(session: Session, step: Step) -> TaskImport | None:
    """The import, which nobody else changes meanwhile; None where the step is no longer wanted."""
    row = session.get_one(TaskImport, step.import_id, with_for_update=True)
    return row if row.state == step.state.value else None


def humbly(act: Callable[[], T]) -> T:
    """Do it after everything else that the processor has to do.

    In a thread of its own, since nobody gets a higher rank back: who holds up the others must not dawdle.
    """
    with ThreadPoolExecutor(1, initializer=os.nice, initargs=(_NICENESS,)) as humble:
        return humble.submit(act).result()


def _patiently(act: Callable[[], T]) -> T:
    """Do it, and again where the database is busy: it is done wholly or not at all."""
    for pause in _PATIENCE:
        try:
            return act()
        except OperationalError:
            time.sleep(pause)
    return act()


def note_failed(database: Database, step: Step, error: Exception, now: datetime) -> None:
    """It went wrong in a way that trying again does not mend. Of the error its kind and place are kept."""
    reason = "import_failed"
    if isinstance(error, NotAllowed):
        reason = "import_not_allowed"
    elif isinstance(error, Conflict):
        reason = error.reason
    with database.writing(step.organisation_id) as session:
        row = _row(session, step)
        if row is not None:
            row.about = {**row.about, "error": _told(error)}
            _give_up(row, reason, now)


def _told(error: Exception) -> str:
    """Its kind and where it came from; never its message, which may hold content."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"


def _give_up(row: TaskImport, reason: str, now: datetime) -> None:
    """Nothing was stored: what was to be undone is still there, the rest never came."""
    undoing = row.state == ImportState.UNDOING.value
    row.state = (ImportState.DONE if undoing else ImportState.FAILED).value
    row.refusal = {"field": _FIELD, "reason": reason, "values": {}}
    if not undoing:
        row.finished_at = now


def _note(database: Database, step: Step, values: Mapping[str, Any]) -> None:
    changed = (
        update(TaskImport)
        .where(TaskImport.id == step.import_id, TaskImport.state == step.state.value)
        .values(**values)
    )

    def note() -> None:
        with database.writing(step.organisation_id) as session:
            session.execute(changed)

    _patiently(note)


def _actor(session: Session, user_id: int | None) -> Actor:
    """The person, with the rights held now.

    Raises:
        NotAllowed: the account is gone or closed.
    """
    try:
        return actor_of(session, user_id or 0)
    except NotFound as error:
        raise NotAllowed(Permission.IMPORT_TASKS) from error
