"""Decisions, made through the real service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.decisions import NewDecision, Outcome
from timethief.domain.people import Actor, Role
from timethief.services.decisions.deciding import carry_out, decide
from timethief.storage.tables import FollowUp, Task


def decided(
    session: Session,
    who: Actor,
    task_id: int,
    outcome: Outcome = Outcome.REMOVE,
    now: datetime = make.NOW,
    **more: Any,  # noqa: ANN401 - fields of the dataclass
) -> int:
    """A decision of a task that nobody has decided of."""
    new = NewDecision(outcome=outcome, reason="Ingen läser den.", **more)
    version = session.get_one(Task, task_id).version
    return decide(session, who, task_id, new, None, version, make.key(), now)


def stopped(session: Session, place: make.Place, now: datetime = make.NOW, **facts: Any) -> int:  # noqa: ANN401 - fields of the report
    """A task that was removed."""
    task_id = make.task(session, place, now=now, **facts)
    support = make.actor(session, place, Role.SUPPORT)
    carry_out(session, support, decided(session, support, task_id, now=now), now)
    session.flush()
    return task_id


def follow_ups(session: Session, decision_id: int) -> list[FollowUp]:
    """The questions about a decision, the first first."""
    query = select(FollowUp).where(FollowUp.decision_id == decision_id).order_by(FollowUp.months)
    return list(session.scalars(query))
