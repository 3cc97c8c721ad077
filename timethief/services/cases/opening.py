"""A case is opened when somebody is to see to a report or a task, and closed when those who wrote have an answer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from random import Random

from sqlalchemy import Exists, delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.anonymity import OPEN_STATUSES
from timethief.domain.cases import CaseOrigin, CaseState, ClosedAs, answer_due, week_begins
from timethief.domain.identifiers import new_identifier
from timethief.i18n import TIME_ZONE
from timethief.services.cases.functions import first_function
from timethief.storage.database import Database
from timethief.storage.tables import AnonymousReport, Case, Report
from timethief.storage.turns import take_turn

BATCH = 500
_OPEN = [status.value for status in OPEN_STATUSES]


def open_task_case(
    session: Session, organisation_id: int, task_id: int, origin: CaseOrigin, now: datetime
) -> Case:
    """The task's open case, or a new one that the organisation's first support function owns."""
    found = case_of_task(session, task_id)
    if found is not None:
        return found
    return _add(session, organisation_id, origin, _day(now), task_id=task_id)


def open_report_case(
    session: Session, organisation_id: int, report_id: uuid.UUID, on: date, now: datetime
) -> Case:
    """The open case of a report that waits, or a new one.

    Args:
        session: writing.
        organisation_id: whose it is.
        report_id: of a report, or of an anonymous one.
        on: since when it waits; of an anonymous report the first day of its week.
        now: time of the act.
    """
    del now
    found = case_of_report(session, report_id)
    if found is not None:
        return found
    return _add(session, organisation_id, CaseOrigin.REPORT, on, report_id=report_id)


def close_case(session: Session, case: Case, closed_as: ClosedAs, now: datetime) -> None:
    """Nothing more is to be done about it."""
    if case.state == CaseState.CLOSED:
        return
    case.state, case.closed_as = CaseState.CLOSED.value, closed_as.value
    case.closed_on, case.waits_since = _day(now), None
    case.version += 1
    session.flush()


def close_case_of_task(
    session: Session, task_id: int, closed_as: ClosedAs, now: datetime
) -> Case | None:
    """Close the task's open case, if there is one; the case."""
    case = case_of_task(session, task_id)
    if case is not None:
        close_case(session, case, closed_as, now)
    return case


def close_case_of_report(
    session: Session, report_id: uuid.UUID, closed_as: ClosedAs, now: datetime
) -> Case | None:
    """Close the open case of a report, if there is one; the case."""
    case = case_of_report(session, report_id)
    if case is not None:
        close_case(session, case, closed_as, now)
    return case


def forget_cases_of_report(session: Session, report_id: uuid.UUID) -> None:
    """Remove every case of an anonymous report that was withdrawn, with its answers: a closing day would tell when."""
    for case in session.scalars(select(Case).where(Case.report_id == report_id)):
        session.delete(case)
    session.flush()


def case_of_task(session: Session, task_id: int) -> Case | None:
    """The task's open case."""
    return session.scalars(
        select(Case).where(Case.task_id == task_id, Case.state != CaseState.CLOSED.value)
    ).first()


def case_of_report(session: Session, report_id: uuid.UUID) -> Case | None:
    """The report's open case."""
    return session.scalars(
        select(Case).where(Case.report_id == report_id, Case.state != CaseState.CLOSED.value)
    ).first()


def open_cases_of_week(session: Session, organisation_id: int, week: str, shuffler: Random) -> None:
    """Give what a batch has shown its cases.

    Those of the week that nobody has touched are written anew, in random order: else the database would tell which
    batch each came with, and with that the day.
    """
    begins = week_begins(week)
    untouched = select(Case.report_id).where(
        Case.organisation_id == organisation_id,
        Case.origin == CaseOrigin.REPORT.value,
        Case.opened_on == begins,
        Case.version == 1,
        Case.report_id.in_(
            select(AnonymousReport.id).where(
                AnonymousReport.organisation_id == organisation_id,
                AnonymousReport.released_week == week,
            )
        ),
    )
    again = [each for each in session.scalars(untouched) if each is not None]
    session.execute(delete(Case).where(Case.report_id.in_(again), Case.version == 1))
    session.expire_all()
    found = select(AnonymousReport.id).where(
        AnonymousReport.organisation_id == organisation_id,
        AnonymousReport.released_week == week,
        AnonymousReport.task_id.is_(None),
        AnonymousReport.status.in_(_OPEN),
        ~_has_case(AnonymousReport.id),
    )
    waiting = list(session.scalars(found))
    shuffler.shuffle(waiting)
    for report_id in waiting:
        _add(session, organisation_id, CaseOrigin.REPORT, begins, report_id=report_id)


