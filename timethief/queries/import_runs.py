"""Imports as their page and the API show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.import_runs import (
    BUSY,
    CANCELLABLE,
    FAULTS_SHOWN,
    SHARED,
    ImportState,
    SimilarRow,
)
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.sheet_tasks import Fault
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import ImportColumn, Task, TaskImport, User
from timethief.storage.uploads import Progress, Uploads

PAGE = 50
_BEFORE_THE_END = 99


@dataclass(frozen=True, slots=True)
class UnknownHeading:
    """A heading that is not known.

    Attributes:
        key: what `map_columns` calls it.
        heading: as it stands in the file, shortened.
        code: column that it was said to be; empty where it is to be left aside, None where nobody has said anything.
    """

    key: str
    heading: str
    code: str | None


@dataclass(frozen=True, slots=True)
class ImportRun:
    """An import.

    Attributes:
        id: as it stands in addresses.
        maker: name of who sent the file in; empty where the account is gone.
        own: it is the reader's.
        percent: of the work in this state; it never falls. 100 when there is no work left.
        rows_done: how many of the rows that work has come to.
        sheet, header_row: where the tasks stand in the file; an empty name for a file that has no sheets.
        rows_total, right, wrong, similar: rows, as the preview tells.
        added, changed, unchanged: tasks, once it is done.
        examples: rows that are the form's own example, and left out.
        new_requesters: names of those that only this file knows, to be looked at; the first of them.
        new_requesters_count: how many they are.
        refusal: why the file cannot be used, or why it was not done; None where nothing was refused.
        faults: the first; `faults_of` gives all of them.
        similar_rows: the first that look like what exists.
        imported_before: when an equal file was imported, if it was and has not been undone.
        kept: the file and its faults can still be had.
        can_cancel, can_undo: whether the state and the time allow it.
    """

    id: str
    state: ImportState
    file_name: str
    maker: str
    own: bool
    made_at: datetime
    chosen_at: datetime | None
    finished_at: datetime | None
    undo_until: datetime | None
    percent: int
    rows_done: int
    sheet: str
    header_row: int
    unknown: tuple[UnknownHeading, ...]
    rows_total: int
    right: int
    wrong: int
    similar: int
    added: int
    changed: int
    unchanged: int
    examples: int
    new_requesters: tuple[str, ...]
    new_requesters_count: int
    refusal: Invalid | None
    faults: tuple[Fault, ...]
    similar_rows: tuple[SimilarRow, ...]
    imported_before: datetime | None
    kept: bool
    can_cancel: bool
    can_undo: bool


@dataclass(frozen=True, slots=True)
class ImportRuns:
    """A page of imports, the newest first; `older` is the cursor of the next page, None on the last."""

    runs: tuple[ImportRun, ...]
    older: int | None


def import_run(
    session: Session, uploads: Uploads, actor: Actor, import_id: int, now: datetime
) -> ImportRun:
    """One import: one's own, or one of the organisation that is done.

    Raises:
        NotAllowed: the actor may not import.
        NotFound: there is none such for the actor.
    """
    ensure(actor, Permission.IMPORT_TASKS)
    row = visible_import(session, actor, import_id)
    names = _names(session, [row])
    known = remembered_columns(session)
    before = session.scalar(
        select(TaskImport.finished_at)
        .where(
            TaskImport.digest == row.digest,
            TaskImport.state == ImportState.DONE.value,
            TaskImport.id != row.id,
        )
        .order_by(TaskImport.finished_at.desc())
        .limit(1)
    )
    return _run(row, uploads, actor, now, names=names, known=known, before=before, whole=True)


def import_runs(
    session: Session, uploads: Uploads, actor: Actor, cursor: int | None, now: datetime
) -> ImportRuns:
    """A page of the imports that the actor may see, without their faults.

    Args:
        session: reading.
        uploads: where the files lie.
        actor: who asks.
        cursor: identifier of the import before the first; None for the newest.
        now: the time.

    Raises:
        NotAllowed: the actor may not import.
        NotFound: the cursor is none.
    """
    ensure(actor, Permission.IMPORT_TASKS)
    query = select(TaskImport).where(_seen_by(actor))
    if cursor is not None:
        last = visible_import(session, actor, cursor)
        query = query.where(
            tuple_(TaskImport.made_at, TaskImport.id) < tuple_(last.made_at, last.id)
        )
    newest_first = (TaskImport.made_at.desc(), TaskImport.id.desc())
    rows = session.scalars(query.order_by(*newest_first).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    names = _names(session, shown)
    return ImportRuns(
        tuple(_run(row, uploads, actor, now, names=names) for row in shown),
        shown[-1].id if len(rows) > PAGE else None,
    )


def visible_import(session: Session, actor: Actor, import_id: int) -> TaskImport:
    """The row of an import that the actor may see.

    Raises:
        NotFound: there is none such.
    """
    found = session.scalars(
        select(TaskImport).where(TaskImport.id == import_id, _seen_by(actor))
    ).one_or_none()
    if found is None:
        raise NotFound("import")
    return found


def faults_of(
    session: Session, uploads: Uploads, actor: Actor, import_id: int
) -> tuple[TaskImport, list[Fault]]:
    """All faults of a file, with the row of its import.

    What the reading process wrote is `uploads.staged(import_id)`, the file itself `uploads.source(import_id)`.

    Raises:
        NotAllowed: the actor may not import.
        NotFound: there is no such import for the actor, or its file is gone.
    """
    ensure(actor, Permission.IMPORT_TASKS)
    row = visible_import(session, actor, import_id)
    if not uploads.staged(import_id).exists():
        raise NotFound("import")
    return row, uploads.faults(import_id)


def remembered_columns(session: Session) -> dict[str, str]:
    """What the organisation has said that headings mean: code by heading key, empty for those to be left aside."""
    rows = session.execute(select(ImportColumn.heading, ImportColumn.code))
    return {row[0]: row[1] for row in rows}


def imported_tasks(session: Session, actor: Actor, import_id: int) -> int:
    """How many of the tasks that an import added there still are.

    Raises:
        NotFound: there is no such import for the actor.
    """
    visible_import(session, actor, import_id)
    found = select(Task.id).where(Task.import_id == import_id, IS_LIVE)
    return len(session.scalars(found).all())


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    shared = TaskImport.state.in_([state.value for state in SHARED])
    return or_(TaskImport.user_id == actor.user_id, shared)


def _names(session: Session, rows: Sequence[TaskImport]) -> dict[int, str]:
    people = {row.user_id for row in rows if row.user_id is not None}
    found = session.execute(select(User.id, User.name).where(User.id.in_(people)))
    return {row[0]: row[1] for row in found}


def _unknown(row: TaskImport) -> list[dict[str, str]]:
    found: list[dict[str, str]] = row.about.get("unknown", [])
    return found


def _run(  # noqa: PLR0913 - what a page shows is gathered from several places
    row: TaskImport,
    uploads: Uploads,
    actor: Actor,
    now: datetime,
    *,
    names: Mapping[int, str],
    known: Mapping[str, str] | None = None,
    before: datetime | None = None,
    whole: bool = False,
) -> ImportRun:
    state = ImportState(row.state)
    progress = _progress(uploads, row, state)
    return ImportRun(
        id=to_text(row.id),
        state=state,
        file_name=row.file_name,
        maker=names.get(row.user_id or 0, ""),
        own=row.user_id == actor.user_id,
        made_at=row.made_at,
        chosen_at=row.chosen_at,
        finished_at=row.finished_at,
        undo_until=row.undo_until,
        percent=progress.percent,
        rows_done=progress.rows,
        sheet=row.about.get("sheet", ""),
        header_row=row.about.get("header_row", 0),
        unknown=tuple(
            UnknownHeading(each["key"], each["heading"], (known or {}).get(each["key"]))
            for each in _unknown(row)
        ),
        rows_total=row.rows_total,
        right=row.rows_right,
        wrong=row.rows_wrong,
        similar=row.rows_similar,
        added=row.added,
        changed=row.changed,
        unchanged=row.unchanged,
        examples=row.about.get("examples", 0),
        new_requesters=tuple(row.about.get("new_requesters", ())),
        new_requesters_count=row.about.get("new_requesters_count", 0),
        refusal=_refusal(row.refusal),
        faults=tuple(uploads.faults(row.id, FAULTS_SHOWN)) if whole else (),
        similar_rows=tuple(uploads.similar(row.id, FAULTS_SHOWN)) if whole else (),
        imported_before=before,
        kept=uploads.staged(row.id).exists(),
        can_cancel=state in CANCELLABLE and row.user_id == actor.user_id,
        can_undo=state is ImportState.DONE and row.undo_until is not None and now < row.undo_until,
    )


def _progress(uploads: Uploads, row: TaskImport, state: ImportState) -> Progress:
    if state not in BUSY:
        return Progress(row.state, row.rows_total, 100)
    told = uploads.progress(row.id)
    if told.state != row.state:
        return Progress(row.state)
    # Done is what the database says; until then the last per cent is missing.
    return Progress(told.state, told.rows, min(told.percent, _BEFORE_THE_END))


def _refusal(told: Mapping[str, Any]) -> Invalid | None:
    return Invalid(told["field"], told["reason"], **told["values"]) if told else None
