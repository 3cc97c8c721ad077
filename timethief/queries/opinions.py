"""What people think of tasks, and on which steps tasks were raised: as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.decisions import Rung, StepState
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor
from timethief.i18n import TIME_ZONE
from timethief.storage.tables import EscalationStep, Opinion, User


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """What somebody thinks. `own` is the reader's."""

    id: str
    stance: str
    text: str
    name: str
    said_on: date
    after_decision: bool
    own: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """One rung on which a task was raised."""

    id: str
    rung: Rung
    to_whom: str
    state: StepState
    note: str
    changed_on: date


def opinions_of_task(session: Session, actor: Actor, task_id: int) -> tuple[OpinionLine, ...]:
    """What people think of a task, in the order in which they said it."""
    rows = session.execute(
        select(Opinion, User.name)
        .outerjoin(User, User.id == Opinion.user_id)
        .where(Opinion.organisation_id == actor.organisation_id, Opinion.task_id == task_id)
        .order_by(Opinion.said_at, Opinion.id)
    )
    return tuple(
        OpinionLine(
            id=to_text(opinion.id),
            stance=opinion.stance,
            text=opinion.text,
            name=name or "",
            said_on=opinion.said_at.astimezone(TIME_ZONE).date(),
            after_decision=opinion.decision_id is not None,
            own=opinion.user_id == actor.user_id,
        )
        for opinion, name in rows
    )


def steps_of(session: Session, decision_ids: Sequence[int]) -> tuple[StepLine, ...]:
    """The steps of the ladders of some decisions."""
    rows = session.scalars(
        select(EscalationStep)
        .where(EscalationStep.decision_id.in_(decision_ids))
        .order_by(EscalationStep.position)
    )
    return tuple(
        StepLine(
            id=to_text(row.id),
            rung=Rung(row.rung),
            to_whom=row.to_whom,
            state=StepState(row.state),
            note=row.note,
            changed_on=row.changed_on,
        )
        for row in rows
    )
