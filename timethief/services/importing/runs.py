"""Imports as people steer them: a file is received, its headings told, the choice made; or it is taken back.

The work itself is done by a process of its own (`timethief.exchange.import_runner`), which these wake.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import new_identifier
from timethief.domain.import_runs import (
    CANCELLABLE,
    MOST_OPEN,
    PUTTING_IN,
    SHARED,
    ImportState,
    has_expired,
    shown_name,
)
from timethief.domain.people import Actor, Permission, ensure
from timethief.services.importing.undo import undo_refused_by
from timethief.storage.tables import ImportColumn, TaskImport
from timethief.storage.uploads import Uploads

_OPEN = (
    *(ImportState.RECEIVED, ImportState.READING, ImportState.COLUMNS, ImportState.PREVIEW),
    *(ImportState.WAITING, ImportState.IMPORTING),
)
_LONGEST_CODE = 64
_UNNAMED = "-"


def receive(
    session: Session,
    uploads: Uploads,
    actor: Actor,
    file_name: str,
    source: Path,
    language: str,
    now: datetime,
) -> int:
    """Take a file in, and have it read as soon as the transaction is stored.

    Args:
        session: writing.
        uploads: where files are kept.
        actor: who sends it.
        file_name: what the sender calls it; it names nothing of ours.
        source: the file, which is moved away from there.
        language: in which templates and texts of the import are.
        now: the time.

    Returns:
        the identifier of the import.

    Raises:
        NotAllowed: the actor may not import.
        Invalid: field `file`, reason `imports_open`: too many of the organisation's files wait for a choice.
    """
    ensure(actor, Permission.IMPORT_TASKS)
    waiting = session.scalar(
        select(func.count(TaskImport.id)).where(
            TaskImport.state.in_([state.value for state in _OPEN])
        )
    )
    if (waiting or 0) >= MOST_OPEN:
        raise Invalid("file", "imports_open", limit=MOST_OPEN)
    import_id = new_identifier()
    with source.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    uploads.take_in(import_id, source)
    session.add(
        TaskImport(
            id=import_id,
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            file_name=shown_name(file_name) or _UNNAMED,
            digest=digest,
            language=language,
            state=ImportState.RECEIVED.value,
            made_at=now,
        )
    )
    _once_stored(session, lambda: uploads.wake(uploads))
    return import_id


def map_columns(
    session: Session,
    uploads: Uploads,
    actor: Actor,
    import_id: int,
    mapping: Mapping[str, str],
    now: datetime,
) -> None:
    """Say what unknown headings mean, have the file read by that, and remember it for the next file.

    Args:
        session: writing.
        uploads: where files are kept.
        actor: whose import it is.
        import_id: which.
        mapping: code of a column by `UnknownHeading.key`; empty for one to be left aside.
        now: the time.

    Raises:
        NotAllowed: the actor may not import.
        NotFound: there is no such import of the actor.
        Conflict: reason `import_moved_on`: it waits for no headings; `import_expired`.
        Invalid: field is the key; reason `not_a_choice`: the file has no such heading, or that is no code;
            `column_twice`: two headings would be one column.
    """
    row = _own(session, actor, import_id)
    if row.state not in (ImportState.COLUMNS.value, ImportState.PREVIEW.value):
        raise Conflict("import_moved_on")
    _check_time(row, now)
    keys = {each["key"] for each in row.about.get("unknown", ())}
    chosen: dict[str, str] = {}
    for key, code in mapping.items():
        if key not in keys or len(code) > _LONGEST_CODE:
            raise Invalid(key, "not_a_choice")
        if code and code in chosen:
            raise Invalid(key, "column_twice")
        chosen[code] = key
    for key, code in mapping.items():
        known = session.get(ImportColumn, (actor.organisation_id, key))
        if known is None:
            session.add(ImportColumn(organisation_id=actor.organisation_id, heading=key, code=code))
        else:
            known.code = code
    row.mapped = True
    _begin(session, uploads, row, ImportState.RECEIVED)


def choose(session: Session, uploads: Uploads, actor: Actor, import_id: int, now: datetime) -> None:
    """Have the right rows put in. Choosing twice is choosing once.

    Raises:
        NotAllowed: the actor may not import.
        NotFound: there is no such import of the actor.
        Conflict: reason `import_moved_on`: it has no preview; `import_expired`; `import_nothing_right`.
    """
    row = _own(session, actor, import_id)
    if row.state in (*PUTTING_IN, *SHARED):
        return
    if row.state == ImportState.EXPIRED.value:
        raise Conflict("import_expired")
    if row.state != ImportState.PREVIEW.value:
        raise Conflict("import_moved_on")
    _check_time(row, now)
    if not row.rows_right:
        raise Conflict("import_nothing_right")
    row.chosen_at = now
    _begin(session, uploads, row, _next(session, ImportState.IMPORTING))


def cancel(session: Session, uploads: Uploads, actor: Actor, import_id: int, now: datetime) -> None:
    """End an import before anything of it is put in, and delete its file. Cancelling twice is cancelling once.

    Raises:
        NotAllowed: the actor may not import.
        NotFound: there is no such import of the actor.
        Conflict: reason `import_moved_on`: it is too late, or has ended.
    """
    row = _own(session, actor, import_id)
    if row.state == ImportState.CANCELLED.value:
        return
    if row.state not in CANCELLABLE:
        raise Conflict("import_moved_on")
    row.state = ImportState.CANCELLED.value
    row.finished_at = now
    _once_stored(session, lambda: uploads.remove(import_id))


def undo(session: Session, uploads: Uploads, actor: Actor, import_id: int, now: datetime) -> None:
    """Have everything that an import did taken back: one's own, or a colleague's.

    Raises:
        NotAllowed: the actor may not import.
        NotFound: there is no such import for the actor.
        Conflict: reason `import_moved_on`: it is not done; `import_undo_over`: it was too long ago;
            `import_decided_on`: something of it has been decided on since (`undo_refused_by` tells what).
    """
    ensure(actor, Permission.IMPORT_TASKS)
    row = _locked(session, import_id)
    if row.user_id != actor.user_id and row.state not in SHARED:
        raise NotFound("import")
    if row.state in (ImportState.UNDOING.value, ImportState.UNDONE.value):
        return
    if row.state != ImportState.DONE.value:
        raise Conflict("import_moved_on")
    if row.undo_until is None or now >= row.undo_until:
        raise Conflict("import_undo_over")
    if undo_refused_by(session, import_id):
        raise Conflict("import_decided_on")
    row.about = {**row.about, "undone_by": actor.user_id}
    _begin(session, uploads, row, ImportState.UNDOING)


def _own(session: Session, actor: Actor, import_id: int) -> TaskImport:
    ensure(actor, Permission.IMPORT_TASKS)
    row = _locked(session, import_id)
    if row.user_id != actor.user_id:
        raise NotFound("import")
    return row


def _locked(session: Session, import_id: int) -> TaskImport:
    """The row, which nobody else changes before the transaction ends."""
    row = session.scalars(
        select(TaskImport).where(TaskImport.id == import_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("import")
    return row


def _check_time(row: TaskImport, now: datetime) -> None:
    if has_expired(row.made_at, now):
        raise Conflict("import_expired")


def _next(session: Session, wanted: ImportState) -> ImportState:
    """That state, or waiting where another import of the organisation goes first."""
    others = session.scalars(
        select(TaskImport.id)
        .where(TaskImport.state.in_([state.value for state in PUTTING_IN]))
        .limit(1)
    ).first()
    return wanted if others is None else ImportState.WAITING


def _begin(session: Session, uploads: Uploads, row: TaskImport, state: ImportState) -> None:
    """Put the import into a state in which the service works, and wake who works."""
    row.state = state.value
    row.attempts = 0
    row.refusal = {}
    _once_stored(session, lambda: uploads.wake(uploads))


def _once_stored(session: Session, act: Callable[[], None]) -> None:
    event.listen(session, "after_commit", lambda _session: act(), once=True)
