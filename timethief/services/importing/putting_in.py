"""Tasks from a spreadsheet into the inventory: all of them in one transaction, or none.

Made for a hundred thousand at once. Everything is computed first, while nobody waits (`prepared`): which tasks are
new, their rows, what the totals move by. Then they are put in by the batch (`put_in`), if what they were computed by
still holds; else they are computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.sheet_tasks import SheetTask
from timethief.services.importing.changes import Changer, differing
from timethief.services.importing.names import NameFinder, Names
from timethief.services.importing.places import Places, places_of
from timethief.services.importing.rows import ReadyRows, RowMaker, Rows
from timethief.storage import search
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.bulk import insert_rows, room_for_many
from timethief.storage.spool import Spool
from timethief.storage.tables import Requester, Requirement, Task, TaskImport
from timethief.storage.totals import Ledger
from timethief.storage.turns import take_turn

BATCH = 1_000
_WORDS_AT_ONCE = 10_000
"""Tasks whose words are put in together: the index is written out once for them all."""
Progress = Callable[[int], None]
MADE = "made"
"""In `TaskImport.about`: identifiers of the requesters and requirements that the import has made."""


@dataclass(slots=True)
class Imported:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    new_requesters: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the rows were computed by."""

    assumptions: Assumptions
    places: Places


@dataclass(slots=True)
class Prepared:
    """Tasks that have been computed and wait to be put in.

    Attributes:
        references: of each task with a reference, the known task that it stands for and its version.
        changes: tasks that are known and not as the sheet says.
        ledger: what the totals move by through the tasks that are added.
        rows: the batches, in the order of the sheet.
    """

    tasks: Callable[[], Iterable[SheetTask]]
    organisation_id: int
    now: datetime
    import_id: int | None
    ground: _Ground
    names: Names
    rows: Spool[ReadyRows]
    changes: Spool[list[SheetTask]]
    references: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    count: int = 0
    done: Imported = field(default_factory=Imported)


def _tell_nobody(_rows: int) -> None:
    """The progress of an import that nobody looks at."""


def import_tasks(
    session: Session,
    actor: Actor | None,
    organisation_id: int,
    tasks: Iterable[SheetTask],
    now: datetime,
    *,
    import_id: int | None = None,
    progress: Progress = _tell_nobody,
) -> Imported:
    """Put the tasks of a sheet in, in the transaction of the session.

    For many tasks prepare them first, by a session that reads: `prepared`, then `put_in`.

    Args:
        session: writing.
        actor: who imports; None for a command.
        organisation_id: whose inventory.
        tasks: whose units and staff categories all exist (`Places.faults_of`), each reference once.
        now: time of the import.
        import_id: the import, so that it can be undone; None for one that nobody can.
        progress: called with how many rows are done.

    Raises:
        NotAllowed: the actor may not.
    """
    _check(actor)
    take_turn(session, organisation_id)
    # In turn nothing changes meanwhile, so that they are asked for once.
    with prepared(
        session, organisation_id, lambda: tasks, now, import_id=import_id, progress=progress
    ) as ready:
        return _store(session, actor, ready, progress)


@contextmanager
def prepared(
    session: Session,
    organisation_id: int,
    tasks: Callable[[], Iterable[SheetTask]],
    now: datetime,
    *,
    import_id: int | None = None,
    progress: Progress = _tell_nobody,
) -> Iterator[Prepared]:
    """Compute all that the tasks of a sheet come to; nothing is stored, and nobody waits.

    What was computed lies in a temporary file for as long as the block lasts.

    Args:
        session: reading will do.
        organisation_id: whose inventory.
        tasks: gives them as `import_tasks` takes them, and again if they must be computed anew.
        now: time of the import.
        import_id: the import, so that it can be undone; None for one that nobody can.
        progress: called with how many rows are done: half of them, when all are prepared.
    """
    session.flush()
    with Spool[ReadyRows]() as rows, Spool[list[SheetTask]]() as changes:
        ready = Prepared(
            tasks,
            organisation_id,
            now,
            import_id,
            _ground(session, organisation_id, now),
            Names(organisation_id),
            rows,
            changes,
        )
        _prepare(session, ready, progress)
        yield ready


def put_in(
    session: Session, actor: Actor | None, ready: Prepared, progress: Progress = _tell_nobody
) -> Imported:
    """Store what was prepared, in the transaction of the session.

    Args:
        session: writing.
        actor: who imports; None for a command.
        ready: from `prepared`.
        progress: called with how many rows are done, from half of them on.

    Raises:
        NotAllowed: the actor may not.
    """
    _check(actor)
    take_turn(session, ready.organisation_id)
    if _holds(session, ready):
        return _store(session, actor, ready, progress)
    with prepared(
        session, ready.organisation_id, ready.tasks, ready.now, import_id=ready.import_id
    ) as anew:
        return _store(session, actor, anew, progress)


