"""Handing a case on: to whom it belongs, with a reason, and with an answer to those who wrote."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from timethief.domain.anonymity import IntakeStatus
from timethief.domain.cases import (
    FUNCTIONS_OF,
    LONGEST_ANSWER,
    LONGEST_REASON,
    OUTSIDE,
    AnswerTemplate,
    CaseState,
    ClosedAs,
    Route,
    check_due,
    check_route,
    may_undo,
)
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.i18n import TIME_ZONE
from timethief.services.cases.answers import add_answer, check_version, owned_case
from timethief.services.cases.functions import function_for_cases
from timethief.services.cases.handling import begin_review
from timethief.services.cases.opening import case_of_report, case_of_task, close_case
from timethief.services.cases.placing import Placement
from timethief.services.history import EventKind, note
from timethief.services.people import actor_of
from timethief.services.sent_forms import earlier_result, remember
from timethief.storage.tables import AnonymousReport, Case, Report, Task, Unit, User
from timethief.storage.turns import take_turn
from timethief.storage.unit_tree import units_of, with_those_below

_TEMPLATES = {
    Route.LOCAL_FIX: AnswerTemplate.SERVICE_DESK,
    Route.UNIT_MANAGER: AnswerTemplate.UNIT_MANAGER,
    Route.HIGHER_INSTANCE: AnswerTemplate.HIGHER_INSTANCE,
}


@dataclass(frozen=True, slots=True)
class Handing:
    """On which way a case is sent.

    Attributes:
        reason: why it belongs there.
        function_id: who gets it, where the way leads to a function.
        unit_id: whose manager gets it.
        answer: what those who wrote are told; it may be empty where they have had an answer already.
    """

    route: Route
    reason: str
    function_id: int | None = None
    unit_id: int | None = None
    answer: str = ""


def route(
    session: Session,
    actor: Actor,
    case_id: int,
    handing: Handing,
    version: int,
    key: str,
    now: datetime,
) -> None:
    """Hand a case on. What the service desk mends is closed with that; the other ways keep it open.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such case, function or unit in the organisation.
        Invalid: of `route`, `reason`, `function_id`, `unit_id` or `answer`.
        Conflict: reason `changed_meanwhile`: somebody else has done something with it, or it is closed.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    case = owned_case(session, actor.organisation_id, case_id)
    if earlier_result(session, actor.organisation_id, key) is not None:
        return
    check_version(case, version)
    way = check_route(handing.route, is_task=case.task_id is not None)
    reason = read_text(handing.reason, "reason", LONGEST_REASON, required=True)
    ends = way is Route.LOCAL_FIX
    needed = ends or case.first_answered_on is None
    answer = read_text(handing.answer, "answer", LONGEST_ANSWER, required=needed)
    today = now.astimezone(TIME_ZONE).date()
    stood = Placement.of(case)
    _lead(session, case, way, handing)
    case.route, case.routed_reason, case.routed_on = way.value, reason, today
    case.user_id = None
    case.before_routing = stood.to_plain()
    case.state = (CaseState.WAITING if way in OUTSIDE else CaseState.OPEN).value
    case.waits_since = today if way in OUTSIDE else None
    case.version += 1
    if answer:
        template = _TEMPLATES.get(way, AnswerTemplate.HANDED_ON)
        add_answer(session, actor, case, template.value, answer, now)
    _note(session, actor, case, now)
    if ends:
        close_case(session, case, ClosedAs.LOCAL_FIX, now)
    remember(session, actor.organisation_id, key, str(case.id), now)


def take_case(session: Session, actor: Actor, case_id: int, version: int, now: datetime) -> None:
    """See to a case oneself from now on.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such case.
        Conflict: reason `changed_meanwhile`.
    """
    _see_to(session, actor, case_id, actor.user_id, version, now)


def leave_case(session: Session, actor: Actor, case_id: int, version: int, now: datetime) -> None:
    """Let nobody in person see to a case any more; the function still owns it.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such case.
        Conflict: reason `changed_meanwhile`.
    """
    _see_to(session, actor, case_id, None, version, now)


