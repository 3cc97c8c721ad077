"""Taking a whole import back: what it added goes, what it changed is as it was, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.vocabulary import TaskStatus
from timethief.services.history import EventKind, note
from timethief.services.importing.changes import set_signals, settle_tasks, told
from timethief.services.importing.putting_in import BATCH, MADE
from timethief.storage import search
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.bulk import room_for_many
from timethief.storage.references import not_referred_to, references_to
from timethief.storage.tables import (
    AssessmentRow,
    Base,
    Hold,
    ImportedChange,
    Requester,
    Requirement,
    StaffCategory,
    Task,
    TaskEvent,
    TaskImport,
    TaskSignal,
    TaskUse,
    Unit,
    UseStatement,
)
from timethief.storage.totals import Ledger, line_of
from timethief.storage.turns import take_turn
from timethief.storage.uses import signals_of

_OF_A_TASK = (AssessmentRow, TaskUse, TaskSignal, ImportedChange)
"""What refers to a task and was stored with it. All else was done with it since."""
MOST_NAMED = 100
"""Tasks that stand against undoing which are named."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: tasks removed and restored, requesters and requirements removed."""

    removed: int
    restored: int
    requesters: int
    requirements: int


def undo_refused_by(session: Session, import_id: int) -> list[tuple[int, str]]:
    """Tasks of the import that somebody has done something with since, by identifier and title; the first hundred.

    Then nothing of the import is taken back: a review, a report, a later import or a decision would go with it.
    """
    added = Task.import_id == import_id
    since = or_(
        Task.status != TaskStatus.REPORTED.value,
        *(
            exists().where(attribute == Task.id)
            for owner, attribute in references_to("task")
            if owner not in _OF_A_TASK
        ),
    )
    found = [
        (task_id, title)
        for task_id, title in session.execute(
            select(Task.id, Task.title)
            .where(added, since)
            .order_by(Task.title, Task.id)
            .limit(MOST_NAMED)
        )
    ]
    found += _held(session, added)
    for changes in _changes(session, import_id):
        found += _changed_since(session, changes)
    return sorted(set(found), key=lambda each: (each[1], each[0]))[:MOST_NAMED]


def _held(session: Session, added: ColumnElement[bool]) -> list[tuple[int, str]]:
    """Tasks that somebody has placed a hold on."""
    references = set(
        session.scalars(
            select(Hold.reference).where(Hold.lifted_on.is_(None), Hold.reference != "")
        )
    )
    if not references:
        return []
    rows = session.execute(select(Task.id, Task.title).where(added))
    return [(task_id, title) for task_id, title in rows if to_text(task_id) in references]


def _changes(session: Session, import_id: int) -> Iterator[Sequence[ImportedChange]]:
    """What the import changed, some at a time."""
    last = 0
    while True:
        found = session.scalars(
            select(ImportedChange)
            .where(ImportedChange.import_id == import_id, ImportedChange.task_id > last)
            .order_by(ImportedChange.task_id)
            .limit(BATCH)
        ).all()
        if not found:
            return
        last = found[-1].task_id
        yield found


def _changed_since(session: Session, changes: Sequence[ImportedChange]) -> list[tuple[int, str]]:
    """Those tasks that something was done with after the import, or that cannot be what they were."""
    ids = [change.task_id for change in changes]
    latest: dict[int, datetime] = {}
    for task_id, happened_at in session.execute(
        select(TaskEvent.task_id, TaskEvent.happened_at).where(TaskEvent.task_id.in_(ids))
    ):
        latest[task_id] = max(latest.get(task_id, happened_at), happened_at)
    there = {
        column: _existing(session, table, {change.before["task"][column] for change in changes})
        for column, table in _REFERENCES.items()
    }
    refusing = [
        change.task_id
        for change in changes
        if latest.get(change.task_id, _at(change)) > _at(change)
        or any(change.before["task"][column] not in known for column, known in there.items())
    ]
    rows = session.execute(select(Task.id, Task.title).where(Task.id.in_(refusing)))
    return [(task_id, title) for task_id, title in rows]


_REFERENCES: dict[str, Any] = {
    "unit_id": Unit,
    "requester_id": Requester,
    "requirement_id": Requirement,
    "staff_category_id": StaffCategory,
    "other_staff_category_id": StaffCategory,
}
"""What a task refers to, which may have gone since."""


def _at(change: ImportedChange) -> datetime:
    return datetime.fromisoformat(change.before["changed_at"])


def _existing(session: Session, table: Any, ids: Collection[int | None]) -> set[int | None]:  # noqa: ANN401 - a table with an `id`
    rows = session.scalars(select(table.id).where(table.id.in_([each for each in ids if each])))
    return {None, *rows}


