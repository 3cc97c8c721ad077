"""What people do who are not known: send a report, add to it, withdraw it.

Nothing here takes an actor, a time of day or an address. What is stored stands in
`timethief.storage.tables.anonymous`, and waits unseen for the next batch (`timethief.services.anonymous.release`).
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import (
    LONGEST_MESSAGE,
    MOST_MESSAGES,
    SMALLEST_CATEGORY,
    IntakeStatus,
    MessageKind,
    ReportingMode,
    Side,
    unit_to_keep,
)
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.intake import ReportFacts
from timethief.domain.ranges import Range
from timethief.domain.receipts import holds_receipt
from timethief.domain.small_units import UnitSize
from timethief.domain.tasks import check_yearly_time, read_text
from timethief.domain.vocabulary import Source, TaskStatus
from timethief.services.cases.opening import forget_cases_of_report
from timethief.services.emptied_tasks import leave_merged, remove_if_empty
from timethief.services.following_up.returns import forget_signs
from timethief.services.requesters import find, requester_of
from timethief.services.staff_categories import owned_category
from timethief.services.tasks import refigure, reports_of, settle
from timethief.services.threads import say
from timethief.storage.assumptions import Assumptions, load_assumptions, policy_in_force
from timethief.storage.tables import (
    AnonymousForm,
    AnonymousMessage,
    AnonymousReport,
    Organisation,
    Report,
    Task,
    Unit,
    User,
)
from timethief.storage.turns import take_turn
from timethief.storage.unit_tree import with_those_below


def send(
    session: Session,
    organisation_id: int,
    facts: ReportFacts,
    key: str,
    receipt_hash: str | None,
) -> bool:
    """Store a report until the next batch; False where the same form was sent before.

    Args:
        session: writing.
        organisation_id: whose form it is.
        facts: as much as the person knows.
        key: of the form.
        receipt_hash: of the code that opens the thread; None where none was wanted.

    Raises:
        NotFound: the organisation takes no such reports, or unit, requester or staff category are not its own.
        Invalid: it would take a person more than all hours of a year, or a text holds a receipt.
    """
    take_turn(session, organisation_id)
    organisation = session.get_one(Organisation, organisation_id)
    if organisation.reporting_mode == ReportingMode.OPEN.value:
        raise NotFound("reporting_code")
    _refuse_receipts(facts)
    if not _is_new(session, organisation_id, key):
        return False
    if facts.minutes is not None and facts.frequency is not None:
        policy = policy_in_force(session, organisation_id)
        check_yearly_time(facts.minutes, facts.frequency, policy)
    session.add(_row(session, organisation_id, facts, receipt_hash))
    return True


def add(session: Session, organisation_id: int, report_id: uuid.UUID, text: str, key: str) -> bool:
    """Add to one's own report; False where the same form was sent before.

    Raises:
        NotFound: the report is withdrawn.
        Invalid: no text, too long, a receipt in it, or the thread is full.
    """
    take_turn(session, organisation_id)
    report = session.get(AnonymousReport, report_id)
    if report is None or report.organisation_id != organisation_id:
        raise NotFound("report")
    said = read_text(text, "text", LONGEST_MESSAGE, required=True)
    if holds_receipt(said):
        raise Invalid("text", "holds_receipt")
    if not _is_new(session, organisation_id, key):
        return False
    if _number_of_messages(session, report_id, Side.WRITER) >= MOST_MESSAGES:
        raise Invalid("text", "too_many_messages")
    say(session, report, Side.WRITER, MessageKind.ADDITION, said)
    return True


def withdraw(session: Session, organisation_id: int, report_id: uuid.UUID, today: date) -> bool:
    """Take one's own report back: its text goes at once, and so does a task that nobody else has reported or
    decided on. Of a decided task the report is marked as withdrawn, and its text goes.

    No history line is written: it would tell when. Whoever calls scrubs the database afterwards.

    Returns:
        Whether a task was changed.

    Raises:
        NotFound: it is withdrawn already.
    """  # noqa: D205 - two sentences
    take_turn(session, organisation_id)
    row = session.get(AnonymousReport, report_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("report")
    task = None if row.task_id is None else session.get(Task, row.task_id)
    for message in session.scalars(
        select(AnonymousMessage).where(AnonymousMessage.report_id == report_id)
    ):
        session.delete(message)
    session.flush()
    session.delete(row)
    forget_cases_of_report(session, report_id)
    forget_signs(session, report_id)
    if task is None:
        return False
    report = session.get(Report, report_id)
    if report is not None:
        report.withdrawn = True
        report.title, report.description = "", ""
    session.flush()
    assumptions = load_assumptions(session, organisation_id, today)
    leave_merged(session, task, report_id, assumptions)
    _leave_task(session, task, assumptions)
    return True


def _leave_task(session: Session, task: Task, assumptions: Assumptions) -> None:
    if task.status not in (TaskStatus.REPORTED.value, TaskStatus.IN_REVIEW.value):
        refigure(session, task, assumptions)
        return
    left = reports_of(session, task)
    if not left:
        task.figures_by, task.status = Source.PERFORMER.value, TaskStatus.REPORTED.value
    if remove_if_empty(session, task, assumptions):
        return
    if left and task.figures_by != Source.PERFORMER.value:
        task.title, task.description = left[0].title, left[0].description
        settle(session, task, assumptions)
    refigure(session, task, assumptions)


def _is_new(session: Session, organisation_id: int, key: str) -> bool:
    if session.get(AnonymousForm, (organisation_id, key)) is not None:
        return False
    session.add(AnonymousForm(organisation_id=organisation_id, key=key))
    return True


def _number_of_messages(session: Session, report_id: uuid.UUID, side: Side) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(AnonymousMessage)
            .where(AnonymousMessage.report_id == report_id, AnonymousMessage.side == side.value)
        )
        or 0
    )


def _refuse_receipts(facts: ReportFacts) -> None:
    texts = {
        "title": facts.title,
        "description": facts.description,
        "requester": facts.requester.name if facts.requester else "",
    }
    for field, text in texts.items():
        if holds_receipt(text):
            raise Invalid(field, "holds_receipt")


def _row(
    session: Session, organisation_id: int, facts: ReportFacts, receipt_hash: str | None
) -> AnonymousReport:
    unit_id = _unit(session, organisation_id, facts.unit_id)
    people = facts.people
    row = AnonymousReport(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        title=facts.title,
        description=facts.description,
        minutes=facts.minutes,
        times=facts.frequency.times if facts.frequency else None,
        per=facts.frequency.per.value if facts.frequency else None,
        people=int(people.likely) if isinstance(people, Range) else people,
        people_low=int(people.low) if isinstance(people, Range) else None,
        people_high=int(people.high) if isinstance(people, Range) else None,
        unit_id=unit_id,
        staff_category_id=_category(session, organisation_id, facts.staff_category_id, unit_id),
        use_answer=facts.use.value,
        worth_share=facts.worth_share,
        achievable_minutes=facts.achievable_minutes,
        signals=" ".join(sorted(facts.signals)),
        receipt_hash=receipt_hash,
        cluster_id=uuid.uuid4(),
        status=IntakeStatus.RECEIVED.value,
        shown_status=IntakeStatus.RECEIVED.value,
    )
    if facts.requester_id is not None:
        row.requester_id = requester_of(session, organisation_id, facts.requester_id).id
    elif facts.requester is not None:
        # A new requester would stand in the lists at once, and tell when it came and what of.
        known = find(session, organisation_id, facts.requester)
        row.requester_id = known.id if known else None
        row.requester_name = "" if known else facts.requester.name
    return row


def _unit(session: Session, organisation_id: int, unit_id: int | None) -> int | None:
    if unit_id is None:
        return None
    units = {
        each: UnitSize(parent_id, headcount)
        for each, parent_id, headcount in session.execute(
            select(Unit.id, Unit.parent_id, Unit.headcount).where(
                Unit.organisation_id == organisation_id
            )
        )
    }
    if unit_id not in units:
        raise NotFound("unit")
    return unit_to_keep(units, unit_id)


def _category(
    session: Session, organisation_id: int, category_id: int | None, unit_id: int | None
) -> int | None:
    """The category, where the unit, or the organisation without one, is known to have enough people of it.

    All that is known are those who have accounts, so it is left out more often than it would have to be.
    """
    if category_id is None:
        return None
    category = owned_category(session, organisation_id, category_id)
    query = (
        select(func.count())
        .select_from(User)
        .where(
            User.organisation_id == organisation_id,
            User.staff_category_id == category.id,
            User.active.is_(True),
        )
    )
    if unit_id is not None:
        rows = session.execute(
            select(Unit.id, Unit.parent_id).where(Unit.organisation_id == organisation_id)
        )
        parents = {each: parent_id for each, parent_id in rows}  # noqa: C416 - as in the assumptions
        query = query.where(User.unit_id.in_(with_those_below(parents, unit_id)))
    return category.id if (session.scalar(query) or 0) >= SMALLEST_CATEGORY else None
