"""What somebody has asked for and reported, with the answers: nobody's but one's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.cases import CaseState
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor
from timethief.queries.cases import AnswerLine, CaseLine, answers_of_cases, lines_of
from timethief.queries.reports import OwnReport, own_reports
from timethief.storage.tables import Case, ReviewRequest, Task

REQUESTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Subject:
    """A task that somebody may want tried; `own_request` where the reader has asked already."""

    task_id: str
    title: str
    own_request: str | None


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """One's own request, with how it stands."""

    id: str
    task_id: str
    title: str
    reason: str
    asked_on: date
    withdrawn: bool
    case: CaseLine
    answers: tuple[AnswerLine, ...]


@dataclass(frozen=True, slots=True)
class ReportWithAnswers:
    """One's own report, with its open case and everything that was answered."""

    report: OwnReport
    case: CaseLine | None
    answers: tuple[AnswerLine, ...]


def subject(session: Session, actor: Actor, task_id: int) -> Subject:
    """The task, as the form shows it.

    Raises:
        NotFound: there is none in the organisation.
    """
    task = session.get(Task, task_id)
    if task is None or task.organisation_id != actor.organisation_id:
        raise NotFound("task")
    own = session.scalars(
        select(ReviewRequest.id)
        .join(Case, Case.id == ReviewRequest.case_id)
        .where(
            ReviewRequest.task_id == task_id,
            ReviewRequest.user_id == actor.user_id,
            ReviewRequest.withdrawn.is_(False),
            Case.state != CaseState.CLOSED.value,
        )
        .limit(1)
    ).first()
    return Subject(to_text(task.id), task.title, None if own is None else to_text(own))


def own_request(session: Session, actor: Actor, request_id: int) -> OwnRequest:
    """One's own request.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = session.get(ReviewRequest, request_id)
    if row is None or row.organisation_id != actor.organisation_id or row.user_id != actor.user_id:
        raise NotFound("request")
    return _requests(session, actor, [row])[0]


def own_requests(session: Session, actor: Actor) -> tuple[OwnRequest, ...]:
    """The actor's latest requests that are not taken back, newest first."""
    rows = session.scalars(
        select(ReviewRequest)
        .where(
            ReviewRequest.organisation_id == actor.organisation_id,
            ReviewRequest.user_id == actor.user_id,
            ReviewRequest.withdrawn.is_(False),
        )
        .order_by(ReviewRequest.asked_on.desc(), ReviewRequest.id)
        .limit(REQUESTS_SHOWN)
    ).all()
    return _requests(session, actor, rows)


def reports_with_answers(session: Session, actor: Actor) -> tuple[ReportWithAnswers, ...]:
    """The actor's latest reports that are not taken back, newest first, with what was answered."""
    reports = own_reports(session, actor)
    cases = _cases_of(session, actor, reports)
    told = answers_of_cases(session, [row.id for row in cases])
    lines = dict(zip([row.id for row in cases], lines_of(session, actor, cases), strict=True))
    found = []
    for report in reports:
        own = [
            row
            for row in cases
            if row.report_id == report.id
            or (row.task_id is not None and to_text(row.task_id) == report.task_id)
        ]
        answers = [
            each
            for row in own
            for each in told.get(row.id, ())
            if row.report_id == report.id or each.answered_at.date() >= report.sent_on
        ]
        answers.sort(key=lambda each: each.answered_at, reverse=True)
        standing = [lines[row.id] for row in own if row.state != CaseState.CLOSED]
        found.append(ReportWithAnswers(report, standing[0] if standing else None, tuple(answers)))
    return tuple(found)


def _cases_of(session: Session, actor: Actor, reports: Collection[OwnReport]) -> list[Case]:
    task_ids = [from_text(report.task_id) for report in reports if report.task_id]
    query = select(Case).where(
        Case.organisation_id == actor.organisation_id,
        or_(
            Case.report_id.in_([report.id for report in reports]),
            Case.task_id.in_(task_ids),
        ),
    )
    return list(session.scalars(query.order_by(Case.opened_on, Case.id)))


def _requests(
    session: Session, actor: Actor, rows: Collection[ReviewRequest]
) -> tuple[OwnRequest, ...]:
    cases = {
        case.id: case
        for case in session.scalars(select(Case).where(Case.id.in_([row.case_id for row in rows])))
    }
    lines = dict(zip(cases, lines_of(session, actor, cases.values()), strict=True))
    told = answers_of_cases(session, list(cases))
    asked_of = select(Task.id, Task.title).where(Task.id.in_([row.task_id for row in rows]))
    titles = {row.id: row.title for row in session.execute(asked_of)}
    return tuple(
        OwnRequest(
            id=to_text(row.id),
            task_id=to_text(row.task_id),
            title=titles[row.task_id],
            reason=row.reason,
            asked_on=row.asked_on,
            withdrawn=row.withdrawn,
            case=lines[row.case_id],
            answers=told.get(row.case_id, ()),
        )
        for row in rows
    )
