"""Reports that resemble tasks that were stopped: have they come back?"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from timethief.domain.follow_ups import ReturnState
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor
from timethief.i18n import TIME_ZONE
from timethief.queries.visible_units import visible_units
from timethief.storage.tables import (
    AnonymousReport,
    Decision,
    Report,
    ReturnSign,
    Task,
)

SHOWN = 25
_STOPPING = ("remove", "refuse_requirement")


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A report that resembles a stopped task.

    Attributes:
        title: of the stopped task, in its `unit` as the reader sees it; stopped on `stopped_on`, where that is known.
        report_id: of the report, while it is there, with its `report_title` to reviewers.
        report_task_id: the task that the report has become part of.
        anonymous: whether the report waits in the intake without a writer; then only its week is told.
        state: what a reviewer has said.
    """

    id: str
    task_id: str
    title: str
    unit: str
    stopped_on: date | None
    report_id: uuid.UUID
    report_title: str
    report_task_id: str | None
    anonymous: bool
    noticed_on: date
    state: str


def open_signs(session: Session, actor: Actor) -> tuple[ReturnLine, ...]:
    """What no reviewer has looked at, the oldest first; for reviewers."""
    return _read(session, actor, ReturnSign.state == ReturnState.OPEN.value)


def signs_of_report(session: Session, actor: Actor, report_id: uuid.UUID) -> tuple[ReturnLine, ...]:
    """Which stopped tasks a report resembles; for reviewers, and for the report's own writer."""
    return _read(session, actor, ReturnSign.report_id == report_id)


def signs_of_task(session: Session, actor: Actor, task_id: int) -> tuple[ReturnLine, ...]:
    """The reports that resemble a stopped task; for reviewers."""
    return _read(session, actor, ReturnSign.task_id == task_id)


def came_back_on(session: Session, organisation_id: int, task_id: int) -> date | None:
    """When a reviewer said, last, that a stopped task has come back."""
    return session.scalar(
        select(func.max(ReturnSign.settled_on)).where(
            ReturnSign.organisation_id == organisation_id,
            ReturnSign.task_id == task_id,
            ReturnSign.state == ReturnState.CAME_BACK.value,
        )
    )


def _read(session: Session, actor: Actor, condition: ColumnElement[bool]) -> tuple[ReturnLine, ...]:
    rows: Sequence[Any] = session.execute(
        select(
            ReturnSign,
            Task.title,
            Task.unit_id,
            func.coalesce(Report.title, AnonymousReport.title),
            func.coalesce(Report.task_id, AnonymousReport.task_id),
            AnonymousReport.id,
        )
        .join(Task, Task.id == ReturnSign.task_id)
        .outerjoin(Report, Report.id == ReturnSign.report_id)
        .outerjoin(AnonymousReport, AnonymousReport.id == ReturnSign.report_id)
        .where(
            ReturnSign.organisation_id == actor.organisation_id,
            condition,
            # A report that was taken back, or weeded, tells nothing any more.
            or_(Report.withdrawn.is_(False), AnonymousReport.id.is_not(None)),
        )
        .order_by(ReturnSign.noticed_on, ReturnSign.id)
        .limit(SHOWN)
    ).all()
    if not rows:
        return ()
    units = visible_units(session, actor)
    stopped = _stopped_on(session, actor.organisation_id, [row[0].task_id for row in rows])
    return tuple(
        ReturnLine(
            id=to_text(sign.id),
            task_id=to_text(sign.task_id),
            title=title,
            unit=units.name(unit_id),
            stopped_on=stopped.get(sign.task_id),
            report_id=sign.report_id,
            report_title=report_title,
            report_task_id=None if report_task_id is None else to_text(report_task_id),
            anonymous=anonymous_id is not None,
            noticed_on=sign.noticed_on,
            state=sign.state,
        )
        for sign, title, unit_id, report_title, report_task_id, anonymous_id in rows
    )


def _stopped_on(session: Session, organisation_id: int, task_ids: list[int]) -> dict[int, date]:
    """When each task was stopped: when its latest decision to do so was carried out, else when it was made."""
    rows = session.execute(
        select(Decision.task_id, Decision.carried_out_on, Decision.decided_at)
        .where(
            Decision.organisation_id == organisation_id,
            Decision.task_id.in_(task_ids),
            Decision.outcome.in_(_STOPPING),
            Decision.state.in_(("in_force", "carried_out")),
        )
        .order_by(Decision.decided_at)
    )
    return {task_id: carried or _day(decided) for task_id, carried, decided in rows}


def _day(moment: datetime) -> date:
    return moment.astimezone(TIME_ZONE).date()
