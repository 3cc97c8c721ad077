"""What those who wrote are told: in the thread of an anonymous report, on the writer's own page else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import IntakeStatus, MessageKind, Side
from timethief.domain.cases import (
    ENDING,
    LONGEST_ANSWER,
    AnswerTemplate,
    CaseOrigin,
    CaseState,
    ClosedAs,
)
from timethief.domain.errors import Conflict, NotFound
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.i18n import TIME_ZONE
from timethief.services.cases.opening import close_case, open_task_case
from timethief.services.sent_forms import earlier_result, remember
from timethief.services.threads import say
from timethief.storage.tables import AnonymousReport, Case, CaseAnswer, Task
from timethief.storage.turns import take_turn


def tell_writers(
    session: Session, actor: Actor | None, task_id: int, template: str, text: str, now: datetime
) -> None:
    """Tell everybody who wrote about a task, and everybody who asked that it be tried.

    Args:
        session: writing.
        actor: who says it; None for a job.
        task_id: the task.
        template: what kind of answer it is: a code of `AnswerTemplate`.
        text: what is said, in plain words.
        now: time of the act.
    """
    add_answer(session, actor, _case_to_answer(session, task_id, now), template, text, now)


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What those who wrote are to be told."""

    template: AnswerTemplate
    text: str


def answer_case(
    session: Session,
    actor: Actor,
    case_id: int,
    answer: NewAnswer,
    version: int,
    key: str,
    now: datetime,
) -> None:
    """Answer those who wrote. An answer that ends the matter closes the case of a report.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such case.
        Invalid: of `text`: `required` or `too_long`.
        Conflict: reason `changed_meanwhile`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    case = owned_case(session, actor.organisation_id, case_id)
    if earlier_result(session, actor.organisation_id, key) is not None:
        return
    check_version(case, version)
    said = read_text(answer.text, "text", LONGEST_ANSWER, required=True)
    add_answer(session, actor, case, answer.template.value, said, now)
    if answer.template in ENDING and case.report_id is not None:
        close_case(session, case, ClosedAs.ANSWERED, now)
    remember(session, actor.organisation_id, key, str(case.id), now)


def add_answer(
    session: Session, actor: Actor | None, case: Case, template: str, text: str, now: datetime
) -> None:
    """Note the answer, and put it into the threads that the case is about."""
    note_answer(session, actor, case, template, text, now)
    kind = MessageKind.QUESTION if template == AnswerTemplate.QUESTION else MessageKind.ANSWER
    for report in _anonymous_reports(session, case):
        if report.receipt_hash is not None:
            say(session, report, Side.REVIEWER, kind, text)
        if case.report_id is not None:
            report.status = _status(template).value
    session.flush()


def note_answer(
    session: Session, actor: Actor | None, case: Case, template: str, text: str, now: datetime
) -> None:
    """Note that those who wrote have had an answer, which has been given to them already."""
    session.add(
        CaseAnswer(
            organisation_id=case.organisation_id,
            case_id=case.id,
            template=template,
            text=text,
            user_id=None if actor is None else actor.user_id,
            answered_at=now,
        )
    )
    if case.first_answered_on is None:
        case.first_answered_on = now.astimezone(TIME_ZONE).date()
    case.version += 1
    session.flush()


def owned_case(session: Session, organisation_id: int, case_id: int) -> Case:
    """A case of the organisation.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    case = session.get(Case, case_id)
    if case is None or case.organisation_id != organisation_id:
        raise NotFound("case")
    return case


def check_version(case: Case, version: int) -> None:
    """Refuse where somebody else has done something with the case, or it is closed.

    Raises:
        Conflict: reason `changed_meanwhile`.
    """
    if case.version != version or case.state == CaseState.CLOSED:
        raise Conflict("changed_meanwhile")


def _case_to_answer(session: Session, task_id: int, now: datetime) -> Case:
    """The task's open case, else its latest one, else one that is closed at once."""
    found = session.scalars(
        select(Case)
        .where(Case.task_id == task_id)
        .order_by(Case.state == CaseState.CLOSED.value, Case.closed_on.desc(), Case.id)
        .limit(1)
    ).first()
    if found is not None:
        return found
    organisation_id = _organisation_of(session, task_id)
    case = open_task_case(session, organisation_id, task_id, CaseOrigin.QUEUE, now)
    close_case(session, case, ClosedAs.ANSWERED, now)
    return case


def _organisation_of(session: Session, task_id: int) -> int:
    return session.get_one(Task, task_id).organisation_id


def _anonymous_reports(session: Session, case: Case) -> list[AnonymousReport]:
    about = (
        AnonymousReport.id == case.report_id
        if case.report_id is not None
        else AnonymousReport.task_id == case.task_id
    )
    return list(
        session.scalars(
            select(AnonymousReport)
            .where(AnonymousReport.organisation_id == case.organisation_id, about)
            .order_by(AnonymousReport.id)
        )
    )


def _status(template: str) -> IntakeStatus:
    if template == AnswerTemplate.QUESTION:
        return IntakeStatus.ASKED
    ends = template in ENDING or template == AnswerTemplate.SERVICE_DESK
    return IntakeStatus.CLOSED if ends else IntakeStatus.READING