def _has_case(report_id: InstrumentedAttribute[uuid.UUID]) -> Exists:
    """Whether a report has a case that is open, or was closed for good: of one whose task is gone it was not."""
    for_now = (ClosedAs.MADE_TASK.value, ClosedAs.MERGED.value)
    return (
        select(Case.id)
        .where(
            Case.report_id == report_id,
            or_(Case.state != CaseState.CLOSED.value, Case.closed_as.not_in(for_now)),
        )
        .exists()
    )


def open_waiting(database: Database, organisation_id: int, now: datetime) -> Mapping[str, int]:
    """Give each report that waits without a case one: such as those that waited before there were cases.

    Only signed-in reports are counted: the numbers of a run are kept with its day.
    """
    opened = 0
    while True:
        with database.writing(organisation_id) as session:
            take_turn(session, organisation_id)
            reports = _waiting_reports(session, organisation_id)
            weeks = _waiting_anonymous(session, organisation_id)
            for report_id, sent_on in reports:
                open_report_case(session, organisation_id, report_id, sent_on, now)
            for report_id, week in weeks:
                open_report_case(session, organisation_id, report_id, week_begins(week), now)
        opened += len(reports)
        if max(len(reports), len(weeks)) < BATCH:
            return {"opened": opened} if opened else {}


def _waiting_reports(session: Session, organisation_id: int) -> list[tuple[uuid.UUID, date]]:
    rows = session.execute(
        select(Report.id, Report.sent_on)
        .where(
            Report.organisation_id == organisation_id,
            Report.task_id.is_(None),
            Report.user_id.is_not(None),
            Report.withdrawn.is_(False),
            ~_has_case(Report.id),
        )
        .limit(BATCH)
    )
    return [(report_id, sent_on) for report_id, sent_on in rows]


def _waiting_anonymous(session: Session, organisation_id: int) -> list[tuple[uuid.UUID, str]]:
    rows = session.execute(
        select(AnonymousReport.id, AnonymousReport.released_week)
        .where(
            AnonymousReport.organisation_id == organisation_id,
            AnonymousReport.task_id.is_(None),
            AnonymousReport.released_week.is_not(None),
            AnonymousReport.status.in_(_OPEN),
            ~_has_case(AnonymousReport.id),
        )
        .order_by(AnonymousReport.id)
        .limit(BATCH)
    )
    return [(report_id, week) for report_id, week in rows if week]


def _add(
    session: Session,
    organisation_id: int,
    origin: CaseOrigin,
    on: date,
    *,
    task_id: int | None = None,
    report_id: uuid.UUID | None = None,
) -> Case:
    case = Case(
        id=new_identifier(),
        organisation_id=organisation_id,
        task_id=task_id,
        report_id=report_id,
        cluster_id=_cluster_of(session, report_id),
        origin=origin.value,
        state=CaseState.OPEN.value,
        function_id=first_function(session, organisation_id).id,
        opened_on=on,
        answer_due=answer_due(on),
        version=1,
    )
    session.add(case)
    session.flush()
    return case


def _cluster_of(session: Session, report_id: uuid.UUID | None) -> uuid.UUID | None:
    """What groups an anonymous report with those that say nearly the same."""
    if report_id is None:
        return None
    return session.scalar(select(AnonymousReport.cluster_id).where(AnonymousReport.id == report_id))


def _day(now: datetime) -> date:
    return now.astimezone(TIME_ZONE).date()
