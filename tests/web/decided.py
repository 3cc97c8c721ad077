"""A decision of every kind of thing that belongs to one, for addresses that name them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.decisions import NewDecision, Outcome, Stance
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor
from timethief.queries.decisions import newest_decision_id
from timethief.services.decisions.deciding import decide
from timethief.services.decisions.opinions import NewOpinion, say
from timethief.storage.tables import EscalationStep, Task


def raised(session: Session, own: int, reviewer: Actor, now: datetime) -> dict[str, str]:
    """A decision that raises a task, its first step, and what somebody thinks of it."""
    task = session.scalars(
        select(Task).where(Task.organisation_id == own, Task.status != "stopped").limit(1)
    ).one()
    new = NewDecision(Outcome.RAISE, "Fråga dem.", raised_with="Staben")
    seen = newest_decision_id(session, task.id)
    made = decide(session, reviewer, task.id, new, seen, task.version, make.key(), now)
    step = select(EscalationStep.id).where(EscalationStep.decision_id == made)
    said = NewOpinion(Stance.REMARKS, "Bra.")
    return {
        "decision_id": to_text(made),
        "step_id": to_text(session.scalars(step).one()),
        "opinion_id": to_text(say(session, reviewer, task.id, said, make.key(), now)),
    }