def undo_import(
    session: Session, actor: Actor | None, organisation_id: int, import_id: int, now: datetime
) -> Undone:
    """Take everything of an import back, in the transaction of the session.

    Requesters and requirements that it made go too, unless something uses them by now.

    Args:
        session: writing.
        actor: who takes it back; None for a job.
        organisation_id: whose import it is.
        import_id: the import.
        now: the time.

    Raises:
        NotAllowed: the actor may not import.
        NotFound: the organisation has no such import.
        Conflict: reason `import_decided_on`: `undo_refused_by` tells by what.
    """
    if actor is not None:
        ensure(actor, Permission.IMPORT_TASKS)
    take_turn(session, organisation_id)
    row = session.get(TaskImport, import_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("import")
    if undo_refused_by(session, import_id):
        raise Conflict("import_decided_on")
    assumptions = load_assumptions(session, organisation_id, now.date())
    ledger = Ledger()
    with room_for_many(session):
        restored = _restore(session, actor, import_id, assumptions, ledger, now)
        removed = _remove_added(session, import_id, assumptions, ledger)
        ledger.store(session)
        made = (row.about or {}).get(MADE, {})
        requirements = _remove_unused(session, Requirement, made.get("requirements", []))
        requesters = _remove_unused(session, Requester, made.get("requesters", []))
    return Undone(removed, restored, requesters, requirements)


def _restore(
    session: Session,
    actor: Actor | None,
    import_id: int,
    assumptions: Assumptions,
    ledger: Ledger,
    now: datetime,
) -> int:
    """Let the tasks that the import changed be what they were; how many."""
    count = 0
    for changes in _changes(session, import_id):
        before = {change.task_id: change.before for change in changes}
        tasks = session.scalars(select(Task).where(Task.id.in_(before))).all()
        signals = signals_of(session, list(before))
        for task in tasks:
            known = before[task.id]
            old = {name: getattr(task, name) for name in known["task"]}
            for name, value in known["task"].items():
                setattr(task, name, value)
            _restore_uses(session, task, known["uses"])
            set_signals(session, task, signals[task.id], set(known["signals"]))
            note(session, actor, task, EventKind.IMPORTED, now, told(old), told(known["task"]))
        settle_tasks(session, tasks, assumptions, ledger)
        for change in changes:
            session.delete(change)
        session.flush()
        session.expunge_all()
        count += len(tasks)
    return count


def _restore_uses(session: Session, task: Task, known: Sequence[Sequence[int]]) -> None:
    """Let those uses count that counted before; what only the import said goes."""
    positions = {use_id: position for use_id, position in known}  # noqa: C416 - pairs of JSON are lists
    uses = session.scalars(select(TaskUse).where(TaskUse.task_id == task.id)).all()
    new = [use.id for use in uses if use.position > 0 and use.id not in positions]
    _delete(session, UseStatement, UseStatement.use_id.in_(new))
    _delete(session, TaskUse, TaskUse.id.in_(new))
    for use in uses:
        if use.id in positions:
            use.position = positions[use.id]


def _remove_added(
    session: Session, import_id: int, assumptions: Assumptions, ledger: Ledger
) -> int:
    """Remove the tasks that the import added, with all that hangs on them; how many."""
    rows = session.execute(
        select(*(getattr(AssessmentRow, each.key) for each in AssessmentRow.__table__.columns))
        .join(Task, Task.id == AssessmentRow.task_id)
        .where(Task.import_id == import_id)
        .execution_options(yield_per=BATCH)
    )
    for row in rows:
        units = assumptions.lineage[row.unit_id]
        plain = SimpleNamespace(**row._mapping)  # noqa: SLF001 - its published way to a dictionary
        ledger.take(line_of(plain, units, assumptions.sectors[row.unit_id]))
    tasks = select(Task.id).where(Task.import_id == import_id)
    search.forget_all(session, tasks)
    uses = select(TaskUse.id).where(TaskUse.task_id.in_(tasks))
    _delete(session, UseStatement, UseStatement.use_id.in_(uses))
    for table in (TaskUse, TaskSignal, AssessmentRow):
        _delete(session, table, table.task_id.in_(tasks))
    return _delete(session, Task, Task.import_id == import_id)


def _remove_unused(session: Session, table: type[Requester | Requirement], made: list[int]) -> int:
    """Remove those that nothing refers to; how many."""
    free = sorted(not_referred_to(session, table.__tablename__, made))
    return sum(_delete(session, table, table.id.in_(part)) for part in _parts(free))


def _parts(identifiers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(identifiers), BATCH):
        yield identifiers[start : start + BATCH]


def _delete(session: Session, table: type[Base], condition: ColumnElement[bool]) -> int:
    result: Any = session.execute(
        delete(table).where(condition), execution_options={"synchronize_session": False}
    )
    return int(result.rowcount)
