"""The cases of reports follow what becomes of the reports."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.anonymity import OPEN_STATUSES, IntakeStatus, MessageKind, Side
from timethief.domain.cases import AnswerTemplate, ClosedAs, week_begins
from timethief.domain.errors import Invalid
from timethief.domain.people import Actor
from timethief.i18n import gettext, speaking
from timethief.services.cases.answers import note_answer
from timethief.services.cases.opening import (
    case_of_report,
    close_case,
    close_case_of_report,
    open_report_case,
)
from timethief.services.threads import say
from timethief.storage.tables import AnonymousReport, Organisation, Report


def follow_report(session: Session, report: Report, now: datetime) -> None:
    """Let a signed-in report that waits have a case, and one that does not have none that is open."""
    if report.withdrawn:
        close_case_of_report(session, report.id, ClosedAs.WITHDRAWN, now)
    elif report.task_id is None:
        open_report_case(session, report.organisation_id, report.id, report.sent_on, now)
    else:
        report_was_used(session, None, report.id, ClosedAs.MADE_TASK, now)


def follow_answer(
    session: Session,
    actor: Actor,
    report: AnonymousReport,
    status: IntakeStatus,
    said: str,
    now: datetime,
) -> None:
    """Let the case of an anonymous report follow what its writer is told.

    Raises:
        Invalid: of `text`: `no_answer_yet`: a writer who can read it would be left without a word.
    """
    case = case_of_report(session, report.id)
    if case is None and status in OPEN_STATUSES and report.released_week:
        begins = week_begins(report.released_week)
        case = open_report_case(session, report.organisation_id, report.id, begins, now)
    if case is None:
        return
    can_read = report.receipt_hash is not None
    if status is IntakeStatus.CLOSED and can_read and not said and not case.first_answered_on:
        raise Invalid("text", "no_answer_yet")
    if said:
        note_answer(session, actor, case, _TEMPLATES[status].value, said, now)
    if status is IntakeStatus.CLOSED:
        close_case(session, case, ClosedAs.ANSWERED, now)


_TEMPLATES = {
    IntakeStatus.RECEIVED: AnswerTemplate.THANKS,
    IntakeStatus.READING: AnswerTemplate.THANKS,
    IntakeStatus.ASKED: AnswerTemplate.QUESTION,
    IntakeStatus.USED: AnswerTemplate.MADE_TASK,
    IntakeStatus.CLOSED: AnswerTemplate.CHANGED,
}


def report_was_used(
    session: Session, actor: Actor | None, report_id: uuid.UUID, closed_as: ClosedAs, now: datetime
) -> None:
    """The report is a task now, or a part of one, and its writer is told so.

    In the thread of an anonymous report it is read from the next batch on, as the status is.
    """
    case = case_of_report(session, report_id)
    row = session.get(AnonymousReport, report_id)
    known = case or row
    if known is None:
        return
    organisation = session.get_one(Organisation, known.organisation_id)
    with speaking(organisation.language):
        text = gettext(
            "Thank you. What you reported is now in the inventory and counts in the figures. You see here what comes "
            "of it."
        )
    if row is not None and row.receipt_hash is not None:
        say(session, row, Side.REVIEWER, MessageKind.ANSWER, text)
    if case is not None:
        note_answer(session, actor, case, AnswerTemplate.MADE_TASK.value, text, now)
        close_case(session, case, closed_as, now)
