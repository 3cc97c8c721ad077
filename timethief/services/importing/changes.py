"""Tasks that are known already and that a spreadsheet tells otherwise: changed, with what they were kept for undoing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from timethief.domain.people import Actor
from timethief.domain.sheet_tasks import SheetTask
from timethief.domain.tasks import Use
from timethief.domain.vocabulary import Source
from timethief.services.assessments import assess_tasks
from timethief.services.history import EventKind, note
from timethief.services.reviews import strike
from timethief.services.tasks import add_use
from timethief.storage import search
from timethief.storage.assumptions import Assumptions
from timethief.storage.facts import UseRows, use_of
from timethief.storage.tables import ImportedChange, Requester, Task, TaskSignal
from timethief.storage.totals import Ledger
from timethief.storage.uses import signals_of, uses_of

Wanted = tuple[Task, SheetTask, Mapping[str, Any]]
"""A known task, the row that tells of it, and the columns that the row tells."""


def differing(session: Session, pairs: Sequence[Wanted]) -> list[SheetTask]:
    """Those rows that tell something else than the task says already."""
    ids = [task.id for task, _, _ in pairs]
    uses, signals = uses_of(session, ids), signals_of(session, ids)
    return [
        given
        for task, given, said in pairs
        if not (
            all(getattr(task, name) == value for name, value in said.items())
            and _same_uses(uses[task.id], given.uses)
            and signals[task.id] == _codes(given)
        )
    ]


def _same_uses(known: Sequence[UseRows], said: Sequence[Use]) -> bool:
    return [use_of(*each) for each in known] == list(said)


def _codes(given: SheetTask) -> set[str]:
    return {signal.value for signal in given.signals}


class Changer:
    """Changes known tasks to what the rows of one import tell."""

    def __init__(
        self,
        session: Session,
        actor: Actor | None,
        assumptions: Assumptions,
        import_id: int | None,
        now: datetime,
    ) -> None:
        """Prepare for tasks of one organisation.

        Args:
            session: writing, and in turn.
            actor: who imports; None for a command.
            assumptions: of the organisation.
            import_id: the import; None for one that nobody can undo.
            now: time of the import.
        """
        self._session = session
        self._actor = actor
        self._assumptions = assumptions
        self._import_id = import_id
        self._now = now

    def change(self, pairs: Sequence[Wanted], ledger: Ledger) -> None:
        """Let the tasks be what the rows tell; the ledger, which the caller stores, follows."""
        session, ids = self._session, [task.id for task, _, _ in pairs]
        uses, signals = uses_of(session, ids), signals_of(session, ids)
        if self._import_id is not None and pairs:
            before = [
                self._before(task, said, uses[task.id], signals[task.id]) for task, _, said in pairs
            ]
            session.execute(insert(ImportedChange), before)
        for task, given, said in pairs:
            old = {name: getattr(task, name) for name in said}
            for name, value in said.items():
                setattr(task, name, value)
            task.figures_by = Source.REVIEWER.value
            if not _same_uses(uses[task.id], given.uses):
                self._state_uses(task, uses[task.id], given.uses)
            set_signals(session, task, signals[task.id], _codes(given))
            note(session, self._actor, task, EventKind.IMPORTED, self._now, told(old), told(said))
        settle_tasks(session, [task for task, _, _ in pairs], self._assumptions, ledger)

    def _before(
        self, task: Task, said: Mapping[str, Any], uses: Sequence[UseRows], signals: set[str]
    ) -> dict[str, Any]:
        """What `services/import_undo` restores the task from."""
        return {
            "task_id": task.id,
            "import_id": self._import_id,
            "organisation_id": task.organisation_id,
            "before": {
                "task": {name: getattr(task, name) for name in (*said, "figures_by")},
                "uses": [[use.id, use.position] for use, _ in uses],
                "signals": sorted(signals),
                "changed_at": self._now.isoformat(),
            },
        }

    def _state_uses(self, task: Task, known: Sequence[UseRows], uses: Sequence[Use]) -> None:
        """The sheet's uses in place of those that count; what was said before is kept."""
        for row, _ in known:
            strike(self._session, row)
        for position, use in enumerate(uses, start=1):
            add_use(
                self._session,
                task,
                use,
                position=position,
                source=Source.REVIEWER,
                said_on=self._now.date(),
            )


def set_signals(session: Session, task: Task, old: set[str], new: set[str]) -> None:
    """Let these be the task's signals."""
    if old - new:
        session.execute(
            delete(TaskSignal).where(
                TaskSignal.task_id == task.id, TaskSignal.signal.in_(old - new)
            )
        )
    for signal in sorted(new - old):
        session.add(
            TaskSignal(task_id=task.id, signal=signal, organisation_id=task.organisation_id)
        )


def settle_tasks(
    session: Session, tasks: Sequence[Task], assumptions: Assumptions, ledger: Ledger
) -> None:
    """Everything that follows from a change of some tasks: version, assessment, search; the ledger is the caller's."""
    for task in tasks:
        task.version += 1
    assess_tasks(session, tasks, assumptions, ledger)
    search.index(
        session,
        [
            search.Document(
                task.id,
                task.organisation_id,
                task.title,
                task.description,
                session.get_one(Requester, task.requester_id).name,
            )
            for task in tasks
        ],
    )


def told(columns: Mapping[str, Any]) -> dict[str, Any]:
    """What of the columns that a row tells the history tells."""
    return {name: value for name, value in columns.items() if not name.endswith("_id")}
