"""The intake's list: everything that waits for an answer, the oldest deadline first."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, tuple_, union_all
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
_TASKS: tuple[str, ...] = (CaseOrigin.REVIEW_REQUEST.value, CaseOrigin.RETURNED.value)
"""Why tasks stand in the intake; the others are in the queue alone."""


class Which(StrEnum):
    """A part of the list."""

    ALL = "all"
    MINE = "mine"
    """Taken by the reader, or owned by a function that the reader works in."""
    ANONYMOUS = "anonymous"
    INCOMPLETE = "incomplete"
    REQUESTS = "requests"


_ORIGINS: dict[Which, tuple[str, ...]] = {
    Which.ALL: (CaseOrigin.REPORT.value, *_TASKS),
    Which.MINE: (CaseOrigin.REPORT.value, *_TASKS),
    Which.ANONYMOUS: (CaseOrigin.REPORT.value,),
    Which.INCOMPLETE: (CaseOrigin.REPORT.value,),
    Which.REQUESTS: _TASKS,
}


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
    """One page of the list; `after` leads to the next, None at the end. `late`: how many are past their day in all.

    `counts` and `late` count cases: reports that say nearly the same are one line, and counted each.
    """

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
    own = functions_of(session, actor.user_id)
    keys = _keys(session, actor, which, own, _cursor(after) if after else None)
    shown = _rows(session, [key.id for key in keys[:PAGE]])
    lines = lines_of(session, actor, [row.Case for row in shown])
    units = visible_units(session, actor)
    alike = _alike(session, shown)
    found = tuple(
        WaitingCase(
            line,
            None if row.Case.report_id is None else _report(session, row, alike),
            None if row.Case.task_id is None else _task(session, row.Case, units.name),
        )
        for line, row in zip(lines, shown, strict=True)
    )
    end = keys[PAGE - 1].to_text() if len(keys) > PAGE else None
    counts, late = _counted(session, actor, own, today)
    return Waiting(found, end, counts, late)


class _Key(NamedTuple):
    """The place of a case in the list: what nobody has answered comes first, then what was answered longest ago."""

    first_answered_on: date | None
    answer_due: date
    id: int

    def to_text(self) -> str:
        answered = self.first_answered_on.isoformat() if self.first_answered_on else ""
        return f"{answered}.{self.answer_due.isoformat()}.{to_text(self.id)}"


def _keys(
    session: Session, actor: Actor, which: Which, own: Collection[int], after: _Key | None
) -> list[_Key]:
    """The places of the cases of one page, and of one more where there is one."""
    found: list[_Key] = []
    if after is None or after.first_answered_on is None:
        beyond = after and tuple_(Case.answer_due, Case.id) > tuple_(after.answer_due, after.id)
        conditions = _of_page(actor, which, own, Case.first_answered_on.is_(None), beyond)
        found += _first(session, which, conditions, PAGE + 1)
    if len(found) <= PAGE:
        beyond = None
        if after is not None and after.first_answered_on is not None:
            beyond = tuple_(Case.first_answered_on, Case.answer_due, Case.id) > tuple_(*after)
        conditions = _of_page(actor, which, own, Case.first_answered_on.is_not(None), beyond)
        found += _first(session, which, conditions, PAGE + 1 - len(found))
    return found


def _of_page(
    actor: Actor,
    which: Which,
    own: Collection[int],
    answered: ColumnElement[bool],
    beyond: ColumnElement[bool] | None,
) -> tuple[ColumnElement[bool], ...]:
    conditions = (
        Case.organisation_id == actor.organisation_id,
        answered,
        _part(actor, which, own),
        ~_is_behind_another(),
    )
    return conditions if beyond is None else (*conditions, beyond)


def _first(
    session: Session, which: Which, conditions: Sequence[ColumnElement[bool]], count: int
) -> list[_Key]:
    """The first places under these conditions.

    Each origin and state is asked for by itself: so each is read in the order of an index, and ends at its limit.
    """
    columns = (Case.first_answered_on, Case.answer_due, Case.id)
    parts = [
        select(*columns)
        .where(*conditions, Case.origin == origin, Case.state == state)
        .order_by(*columns)
        .limit(count)
        .subquery()
        for origin in _ORIGINS[which]
        for state in _OPEN
    ]
    together = union_all(*(select(part) for part in parts)).subquery()
    rows = session.execute(select(together).order_by(*together.c).limit(count))
    return [_Key(*row) for row in rows]


def _rows(session: Session, ids: Sequence[int]) -> list[Any]:
    """The cases with what they are about, in this order."""
    rows = session.execute(
        select(Case, AnonymousReport, Report)
        .outerjoin(AnonymousReport, AnonymousReport.id == Case.report_id)
        .outerjoin(Report, Report.id == Case.report_id)
        .where(Case.id.in_(ids))
    )
    by_id = {row.Case.id: row for row in rows}
    return [by_id[each] for each in ids]


def _is_behind_another() -> ColumnElement[bool]:
    """Whether another anonymous report that says nearly the same stands for it: the one with the oldest deadline."""
    other = aliased(Case)
    return exists(
        select(other.id)
        .where(
            other.organisation_id == Case.organisation_id,
            other.cluster_id == Case.cluster_id,
            other.state.in_(_OPEN),
            tuple_(_answered(other), other.answer_due, other.id)
            < tuple_(_answered(Case), Case.answer_due, Case.id),
        )
        .correlate(Case)
    )


def _answered(table: type[Case]) -> ColumnElement[int]:
    """What nobody has answered comes first."""
    return case((table.first_answered_on.is_(None), 0), else_=1)


def _part(actor: Actor, which: Which, own: Collection[int]) -> ColumnElement[bool]:
    if which is Which.MINE:
        return or_(Case.user_id == actor.user_id, Case.function_id.in_(own))
    if which is Which.ANONYMOUS:
        return Case.cluster_id.is_not(None)
    if which is Which.INCOMPLETE:
        return and_(Case.origin == CaseOrigin.REPORT.value, Case.cluster_id.is_(None))
    return Case.origin.in_(_ORIGINS[which])


def _counted(
    session: Session, actor: Actor, own: Collection[int], today: date
) -> tuple[dict[Which, int], int]:
    """How many cases each part has, and how many of all nobody has answered in time.

    Reports that say nearly the same are counted each: as many writers wait.
    """
    is_late = and_(Case.first_answered_on.is_(None), Case.answer_due < today)
    is_mine = _part(actor, Which.MINE, own)
    rows = session.execute(
        select(
            Case.origin,
            func.count(),
            func.count(Case.cluster_id),
            func.count(case((is_mine, 1))),
            func.count(case((is_late, 1))),
        )
        .where(
            Case.organisation_id == actor.organisation_id,
            Case.origin.in_(_ORIGINS[Which.ALL]),
            Case.state.in_(_OPEN),
        )
        .group_by(Case.origin)
    )
    counts = dict.fromkeys(Which, 0)
    late = 0
    for origin, count, anonymous, mine, too_late in rows:
        counts[Which.ALL] += count
        counts[Which.MINE] += mine
        counts[Which.ANONYMOUS] += anonymous
        is_task = origin in _TASKS
        counts[Which.REQUESTS if is_task else Which.INCOMPLETE] += count - anonymous
        late += too_late
    return counts, late


def _report(session: Session, row: Any, alike: Mapping[uuid.UUID, int]) -> WaitingReport | None:  # noqa: ANN401 - a row of the library
    found = row.AnonymousReport or row.Report
    if found is None:
        return None
    return line_of(session, found, alike.get(row.Case.cluster_id, 1) - 1)


def _alike(session: Session, rows: Sequence[Any]) -> dict[uuid.UUID, int]:
    """How many reports wait of each group of those that say nearly the same."""
    clusters = {row.Case.cluster_id for row in rows} - {None}
    found = session.execute(
        select(Case.cluster_id, func.count())
        .where(Case.cluster_id.in_(clusters), Case.state.in_(_OPEN))
        .group_by(Case.cluster_id)
    )
    return {cluster: count for cluster, count in found if cluster is not None}


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


def _cursor(text: str) -> _Key:
    answered, _, rest = text.partition(".")
    day, _, last = rest.partition(".")
    try:
        first_answered_on = date.fromisoformat(answered) if answered else None
        return _Key(first_answered_on, date.fromisoformat(day), from_text(last))
    except (ValueError, NotFound) as error:
        raise Invalid("cursor", "unreadable") from error
