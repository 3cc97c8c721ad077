"""Who sees to tasks of the queue: taking them, giving them to a function, and putting that back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.cases import MOST_AT_ONCE, CaseOrigin, CaseState, Route
from timethief.domain.errors import Conflict, Invalid
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.vocabulary import TaskStatus
from timethief.i18n import TIME_ZONE
from timethief.services.cases.functions import function_for_cases
from timethief.services.cases.opening import case_of_task, open_task_case
from timethief.services.cases.placing import Placed, Placement
from timethief.services.history import EventKind, note
from timethief.services.tasks import owned, settle
from timethief.storage.assumptions import load_assumptions
from timethief.storage.tables import Case, ReviewRequest, Task, TaskEvent, User
from timethief.storage.turns import take_turn


class TakenMeanwhile(Conflict):
    """Somebody else has taken the task.

    Attributes:
        task_id: the task.
        name: who has taken it.
        at: when, where that is known.
    """

    def __init__(self, task_id: int, name: str, at: datetime | None) -> None:
        super().__init__("taken_meanwhile")
        self.task_id, self.name, self.at = task_id, name, at


def take(
    session: Session, actor: Actor, task_ids: Sequence[int], now: datetime
) -> tuple[Placed, ...]:
    """Take tasks: from now on the actor sees to them. What is the actor's already is left as it is.

    Returns:
        How their cases stood before, for `restore`.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: one is not of the organisation.
        Invalid: of `tasks`: more than 50 at once.
        TakenMeanwhile: somebody else has one of them; then none is taken.
    """

    def by_actor(case: Case) -> bool:
        if case.user_id == actor.user_id:
            return False
        if case.user_id is not None:
            raise _taken(session, case)
        case.user_id = actor.user_id
        return True

    return _place(session, actor, task_ids, now, EventKind.TAKEN, by_actor)


def give_back(
    session: Session, actor: Actor, task_ids: Sequence[int], now: datetime
) -> tuple[Placed, ...]:
    """Let nobody in person see to the tasks any more; the function still owns them.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: one is not of the organisation.
        Invalid: of `tasks`: more than 50 at once.
    """

    def by_nobody(case: Case) -> bool:
        if case.user_id is None:
            return False
        case.user_id = None
        return True

    return _place(session, actor, task_ids, now, EventKind.ROUTED, by_nobody)


def assign(
    session: Session, actor: Actor, task_ids: Sequence[int], function_id: int, now: datetime
) -> tuple[Placed, ...]:
    """Give tasks to a function; whoever had taken them has them no more.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: one is not of the organisation, or the function is not.
        Invalid: of `tasks`: more than 50 at once; of `function_id`: `function_closed`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    function = function_for_cases(session, actor.organisation_id, function_id)
    today = now.astimezone(TIME_ZONE).date()

    def by_function(case: Case) -> bool:
        if case.function_id == function.id and case.user_id is None and case.unit_id is None:
            return False
        case.function_id, case.user_id, case.unit_id = function.id, None, None
        case.route, case.routed_reason = Route.SUPPORT_FUNCTION.value, ""
        case.routed_on = today
        return True

    return _place(session, actor, task_ids, now, EventKind.ROUTED, by_function)


def restore(session: Session, actor: Actor, before: Iterable[Placed], now: datetime) -> None:
    """Put cases back as they stood before `take`, `give_back` or `assign`.

    Raises:
        NotAllowed: the actor may not review.
        NotFound: a task is not of the organisation.
        Conflict: reason `changed_meanwhile`: somebody has done something with one of them since; then none is.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    for each in before:
        task = owned(session, actor.organisation_id, each.task_id)
        case = session.get(Case, each.case_id)
        if case is None or case.task_id != task.id or case.version != each.version:
            raise Conflict("changed_meanwhile")
        if each.opened and not _has_requests(session, case):
            session.delete(case)
        else:
            each.placement.put_back(case)
            case.version += 1
        session.flush()
        if task.status == TaskStatus.IN_REVIEW and each.status != task.status:
            task.status = each.status
            settle(session, task, assumptions)
        note(session, actor, task, EventKind.ROUTED, now)


def begin_review(session: Session, task: Task, now: datetime) -> None:
    """A task that somebody sees to is in review."""
    if task.status == TaskStatus.REPORTED:
        task.status = TaskStatus.IN_REVIEW.value
        settle(session, task, load_assumptions(session, task.organisation_id, now.date()))


def _place(
    session: Session,
    actor: Actor,
    task_ids: Sequence[int],
    now: datetime,
    kind: EventKind,
    change: Callable[[Case], bool],
) -> tuple[Placed, ...]:
    ensure(actor, Permission.REVIEW_TASKS)
    if len(set(task_ids)) > MOST_AT_ONCE:
        raise Invalid("tasks", "too_many_items", limit=MOST_AT_ONCE)
    take_turn(session, actor.organisation_id)
    placed = []
    for task_id in dict.fromkeys(task_ids):
        task = owned(session, actor.organisation_id, task_id)
        opened = case_of_task(session, task.id) is None
        case = open_task_case(session, actor.organisation_id, task.id, CaseOrigin.QUEUE, now)
        stood, status = Placement.of(case), task.status
        if not change(case):
            continue
        if case.state == CaseState.OPEN:
            begin_review(session, task, now)
        case.version += 1
        session.flush()
        note(session, actor, task, kind, now)
        placed.append(Placed(task.id, case.id, case.version, opened, status, stood))
    return tuple(placed)


def _taken(session: Session, case: Case) -> TakenMeanwhile:
    user = session.get(User, case.user_id)
    at = session.scalars(
        select(TaskEvent.happened_at)
        .where(TaskEvent.task_id == case.task_id, TaskEvent.kind == EventKind.TAKEN.value)
        .order_by(TaskEvent.happened_at.desc())
        .limit(1)
    ).first()
    return TakenMeanwhile(case.task_id or 0, user.name if user else "", at)


def _has_requests(session: Session, case: Case) -> bool:
    query = select(ReviewRequest.id).where(ReviewRequest.case_id == case.id)
    return session.scalars(query.limit(1)).first() is not None
