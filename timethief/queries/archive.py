"""Every row that an organisation owns, table by table, however many there are."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, or_, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.queries.stored_data import StoredTable, stored_tables
from timethief.storage.merged import merged_into
from timethief.storage.tables import (
    AnonymousMessage,
    AnonymousReport,
    AssessmentRow,
    AutomationCandidate,
    Base,
    Case,
    CaseAnswer,
    Decision,
    EscalationStep,
    FollowUp,
    GateAnswer,
    Inquiry,
    Opinion,
    Report,
    RestructuredTask,
    Restructuring,
    ReturnSign,
    ReviewRequest,
    Task,
    TaskEvent,
    TaskSignal,
    TaskUse,
    UseStatement,
)

_READ_AT_ONCE = 500
_MAPPERS = {mapper.local_table.name: mapper for mapper in Base.registry.mappers}  # type: ignore[attr-defined]

Value = str | float | int | bool | None | dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True)
class Handed:
    """A table to be handed out, and which of its rows; all of the organisation's where nothing is said."""

    table: StoredTable
    condition: ColumnElement[bool] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns: those that open something are left out."""
        return tuple(column.name for column in self.table.columns if not column.secret)


def everything(language: str) -> tuple[Handed, ...]:
    """All that an organisation owns, but for what the dictionary leaves out and says why."""
    return tuple(Handed(table) for table in stored_tables(language) if not table.left_out)


def one_task(session: Session, task_id: int, language: str) -> tuple[Handed, ...]:
    """A task with all that belongs to it, and with the tasks that were merged into it.

    Raises:
        NotFound: the organisation has no such task.
    """
    if session.get(Task, task_id) is None:
        raise NotFound("task")
    ids = [task_id, *(task.id for task in merged_into(session, [task_id]))]
    uses = select(TaskUse.id).where(TaskUse.task_id.in_(ids))
    anonymous = select(AnonymousReport.id).where(
        AnonymousReport.task_id == task_id, AnonymousReport.released_week.is_not(None)
    )
    return _chosen(
        language,
        {
            "report": Report.task_id == task_id,
            "anonymous_report": AnonymousReport.id.in_(anonymous),
            "anonymous_message": AnonymousMessage.report_id.in_(anonymous),
            "task": Task.id.in_(ids),
            "task_signal": TaskSignal.task_id.in_(ids),
            "task_use": TaskUse.task_id.in_(ids),
            "use_statement": UseStatement.use_id.in_(uses),
            "inquiry": Inquiry.task_id == task_id,
            "task_event": TaskEvent.task_id.in_(ids),
            "assessment": AssessmentRow.task_id == task_id,
        }
        | _decided(task_id),
    )


def _decided(task_id: int) -> dict[str, ColumnElement[bool]]:
    """Cases and decisions of a task, and what came of them."""
    cases = select(Case.id).where(Case.task_id == task_id)
    decisions = select(Decision.id).where(Decision.task_id == task_id)
    merged = select(Restructuring.id).where(Restructuring.task_id == task_id)
    into = select(RestructuredTask.restructuring_id).where(RestructuredTask.task_id == task_id)
    return {
        "task_case": Case.task_id == task_id,
        "review_request": ReviewRequest.task_id == task_id,
        "case_answer": CaseAnswer.case_id.in_(cases),
        "gate_answer": GateAnswer.task_id == task_id,
        "automation_candidate": AutomationCandidate.task_id == task_id,
        "decision": Decision.task_id == task_id,
        "opinion": Opinion.task_id == task_id,
        "escalation_step": EscalationStep.decision_id.in_(decisions),
        "follow_up": FollowUp.task_id == task_id,
        "return_sign": ReturnSign.task_id == task_id,
        "restructuring": or_(Restructuring.task_id == task_id, Restructuring.id.in_(into)),
        "restructured_task": or_(
            RestructuredTask.task_id == task_id, RestructuredTask.restructuring_id.in_(merged)
        ),
    }


def one_report(session: Session, report_id: uuid.UUID, language: str) -> tuple[Handed, ...]:
    """A report, of somebody with an account or of nobody that is known: exactly what is stored of it.

    Raises:
        NotFound: the organisation has no such report, or nobody is to know of it yet.
    """
    if session.get(Report, report_id) is not None:
        return _chosen(language, {"report": Report.id == report_id})
    row = session.get(AnonymousReport, report_id)
    if row is None or row.released_week is None:
        raise NotFound("report")
    return _chosen(
        language,
        {
            "anonymous_report": AnonymousReport.id == report_id,
            "anonymous_message": AnonymousMessage.report_id == report_id,
        },
    )


def key_in(text: str) -> int | uuid.UUID:
    """The task or report that was typed or pasted, by its identifier or its whole address.

    Raises:
        NotFound: there is no identifier in it.
    """
    parts = [part for part in text.strip().partition("?")[0].partition("#")[0].split("/") if part]
    for part in reversed(parts):
        try:
            return uuid.UUID(part)
        except ValueError:
            pass
        try:
            return from_text(part)
        except NotFound:
            continue
    raise NotFound("record")


def _chosen(language: str, rows: Mapping[str, ColumnElement[bool]]) -> tuple[Handed, ...]:
    return tuple(
        Handed(table, rows[table.name]) for table in stored_tables(language) if table.name in rows
    )


def rows_of(session: Session, handed: Handed) -> Iterator[tuple[Value, ...]]:
    """The rows of a table, in the order of their keys, which tells nothing of when they came."""
    mapper = _MAPPERS[handed.table.name]
    attributes = {
        column.name: getattr(mapper.class_, mapper.get_property_by_column(column).key)
        for column in mapper.columns
    }
    table: Any = mapper.local_table
    columns = [table.c[name] for name in handed.columns]
    query = select(*(attributes[name] for name in handed.columns)).order_by(
        *(attributes[column.name] for column in table.primary_key.columns)
    )
    if handed.condition is not None:
        query = query.where(handed.condition)
    named = [_names_a_row(column) for column in columns]
    for row in session.execute(query, execution_options={"yield_per": _READ_AT_ONCE}):
        yield tuple(
            to_text(value) if is_name and value is not None else _plain(value)
            for value, is_name in zip(row, named, strict=True)
        )


def _names_a_row(column: Column[Any]) -> bool:
    """Whether a number is an identifier, to be shown as it stands in addresses."""
    return isinstance(column.type, Integer) and (column.name == "id" or column.name.endswith("_id"))


def _plain(value: Any) -> Value:  # noqa: ANN401 - of any column
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    plain: Value = value
    return plain
