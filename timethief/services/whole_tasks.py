"""What other systems do with single tasks: add one, and change its figures as a reviewer does.

Whose word it is follows from who asks. What a reviewer sends is the task as it counts, as a row of an import is. What
anybody else sends is a report by one who does the work, as the form for logging makes it: it can be changed and
withdrawn by its writer, counts as the performer's word, and holds nothing that only a reviewer may fill in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.new_tasks import NewTask
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.ranges import Range
from timethief.domain.review import Review
from timethief.domain.tasks import check_yearly_time
from timethief.domain.vocabulary import Source, TaskStatus
from timethief.services import api_requests, reports, reviews
from timethief.services.api_requests import KeyedRequest
from timethief.services.history import EventKind, note
from timethief.services.requesters import find_or_add, requester_of
from timethief.services.requirements import find_or_add_requirement
from timethief.services.staff_categories import category_or_default
from timethief.services.tasks import add_use, settle
from timethief.storage.assumptions import load_assumptions
from timethief.storage.tables import StaffCategory, Task, TaskSignal, Unit
from timethief.storage.turns import take_turn

_MICROSECONDS = 1_000_000


def add(
    session: Session, actor: Actor, given: NewTask, request: KeyedRequest | None, now: datetime
) -> int:
    """Add a task; its identifier. The same request sent again gives the first one's.

    Args:
        session: writing.
        actor: who asks.
        given: all that is told of it.
        request: what the same request is known by; None where it may be carried out again.
        now: time of the request.

    Raises:
        NotAllowed: the actor may not log tasks.
        Invalid, Invalids: it names what does not exist, or says what the actor may not say, or cannot be.
    """
    ensure(actor, Permission.LOG_TASKS)
    take_turn(session, actor.organisation_id)
    earlier = api_requests.earlier_result(session, actor, request)
    if earlier is not None:
        return int(earlier)
    places = _places(session, actor.organisation_id, given)
    if actor.may(Permission.REVIEW_TASKS):
        task_id = _enter(session, actor, given, places, now)
    else:
        task_id = _report(session, actor, given, places, now)
    api_requests.remember(session, actor, request, str(task_id), now)
    return task_id


def change(
    session: Session,
    actor: Actor,
    task_id: int,
    review: Review,
    other_staff_category: str | None,
    version: int,
    now: datetime,
) -> None:
    """Set the figures of a task as the review of its page does.

    Args:
        session: writing.
        actor: a reviewer.
        task_id: the task.
        review: all figures and uses.
        other_staff_category: code of who could do it as well, in place of the review's.
        version: of the task that the caller saw.
        now: time of the change.

    Raises:
        NotAllowed, NotFound, Invalid, Conflict: as `timethief.services.reviews.store`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    other = _category(session, actor.organisation_id, other_staff_category, "other_staff_category")
    figures = replace(review, other_staff_category_id=other)
    reviews.store(session, actor, task_id, figures, version, uuid.uuid4().hex, now)


@dataclass(frozen=True, slots=True)
class _Places:
    """What the words of a task stand for."""

    unit_id: int
    staff_category_id: int | None
    other_staff_category_id: int | None
    requester_id: int


def _places(session: Session, organisation_id: int, given: NewTask) -> _Places:
    other = given.other_staff_category
    return _Places(
        unit_id=_unit(session, organisation_id, given.unit),
        staff_category_id=_category(
            session, organisation_id, given.staff_category, "staff_category"
        ),
        other_staff_category_id=_category(session, organisation_id, other, "other_staff_category"),
        requester_id=_requester(session, organisation_id, given),
    )


def _unit(session: Session, organisation_id: int, text: str) -> int:
    """A unit by its code or identifier."""
    own = Unit.organisation_id == organisation_id
    found = session.scalar(select(Unit.id).where(own, Unit.code == text))
    if found is None:
        try:
            found = session.scalar(select(Unit.id).where(own, Unit.id == from_text(text)))
        except NotFound:
            found = None
    if found is None:
        raise Invalid("unit", "unknown_unit")
    return found


def _category(session: Session, organisation_id: int, code: str | None, field: str) -> int | None:
    if code is None:
        return None
    found = session.scalar(
        select(StaffCategory.id).where(
            StaffCategory.organisation_id == organisation_id, StaffCategory.code == code
        )
    )
    if found is None:
        raise Invalid(field, f"unknown_{field}")
    return found


def _requester(session: Session, organisation_id: int, given: NewTask) -> int:
    if given.requester_id:
        try:
            return requester_of(session, organisation_id, from_text(given.requester_id)).id
        except NotFound as refusal:
            raise Invalid("requester.id", "no_such_thing") from refusal
    if given.requester is None:
        raise Invalid("requester", "required")
    return find_or_add(session, organisation_id, given.requester).id


def _report(session: Session, actor: Actor, given: NewTask, places: _Places, now: datetime) -> int:
    """The task that a report by the actor makes."""
    facts = given.as_report(places.unit_id, places.staff_category_id, places.requester_id)
    sent = reports.submit(session, actor, facts, uuid.uuid4().hex, now)
    if sent.task_id is None:
        message = "a complete report has made no task"
        raise RuntimeError(message)
    return sent.task_id


def _enter(session: Session, actor: Actor, given: NewTask, places: _Places, now: datetime) -> int:
    """The task as a reviewer holds it."""
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    likely = given.minutes.likely if isinstance(given.minutes, Range) else given.minutes
    check_yearly_time(likely, given.frequency, assumptions.policy)
    task = _row(session, actor.organisation_id, given, places, now)
    session.add(task)
    session.flush()
    for position, use in enumerate(given.uses, start=1):
        add_use(session, task, use, position=position, source=Source.REVIEWER, said_on=now.date())
    for signal in sorted(given.signals):
        session.add(
            TaskSignal(task_id=task.id, signal=signal, organisation_id=actor.organisation_id)
        )
    settle(session, task, assumptions, int(now.timestamp() * _MICROSECONDS))
    note(session, actor, task, EventKind.LOGGED, now)
    return task.id


def _row(
    session: Session, organisation_id: int, given: NewTask, places: _Places, now: datetime
) -> Task:
    requirement_id = None
    if given.requirement:
        requirement_id = find_or_add_requirement(
            session,
            organisation_id,
            places.requester_id,
            given.requirement,
            given.binding,
            given.legal_basis,
        )
    task = Task(
        organisation_id=organisation_id,
        unit_id=places.unit_id,
        requester_id=places.requester_id,
        requirement_id=requirement_id,
        staff_category_id=category_or_default(session, organisation_id, places.staff_category_id),
        title=given.title,
        description=given.description,
        hourly_cost_sek=given.hourly_cost_sek,
        status=TaskStatus.REPORTED.value,
        logged_on=now.date(),
        version=0,
    )
    reviews.write_figures(task, _figures(given, places))
    task.other_hourly_cost_sek = given.other_hourly_cost_sek
    return task


def _figures(given: NewTask, places: _Places) -> Review:
    return Review(
        minutes=given.minutes,
        frequency=given.frequency,
        people=given.people,
        binding=given.binding,
        legal_basis=given.legal_basis,
        achievable_minutes=given.achievable_minutes,
        sufficient_frequency=given.sufficient_frequency,
        other_staff_category_id=places.other_staff_category_id,
        duplicate_share=given.duplicate_share,
        automation=given.automation,
        uses=given.uses,
    )
