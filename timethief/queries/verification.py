"""Whether what is kept agrees with what it is kept of: assessments, totals, words to search, and freed hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import Refusal
from timethief.domain.identifiers import to_text
from timethief.domain.measures import MEASURES
from timethief.storage import search
from timethief.storage.assessed import assessed
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.freed_time import counted
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import (
    AssessmentRow,
    Decision,
    FollowUp,
    FreedTime,
    Organisation,
    Requester,
    Task,
    Total,
)
from timethief.storage.totals import Ledger, TotalKey, line_of
from timethief.storage.uses import signals_of, uses_of

BATCH = 1_000
_FREED = tuple(column.key for column in FreedTime.__table__.columns)


@dataclass(frozen=True, slots=True)
class _Organisation:
    """One organisation under examination.

    Attributes:
        ledger: what its totals should be.
        by_day: its assumptions on the days of assessment.
    """

    id: int
    code: str
    ledger: Ledger = field(default_factory=Ledger)
    by_day: dict[object, Assumptions] = field(default_factory=dict)

    def place(self, task_id: int) -> str:
        """A task as a line names it."""
        return f"{self.code}: task {to_text(task_id)}"


def differences(session: Session) -> Iterator[str]:
    """One line for each thing that is not as it should be, over all organisations."""
    rows = session.execute(select(Organisation.id, Organisation.code).order_by(Organisation.code))
    known = [_Organisation(organisation_id, code) for organisation_id, code in rows]
    for organisation in known:
        yield from _tasks(session, organisation)
        yield from _totals(session, organisation)
        yield from _freed(session, organisation)
    of_nobody = select(Total.organisation_id).where(
        Total.organisation_id.not_in([organisation.id for organisation in known])
    )
    for organisation_id in session.scalars(of_nobody.distinct()):
        yield f"totals of an organisation that does not exist: {to_text(organisation_id)}"
    for task_id in search.strays(session):
        yield f"search: words of a task that does not exist: {to_text(task_id)}"


def _tasks(session: Session, organisation: _Organisation) -> Iterator[str]:
    last = 0
    while True:
        tasks = session.scalars(
            select(Task)
            .where(Task.organisation_id == organisation.id, Task.id > last)
            .order_by(Task.id)
            .limit(BATCH)
        ).all()
        if not tasks:
            return
        last = tasks[-1].id
        live = [task for task in tasks if task.merged_into_id is None]
        yield from _assessments(session, organisation, live)
        yield from _words(session, organisation, live)
        yield from _merged(session, organisation, [task for task in tasks if task not in live])
        session.expunge_all()


def _assessments(
    session: Session, organisation: _Organisation, tasks: Sequence[Task]
) -> Iterator[str]:
    ids = [task.id for task in tasks]
    stored = {
        row.task_id: row
        for row in session.scalars(select(AssessmentRow).where(AssessmentRow.task_id.in_(ids)))
    }
    uses, signals = uses_of(session, ids), signals_of(session, ids)
    levels = {requester.id: requester.level for requester in _requesters(session, tasks)}
    for task in tasks:
        place = organisation.place(task.id)
        row = stored.get(task.id)
        if row is None:
            yield f"{place}: no assessment"
            continue
        on = row.assessed_on
        if on not in organisation.by_day:
            organisation.by_day[on] = load_assumptions(session, organisation.id, on)
        assumptions = organisation.by_day[on]
        try:
            expected = AssessmentRow(task_id=task.id, **assessed(task, uses[task.id], assumptions))
        except (LookupError, ValueError, Refusal) as fault:
            yield f"{place}: cannot be assessed as of {on} ({fault!r})"
            continue
        expected.level = levels[task.requester_id]
        expected.signals = " ".join(sorted(signals[task.id]))
        lineage, sector = assumptions.lineage[task.unit_id], assumptions.sectors[task.unit_id]
        organisation.ledger.add(line_of(expected, lineage, sector))
        yield from _compared(place, row, expected)


def _merged(session: Session, organisation: _Organisation, tasks: Sequence[Task]) -> Iterator[str]:
    """What has been merged into another task counts nowhere, and leads to one that does."""
    if not tasks:
        return
    ids = [task.id for task in tasks]
    for task_id in session.scalars(
        select(AssessmentRow.task_id).where(AssessmentRow.task_id.in_(ids))
    ):
        yield f"{organisation.place(task_id)}: has been merged and has an assessment"
    for task_id in search.indexed(session, ids):
        yield f"{organisation.place(task_id)}: has been merged and can be searched"
    kept = {task.merged_into_id for task in tasks if task.merged_into_id is not None}
    there = set(session.scalars(select(Task.id).where(Task.id.in_(kept), IS_LIVE)))
    for task in tasks:
        if task.merged_into_id not in there:
            yield f"{organisation.place(task.id)}: has been merged into a task that does not count"


def _requesters(session: Session, tasks: Sequence[Task]) -> Sequence[Requester]:
    ids = {task.requester_id for task in tasks}
    return session.scalars(select(Requester).where(Requester.id.in_(ids))).all()


def _compared(place: str, row: AssessmentRow, expected: AssessmentRow) -> Iterator[str]:
    for column in AssessmentRow.__table__.columns:
        if column.key in ("assessed_on", "sequence"):
            continue
        is_now, should_be = getattr(row, column.key), getattr(expected, column.key)
        if is_now != should_be:
            yield f"{place}: {column.key} is {is_now}, should be {should_be}"


def _words(session: Session, organisation: _Organisation, tasks: Sequence[Task]) -> Iterator[str]:
    names = {requester.id: requester.name for requester in _requesters(session, tasks)}
    documents = [
        search.Document(
            task.id, task.organisation_id, task.title, task.description, names[task.requester_id]
        )
        for task in tasks
    ]
    for task_id in search.not_as_indexed(session, documents):
        yield f"{organisation.place(task_id)}: cannot be searched by the words that it has now"


def _freed(session: Session, organisation: _Organisation) -> Iterator[str]:
    """What each decision frees."""
    last = 0
    while True:
        decisions = session.scalars(
            select(Decision)
            .where(Decision.organisation_id == organisation.id, Decision.id > last)
            .order_by(Decision.id)
            .limit(BATCH)
        ).all()
        if not decisions:
            return
        last = decisions[-1].id
        ids = [decision.id for decision in decisions]
        answers: dict[int, list[FollowUp]] = defaultdict(list)
        for answer in session.scalars(select(FollowUp).where(FollowUp.decision_id.in_(ids))):
            answers[answer.decision_id].append(answer)
        kept = {
            row.decision_id: {name: getattr(row, name) for name in _FREED}
            for row in session.scalars(select(FreedTime).where(FreedTime.decision_id.in_(ids)))
        }
        for decision in decisions:
            is_now, should_be = kept.get(decision.id), counted(decision, answers[decision.id])
            if is_now != should_be:
                place = f"{organisation.code}: decision {decision.number}"
                yield f"{place}: counts as freed {is_now or 'nothing'}, should be {should_be or 'nothing'}"
        session.expunge_all()


def _totals(session: Session, organisation: _Organisation) -> Iterator[str]:
    should = organisation.ledger.changes
    kept: dict[TotalKey, list[int]] = defaultdict(lambda: [0] * len(MEASURES))
    for row in session.scalars(select(Total).where(Total.organisation_id == organisation.id)):
        key = (row.organisation_id, row.unit_id, row.level, row.dimension, row.key)
        kept[key] = [getattr(row, name) for name in MEASURES]
    for key in sorted(kept.keys() | should.keys()):
        for name, is_now, should_be in zip(MEASURES, kept[key], should[key], strict=True):
            if is_now != should_be:
                unit, level, dimension, value = key[1:]
                yield (
                    f"{organisation.code}: total of unit {unit}, level {level or 'all'}, {dimension} "
                    f"{value or 'all'}: {name} is {is_now}, should be {should_be}"
                )
