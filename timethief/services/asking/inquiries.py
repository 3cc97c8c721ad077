"""Asking the one who asks for a task, reminding, taking the question back, and taking the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.contact import read_email
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.inquiries import (
    LONGEST_COMMENT,
    LONGEST_FUNCTION,
    LONGEST_MESSAGE,
    MAILS_A_DAY,
    Answer,
    InquiryState,
    check_deadline,
    last_day,
    reminded_on,
)
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.i18n import TIME_ZONE
from timethief.services import audit
from timethief.services.asking.answers import carry_out
from timethief.services.asking.letters import Desk, send_question, send_reminder, stop_letters
from timethief.services.sent_forms import earlier_numbers, earlier_result, remember
from timethief.services.surroundings import Surroundings
from timethief.services.tasks import owned
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import Inquiry, Organisation, Requirement, Task
from timethief.storage.turns import take_turn

SUBJECT = "inquiry"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewInquiry:
    """A question to be asked, of a task or of a requirement.

    Attributes:
        recipient: e-mail address as written; empty where the link is handed over by hand.
        message: the asker's own words.
    """

    deadline: date
    task_id: int | None = None
    requirement_id: int | None = None
    recipient: str = ""
    message: str = ""


def ask(
    session: Session, actor: Actor, new: NewInquiry, desk: Desk, key: str, now: datetime
) -> int:
    """Ask the requester; the question's identifier.

    Args:
        session: writing.
        actor: a reviewer.
        new: what is asked.
        desk: writes the mail, where any is sent.
        key: of the form; sent again it leads to the same question.
        now: time of the act.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: the task is not of the organisation, or none of its tasks answers the requirement.
        Invalid: of `recipient`, `deadline` or `message`; `already_asked` or `asked_too_often` of the recipient.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    _check_subject(session, actor.organisation_id, new)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return earlier[0]
    today = now.astimezone(TIME_ZONE).date()
    recipient = read_email(new.recipient, "recipient") if new.recipient.strip() else ""
    inquiry = Inquiry(
        organisation_id=actor.organisation_id,
        task_id=new.task_id,
        requirement_id=new.requirement_id,
        user_id=actor.user_id,
        asked_at=now,
        recipient=recipient,
        message=read_text(new.message, "message", LONGEST_MESSAGE),
        deadline=check_deadline(new.deadline, today),
        state=InquiryState.WAITING.value,
    )
    _refuse_doubles(session, inquiry, now)
    session.add(inquiry)
    session.flush()
    send_question(session, desk, inquiry, now)
    audit.record(
        session,
        actor,
        Act.INQUIRY_SENT,
        SUBJECT,
        reference=to_text(inquiry.id),
        after={"due_on": inquiry.deadline},
        now=now,
    )
    remember(session, actor.organisation_id, key, str(inquiry.id), now)
    return inquiry.id


def withdraw(session: Session, actor: Actor, inquiry_id: int, now: datetime) -> None:
    """Take a question back: the link says so from now on, and what waits to be mailed is not.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such question in the organisation.
        Conflict: reason `answered`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    inquiry = _owned(session, actor.organisation_id, inquiry_id)
    if inquiry.state == InquiryState.WITHDRAWN.value:
        return
    if inquiry.state == InquiryState.ANSWERED.value:
        raise Conflict("answered")
    inquiry.state, inquiry.ended_at = InquiryState.WITHDRAWN.value, now
    stop_letters(session, inquiry)
    audit.record(
        session, actor, Act.INQUIRY_WITHDRAWN, SUBJECT, reference=to_text(inquiry.id), now=now
    )


def remind(session: Session, actor: Actor, inquiry_id: int, desk: Desk, now: datetime) -> bool:
    """Mail the question once more, at most once a day; whether it is mailed, not only to be handed over.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such question in the organisation.
        Conflict: reason `answered` or `closed`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    inquiry = _owned(session, actor.organisation_id, inquiry_id)
    today = now.astimezone(TIME_ZONE).date()
    _check_open(inquiry, today)
    mailed = send_reminder(session, desk, inquiry, today, now)
    if mailed:
        inquiry.reminded_at = now
    return mailed


