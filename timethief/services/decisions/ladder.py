"""Raising a task step by step: with whom, how it stands there, and where it goes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.decisions import (
    LONGEST_NAME,
    LONGEST_NOTE,
    MOST_STEPS,
    DecisionState,
    Outcome,
    Rung,
    StepState,
)
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.i18n import TIME_ZONE
from timethief.services.cases.opening import case_of_task
from timethief.services.decisions.cases_of import let_go_on, let_wait
from timethief.services.decisions.following import owned_decision
from timethief.services.decisions.rights import ensure_may_decide
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.services.tasks import owned
from timethief.storage.assumptions import load_assumptions
from timethief.storage.tables import Decision, EscalationStep
from timethief.storage.turns import take_turn


@dataclass(frozen=True, slots=True)
class NewStep:
    """One more step: where, and with whom."""

    rung: Rung
    to_whom: str


def add_step(
    session: Session, actor: Actor, decision_id: int, new: NewStep, key: str, now: datetime
) -> int:
    """Raise it with somebody more; the step's identifier.

    Raises:
        NotAllowed: the actor may not decide, or not of this unit's tasks.
        NotFound: there is no such decision.
        Invalid: of `to_whom`; or there are `MOST_STEPS` already.
        Conflict: `not_in_force`, or `not_raised` where something else was decided.
    """
    decision = _raised(session, actor, decision_id, now)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return earlier[0]
    to_whom = read_text(new.to_whom, "to_whom", LONGEST_NAME, required=True)
    last = session.scalar(
        select(func.max(EscalationStep.position)).where(EscalationStep.decision_id == decision.id)
    )
    if (last or 0) >= MOST_STEPS:
        raise Invalid("to_whom", "too_many_items", limit=MOST_STEPS)
    step = EscalationStep(
        organisation_id=decision.organisation_id,
        decision_id=decision.id,
        position=(last or 0) + 1,
        rung=new.rung.value,
        to_whom=to_whom,
        state=StepState.PLANNED.value,
        note="",
        changed_on=now.astimezone(TIME_ZONE).date(),
        user_id=actor.user_id,
    )
    session.add(step)
    session.flush()
    _let_wait_again(session, decision, now)
    remember(session, actor.organisation_id, key, str(step.id), now)
    return step.id


def change_step(
    session: Session,
    actor: Actor,
    step_id: int,
    state: StepState,
    note: str,
    seen: str,
    now: datetime,
) -> None:
    """Say how a step stands. When somebody has agreed, the task is to be decided of anew.

    Args:
        session: writing.
        actor: who may decide of the task.
        step_id: which.
        state: how it stands now.
        note: what was said, or which letter was sent.
        seen: how it stood when the actor saw it, as `seen_step` tells.
        now: time of the act.

    Raises:
        NotAllowed: the actor may not decide, or not of this unit's tasks.
        NotFound: there is no such step.
        Invalid: of `note`.
        Conflict: `changed_meanwhile`, or `not_in_force`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    step = session.get(EscalationStep, step_id)
    if step is None or step.organisation_id != actor.organisation_id:
        raise NotFound("step")
    decision = _raised(session, actor, step.decision_id, now)
    said = read_text(note, "note", LONGEST_NOTE)
    if (step.state, step.note) == (state.value, said):
        return
    if seen_step(step.state, step.note) != seen:
        raise Conflict("changed_meanwhile")
    step.state, step.note, step.user_id = state.value, said, actor.user_id
    step.changed_on = now.astimezone(TIME_ZONE).date()
    session.flush()
    if state is StepState.AGREED:
        let_go_on(session, decision)
    else:
        _let_wait_again(session, decision, now)


def seen_step(state: str, note: str) -> str:
    """How a step stands, as a form keeps it."""
    return f"{state} {note}"


def _raised(session: Session, actor: Actor, decision_id: int, now: datetime) -> Decision:
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    decision = owned_decision(session, actor.organisation_id, decision_id)
    task = owned(session, actor.organisation_id, decision.task_id)
    today = now.astimezone(TIME_ZONE).date()
    ensure_may_decide(actor, task, load_assumptions(session, actor.organisation_id, today))
    if decision.outcome != Outcome.RAISE.value:
        raise Conflict("not_raised")
    if decision.state != DecisionState.IN_FORCE.value:
        raise Conflict("not_in_force")
    return decision


def _let_wait_again(session: Session, decision: Decision, now: datetime) -> None:
    case = case_of_task(session, decision.task_id)
    if case is not None and case.id == decision.case_id and case.waits_since is None:
        let_wait(session, case, now)
