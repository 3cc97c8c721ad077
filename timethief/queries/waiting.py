"""The intake's list: everything that waits for an answer, the oldest deadline first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from timethief.domain.cases import CaseOrigin, CaseState
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor
from timethief.queries.cases import CaseLine, functions_of, lines_of
from timethief.queries.intake import WaitingReport, line_of
from timethief.queries.visible_units import visible_units
from timethief.storage.tables import AnonymousReport, Case, Report, ReviewRequest, Task

PAGE = 25
REASONS_SHOWN = 3
_OPEN = (CaseState.OPEN.value, CaseState.WAITING.value)
_TASKS = (CaseOrigin.REVIEW_REQUEST.value, CaseOrigin.RETURNED.value)
"""Why tasks stand in the intake; the others are in the queue alone."""


class Which(StrEnum):
    """A part of the list."""

    ALL = "all"
    MINE = "mine"
    """Taken by the reader, or owned by a function that the reader works in."""
    ANONYMOUS = "anonymous"
    INCOMPLETE = "incomplete"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A task that somebody wants tried, or that seems to have come back; `reasons` in the words of who asked."""

    id: str
    title: str
    unit: str
    requests: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A line of the list: a report or a task, with its case."""

    case: CaseLine
    report: WaitingReport | None
    task: WaitingTask | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One page of the list; `after` leads to the next, None at the end. `late`: how many are past their day in all."""

    lines: tuple[WaitingCase, ...]
    after: str | None
    counts: dict[Which, int]
    late: int


def waiting(
    session: Session, actor: Actor, which: Which, after: str | None, today: date
) -> Waiting:
    """What waits. Anonymous reports that say nearly the same are one line: that with the oldest deadline.

    Raises:
        Invalid: the cursor cannot be read.
    """
    parts = {each: _part(session, actor, each) for each in Which}
    query = _cases(actor.organisation_id).where(parts[which])
    if after:
        query = query.where(tuple_(_answered(Case), Case.answer_due, Case.id) > _cursor(after))
    rows = session.execute(
        query.order_by(_answered(Case), Case.answer_due, Case.id).limit(PAGE + 1)
    ).all()
    shown = rows[:PAGE]
    lines = lines_of(session, actor, [row.Case for row in shown])
    units = visible_units(session, actor)
    found = tuple(
        WaitingCase(
            line,
            None if row.Case.report_id is None else _report(session, row),
            None if row.Case.task_id is None else _task(session, row.Case, units.name),
        )
        for line, row in zip(lines, shown, strict=True)
    )
    end = None
    if len(rows) > PAGE:
        last = shown[-1].Case
        answered = int(last.first_answered_on is not None)
        end = f"{answered}.{last.answer_due.isoformat()}.{to_text(last.id)}"
    return Waiting(found, end, _counts(session, actor, parts), _late(session, actor, today))


def _cases(organisation_id: int) -> Select[Case, AnonymousReport, Report]:
    return (
        select(Case, AnonymousReport, Report)
        .outerjoin(AnonymousReport, AnonymousReport.id == Case.report_id)
        .outerjoin(Report, Report.id == Case.report_id)
        .where(*_in_list(organisation_id))
    )


def _in_list(organisation_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Case.organisation_id == organisation_id,
        Case.state.in_(_OPEN),
        or_(Case.report_id.is_not(None), Case.origin.in_(_TASKS)),
        ~_is_behind_another(),
    )


def _is_behind_another() -> ColumnElement[bool]:
    """Whether another anonymous report that says nearly the same stands for it: the one with the oldest deadline."""
    other, report, own = aliased(Case), aliased(AnonymousReport), aliased(AnonymousReport)
    cluster = (
        select(own.cluster_id).where(own.id == Case.report_id).correlate(Case).scalar_subquery()
    )
    return exists(
        select(other.id)
        .join(report, report.id == other.report_id)
        .where(
            report.organisation_id == Case.organisation_id,
            report.cluster_id == cluster,
            other.state.in_(_OPEN),
            tuple_(_answered(other), other.answer_due, other.id)
            < tuple_(_answered(Case), Case.answer_due, Case.id),
        )
        .correlate(Case)
    )


def _answered(table: type[Case]) -> ColumnElement[int]:
    """What nobody has answered comes first."""
    return case((table.first_answered_on.is_(None), 0), else_=1)


def _part(session: Session, actor: Actor, which: Which) -> ColumnElement[bool]:
    if which is Which.MINE:
        own = functions_of(session, actor.user_id)
        return or_(Case.user_id == actor.user_id, Case.function_id.in_(own))
    anonymous = exists(
        select(AnonymousReport.id).where(AnonymousReport.id == Case.report_id)
    ).correlate(Case)
    return {
        Which.ALL: Case.organisation_id == actor.organisation_id,
        Which.ANONYMOUS: anonymous,
        Which.INCOMPLETE: and_(Case.report_id.is_not(None), ~anonymous),
        Which.REQUESTS: Case.task_id.is_not(None),
    }[which]


def _counts(
    session: Session, actor: Actor, parts: dict[Which, ColumnElement[bool]]
) -> dict[Which, int]:
    columns = [func.count(case((parts[each], 1))) for each in Which]
    row = session.execute(
        select(*columns).select_from(Case).where(*_in_list(actor.organisation_id))
    ).one()
    return dict(zip(Which, row, strict=True))


def _late(session: Session, actor: Actor, today: date) -> int:
    query = (
        select(func.count())
        .select_from(Case)
        .where(
            *_in_list(actor.organisation_id),
            Case.first_answered_on.is_(None),
            Case.answer_due < today,
        )
    )
    return session.scalar(query) or 0


def _report(session: Session, row: Any) -> WaitingReport | None:  # noqa: ANN401 - a row of the library
    found = row.AnonymousReport or row.Report
    if found is None:
        return None
    similar = 0
    if row.AnonymousReport is not None:
        similar = (
            session.scalar(
                select(func.count())
                .select_from(Case)
                .join(AnonymousReport, AnonymousReport.id == Case.report_id)
                .where(
                    AnonymousReport.organisation_id == found.organisation_id,
                    AnonymousReport.cluster_id == found.cluster_id,
                    Case.state.in_(_OPEN),
                )
            )
            or 1
        ) - 1
    return line_of(session, found, similar)


def _task(session: Session, row: Case, unit_name: Any) -> WaitingTask | None:  # noqa: ANN401
    task = session.get(Task, row.task_id)
    if task is None:
        return None
    reasons = session.scalars(
        select(ReviewRequest.reason)
        .where(ReviewRequest.case_id == row.id, ReviewRequest.withdrawn.is_(False))
        .order_by(ReviewRequest.asked_on.desc(), ReviewRequest.id)
    ).all()
    return WaitingTask(
        to_text(task.id),
        task.title,
        unit_name(task.unit_id),
        len(reasons),
        tuple(reasons[:REASONS_SHOWN]),
    )


def _cursor(text: str) -> Any:  # noqa: ANN401 - of the library
    answered, _, rest = text.partition(".")
    day, _, last = rest.partition(".")
    try:
        return tuple_(int(answered == "1"), date.fromisoformat(day), from_text(last))
    except (ValueError, NotFound) as error:
        raise Invalid("cursor", "unreadable") from error
