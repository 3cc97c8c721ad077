"""What requesters have been asked and have answered: for the list of reviewers, and for the page of a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.inquiries import InquiryState, is_late, last_day, mail_key
from timethief.domain.mail import MailKind, MailState
from timethief.domain.people import Actor, Permission
from timethief.i18n import TIME_ZONE
from timethief.storage.tables import Inquiry, OutboxMail, Requester, Requirement, Task, User

PAGE = 50
MOST_OF_A_TASK = 20
LATE = "late"
"""How a question is shown that waits although its day has passed."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered, by its codes."""

    on: date
    used: str
    beneficiary: str | None
    purpose: str | None
    relevant: str
    worth: str
    comment: str
    answered_by: str
    shown_hours: float | None


@dataclass(frozen=True, slots=True)
class InquiryLine:
    """A question as it is shown within the organisation.

    Attributes:
        about: title of the task or of the requirement.
        task_id: of the task; None where it is about a requirement.
        recipient: e-mail address, to reviewers; empty where the link was handed over, and to all others.
        asked_by: the reviewer's name, to reviewers.
        shown_state: `late`, or the state.
        open_until: the last day on which an answer is taken.
        not_delivered: mail to the recipient did not come through.
        tasks: on how many the answer has been stated; `under_way` while more are to come.
    """

    id: str
    about: str
    task_id: str | None
    requester: str
    requester_id: str
    recipient: str
    asked_by: str
    asked_on: date
    deadline: date
    state: str
    shown_state: str
    open_until: date
    is_open: bool
    reminded_on: date | None
    not_delivered: bool
    message: str
    answered: Answered | None
    tasks: int
    under_way: bool


@dataclass(frozen=True, slots=True)
class InquiryList:
    """Some questions, and where the next page begins."""

    lines: tuple[InquiryLine, ...]
    after: str | None


def inquiries_of_task(
    session: Session, actor: Actor, task_id: int, today: date
) -> tuple[InquiryLine, ...]:
    """What the requester was asked of the task or of its requirement, newest first; nothing that was taken back.

    Args:
        session: reading.
        actor: who reads; only a reviewer is told the address.
        task_id: of the organisation, as the caller has made sure.
        today: by which one is late.
    """
    requirement = select(Task.requirement_id).where(Task.id == task_id).scalar_subquery()
    query = _lines(actor.organisation_id).where(
        or_(Inquiry.task_id == task_id, Inquiry.requirement_id == requirement),
        Inquiry.state != InquiryState.WITHDRAWN.value,
    )
    query = query.order_by(Inquiry.asked_at.desc(), Inquiry.id).limit(MOST_OF_A_TASK)
    return _read(session, actor, query, today)


def waiting_for_requirements(session: Session, organisation_id: int) -> Mapping[str, date]:
    """The requirements whose requester has been asked and has not answered, with the deadline."""
    rows = session.execute(
        select(Inquiry.requirement_id, func.max(Inquiry.deadline))
        .where(
            Inquiry.organisation_id == organisation_id,
            Inquiry.state == InquiryState.WAITING.value,
            Inquiry.requirement_id.is_not(None),
        )
        .group_by(Inquiry.requirement_id)
    )
    return {to_text(key): deadline for key, deadline in rows if key is not None}


def inquiry(session: Session, actor: Actor, inquiry_id: int, today: date) -> InquiryLine:
    """One question.

    Raises:
        NotFound: there is no such question in the organisation.
    """
    query = _lines(actor.organisation_id).where(Inquiry.id == inquiry_id)
    found = _read(session, actor, query, today)
    if not found:
        raise NotFound("inquiry")
    return found[0]


def open_inquiries(
    session: Session, actor: Actor, today: date, after: str | None = None
) -> InquiryList:
    """The questions that wait, by their deadline: so those that are late come first.

    Raises:
        Invalid: the cursor cannot be read.
    """
    query = _lines(actor.organisation_id).where(Inquiry.state == InquiryState.WAITING.value)
    if after:
        day, last = _cursor(after)
        query = query.where(tuple_(Inquiry.deadline, Inquiry.id) > tuple_(_day(day), last))
    query = query.order_by(Inquiry.deadline, Inquiry.id)
    lines = _read(session, actor, query.limit(PAGE + 1), today)
    return _page(lines, lambda line: line.deadline.isoformat())


def ended_inquiries(
    session: Session, actor: Actor, today: date, after: str | None = None
) -> InquiryList:
    """The questions that were answered or taken back, newest first.

    Raises:
        Invalid: the cursor cannot be read.
    """
    query = _lines(actor.organisation_id).where(Inquiry.state != InquiryState.WAITING.value)
    if after:
        moment, last = _cursor(after)
        query = query.where(_is_older(_moment(moment), last))
    query = query.order_by(Inquiry.ended_at.desc(), Inquiry.id.desc())
    lines = _read(session, actor, query.limit(PAGE + 1), today)
    ended = _ended(session, lines[PAGE - 1 : PAGE])
    return _page(lines, lambda line: ended[line.id])


def _is_older(moment: datetime, last: int) -> ColumnElement[bool]:
    same = and_(Inquiry.ended_at == moment, Inquiry.id < last)
    return or_(Inquiry.ended_at < moment, same)


