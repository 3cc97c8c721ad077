"""Tasks from a spreadsheet into the inventory: all of them in one transaction, or none.

Made for a hundred thousand at once: rows are put in by the batch, each task is assessed as it stands in memory, and
the totals move once at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import new_identifier
from timethief.domain.intake import RequesterName
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.ranges import Range
from timethief.domain.sheet_tasks import SheetTask
from timethief.domain.tasks import Use
from timethief.domain.vocabulary import Source, TaskStatus
from timethief.services.history import EventKind, note
from timethief.services.requesters import find_or_add
from timethief.services.reviews import strike
from timethief.services.sheet_places import Places, places_of
from timethief.services.tasks import add_use, settle
from timethief.storage import search
from timethief.storage.assessed import assessed
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.facts import UseRows, use_of
from timethief.storage.tables import (
    AssessmentRow,
    Requirement,
    Task,
    TaskSignal,
    TaskUse,
    UseStatement,
)
from timethief.storage.totals import Ledger, line_of
from timethief.storage.turns import take_turn
from timethief.storage.uses import signals_of, uses_of

_SAID = (
    *("unit_id", "requester_id", "requirement_id", "staff_category_id", "title", "description"),
    *("minutes", "minutes_low", "minutes_high", "times", "per", "binding"),
    *("people", "people_low", "people_high", "hourly_cost_sek", "other_hourly_cost_sek"),
    *("legal_basis", "achievable_minutes", "sufficient_times", "sufficient_per"),
    *("other_staff_category_id", "duplicate_share", "rule_based", "digital_input", "exceptions"),
    *("stable", "systems", "needs_judgement"),
)
"""What a row of a sheet says of a task."""
_TOLD = tuple(name for name in _SAID if not name.endswith("_id"))
"""What of it the history tells."""

BATCH = 1_000
_MICROSECONDS = 1_000_000


@dataclass(slots=True)
class Imported:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    new_requesters: list[str] = field(default_factory=list)


def import_tasks(
    session: Session,
    actor: Actor | None,
    organisation_id: int,
    tasks: Iterable[SheetTask],
    now: datetime,
) -> Imported:
    """Put the tasks of a sheet in, in the transaction of the session.

    Args:
        session: writing.
        actor: who imports; None for a command.
        organisation_id: whose inventory.
        tasks: whose units and staff categories all exist (`Places.faults_of`).
        now: time of the import.

    Raises:
        NotAllowed: the actor may not.
    """
    if actor is not None:
        ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, organisation_id)
    assumptions = load_assumptions(session, organisation_id, now.date())
    places = places_of(session, organisation_id)
    return Importer(session, actor, assumptions, places, now).put_in(tasks)


class Importer:
    """Puts the tasks of one sheet in, the batch at a time."""

    def __init__(
        self,
        session: Session,
        actor: Actor | None,
        assumptions: Assumptions,
        places: Places,
        now: datetime,
    ) -> None:
        """Prepare for tasks of one organisation.

        Args:
            session: writing.
            actor: who imports; None for a command.
            assumptions: of the organisation.
            places: what the words of the sheet stand for.
            now: time of the import.
        """
        self.session = session
        self.actor = actor
        self.assumptions = assumptions
        self.places = places
        self.now = now
        self.done = Imported()
        self.ledger = Ledger()
        self._requesters: dict[tuple[str, str], tuple[int, str, str]] = {}
        self._requirements: dict[tuple[int, str], int] = {}

    def put_in(self, tasks: Iterable[SheetTask]) -> Imported:
        """Add the tasks, whose names all exist, and change those whose reference is known; what was done."""
        waiting = iter(tasks)
        while batch := list(islice(waiting, BATCH)):
            known = self._known(batch)
            self._add_batch([task for task in batch if task.external_id not in known])
            for given in batch:
                if given.external_id in known:
                    self._change(known[given.external_id], given)
        self.ledger.store(self.session)
        return self.done

    def _known(self, tasks: Sequence[SheetTask]) -> dict[str, Task]:
        """The tasks that the sheet refers to by the organisation's own reference."""
        references = {task.external_id for task in tasks if task.external_id}
        if not references:
            return {}
        found = self.session.scalars(
            select(Task).where(
                Task.organisation_id == self.assumptions.organisation_id,
                Task.external_id.in_(references),
            )
        )
        return {task.external_id: task for task in found if task.external_id}

    def _change(self, task: Task, given: SheetTask) -> None:
        """Let the task be what the sheet says, unless it is already."""
        wanted = self._task(given)
        uses = uses_of(self.session, [task.id])[task.id]
        signals = signals_of(self.session, [task.id])[task.id]
        same_figures = all(getattr(task, name) == getattr(wanted, name) for name in _SAID)
        same_uses = [use_of(*each) for each in uses] == list(given.uses)
        if same_figures and same_uses and signals == {signal.value for signal in given.signals}:
            self.done.unchanged += 1
            return
        before = {name: getattr(task, name) for name in _TOLD}
        for name in _SAID:
            setattr(task, name, getattr(wanted, name))
        task.figures_by = Source.REVIEWER.value
        if not same_uses:
            self._state_uses(task, uses, given.uses)
        self._set_signals(task, signals, {signal.value for signal in given.signals})
        # What is gathered so far is stored first: settling moves the totals by itself.
        self.ledger.store(self.session)
        settle(self.session, task, self.assumptions)
        after = {name: getattr(task, name) for name in _TOLD}
        note(self.session, self.actor, task, EventKind.IMPORTED, self.now, before, after)
        self.done.changed += 1

    def _state_uses(self, task: Task, known: Sequence[UseRows], uses: Sequence[Use]) -> None:
        """The sheet's uses in place of those that count; what was said before is kept."""
        for row, _ in known:
            strike(self.session, row)
        for position, use in enumerate(uses, start=1):
            add_use(
                self.session,
                task,
                use,
                position=position,
                source=Source.REVIEWER,
                said_on=self.now.date(),
            )

    def _set_signals(self, task: Task, old: set[str], new: set[str]) -> None:
        if old - new:
            self.session.execute(
                delete(TaskSignal).where(
                    TaskSignal.task_id == task.id, TaskSignal.signal.in_(old - new)
                )
            )
        for signal in sorted(new - old):
            self.session.add(
                TaskSignal(task_id=task.id, signal=signal, organisation_id=task.organisation_id)
            )

    def _add_batch(self, tasks: Sequence[SheetTask]) -> None:
        rows: dict[type, list[dict[str, Any]]] = defaultdict(list)
        documents = []
        for sheet_task in tasks:
            task = self._task(sheet_task)
            uses = _use_rows(task, sheet_task.uses, self.now.date())
            row = self._assessment(task, uses, sheet_task)
            requester = self._requester(sheet_task)
            rows[Task].append(_columns(task))
            rows[AssessmentRow].append(_columns(row))
            rows[TaskUse] += [_columns(use) for use, _ in uses]
            rows[UseStatement] += [_columns(said) for _, all_said in uses for said in all_said]
            rows[TaskSignal] += [
                {
                    "task_id": task.id,
                    "signal": signal.value,
                    "organisation_id": task.organisation_id,
                }
                for signal in sheet_task.signals
            ]
            documents.append(
                search.Document(
                    task.id, task.organisation_id, task.title, task.description, requester[2]
                )
            )
            units = self.assumptions.lineage[task.unit_id]
            self.ledger.add(line_of(row, units, self.assumptions.sectors[task.unit_id]))
            self.done.added += 1
        for table in (Task, AssessmentRow, TaskUse, UseStatement, TaskSignal):
            if rows[table]:
                self.session.execute(insert(table), rows[table])
        search.index(self.session, documents)

    def _task(self, given: SheetTask) -> Task:
        places, automation = self.places, given.automation
        low, minutes, high = _spread(given.minutes)
        people_low, people, people_high = _spread(given.people)
        enough = given.sufficient_frequency
        requester_id = self._requester(given)[0]
        other = places.staff_categories.get(folded(given.other_staff_category))
        return Task(
            id=new_identifier(),
            organisation_id=self.assumptions.organisation_id,
            unit_id=places.units[folded(given.unit)],
            requester_id=requester_id,
            requirement_id=self._requirement(requester_id, given),
            staff_category_id=places.staff_categories[folded(given.staff_category)],
            title=given.title,
            description=given.description,
            minutes=minutes,
            minutes_low=low,
            minutes_high=high,
            times=given.frequency.times,
            per=given.frequency.per.value,
            people=people,
            people_low=people_low,
            people_high=people_high,
            hourly_cost_sek=given.hourly_cost_sek,
            binding=given.binding.value,
            legal_basis=given.legal_basis,
            achievable_minutes=given.achievable_minutes,
            sufficient_times=enough.times if enough else None,
            sufficient_per=enough.per.value if enough else None,
            other_staff_category_id=other,
            other_hourly_cost_sek=given.other_hourly_cost_sek,
            duplicate_share=given.duplicate_share,
            rule_based=automation.rule_based if automation else None,
            digital_input=automation.digital_input if automation else None,
            exceptions=automation.exceptions if automation else None,
            stable=automation.stable if automation else True,
            systems=automation.systems if automation else 1,
            needs_judgement=automation.needs_judgement if automation else False,
            status=TaskStatus.REPORTED.value,
            figures_by=Source.REVIEWER.value,
            assumed=False,
            origin="",
            logged_on=self.now.date(),
            version=1,
            external_id=given.external_id or None,
        )

    def _requester(self, given: SheetTask) -> tuple[int, str, str]:
        """Identifier, level and name of who asks; one that nobody knows is added, to be looked at."""
        key = (given.level.value, folded(given.requester))
        known = self._requesters.get(key)
        if known is None:
            meant = RequesterName(given.requester, given.level)
            requester = find_or_add(self.session, self.assumptions.organisation_id, meant)
            if not requester.verified:
                self.done.new_requesters.append(requester.name)
            known = (requester.id, requester.level, requester.name)
            self._requesters[key] = known
        return known

    def _requirement(self, requester_id: int, given: SheetTask) -> int | None:
        if not given.requirement:
            return None
        key = (requester_id, folded(given.requirement))
        known = self._requirements.get(key)
        if known is None:
            known = self._find_or_add_requirement(requester_id, given)
            self._requirements[key] = known
        return known

    def _find_or_add_requirement(self, requester_id: int, given: SheetTask) -> int:
        title = folded(given.requirement)
        found = self.session.scalars(
            select(Requirement).where(
                Requirement.requester_id == requester_id, Requirement.folded_title == title
            )
        ).first()
        if found is not None:
            return found.id
        added = Requirement(
            organisation_id=self.assumptions.organisation_id,
            requester_id=requester_id,
            title=given.requirement,
            folded_title=title,
            binding=given.binding.value,
            legal_basis=given.legal_basis,
        )
        self.session.add(added)
        self.session.flush()
        return added.id

    def _assessment(self, task: Task, uses: list[UseRows], given: SheetTask) -> AssessmentRow:
        number = self.done.added
        return AssessmentRow(
            task_id=task.id,
            level=self._requester(given)[1],
            signals=" ".join(sorted(signal.value for signal in given.signals)),
            assessed_on=self.assumptions.on,
            sequence=int(self.now.timestamp() * _MICROSECONDS) + number,
            **assessed(task, uses, self.assumptions),
        )


