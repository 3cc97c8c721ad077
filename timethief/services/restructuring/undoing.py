"""Taking a merge or a split back, as long as nobody has built on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.restructuring import RestructuringKind, is_within_time
from timethief.domain.vocabulary import Source
from timethief.i18n import TIME_ZONE
from timethief.services.emptied_tasks import LOGGED_AT, remove, remove_if_empty
from timethief.services.history import EventKind, note
from timethief.services.importing.changes import set_signals
from timethief.services.restructuring.copying import remove_uses
from timethief.services.restructuring.marks import check_nothing_since
from timethief.services.restructuring.moving import move_back, restore_candidate
from timethief.services.reviews import told
from timethief.services.tasks import refigure, reports_of, settle
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.references import references_to
from timethief.storage.tables import (
    AssessmentRow,
    AutomationCandidate,
    GateAnswer,
    Hold,
    Report,
    RestructuredTask,
    Restructuring,
    SeenTask,
    Task,
    TaskEvent,
    TaskSignal,
    TaskUse,
    Unit,
)
from timethief.storage.turns import take_turn
from timethief.storage.uses import signals_of

_OF_A_PART = (AssessmentRow, TaskUse, TaskSignal, TaskEvent, RestructuredTask, SeenTask)
"""What refers to the part of a split and came with it, or tells nothing. All else was done with it since."""
_SAID = {
    Report: "reported_since",
    GateAnswer: "reviewed_since",
    AutomationCandidate: "reviewed_since",
}


def undo(session: Session, actor: Actor, restructuring_id: int, now: datetime) -> None:
    """Let the tasks be what they were before a merge or a split. What is undone already stays so.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such merge or split in the organisation.
        Conflict: `too_late`, or what was done since: `restructured_since`, `decided_since`, `reviewed_since`,
            `answered_since`, `reported_since`, `worked_on_since`, `held`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    row = _owned(session, actor, restructuring_id)
    if row.undone_at is not None:
        return
    refuse_if_built_on(session, row, now)
    assumptions = load_assumptions(session, actor.organisation_id, now.astimezone(TIME_ZONE).date())
    row.undone_at = now
    task = session.get_one(Task, row.task_id)
    before = told(session, task)
    if row.kind == RestructuringKind.MERGE.value:
        _take_apart(session, actor, row, task, assumptions, now)
    else:
        _put_together(session, row, task, assumptions)
    session.flush()
    if session.get(Task, row.task_id) is not None:
        note(session, actor, task, EventKind.RESTRUCTURING_UNDONE, now, before, told(session, task))
        session.flush()


def refusal(session: Session, actor: Actor, restructuring_id: int, now: datetime) -> str | None:
    """Why it cannot be undone; None where it can.

    Raises:
        NotFound: there is no such merge or split in the organisation.
    """
    row = _owned(session, actor, restructuring_id)
    if row.undone_at is not None:
        return "undone"
    try:
        refuse_if_built_on(session, row, now)
    except Conflict as conflict:
        return conflict.reason
    return None


def refuse_if_built_on(session: Session, row: Restructuring, now: datetime) -> None:
    """Refuse where it is too late, or somebody has built on it.

    Raises:
        Conflict: as `undo`.
    """
    if not is_within_time(row.done_at, now):
        raise Conflict("too_late")
    task = session.get_one(Task, row.task_id)
    if task.merged_into_id is not None:
        raise Conflict("restructured_since")
    check_nothing_since(session, task.id, row.before.get("marks", {}))
    if row.kind == RestructuringKind.SPLIT.value:
        for child in _children(session, row):
            _check_part(session, child)


def _owned(session: Session, actor: Actor, restructuring_id: int) -> Restructuring:
    row = session.get(Restructuring, restructuring_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound("restructuring")
    return row


def _children(session: Session, row: Restructuring) -> list[RestructuredTask]:
    return list(
        session.scalars(
            select(RestructuredTask)
            .where(RestructuredTask.restructuring_id == row.id)
            .order_by(RestructuredTask.task_id)
        )
    )


def _check_part(session: Session, child: RestructuredTask) -> None:
    check_nothing_since(session, child.task_id, child.moved.get("marks", {}))
    for owner, attribute in references_to("task"):
        if owner not in _OF_A_PART and session.scalar(
            select(exists(select(attribute).where(attribute == child.task_id)))
        ):
            raise Conflict(_SAID.get(owner, "worked_on_since"))
    held = select(Hold.id).where(Hold.lifted_on.is_(None), Hold.reference == to_text(child.task_id))
    if session.scalars(held.limit(1)).first() is not None:
        raise Conflict("held")


def _take_apart(
    session: Session,
    actor: Actor,
    row: Restructuring,
    kept: Task,
    assumptions: Assumptions,
    now: datetime,
) -> None:
    """Let the merged tasks count by themselves again, each with what it had."""
    children = _children(session, row)
    tasks = {child.task_id: session.get_one(Task, child.task_id) for child in children}
    moved = {child.task_id: dict(child.moved) for child in children}
    for task_id, task in tasks.items():
        task.merged_into_id = None
        move_back(session, task, kept, moved[task_id])
    remove_uses(session, [from_text(each) for each in row.before["added_uses"]])
    session.expire_all()
    for task_id, task in tasks.items():
        if remove_if_empty(session, task, assumptions):
            continue
        if task.figures_by == Source.PERFORMER.value:
            refigure(session, task, assumptions)
        else:
            settle(session, task, assumptions)
        session.flush()
        session.get_one(AssessmentRow, task_id).sequence = moved[task_id][LOGGED_AT]
        restore_candidate(session, task, moved[task_id])
        note(session, actor, task, EventKind.RESTRUCTURING_UNDONE, now)
    _restore_kept(session, row, kept, assumptions)


def _restore_kept(
    session: Session,
    row: Restructuring,
    kept: Task,
    assumptions: Assumptions,
) -> None:
    """The kept task by its own reports, or with the figures that the reviewer had set before."""
    before = row.before
    kept.figures_by = before["figures_by"]
    if kept.figures_by == Source.PERFORMER.value:
        if not remove_if_empty(session, kept, assumptions):
            refigure(session, kept, assumptions)
        return
    unit_id = from_text(before["unit_id"])
    if session.get(Unit, unit_id) is not None:
        kept.unit_id = unit_id
    joined = [
        signal
        for report in reports_of(session, kept)
        if str(report.id) not in before["reports"]
        for signal in report.signals.split()
    ]
    known = signals_of(session, [kept.id])[kept.id]
    set_signals(session, kept, known, {*before["signals"], *joined})
    settle(session, kept, assumptions)


def _put_together(
    session: Session, row: Restructuring, task: Task, assumptions: Assumptions
) -> None:
    """Give the task back what the split took from it; the part goes."""
    for child in _children(session, row):
        part = session.get_one(Task, child.task_id)
        session.expunge(child)
        remove(session, part, assumptions)
    for name, value in row.before["columns"].items():
        setattr(task, name, value)
    positions = {from_text(use_id): position for use_id, position in row.before["uses"]}
    for use in session.scalars(select(TaskUse).where(TaskUse.id.in_(positions))):
        use.position = positions[
            use.id
        ]  # where nothing has come since: that would have hindered it
    session.flush()
    if task.figures_by == Source.PERFORMER.value:
        refigure(session, task, assumptions)
    else:
        settle(session, task, assumptions)