def _ended(session: Session, lines: Sequence[InquiryLine]) -> dict[str, str]:
    """When the lines ended, in microseconds."""
    found = {}
    for line in lines:
        at = session.scalar(select(Inquiry.ended_at).where(Inquiry.id == from_text(line.id)))
        found[line.id] = str(round(at.timestamp() * 1_000_000)) if at else "0"
    return found


def _page(lines: Sequence[InquiryLine], place: Any) -> InquiryList:  # noqa: ANN401 - a function of a line
    shown = tuple(lines[:PAGE])
    end = f"{place(shown[-1])}.{shown[-1].id}" if len(lines) > PAGE else None
    return InquiryList(shown, end)


def _cursor(text: str) -> tuple[str, int]:
    place, _, last = text.rpartition(".")
    try:
        return place, from_text(last)
    except NotFound as error:
        raise Invalid("cursor", "unreadable") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("cursor", "unreadable") from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(text) / 1_000_000, TIME_ZONE)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid("cursor", "unreadable") from error


def _lines(organisation_id: int) -> Any:  # noqa: ANN401 - a select of nine columns
    of_task, of_requirement = aliased(Requester), aliased(Requester)
    bounced = (
        select(OutboxMail.id)
        .where(
            OutboxMail.organisation_id == Inquiry.organisation_id,
            OutboxMail.recipient == Inquiry.recipient,
            OutboxMail.kind == MailKind.INQUIRY.value,
            OutboxMail.state == MailState.GIVEN_UP.value,
        )
        .exists()
    )
    return (
        select(
            Inquiry,
            Task.title,
            Requirement.title,
            of_task.id,
            of_task.name,
            of_requirement.id,
            of_requirement.name,
            User.name,
            bounced,
        )
        .outerjoin(Task, Task.id == Inquiry.task_id)
        .outerjoin(of_task, of_task.id == Task.requester_id)
        .outerjoin(Requirement, Requirement.id == Inquiry.requirement_id)
        .outerjoin(of_requirement, of_requirement.id == Requirement.requester_id)
        .outerjoin(User, User.id == Inquiry.user_id)
        .where(Inquiry.organisation_id == organisation_id)
    )


def _read(session: Session, actor: Actor, query: Any, today: date) -> tuple[InquiryLine, ...]:  # noqa: ANN401
    reviews = actor.may(Permission.REVIEW_TASKS)
    rows = session.execute(query).all()
    bounced = _not_delivered(session, [row[0] for row in rows if row[-1]])
    return tuple(_line(row, today, bounced, reviews=reviews) for row in rows)


def _not_delivered(session: Session, rows: Sequence[Inquiry]) -> set[int]:
    """Those of whose own mail none came through: the same address may have got others."""
    found = set()
    for row in rows:
        states = session.scalars(
            select(OutboxMail.state).where(
                OutboxMail.organisation_id == row.organisation_id,
                OutboxMail.recipient == row.recipient,
                OutboxMail.kind == MailKind.INQUIRY.value,
                OutboxMail.key.startswith(mail_key(row.id)),
            )
        ).all()
        if MailState.GIVEN_UP.value in states and MailState.SENT.value not in states:
            found.add(row.id)
    return found


def _line(row: Any, today: date, bounced: set[int], *, reviews: bool) -> InquiryLine:  # noqa: ANN401 - a row
    asked, task_title, title, by_task_id, by_task, by_requirement_id, by_requirement, who, _ = row
    state = InquiryState(asked.state)
    late = is_late(state, asked.deadline, today)
    until = last_day(asked.deadline)
    return InquiryLine(
        id=to_text(asked.id),
        about=task_title or title,
        task_id=None if asked.task_id is None else to_text(asked.task_id),
        requester=by_task or by_requirement,
        requester_id=to_text(by_task_id or by_requirement_id),
        recipient=asked.recipient if reviews else "",
        asked_by=(who or "") if reviews else "",
        asked_on=_local(asked.asked_at),
        deadline=asked.deadline,
        state=state.value,
        shown_state=LATE if late else state.value,
        open_until=until,
        is_open=state is InquiryState.WAITING and today <= until,
        reminded_on=None if asked.reminded_at is None else _local(asked.reminded_at),
        not_delivered=state is InquiryState.WAITING and asked.id in bounced,
        message=asked.message if reviews else "",
        answered=answered_in(asked) if state is InquiryState.ANSWERED else None,
        tasks=asked.carried_tasks,
        under_way=state is InquiryState.ANSWERED and asked.carried_out_at is None,
    )


def answered_in(asked: Inquiry) -> Answered:
    """What was answered to a question that has been."""
    return Answered(
        on=_local(asked.ended_at or asked.asked_at),
        used=asked.used or "",
        beneficiary=asked.beneficiary,
        purpose=asked.purpose,
        relevant=asked.relevant or "",
        worth=asked.worth or "",
        comment=asked.comment,
        answered_by=asked.answered_by,
        shown_hours=asked.shown_hours,
    )


def _local(moment: datetime) -> date:
    return moment.astimezone(TIME_ZONE).date()
