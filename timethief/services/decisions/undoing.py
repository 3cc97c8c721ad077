"""Undoing decisions within 30 days, as long as nobody has built on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.decisions import DecisionState, Outcome, may_be_undone
from timethief.domain.errors import Conflict, NotAllowed, NotFound
from timethief.domain.follow_ups import FollowUpState
from timethief.domain.people import Actor, Permission, ensure
from timethief.i18n import TIME_ZONE
from timethief.services.decisions.cases_of import follow_undoing
from timethief.services.decisions.following import accept_requirement, owned_decision
from timethief.services.decisions.telling import take_back
from timethief.services.following_up.planning import cancel, plan
from timethief.services.history import EventKind, note
from timethief.services.tasks import owned, settle
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.tables import Decision, FollowUp
from timethief.storage.turns import take_turn


def undo(session: Session, actor: Actor, decision_id: int, now: datetime) -> None:
    """Undo a decision: the task stands as before, and what was decided before holds again.

    Doing it again changes nothing, and nobody is told twice.

    Raises:
        NotAllowed: the actor has not made it, and is not of a support function.
        NotFound: there is no such decision, or its task has been merged.
        Conflict: `replaced`, `carried_out`, `followed_up` or `too_late_to_undo`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    decision = owned_decision(session, actor.organisation_id, decision_id)
    assumptions = _assumptions(session, actor, now)
    _undo(session, actor, decision, assumptions, now)


def undo_batch(session: Session, actor: Actor, batch_id: int, now: datetime) -> None:
    """Undo decisions that were made together: all of them, or none. Those that were undone already are passed over.

    Raises:
        NotFound: no decisions were made together under this name.
        NotAllowed, Conflict: as `undo`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    decisions = session.scalars(
        select(Decision)
        .where(Decision.organisation_id == actor.organisation_id, Decision.batch_id == batch_id)
        .order_by(Decision.number)
    ).all()
    if not decisions:
        raise NotFound("decision")
    assumptions = _assumptions(session, actor, now)
    for decision in decisions:
        _undo(session, actor, decision, assumptions, now)


def _undo(
    session: Session, actor: Actor, decision: Decision, assumptions: Assumptions, now: datetime
) -> None:
    if decision.user_id != actor.user_id and not actor.may(Permission.REVIEW_TASKS):
        raise NotAllowed(Permission.REVIEW_TASKS)
    if decision.state == DecisionState.UNDONE.value:
        return
    task = owned(session, actor.organisation_id, decision.task_id)
    _check(session, decision, now)
    before = {"status": task.status, "number": decision.number}
    decision.state, decision.ended_at = DecisionState.UNDONE.value, now
    session.flush()
    cancel(session, decision.id)
    if decision.outcome == Outcome.REFUSE_REQUIREMENT.value:
        accept_requirement(session, task)
    task.status = decision.status_before
    follow_undoing(session, decision, now)
    settle(session, task, assumptions)
    replaced = session.scalars(
        select(Decision).where(Decision.task_id == task.id, Decision.replaced_by_id == decision.id)
    ).first()
    if replaced is not None:
        _reinstate(session, replaced)
        plan(session, replaced, task)
    note(session, actor, task, EventKind.DECISION_UNDONE, now, before, {"status": task.status})
    take_back(session, decision, now)


def _check(session: Session, decision: Decision, now: datetime) -> None:
    if decision.state == DecisionState.REPLACED.value:
        raise Conflict("replaced")
    if decision.state == DecisionState.CARRIED_OUT.value:
        raise Conflict("carried_out")
    answered = select(FollowUp.id).where(
        FollowUp.decision_id == decision.id, FollowUp.state == FollowUpState.ANSWERED.value
    )
    if session.scalar(answered.limit(1)) is not None:
        raise Conflict("followed_up")
    if not may_be_undone(decision.decided_at, now):
        raise Conflict("too_late_to_undo")


def _reinstate(session: Session, replaced: Decision) -> None:
    done = replaced.carried_out_on is not None
    state = DecisionState.CARRIED_OUT if done else DecisionState.IN_FORCE
    replaced.state, replaced.ended_at, replaced.replaced_by_id = state.value, None, None
    session.flush()


def _assumptions(session: Session, actor: Actor, now: datetime) -> Assumptions:
    return load_assumptions(session, actor.organisation_id, now.astimezone(TIME_ZONE).date())
