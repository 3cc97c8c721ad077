"""Watching what was stopped: a report that resembles a stopped task may tell that it has come back."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from random import Random

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import OPEN_STATUSES
from timethief.domain.cases import CaseOrigin, ClosedAs, week_begins
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.follow_ups import RESEMBLES, RESEMBLES_NEAR, ReturnState
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.vocabulary import TaskStatus
from timethief.i18n import TIME_ZONE
from timethief.services.cases.opening import case_of_task, close_case, open_task_case
from timethief.services.history import EventKind, note
from timethief.storage.likeness import Alike, most_alike
from timethief.storage.tables import AnonymousReport, AssessmentRow, Report, ReturnSign, Task
from timethief.storage.turns import take_turn


def notice(
    session: Session, organisation_id: int, report_id: uuid.UUID, title: str, now: datetime
) -> None:
    """See whether a report that was just sent resembles tasks that were stopped.

    Args:
        session: writing; the report is stored already.
        organisation_id: whose it is.
        report_id: of a report of somebody who is logged in; anonymous ones are looked at when their batch is shown.
        title: of the report.
        now: time of the act.
    """
    _notice(session, organisation_id, report_id, title, _day(now))


def notice_week(session: Session, organisation_id: int, week: str, shuffler: Random) -> None:
    """See what the anonymous reports of a week resemble, once their batch is shown.

    Signs of the week that nobody has settled are written anew, in random order: else the database would tell which
    batch each came with, and with that the day.
    """
    of_week = (
        AnonymousReport.organisation_id == organisation_id,
        AnonymousReport.released_week == week,
    )
    untouched = ReturnSign.report_id.in_(select(AnonymousReport.id).where(*of_week))
    session.execute(
        delete(ReturnSign)
        .where(
            ReturnSign.organisation_id == organisation_id,
            ReturnSign.state == ReturnState.OPEN.value,
            untouched,
        )
        .execution_options(synchronize_session=False)
    )
    waiting = select(AnonymousReport.id, AnonymousReport.title).where(
        *of_week,
        AnonymousReport.task_id.is_(None),
        AnonymousReport.status.in_([status.value for status in OPEN_STATUSES]),
    )
    reports = list(session.execute(waiting))
    shuffler.shuffle(reports)
    for report_id, title in reports:
        _notice(session, organisation_id, report_id, title, None)


def settle_sign(session: Session, actor: Actor, sign_id: int, said: str, now: datetime) -> None:
    """Say whether a stopped task has come back; it can be said anew, and `open` takes back what was said.

    Where it has, a case is opened for it.

    Args:
        session: writing.
        actor: a reviewer.
        sign_id: which sign.
        said: a code of `ReturnState`.
        now: time of the act.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such sign in the organisation.
        Invalid: field `state`, reason `not_a_choice`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    sign = session.get(ReturnSign, sign_id)
    if sign is None or sign.organisation_id != actor.organisation_id:
        raise NotFound("return_sign")
    try:
        state = ReturnState(said)
    except ValueError as fault:
        raise Invalid("state", "not_a_choice") from fault
    if sign.state == state.value:
        return
    before, sign.state = sign.state, state.value
    is_open = state is ReturnState.OPEN
    sign.user_id = None if is_open else actor.user_id
    sign.settled_on = None if is_open else _day(now)
    session.flush()
    task = session.get_one(Task, sign.task_id)
    if state is ReturnState.CAME_BACK:
        open_task_case(session, actor.organisation_id, task.id, CaseOrigin.RETURNED, now)
    elif before == ReturnState.CAME_BACK.value:
        _close_again(session, task.id, now)
    if ReturnState.CAME_BACK.value in (before, state.value):
        told = {"returned": before}, {"returned": state.value}
        note(session, actor, task, EventKind.CAME_BACK, now, *told)


def forget_signs(session: Session, report_id: uuid.UUID) -> None:
    """Remove what an anonymous report that was withdrawn has been a sign of."""
    session.execute(delete(ReturnSign).where(ReturnSign.report_id == report_id))


def _notice(
    session: Session, organisation_id: int, report_id: uuid.UUID, title: str, on: date | None
) -> None:
    """Add what a report is a sign of; `on` is None for an anonymous one, of which only the week is kept."""
    stopped = TaskStatus.STOPPED.value
    anything = select(AssessmentRow.task_id).where(
        AssessmentRow.organisation_id == organisation_id, AssessmentRow.status == stopped
    )
    if session.scalars(anything.limit(1)).first() is None:
        return
    report: Report | AnonymousReport
    if on:
        report = session.get_one(Report, report_id)
    else:
        report = session.get_one(AnonymousReport, report_id)
    if on is None and isinstance(report, AnonymousReport) and report.released_week:
        on = week_begins(report.released_week)
    alike = most_alike(session, organisation_id, title, Task.status == stopped)
    known = set(
        session.scalars(select(ReturnSign.task_id).where(ReturnSign.report_id == report_id))
    )
    for each in alike:
        if each.task_id in known:
            continue
        if _resembles(session, each, report.unit_id, report.requester_id):
            session.add(
                ReturnSign(
                    organisation_id=organisation_id,
                    task_id=each.task_id,
                    report_id=report_id,
                    noticed_on=on,
                    state=ReturnState.OPEN.value,
                )
            )
    session.flush()


def _close_again(session: Session, task_id: int, now: datetime) -> None:
    """Nothing says any more that it came back: what was opened for that alone is closed."""
    others = select(ReturnSign.id).where(
        ReturnSign.task_id == task_id, ReturnSign.state == ReturnState.CAME_BACK.value
    )
    case = case_of_task(session, task_id)
    if case is None or case.origin != CaseOrigin.RETURNED or case.user_id is not None:
        return
    if session.scalars(others.limit(1)).first() is None:
        close_case(session, case, ClosedAs.WITHDRAWN, now)


def _resembles(
    session: Session, alike: Alike, unit_id: int | None, requester_id: int | None
) -> bool:
    if alike.likeness >= RESEMBLES:
        return True
    task = session.get_one(Task, alike.task_id)
    near = task.unit_id == unit_id or task.requester_id == requester_id
    return near and alike.likeness >= RESEMBLES_NEAR


def _day(now: datetime) -> date:
    return now.astimezone(TIME_ZONE).date()
