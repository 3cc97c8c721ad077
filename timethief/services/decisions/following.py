"""What follows from a decision: the status of the task, the refused requirement, and that it is carried out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.decisions import (
    FREEING,
    STOPPING,
    DecisionState,
    Outcome,
)
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.vocabulary import TaskStatus
from timethief.i18n import TIME_ZONE
from timethief.services.decisions.rights import ensure_may_decide
from timethief.services.following_up.planning import plan
from timethief.services.history import EventKind, note
from timethief.services.tasks import owned, settle
from timethief.storage.assumptions import load_assumptions
from timethief.storage.tables import Decision, Requirement, Task
from timethief.storage.turns import take_turn


def followed_by(outcome: Outcome) -> TaskStatus:
    """The status of a task of which this was decided."""
    return TaskStatus.KEPT if outcome is Outcome.KEEP else TaskStatus.DECIDED


def owned_decision(session: Session, organisation_id: int, decision_id: int) -> Decision:
    """A decision of the organisation.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    decision = session.get(Decision, decision_id)
    if decision is None or decision.organisation_id != organisation_id:
        raise NotFound("decision")
    return decision


def carry_out(
    session: Session, actor: Actor, decision_id: int, now: datetime, on: date | None = None
) -> None:
    """Note that what was decided has been done. Doing it again changes nothing.

    Args:
        session: writing.
        actor: who may decide of the task.
        decision_id: of what.
        now: time of the act.
        on: when it was done; None for today.

    Raises:
        NotAllowed: the actor may not decide, or not of this unit's tasks.
        NotFound: there is no such decision, or its task has been merged.
        Invalid: field `carried_out_on`: the day has not come yet, or is before the decision.
        Conflict: `not_in_force`, or `nothing_to_carry_out`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    decision = owned_decision(session, actor.organisation_id, decision_id)
    task = owned(session, actor.organisation_id, decision.task_id)
    today = now.astimezone(TIME_ZONE).date()
    assumptions = load_assumptions(session, actor.organisation_id, today)
    ensure_may_decide(actor, task, assumptions)
    if decision.state == DecisionState.CARRIED_OUT.value:
        return
    if decision.state != DecisionState.IN_FORCE.value:
        raise Conflict("not_in_force")
    outcome = Outcome(decision.outcome)
    if outcome not in FREEING:
        raise Conflict("nothing_to_carry_out")
    done_on = on or today
    if done_on > today:
        raise Invalid("carried_out_on", "in_the_future")
    if done_on < decision.decided_at.astimezone(TIME_ZONE).date():
        raise Invalid("carried_out_on", "before_decision")
    before = {"status": task.status}
    decision.state, decision.carried_out_on = DecisionState.CARRIED_OUT.value, done_on
    stops = outcome in STOPPING
    task.status = TaskStatus.STOPPED.value if stops else TaskStatus.DONE.value
    settle(session, task, assumptions)
    plan(session, decision, task)
    note(session, actor, task, EventKind.CARRIED_OUT, now, before, {"status": task.status})


def take_back_carrying_out(session: Session, actor: Actor, decision_id: int, now: datetime) -> None:
    """Note that it has not been done after all; the decision stands. Doing it again changes nothing.

    Raises:
        NotAllowed, NotFound: as `carry_out`.
        Conflict: `not_in_force`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    decision = owned_decision(session, actor.organisation_id, decision_id)
    task = owned(session, actor.organisation_id, decision.task_id)
    assumptions = load_assumptions(session, actor.organisation_id, now.astimezone(TIME_ZONE).date())
    ensure_may_decide(actor, task, assumptions)
    if decision.state == DecisionState.IN_FORCE.value:
        return
    if decision.state != DecisionState.CARRIED_OUT.value:
        raise Conflict("not_in_force")
    before = {"status": task.status}
    decision.state, decision.carried_out_on = DecisionState.IN_FORCE.value, None
    task.status = followed_by(Outcome(decision.outcome)).value
    settle(session, task, assumptions)
    plan(session, decision, task)
    note(session, actor, task, EventKind.DECISION_UNDONE, now, before, {"status": task.status})


def refuse_requirement(session: Session, task: Task, today: date) -> None:
    """The organisation says no to what the task answers."""
    requirement = _requirement(session, task)
    if requirement is not None and requirement.refused_on is None:
        requirement.refused_on = today


def accept_requirement(session: Session, task: Task) -> None:
    """The organisation says no no longer, unless it has done so of another task too."""
    requirement = _requirement(session, task)
    if requirement is None:
        return
    others = (
        select(Decision.id)
        .join(Task, Task.id == Decision.task_id)
        .where(
            Task.requirement_id == requirement.id,
            Decision.outcome == Outcome.REFUSE_REQUIREMENT.value,
            Decision.state.in_([DecisionState.IN_FORCE.value, DecisionState.CARRIED_OUT.value]),
        )
        .limit(1)
    )
    if session.scalar(others) is None:
        requirement.refused_on = None


def _requirement(session: Session, task: Task) -> Requirement | None:
    found = None if task.requirement_id is None else session.get(Requirement, task.requirement_id)
    return None if found is None or found.organisation_id is None else found