def _check(actor: Actor | None) -> None:
    if actor is not None:
        ensure(actor, Permission.IMPORT_TASKS)


def _ground(session: Session, organisation_id: int, now: datetime) -> _Ground:
    return _Ground(
        load_assumptions(session, organisation_id, now.date()), places_of(session, organisation_id)
    )


def _prepare(session: Session, ready: Prepared, progress: Progress) -> None:
    ground = ready.ground
    finder = NameFinder(session, ready.names)
    maker = RowMaker(session, ground.assumptions, ground.places, ready.now, ready.import_id)
    waiting = iter(ready.tasks())
    while batch := list(islice(waiting, BATCH)):
        named = finder.named(batch)
        known = _known(session, ready, batch)
        rows, old = Rows(), []
        for task, names in zip(batch, named, strict=True):
            found = known.get(task.external_id)
            if found is not None and found.merged_into_id is not None:
                ready.done.unchanged += 1  # another task tells of it now
            elif found is not None:
                old.append((found, task, maker.said(task, names)))
            else:
                ready.ledger.add(maker.add(rows, task, names, ready.done.added))
                ready.done.added += 1
        ready.references |= {
            task.external_id: _version(known.get(task.external_id))
            for task in batch
            if task.external_id
        }
        changed = differing(session, old)
        ready.changes.append(changed)
        ready.done.changed += len(changed)
        ready.done.unchanged += len(old) - len(changed)
        ready.rows.append(rows.ready())
        ready.count += len(batch)
        session.expunge_all()
        progress(ready.count // 2)
    ready.done.new_requesters = [each["name"] for each in ready.names.new_requesters]


def _known(session: Session, ready: Prepared, batch: Sequence[SheetTask]) -> dict[str, Task]:
    """The tasks that the sheet refers to by the organisation's own reference."""
    references = [task.external_id for task in batch if task.external_id]
    if not references:
        return {}
    found = session.scalars(
        select(Task).where(
            Task.organisation_id == ready.organisation_id, Task.external_id.in_(references)
        )
    )
    return {task.external_id: task for task in found if task.external_id}


def _version(task: Task | None) -> tuple[int, int] | None:
    return None if task is None else (task.id, task.version)


def _holds(session: Session, ready: Prepared) -> bool:
    """Whether everything is still as it was when the rows were computed."""
    if _ground(session, ready.organisation_id, ready.now) != ready.ground:
        return False
    if not ready.names.hold(session):
        return False
    references = list(ready.references)
    for start in range(0, len(references), BATCH):
        part = references[start : start + BATCH]
        rows = session.execute(
            select(Task.external_id, Task.id, Task.version).where(
                Task.organisation_id == ready.organisation_id, Task.external_id.in_(part)
            )
        )
        known = {reference: (task_id, version) for reference, task_id, version in rows}
        if any(known.get(each) != ready.references[each] for each in part):
            return False
    return True


def _store(session: Session, actor: Actor | None, ready: Prepared, progress: Progress) -> Imported:
    session.flush()
    with room_for_many(session):
        insert_rows(session, Requester, ready.names.new_requesters)
        insert_rows(session, Requirement, ready.names.new_requirements)
        stored, words = 0, list[search.Row]()
        for rows in ready.rows:
            rows.put_in(session)
            words += rows.documents
            if len(words) >= _WORDS_AT_ONCE:
                search.put_in(session, words)
                words.clear()
            stored += len(rows.documents)
            progress((ready.count + stored) // 2)
        search.put_in(session, words)
        if ready.done.changed:
            _change(session, actor, ready)
        ready.ledger.store(session)
    _remember_made(session, ready)
    progress(ready.count)
    return ready.done


def _change(session: Session, actor: Actor | None, ready: Prepared) -> None:
    finder, ground = NameFinder(session, ready.names), ready.ground
    maker = RowMaker(session, ground.assumptions, ground.places, ready.now, ready.import_id)
    changer = Changer(session, actor, ground.assumptions, ready.import_id, ready.now)
    for batch in ready.changes:
        known = _known(session, ready, batch)
        pairs = [
            (known[task.external_id], task, maker.said(task, names))
            for task, names in zip(batch, finder.named(batch), strict=True)
        ]
        changer.change(pairs, ready.ledger)
        session.flush()
        session.expunge_all()


def _remember_made(session: Session, ready: Prepared) -> None:
    """Note what the import has made beside tasks: undoing it takes that away too."""
    if ready.import_id is None:
        return
    row = session.get_one(TaskImport, ready.import_id)
    made = {
        "requesters": [each["id"] for each in ready.names.new_requesters],
        "requirements": [each["id"] for each in ready.names.new_requirements],
    }
    row.about = {**(row.about or {}), MADE: made}
