"""One's own reports: what became of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.intake import ReportFacts, UseAnswer
from timethief.domain.people import Actor
from timethief.domain.vocabulary import Signal
from timethief.queries.tasks import TaskPage, frequency_of, task_page
from timethief.storage.facts import people_of
from timethief.storage.tables import AnonymousReport, Report, Requester

REPORTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the writer of a report sees of it.

    Attributes:
        facts: as sent.
        requester: name of who asks for it, where known.
        task: the task that it made or joined; None while something is missing.
        withdrawn: the writer has taken it back.
    """

    id: uuid.UUID
    facts: ReportFacts
    requester: str | None
    sent_on: date
    task: TaskPage | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A line in the list of one's own reports."""

    id: uuid.UUID
    title: str
    sent_on: date
    task_id: str | None


def receipt(session: Session, actor: Actor, report_id: uuid.UUID) -> Receipt:
    """The actor's own report.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    report = session.get(Report, report_id)
    if (
        report is None
        or report.organisation_id != actor.organisation_id
        or report.user_id != actor.user_id
    ):
        raise NotFound("report")
    task = None
    if report.task_id is not None and not report.withdrawn:
        task = task_page(session, actor, report.task_id)
    requester = None if report.requester_id is None else session.get(Requester, report.requester_id)
    return Receipt(
        id=report.id,
        facts=facts_of_report(report),
        requester=requester.name if requester else None,
        sent_on=report.sent_on,
        task=task,
        withdrawn=report.withdrawn,
    )


def own_reports(session: Session, actor: Actor) -> tuple[OwnReport, ...]:
    """The actor's latest reports that are not withdrawn, newest first."""
    rows = session.execute(
        select(Report.id, Report.title, Report.sent_on, Report.task_id)
        .where(
            Report.organisation_id == actor.organisation_id,
            Report.user_id == actor.user_id,
            Report.withdrawn.is_(False),
        )
        .order_by(Report.sent_on.desc(), Report.id)
        .limit(REPORTS_SHOWN)
    )
    return tuple(
        OwnReport(report_id, title, sent_on, None if task_id is None else to_text(task_id))
        for report_id, title, sent_on, task_id in rows
    )


def facts_of_report(report: Report | AnonymousReport) -> ReportFacts:
    """A report as its writer told it."""
    return ReportFacts(
        title=report.title,
        description=report.description,
        minutes=report.minutes,
        frequency=frequency_of(report),
        people=None
        if report.people is None
        else people_of(report.people_low, report.people, report.people_high),
        unit_id=report.unit_id,
        staff_category_id=report.staff_category_id,
        requester_id=report.requester_id,
        use=UseAnswer(report.use_answer),
        worth_share=report.worth_share,
        achievable_minutes=report.achievable_minutes,
        signals=frozenset(Signal(signal) for signal in report.signals.split()),
    )
