"""Asking that a task be tried ("begär prövning"): any employee may, and gets a day by which there is an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.cases import LONGEST_REASON, CaseOrigin, CaseState, ClosedAs, may_undo
from timethief.domain.errors import Conflict, NotFound
from timethief.domain.identifiers import new_identifier
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.i18n import TIME_ZONE
from timethief.services.cases.opening import close_case, open_task_case
from timethief.services.history import EventKind, note
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.services.tasks import owned
from timethief.storage.tables import Case, ReviewRequest
from timethief.storage.turns import take_turn


def ask_review(
    session: Session, actor: Actor, task_id: int, reason: str, key: str, now: datetime
) -> int:
    """Ask that a task be tried; the request's identifier. Who has asked already gets the first request back.

    Raises:
        NotAllowed: the actor may not log tasks.
        NotFound: the task is not of the organisation.
        Invalid: of `reason`: `required` or `too_long`.
        Conflict: reason `merged`: the task is a part of another now.
    """
    ensure(actor, Permission.LOG_TASKS)
    take_turn(session, actor.organisation_id)
    task = owned(session, actor.organisation_id, task_id)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return own_request(session, actor, earlier[0]).id
    if task.merged_into_id is not None:
        raise Conflict("merged")
    said = read_text(reason, "reason", LONGEST_REASON, required=True)
    case = open_task_case(session, actor.organisation_id, task.id, CaseOrigin.REVIEW_REQUEST, now)
    request = _standing(session, actor, case)
    if request is None:
        request = ReviewRequest(
            id=new_identifier(),
            organisation_id=actor.organisation_id,
            task_id=task.id,
            case_id=case.id,
            user_id=actor.user_id,
            reason=said,
            asked_on=now.astimezone(TIME_ZONE).date(),
            withdrawn=False,
        )
        session.add(request)
        _becomes_asked_for(case)
        case.version += 1
        note(session, actor, task, EventKind.REVIEW_REQUESTED, now)
    session.flush()
    remember(session, actor.organisation_id, key, str(request.id), now)
    return request.id


def withdraw_request(session: Session, actor: Actor, request_id: int, now: datetime) -> None:
    """Take one's own request back. A case that nobody else wants and nobody has seen to is closed with it.

    Raises:
        NotAllowed: the actor may not log tasks.
        NotFound: it is not the actor's request.
    """
    take_turn(session, actor.organisation_id)
    request = own_request(session, actor, request_id)
    if request.withdrawn:
        return
    request.withdrawn = True
    case = session.get_one(Case, request.case_id)
    case.version += 1
    session.flush()
    untouched = case.user_id is None and case.route is None and case.first_answered_on is None
    asked_for = case.origin == CaseOrigin.REVIEW_REQUEST
    if untouched and asked_for and not _is_wanted(session, case):
        close_case(session, case, ClosedAs.WITHDRAWN, now)


def ask_again(session: Session, actor: Actor, request_id: int, now: datetime) -> None:
    """Undo that one's own request was taken back, within 30 days.

    Raises:
        NotAllowed: the actor may not log tasks.
        NotFound: it is not the actor's request.
        Conflict: reason `too_late`.
    """
    take_turn(session, actor.organisation_id)
    request = own_request(session, actor, request_id)
    if not request.withdrawn:
        return
    case = session.get_one(Case, request.case_id)
    if not may_undo(case.closed_on or request.asked_on, now.astimezone(TIME_ZONE).date()):
        raise Conflict("too_late")
    if case.state == CaseState.CLOSED:
        case = open_task_case(
            session, actor.organisation_id, request.task_id, CaseOrigin.REVIEW_REQUEST, now
        )
        request.case_id = case.id
    request.withdrawn = False
    case.version += 1
    session.flush()


def own_request(session: Session, actor: Actor, request_id: int) -> ReviewRequest:
    """The actor's own request.

    Raises:
        NotAllowed: the actor may not log tasks.
        NotFound: there is none, or it is somebody else's.
    """
    ensure(actor, Permission.LOG_TASKS)
    request = session.get(ReviewRequest, request_id)
    if (
        request is None
        or request.organisation_id != actor.organisation_id
        or request.user_id != actor.user_id
    ):
        raise NotFound("request")
    return request


def _becomes_asked_for(case: Case) -> None:
    """A task that lay in the queue is now waited for by somebody, who has a day promised."""
    if case.origin == CaseOrigin.QUEUE and case.user_id is None:
        case.origin = CaseOrigin.REVIEW_REQUEST.value


def _standing(session: Session, actor: Actor, case: Case) -> ReviewRequest | None:
    return session.scalars(
        select(ReviewRequest).where(
            ReviewRequest.case_id == case.id,
            ReviewRequest.user_id == actor.user_id,
            ReviewRequest.withdrawn.is_(False),
        )
    ).first()


def _is_wanted(session: Session, case: Case) -> bool:
    query = select(ReviewRequest.id).where(
        ReviewRequest.case_id == case.id, ReviewRequest.withdrawn.is_(False)
    )
    return session.scalars(query.limit(1)).first() is not None
