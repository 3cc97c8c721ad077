"""Deciding what becomes of a task: of one, or of some at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.decisions import (
    IN_BULK,
    IN_FORCE_STATES,
    MOST_AT_ONCE,
    WAITING,
    DecisionState,
    NewDecision,
    Outcome,
    StepState,
    closed_outcome,
    number_after,
    trial_ends_on,
)
from timethief.domain.errors import Conflict, Invalid
from timethief.domain.identifiers import new_identifier
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.vocabulary import TaskStatus
from timethief.i18n import TIME_ZONE
from timethief.services import api_requests
from timethief.services.api_requests import KeyedRequest
from timethief.services.cases.opening import case_of_task
from timethief.services.decisions.baselines import Baseline, baseline_of
from timethief.services.decisions.cases_of import follow_decision
from timethief.services.decisions.following import (
    carry_out,
    followed_by,
    refuse_requirement,
    take_back_carrying_out,
)
from timethief.services.decisions.rights import ensure_may_decide
from timethief.services.decisions.telling import tell
from timethief.services.decisions.undoing import undo, undo_batch
from timethief.services.following_up.planning import cancel, plan
from timethief.services.history import EventKind, note
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.services.tasks import owned, settle
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.tables import Decision, EscalationStep, Task
from timethief.storage.turns import take_turn

__all__ = [
    "NewDecision",
    "carry_out",
    "decide",
    "decide_by_program",
    "decide_many",
    "take_back_carrying_out",
    "undo",
    "undo_batch",
]


def decide(  # noqa: PLR0913, PLR0917 - what is decided, and what of it the decider saw
    session: Session,
    actor: Actor,
    task_id: int,
    new: NewDecision,
    seen: int | None,
    version: int,
    key: str,
    now: datetime,
) -> int:
    """Decide what becomes of a task; the decision's identifier. What was decided before is replaced.

    Args:
        session: writing.
        actor: who decides.
        task_id: of what.
        new: the decision.
        seen: the decision in force that the actor saw; None for none.
        version: of the task that the actor saw.
        key: of the form; sent again it leads to the same decision.
        now: time of the decision.

    Raises:
        NotAllowed: the actor may not decide, or not of this unit's tasks.
        NotFound: the task is not of the organisation, or has been merged.
        Invalid, Invalids: what was decided does not go together, or is closed for this task.
        Conflict: `decided_meanwhile`, `changed_meanwhile`, `stopped_task` or `form_of_another`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return earlier[0]
    task = owned(session, actor.organisation_id, task_id)
    decision = _decide_seen(session, actor, task, new, seen, now, version)
    remember(session, actor.organisation_id, key, str(decision.id), now)
    return decision.id


def decide_by_program(
    session: Session,
    actor: Actor,
    task_id: int,
    new: NewDecision,
    seen: int | None,
    request: KeyedRequest | None,
    now: datetime,
) -> int:
    """Decide as `decide`, for a program, which knows no version of the task and may bring a key of its own.

    Raises:
        NotAllowed, NotFound, Invalid, Invalids, Conflict: as `decide`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    earlier = api_requests.earlier_result(session, actor, request)
    if earlier is not None:
        return int(earlier)
    task = owned(session, actor.organisation_id, task_id)
    decision = _decide_seen(session, actor, task, new, seen, now)
    api_requests.remember(session, actor, request, str(decision.id), now)
    return decision.id


def _decide_seen(
    session: Session,
    actor: Actor,
    task: Task,
    new: NewDecision,
    seen: int | None,
    now: datetime,
    version: int | None = None,
) -> Decision:
    """Decide, unless somebody else has done something with the task since the decider saw it."""
    assumptions = load_assumptions(session, actor.organisation_id, _day(now))
    ensure_may_decide(actor, task, assumptions)
    standing = standing_decision(session, task.id)
    if (None if standing is None else standing.id) != seen:
        raise Conflict("decided_meanwhile")
    if version is not None and task.version != version:
        raise Conflict("changed_meanwhile")
    return _decide(session, actor, task, new.tidied(), standing, assumptions, now)


def decide_many(
    session: Session,
    actor: Actor,
    task_ids: Sequence[int],
    outcome: Outcome,
    reason: str,
    key: str,
    now: datetime,
) -> int:
    """Decide the same of some tasks: of all of them, or of none; what names the decisions together.

    Args:
        session: writing.
        actor: who decides.
        task_ids: of what; at most `MOST_AT_ONCE`.
        outcome: one that takes no more than a reason.
        reason: the same for all.
        key: of the form; sent again it leads to the same decisions.
        now: time of the decision.

    Raises:
        NotAllowed, NotFound, Invalid, Invalids: as `decide`; `too_many_items` or `required` of `tasks`.
        Conflict: `decided_meanwhile` where somebody has decided of one of them, or as `decide`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return earlier[0]
    if not task_ids:
        raise Invalid("tasks", "required")
    if len(task_ids) > MOST_AT_ONCE:
        raise Invalid("tasks", "too_many_items", limit=MOST_AT_ONCE)
    if outcome not in IN_BULK:
        raise Invalid("outcome", "not_a_choice")
    new, batch_id = NewDecision(outcome, reason).tidied(), new_identifier()
    assumptions = load_assumptions(session, actor.organisation_id, _day(now))
    for task_id in dict.fromkeys(task_ids):
        task = owned(session, actor.organisation_id, task_id)
        ensure_may_decide(actor, task, assumptions)
        standing = standing_decision(session, task.id)
        if standing is not None and Outcome(standing.outcome) not in WAITING:
            raise Conflict("decided_meanwhile")
        _decide(session, actor, task, new, standing, assumptions, now, batch_id)
    remember(session, actor.organisation_id, key, str(batch_id), now)
    return batch_id