def undo_route(session: Session, actor: Actor, case_id: int, now: datetime) -> None:
    """Take the latest handing on back, within 30 days; what was said to those who wrote stays said.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such case.
        Conflict: reason `too_late`, `nothing_to_undo`, or `changed_meanwhile` where it has been closed in another
            way since, or another case is open.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    case = owned_case(session, actor.organisation_id, case_id)
    if not case.before_routing:
        raise Conflict("nothing_to_undo")
    if not may_undo(case.routed_on, now.astimezone(TIME_ZONE).date()):
        raise Conflict("too_late")
    if case.state == CaseState.CLOSED and (
        case.closed_as != ClosedAs.LOCAL_FIX or _another_is_open(session, case)
    ):
        raise Conflict("changed_meanwhile")
    if case.state == CaseState.CLOSED and case.report_id is not None:
        _wait_again(session, case.report_id)
    Placement.from_plain(case.before_routing).put_back(case)
    case.before_routing, case.closed_as, case.closed_on = None, None, None
    case.version += 1
    session.flush()
    _note(session, actor, case, now)


def set_terms(
    session: Session,
    actor: Actor,
    case_id: int,
    decider_id: int | None,
    due: date,
    version: int,
    now: datetime,
) -> None:
    """Name who decides, and until when those who wrote shall have a first answer.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: there is no such case.
        Invalid: of `decider_id`: `may_not_decide` for that unit; of `answer_due`: a day that is past or far ahead.
        Conflict: reason `changed_meanwhile`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    case = owned_case(session, actor.organisation_id, case_id)
    check_version(case, version)
    if due != case.answer_due:
        case.answer_due = check_due(due, now.astimezone(TIME_ZONE).date())
    if decider_id is not None and decider_id != case.decider_id:
        _check_decider(session, case, decider_id)
    case.decider_id = decider_id
    case.version += 1
    session.flush()


def may_decide_in(session: Session, organisation_id: int, user_id: int, unit_id: int) -> bool:
    """Whether somebody may decide on what a unit does: support, leadership of it, or leadership above it."""
    user = session.get(User, user_id)
    if user is None or user.organisation_id != organisation_id or not user.active:
        return False
    person = actor_of(session, user_id)
    if not person.may(Permission.DECIDE_TASKS):
        return False
    if person.may(Permission.REVIEW_TASKS) or person.unit_id is None:
        return True
    parents = {unit.id: unit.parent_id for unit in units_of(session, organisation_id)}
    return unit_id in with_those_below(parents, person.unit_id)


def _see_to(
    session: Session, actor: Actor, case_id: int, user_id: int | None, version: int, now: datetime
) -> None:
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    case = owned_case(session, actor.organisation_id, case_id)
    if case.user_id == user_id and case.state != CaseState.CLOSED:
        return
    check_version(case, version)
    case.user_id = user_id
    case.version += 1
    session.flush()
    _note(session, actor, case, now, EventKind.ROUTED if user_id is None else EventKind.TAKEN)


def _check_decider(session: Session, case: Case, decider_id: int) -> None:
    task = None if case.task_id is None else session.get(Task, case.task_id)
    if task is None or not may_decide_in(session, case.organisation_id, decider_id, task.unit_id):
        raise Invalid("decider_id", "may_not_decide")


def _lead(session: Session, case: Case, way: Route, handing: Handing) -> None:
    """Let the case belong to whom the way leads to."""
    kind = FUNCTIONS_OF.get(way)
    if kind is not None:
        if handing.function_id is None:
            raise Invalid("function_id", "unanswered")
        function = function_for_cases(session, case.organisation_id, handing.function_id)
        if function.kind != kind:
            raise Invalid("function_id", "not_a_choice")
        case.function_id, case.unit_id = function.id, None
    elif way is Route.UNIT_MANAGER:
        unit_id = handing.unit_id or unit_of(session, case)
        unit = None if unit_id is None else session.get(Unit, unit_id)
        if unit_id is None:
            raise Invalid("unit_id", "unanswered")
        if unit is None or unit.organisation_id != case.organisation_id:
            raise NotFound("unit")
        case.function_id, case.unit_id = None, unit.id


def unit_of(session: Session, case: Case) -> int | None:
    """The unit that the matter belongs to, where it is known."""
    if case.task_id is not None:
        return session.get_one(Task, case.task_id).unit_id
    row = session.get(AnonymousReport, case.report_id) or session.get(Report, case.report_id)
    return None if row is None else row.unit_id


def _another_is_open(session: Session, case: Case) -> bool:
    if case.task_id is not None:
        return case_of_task(session, case.task_id) is not None
    return case.report_id is not None and case_of_report(session, case.report_id) is not None


def _wait_again(session: Session, report_id: uuid.UUID) -> None:
    row = session.get(AnonymousReport, report_id)
    if row is not None and row.status == IntakeStatus.CLOSED:
        row.status = IntakeStatus.READING.value


def _note(
    session: Session,
    actor: Actor,
    case: Case,
    now: datetime,
    kind: EventKind = EventKind.ROUTED,
) -> None:
    if case.task_id is None:
        return
    task = session.get_one(Task, case.task_id)
    begin_review(session, task, now)
    note(session, actor, task, kind, now)
