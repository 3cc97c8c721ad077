"""What reviewers do with reports that wait: answer, complete what is missing, make a task or join one."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.anonymity import (
    LONGEST_MESSAGE,
    SETTABLE,
    IntakeStatus,
    MessageKind,
    Side,
)
from timethief.domain.cases import ClosedAs
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.intake import ReportFacts, RequesterName, UseAnswer
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.services import sent_forms
from timethief.services.cases.reports import follow_answer, report_was_used
from timethief.services.history import EventKind, note
from timethief.services.reports import write_facts
from timethief.services.requesters import find_or_add
from timethief.services.tasks import add_task, join, owned_or_kept, refigure
from timethief.services.threads import say
from timethief.storage.assumptions import load_assumptions
from timethief.storage.tables import AnonymousReport, Report, Task
from timethief.storage.turns import take_turn


def released(session: Session, organisation_id: int, report_id: uuid.UUID) -> AnonymousReport:
    """An anonymous report that reviewers may see.

    Raises:
        NotFound: there is none, it is another organisation's, or no batch has shown it yet.
    """
    row = session.get(AnonymousReport, report_id)
    if row is None or row.organisation_id != organisation_id or row.released_week is None:
        raise NotFound("report")
    return row


def answer(
    session: Session,
    actor: Actor,
    report_id: uuid.UUID,
    text: str,
    status: IntakeStatus,
    key: str,
    now: datetime,
) -> None:
    """Say something to the writer, who sees it from the next batch on, and say how far it has come.

    Without a text only the status is set.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such report.
        Invalid: the text is too long; a question without a text; a status that follows from a task; an end
            without a word to a writer who can read it.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    row = released(session, actor.organisation_id, report_id)
    if status not in SETTABLE and not (status is IntakeStatus.USED and row.task_id is not None):
        raise Invalid("status", "not_a_choice")
    said = read_text(text, "text", LONGEST_MESSAGE, required=status is IntakeStatus.ASKED)
    if sent_forms.earlier_result(session, actor.organisation_id, key) is not None:
        return
    follow_answer(session, actor, row, status, said, now)
    if said:
        kind = MessageKind.QUESTION if status is IntakeStatus.ASKED else MessageKind.ANSWER
        say(session, row, Side.REVIEWER, kind, said)
    row.status = status.value
    sent_forms.remember(session, actor.organisation_id, key, str(row.id), now)


def make_task(
    session: Session,
    actor: Actor,
    report_id: uuid.UUID,
    facts: ReportFacts,
    key: str,
    now: datetime,
) -> int:
    """Make a task of a report that waits, with what a reviewer has added to it.

    Args:
        session: writing.
        actor: a reviewer.
        report_id: an anonymous report, or an incomplete one of somebody who was logged in.
        facts: all that is known now.
        key: of the form; sent again it gives the same task.
        now: time of the act.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such report, or unit, requester or category are not of the organisation.
        Invalid: something is still missing, or it would take more than all hours of a year.
        Conflict: reason `changed_meanwhile`: it is a task already, or has been withdrawn.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    earlier = sent_forms.earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return owned_or_kept(session, actor.organisation_id, earlier[0]).id
    for missing in facts.missing():
        raise Invalid(missing, "required")
    row, report = _waiting(session, actor, report_id, now)
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    write_facts(session, report, facts, assumptions)
    session.add(report)
    session.flush()
    task = add_task(session, report, assumptions, now)
    kind = EventKind.COMPLETED if row is None else EventKind.FROM_ANONYMOUS
    note(session, actor, task, kind, now)
    _use(row, task)
    report_was_used(session, actor, report_id, ClosedAs.MADE_TASK, now)
    sent_forms.remember(session, actor.organisation_id, key, str(task.id), now)
    return task.id


def join_task(
    session: Session, actor: Actor, report_id: uuid.UUID, task_id: int, now: datetime
) -> int:
    """Let a report that waits be one more of a task that is there.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such report or task.
        Conflict: reason `changed_meanwhile`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    task = owned_or_kept(session, actor.organisation_id, task_id)
    row, report = _waiting(session, actor, report_id, now)
    if row is not None:
        _copy(session, row, report)
    session.add(report)
    session.flush()
    join(session, task, report)
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    refigure(session, task, assumptions)
    note(session, actor, task, EventKind.JOINED, now)
    _use(row, task)
    report_was_used(session, actor, report_id, ClosedAs.MERGED, now)
    return task.id


def _waiting(
    session: Session, actor: Actor, report_id: uuid.UUID, now: datetime
) -> tuple[AnonymousReport | None, Report]:
    """The report that waits; of an anonymous one, the one that stands for it in the inventory, of today."""
    report = session.get(Report, report_id)
    if report is not None and report.organisation_id != actor.organisation_id:
        raise NotFound("report")
    if report is not None and report.user_id is not None:
        if report.task_id is not None or report.withdrawn:
            raise Conflict("changed_meanwhile")
        return None, report
    row = released(session, actor.organisation_id, report_id)
    if row.task_id is not None:
        raise Conflict("changed_meanwhile")
    made = report or Report(
        id=row.id, organisation_id=row.organisation_id, user_id=None, withdrawn=False
    )
    made.sent_on = now.date()
    return row, made


def _use(row: AnonymousReport | None, task: Task) -> None:
    if row is not None:
        row.task_id, row.status = task.id, IntakeStatus.USED.value


def _copy(session: Session, row: AnonymousReport, report: Report) -> None:
    """The report as it was written, without what a reviewer might have added."""
    for name in (
        *("title", "description", "minutes", "times", "per", "people", "people_low", "people_high"),
        *("unit_id", "staff_category_id", "requester_id", "worth_share", "achievable_minutes"),
        "signals",
    ):
        setattr(report, name, getattr(row, name))
    report.use_answer = UseAnswer(row.use_answer).value
    if row.requester_name:
        named = find_or_add(session, row.organisation_id, RequesterName(row.requester_name))
        report.requester_id = named.id