def standing_decision(session: Session, task_id: int) -> Decision | None:
    """The decision that holds for a task."""
    return session.scalars(
        select(Decision)
        .where(
            Decision.task_id == task_id,
            Decision.state.in_([state.value for state in IN_FORCE_STATES]),
        )
        .order_by(Decision.decided_at.desc(), Decision.id)
        .limit(1)
    ).first()


def _decide(  # noqa: PLR0913, PLR0917 - all that a decision goes by
    session: Session,
    actor: Actor,
    task: Task,
    new: NewDecision,
    standing: Decision | None,
    assumptions: Assumptions,
    now: datetime,
    batch_id: int | None = None,
) -> Decision:
    if task.status == TaskStatus.STOPPED.value and case_of_task(session, task.id) is None:
        raise Conflict("stopped_task")
    baseline = baseline_of(session, task, assumptions)
    closed = closed_outcome(new.outcome, baseline.decidable)
    if closed is not None:
        raise Invalid("outcome", f"closed_{closed}")
    new.check(baseline.expected(new.outcome), _day(now))
    decision = _row(session, actor, baseline, new, now)
    decision.batch_id = batch_id
    session.add(decision)
    session.flush()
    if standing is not None:
        standing.state, standing.ended_at = DecisionState.REPLACED.value, now
        standing.replaced_by_id = decision.id
        cancel(session, standing.id)
    if new.outcome is Outcome.RAISE:
        _begin_ladder(session, actor, decision, new, _day(now))
    if new.outcome is Outcome.REFUSE_REQUIREMENT:
        refuse_requirement(session, task, _day(now))
    before = {"status": task.status}
    task.status = followed_by(new.outcome).value
    follow_decision(session, decision, now)
    settle(session, task, assumptions)
    plan(session, decision, task)
    after = {"status": task.status, "outcome": decision.outcome, "number": decision.number}
    note(session, actor, task, EventKind.DECIDED, now, before, after)
    tell(session, decision, now)
    return decision


def _row(
    session: Session, actor: Actor, baseline: Baseline, new: NewDecision, now: datetime
) -> Decision:
    expected, task = baseline.expected(new.outcome), baseline.task
    weeks = new.trial_weeks
    return Decision(
        id=new_identifier(),
        organisation_id=actor.organisation_id,
        number=_next_number(session, actor.organisation_id, _day(now).year),
        task_id=task.id,
        title=task.title,
        outcome=new.outcome.value,
        reason=new.reason,
        folded_text=folded(f"{task.title} {new.reason}"),
        user_id=actor.user_id,
        capacity=new.capacity or actor.role.value,
        decided_at=now,
        planned_on=new.planned_on,
        baseline=baseline.frozen,
        expected_low=expected.low,
        expected_likely=expected.likely,
        expected_high=expected.high,
        allotment={kind.value: hours for kind, hours in new.allotment.items()},
        trial_weeks=weeks,
        trial_ends_on=None if weeks is None else trial_ends_on(_day(now), weeks),
        watched=new.watched,
        raised_with=new.raised_with,
        status_before=task.status,
        state=DecisionState.IN_FORCE.value,
        answers_told=False,
    )


def _begin_ladder(
    session: Session, actor: Actor, decision: Decision, new: NewDecision, today: date
) -> None:
    session.add(
        EscalationStep(
            organisation_id=decision.organisation_id,
            decision_id=decision.id,
            position=1,
            rung=new.rung.value,
            to_whom=new.raised_with,
            state=StepState.PLANNED.value,
            note="",
            changed_on=today,
            user_id=actor.user_id,
        )
    )
    session.flush()


def _next_number(session: Session, organisation_id: int, year: int) -> str:
    latest = session.scalar(
        select(Decision.number)
        .where(Decision.organisation_id == organisation_id, Decision.number.like(f"{year}-%"))
        .order_by(func.length(Decision.number).desc(), Decision.number.desc())
        .limit(1)
    )
    return number_after(year, latest)


def _day(now: datetime) -> date:
    return now.astimezone(TIME_ZONE).date()
