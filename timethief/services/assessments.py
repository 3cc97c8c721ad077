"""Assessing stored tasks: the assessment, and the totals with it, in the transaction that changed the task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.services.automation_list import follow
from timethief.storage.assessed import assessed
from timethief.storage.assumptions import Assumptions
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import AssessmentRow, Requester, Task
from timethief.storage.totals import Ledger, Line, line_of
from timethief.storage.uses import signals_of, uses_of

BATCH = 500


def assess_task(
    session: Session, task: Task, assumptions: Assumptions, sequence: int = 0
) -> AssessmentRow:
    """Assess one task and move the totals."""
    ledger = Ledger()
    (row,) = assess_tasks(session, [task], assumptions, ledger, {task.id: sequence})
    ledger.store(session)
    return row


def assess_organisation(session: Session, assumptions: Assumptions) -> int:
    """Assess every task of the organisation anew, after a change of policy or tariff; how many there were."""
    ledger = Ledger()
    count, last = 0, 0
    while True:
        tasks = session.scalars(
            select(Task)
            .where(Task.organisation_id == assumptions.organisation_id, Task.id > last, IS_LIVE)
            .order_by(Task.id)
            .limit(BATCH)
        ).all()
        if not tasks:
            break
        assess_tasks(session, tasks, assumptions, ledger)
        count, last = count + len(tasks), tasks[-1].id
        session.flush()
        session.expunge_all()
    ledger.store(session)
    return count


def assess_tasks(
    session: Session,
    tasks: Sequence[Task],
    assumptions: Assumptions,
    ledger: Ledger,
    sequences: dict[int, int] | None = None,
) -> list[AssessmentRow]:
    """Assess some tasks of one organisation, booking the change of totals in the ledger.

    Args:
        session: writing.
        tasks: at most some thousands.
        assumptions: of their organisation.
        ledger: to be stored by the caller, in the same transaction.
        sequences: time of logging of tasks that are new, by task.
    """
    session.flush()
    ids = [task.id for task in tasks]
    known = {
        row.task_id: row
        for row in session.scalars(select(AssessmentRow).where(AssessmentRow.task_id.in_(ids)))
    }
    uses = uses_of(session, ids)
    signals = signals_of(session, ids)
    levels = _levels(session, {task.requester_id for task in tasks})
    rows = []
    for task in tasks:
        row = known.get(task.id)
        if row is None:
            row = AssessmentRow(task_id=task.id, sequence=(sequences or {}).get(task.id, 0))
            session.add(row)
        else:
            ledger.take(_line(row, assumptions))
        for column, value in assessed(task, uses[task.id], assumptions).items():
            setattr(row, column, value)
        row.assessed_on = assumptions.on
        row.level = levels[task.requester_id]
        row.signals = " ".join(sorted(signals[task.id]))
        ledger.add(_line(row, assumptions))
        rows.append(row)
    assessments = {row.task_id: row for row in rows}
    follow(session, tasks, assessments, assumptions.policy, assumptions.on)
    return rows


def forget_assessment(session: Session, task_id: int, assumptions: Assumptions) -> None:
    """Take a task out of the totals and drop its assessment."""
    forget_assessments(session, [task_id], assumptions)


def forget_assessments(session: Session, task_ids: Sequence[int], assumptions: Assumptions) -> None:
    """Take some tasks of one organisation out of the totals and drop their assessments."""
    ledger = Ledger()
    rows = session.scalars(select(AssessmentRow).where(AssessmentRow.task_id.in_(task_ids)))
    for row in rows.all():
        ledger.take(_line(row, assumptions))
        session.delete(row)
    ledger.store(session)
    session.flush()


def _levels(session: Session, requester_ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(
        select(Requester.id, Requester.level).where(Requester.id.in_(list(requester_ids)))
    )
    return {requester_id: level for requester_id, level in rows}  # noqa: C416 - rows are not pairs to the type checker


def _line(row: AssessmentRow, assumptions: Assumptions) -> Line:
    return line_of(row, assumptions.lineage[row.unit_id], assumptions.sectors[row.unit_id])
