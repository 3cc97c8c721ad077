"""What belongs to a task that is merged goes over to the kept one, and comes back when that is undone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.cases import CaseState, ClosedAs
from timethief.domain.identifiers import from_text, to_text
from timethief.services.cases.opening import case_of_task, close_case
from timethief.services.emptied_tasks import LOGGED_AT, REPORTS
from timethief.storage.merged import merged_into
from timethief.storage.tables import (
    AnonymousReport,
    AssessmentRow,
    AutomationCandidate,
    Case,
    Inquiry,
    Opinion,
    Report,
    ReviewRequest,
    Task,
)

_CASE = ("state", "closed_on", "closed_as", "waits_since", "version")
_DAYS = frozenset({"closed_on", "waits_since"})
_POINTING: dict[str, tuple[Any, InstrumentedAttribute[Any]]] = {
    "inquiries": (Inquiry, Inquiry.task_id),
    "opinions": (Opinion, Opinion.task_id),
}
"""What names a task and goes over as it stands."""


def move_over(session: Session, task: Task, kept: Task, now: datetime) -> dict[str, Any]:
    """Let all that belongs to the task belong to the kept one; what it takes to give it back."""
    row = session.get_one(AssessmentRow, task.id)
    moved: dict[str, Any] = {LOGGED_AT: row.sequence, REPORTS: _move_reports(session, task, kept)}
    anonymous = session.scalars(
        select(AnonymousReport)
        .where(AnonymousReport.task_id == task.id)
        .order_by(AnonymousReport.id)
    ).all()
    for each in anonymous:
        each.task_id = kept.id
    moved["anonymous"] = [str(each.id) for each in anonymous]
    before = merged_into(session, [task.id])
    for other in before:
        other.merged_into_id = kept.id
    moved["merged"] = [to_text(other.id) for other in before]
    for name, (table, attribute) in _POINTING.items():
        ids = session.scalars(select(table.id).where(attribute == task.id).order_by(table.id)).all()
        _point(session, table, attribute, ids, kept.id)
        moved[name] = [to_text(each) for each in ids]
    moved["case"] = _move_case(session, task, kept, now)
    candidate = session.get(AutomationCandidate, task.id)
    if candidate is not None and candidate.entered_on is not None:
        moved["entered_on"] = candidate.entered_on.isoformat()
        candidate.entered_on = None
    session.flush()
    return moved


def _move_reports(session: Session, task: Task, kept: Task) -> list[list[Any]]:
    last = session.scalar(select(func.max(Report.sequence)).where(Report.task_id == kept.id)) or 0
    rows = session.scalars(
        select(Report).where(Report.task_id == task.id).order_by(Report.sequence, Report.id)
    ).all()
    moved: list[list[Any]] = [[str(report.id), report.sequence] for report in rows]
    for place, report in enumerate(rows, start=last + 1):
        report.task_id, report.sequence = kept.id, place
    session.flush()
    return moved


def _point(
    session: Session,
    table: Any,  # noqa: ANN401 - a mapped class with an `id`
    attribute: InstrumentedAttribute[Any],
    ids: Sequence[int],
    task_id: int,
) -> None:
    session.execute(
        update(table).where(table.id.in_(ids)).values({attribute: task_id}),
        execution_options={"synchronize_session": "fetch"},
    )


def _move_case(session: Session, task: Task, kept: Task, now: datetime) -> dict[str, Any] | None:
    """The open case goes over, with what was asked in it; where the kept task has one of its own, that goes on."""
    case = case_of_task(session, task.id)
    if case is None:
        return None
    requests = session.scalars(select(ReviewRequest).where(ReviewRequest.case_id == case.id)).all()
    told = {name: getattr(case, name) for name in _CASE}
    before: dict[str, Any] = {
        "id": to_text(case.id),
        "requests": sorted(to_text(each.id) for each in requests),
        **{
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in told.items()
        },
    }
    own = case_of_task(session, kept.id)
    if own is None:
        case.task_id, case.version = kept.id, case.version + 1
    else:
        close_case(session, case, ClosedAs.MERGED, now)
    for each in requests:
        each.task_id, each.case_id = kept.id, case.id if own is None else own.id
    session.flush()
    return before


def move_back(session: Session, task: Task, kept: Task, moved: dict[str, Any]) -> None:
    """Give the task what it had; what has gone since stays gone."""
    places = {uuid.UUID(report_id): place for report_id, place in moved.get(REPORTS, ())}
    for report in session.scalars(
        select(Report).where(Report.id.in_(places), Report.task_id == kept.id)
    ):
        report.task_id, report.sequence = task.id, places[report.id]
    anonymous = [uuid.UUID(each) for each in moved.get("anonymous", ())]
    for each in session.scalars(
        select(AnonymousReport).where(
            AnonymousReport.id.in_(anonymous), AnonymousReport.task_id == kept.id
        )
    ):
        each.task_id = task.id
    for other in session.scalars(select(Task).where(Task.id.in_(_ids(moved.get("merged", ()))))):
        other.merged_into_id = task.id
    for name, (table, attribute) in _POINTING.items():
        _point(session, table, attribute, _ids(moved.get(name, ())), task.id)
    if moved.get("case"):
        _move_case_back(session, task, moved["case"])
    session.flush()


def _move_case_back(session: Session, task: Task, before: dict[str, Any]) -> None:
    case = session.get(Case, from_text(before["id"]))
    if case is None:
        return
    if case.task_id != task.id:
        case.task_id = task.id
        if case.state != CaseState.CLOSED.value:
            case.version = before["version"]
    elif case.closed_as == ClosedAs.MERGED.value:
        for name in _CASE:
            value = before[name]
            setattr(case, name, date.fromisoformat(value) if name in _DAYS and value else value)
    for request in session.scalars(
        select(ReviewRequest).where(ReviewRequest.id.in_(_ids(before["requests"])))
    ):
        request.task_id, request.case_id = task.id, case.id
    session.flush()


def restore_candidate(session: Session, task: Task, moved: dict[str, Any]) -> None:
    """Let the task stand on the list of what may be automated since when it did, if it still may."""
    candidate = session.get(AutomationCandidate, task.id)
    if candidate is not None and candidate.entered_on is not None and "entered_on" in moved:
        candidate.entered_on = date.fromisoformat(moved["entered_on"])


def _ids(texts: Iterable[str]) -> list[int]:
    return [from_text(text) for text in texts]