def _use_rows(task: Task, uses: Sequence[Use], today: date) -> list[UseRows]:
    """The uses with what a sheet says of them, which counts as a reviewer's word."""
    found: list[UseRows] = []
    for position, use in enumerate(uses, start=1):
        minutes = use.worth.minutes
        worth = (None, None, None) if minutes is None else _spread(minutes)
        row = TaskUse(
            id=new_identifier(),
            organisation_id=task.organisation_id,
            task_id=task.id,
            position=position,
            beneficiary=use.beneficiary.value,
            purpose=use.purpose.value,
        )
        said = UseStatement(
            id=new_identifier(),
            organisation_id=task.organisation_id,
            use_id=row.id,
            source=Source.REVIEWER.value,
            in_use=use.in_use.value,
            worth_share=use.worth.share,
            worth_minutes=worth[1],
            worth_minutes_low=worth[0],
            worth_minutes_high=worth[2],
            worth_sek_per_year=use.worth.sek_per_year,
            said_on=today,
            sequence=1,
        )
        found.append((row, [said]))
    return found


def _columns(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of any table
    """The columns of a row that is in no session."""
    return {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118 - of the columns, not the rows


def _spread(estimate: float | Range) -> tuple[float | None, float, float | None]:
    if isinstance(estimate, Range):
        return estimate.low, estimate.likely, estimate.high
    return None, estimate, None
