"""What the one who is asked is shown: what is asked for, what it takes a year, and nothing about persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.inquiries import InquiryState, last_day, may_tell_all
from timethief.domain.measures import PER_SEK, Measures
from timethief.domain.ranges import Range
from timethief.queries.inquiries import Answered, answered_in
from timethief.queries.totals import Figures, Scope, grouped, hours_range
from timethief.storage.assumptions import policy_in_force
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import (
    AssessmentRow,
    Inquiry,
    Organisation,
    Requester,
    Requirement,
    Task,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is asked about, as the requester sees it.

    Attributes:
        title: of the task or of the requirement.
        is_requirement: whether it is about all tasks that answer one requirement.
        requirement: what the task answers, if that is known.
        hours: that it takes a year.
        tasks: how many, where it is about a requirement.
        whole: all that the requester asks for; None where that would be about single tasks.
    """

    organisation: str
    requester: str
    requester_id: str
    title: str
    is_requirement: bool
    requirement: str | None
    hours: Range
    sek: float
    tasks: int
    whole: Figures | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as its link opens it.

    Attributes:
        organisation: who asks.
        client_word: what it calls those it is there for.
        shown: what is asked about; None where the link opens nothing any more.
        answered: what has been answered, if it has.
    """

    id: str
    organisation: str
    language: str
    client_word: str
    message: str
    deadline: date
    is_late: bool
    shown: Shown | None
    answered: Answered | None


def shown_of_task(session: Session, organisation_id: int, task_id: int) -> Shown:
    """What the requester of a task would be shown.

    Raises:
        NotFound: there is none in the organisation.
    """
    found = session.execute(
        select(Task, Requester, AssessmentRow)
        .join(Requester, Requester.id == Task.requester_id)
        .join(AssessmentRow, AssessmentRow.task_id == Task.id)
        .where(Task.id == task_id, Task.organisation_id == organisation_id)
    ).one_or_none()
    if found is None:
        raise NotFound("task")
    task, requester, row = found
    requirement = (
        None if task.requirement_id is None else session.get(Requirement, task.requirement_id)
    )
    return Shown(
        organisation=_organisation(session, organisation_id).name,
        requester=requester.name,
        requester_id=to_text(requester.id),
        title=task.title,
        is_requirement=False,
        requirement=requirement.title if requirement else None,
        hours=hours_range(row.cost_low, row.cost_likely, row.cost_high),
        sek=row.cost_ore / PER_SEK,
        tasks=1,
        whole=_whole(session, organisation_id, requester.id),
    )


def shown_of_requirement(session: Session, organisation_id: int, requirement_id: int) -> Shown:
    """What the requester of a requirement would be shown.

    Raises:
        NotFound: no task of the organisation answers it.
    """
    requirement = session.get(Requirement, requirement_id)
    measures = grouped(session, Scope(organisation_id), "requirement").get(str(requirement_id))
    if (
        requirement is None
        or requirement.organisation_id not in (None, organisation_id)
        or measures is None
    ):
        raise NotFound("requirement")
    requester = session.get_one(Requester, requirement.requester_id)
    return Shown(
        organisation=_organisation(session, organisation_id).name,
        requester=requester.name,
        requester_id=to_text(requester.id),
        title=requirement.title,
        is_requirement=True,
        requirement=None,
        hours=hours_range(measures.cost_low, measures.cost_likely, measures.cost_high),
        sek=measures.cost_ore / PER_SEK,
        tasks=measures.tasks,
        whole=_whole(session, organisation_id, requester.id),
    )


def asked(session: Session, organisation_id: int, inquiry_id: int, today: date) -> Asked:
    """The question behind a link.

    Raises:
        NotFound: there is no such question, or the organisation is closed.
    """
    row = session.get(Inquiry, inquiry_id)
    organisation = session.get(Organisation, organisation_id)
    if (
        row is None
        or row.organisation_id != organisation_id
        or organisation is None
        or not organisation.active
    ):
        raise NotFound("inquiry")
    state = InquiryState(row.state)
    answered = answered_in(row) if state is InquiryState.ANSWERED else None
    takes_answer = state is InquiryState.WAITING and today <= last_day(row.deadline)
    return Asked(
        id=to_text(row.id),
        organisation=organisation.name,
        language=organisation.language,
        client_word=organisation.client_word,
        message=row.message,
        deadline=row.deadline,
        is_late=today > row.deadline,
        shown=_shown(session, row) if answered or takes_answer else None,
        answered=answered,
    )


def _shown(session: Session, row: Inquiry) -> Shown | None:
    """None where nothing is left that the question is about."""
    try:
        if row.task_id is not None:
            return shown_of_task(session, row.organisation_id, row.task_id)
        return shown_of_requirement(session, row.organisation_id, row.requirement_id or 0)
    except NotFound:
        return None


def _organisation(session: Session, organisation_id: int) -> Organisation:
    return session.get_one(Organisation, organisation_id)


def _whole(session: Session, organisation_id: int, requester_id: int) -> Figures | None:
    units = select(func.count(Task.unit_id.distinct())).where(
        Task.organisation_id == organisation_id, Task.requester_id == requester_id, IS_LIVE
    )
    measures = grouped(session, Scope(organisation_id), "requester").get(
        str(requester_id), Measures()
    )
    if not may_tell_all(measures.tasks, session.scalars(units).one()):
        return None
    return Figures.of(measures, policy_in_force(session, organisation_id).fte_hours)