def answer(
    session: Session,
    organisation_id: int,
    inquiry_id: int,
    given: Answer,
    key: str,
    now: datetime,
    *,
    shown_hours: float | None = None,
) -> None:
    """Take a requester's answer, and state it on the tasks that it is about: on the first of them at once.

    Args:
        session: writing.
        organisation_id: as the link says.
        inquiry_id: as the link says.
        given: the answer.
        key: of the form; sent again it changes nothing.
        now: time of the answer.
        shown_hours: what the page said that it takes a year.

    Raises:
        NotFound: there is no such question.
        Invalid: a text that is too long.
        Conflict: reason `answered` where somebody else was first, `closed` where it was taken back or is too old.
    """
    take_turn(session, organisation_id)
    inquiry = _owned(session, organisation_id, inquiry_id)
    if earlier_result(session, organisation_id, key) == str(inquiry.id):
        return
    today = now.astimezone(TIME_ZONE).date()
    _check_open(inquiry, today)
    inquiry.comment = read_text(given.comment, "comment", LONGEST_COMMENT)
    inquiry.answered_by = read_text(given.answered_by, "answered_by", LONGEST_FUNCTION)
    inquiry.used, inquiry.relevant = given.used.value, given.relevant.value
    inquiry.worth = given.worth.value
    inquiry.beneficiary = given.beneficiary.value if given.beneficiary else None
    inquiry.purpose = given.purpose.value if given.purpose else None
    inquiry.shown_hours = shown_hours
    inquiry.state, inquiry.ended_at = InquiryState.ANSWERED.value, now
    stop_letters(session, inquiry)
    carry_out(session, inquiry, now)
    remember(session, organisation_id, key, str(inquiry.id), now)


def remind_requesters(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Mail once more to those whose answer is due soon and has not come; once for each question."""
    desk, database = Desk.of(surroundings.config), surroundings.database
    today = now.astimezone(TIME_ZONE).date()
    if not desk.sends:
        return {}
    with database.reading_all() as session:
        waiting = session.execute(
            select(Inquiry.organisation_id, Inquiry.id, Inquiry.asked_at, Inquiry.deadline)
            .join(Organisation, Organisation.id == Inquiry.organisation_id)
            .where(
                Inquiry.state == InquiryState.WAITING.value,
                Inquiry.recipient != "",
                Inquiry.reminded_at.is_(None),
                Inquiry.deadline >= today,
                Organisation.active.is_(True),
            )
            .order_by(Inquiry.deadline, Inquiry.id)
        ).all()
    count = 0
    for organisation_id, inquiry_id, asked_at, deadline in waiting:
        if reminded_on(asked_at.astimezone(TIME_ZONE).date(), deadline) > today:
            continue
        if surroundings.stopping():
            break
        with database.writing(organisation_id) as session:
            take_turn(session, organisation_id)
            inquiry = session.get(Inquiry, inquiry_id)
            if inquiry is None or inquiry.reminded_at or inquiry.state != InquiryState.WAITING:
                continue
            inquiry.reminded_at = now
            count += send_reminder(session, desk, inquiry, today, now)
    return {"reminded": count} if count else {}


def _owned(session: Session, organisation_id: int, inquiry_id: int) -> Inquiry:
    inquiry = session.get(Inquiry, inquiry_id)
    if inquiry is None or inquiry.organisation_id != organisation_id:
        raise NotFound("inquiry")
    return inquiry


def _check_subject(session: Session, organisation_id: int, new: NewInquiry) -> None:
    if new.task_id is not None:
        owned(session, organisation_id, new.task_id)
        return
    requirement = (
        None if new.requirement_id is None else session.get(Requirement, new.requirement_id)
    )
    answering = select(Task.id).where(
        Task.organisation_id == organisation_id,
        Task.requirement_id == new.requirement_id,
        IS_LIVE,
    )
    if (
        requirement is None
        or requirement.organisation_id not in (None, organisation_id)
        or session.scalars(answering.limit(1)).first() is None
    ):
        raise NotFound("requirement")


def _refuse_doubles(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """Nobody is asked the same thing twice at a time, and no organisation becomes a sender of mass mail."""
    same = select(Inquiry.id).where(
        Inquiry.organisation_id == inquiry.organisation_id,
        Inquiry.state == InquiryState.WAITING.value,
        Inquiry.recipient == inquiry.recipient,
        Inquiry.task_id == inquiry.task_id
        if inquiry.task_id is not None
        else Inquiry.requirement_id == inquiry.requirement_id,
        Inquiry.deadline >= now.astimezone(TIME_ZONE).date(),
    )
    if session.scalars(same.limit(1)).first() is not None:
        raise Invalid("recipient", "already_asked")
    mailed = select(func.count()).where(
        Inquiry.organisation_id == inquiry.organisation_id,
        Inquiry.recipient != "",
        Inquiry.asked_at > now - _DAY,
    )
    if inquiry.recipient and session.scalars(mailed).one() >= MAILS_A_DAY:
        raise Invalid("recipient", "asked_too_often", limit=MAILS_A_DAY)


def _check_open(inquiry: Inquiry, today: date) -> None:
    if inquiry.state == InquiryState.ANSWERED.value:
        raise Conflict("answered")
    if inquiry.state == InquiryState.WITHDRAWN.value or today > last_day(inquiry.deadline):
        raise Conflict("closed")
