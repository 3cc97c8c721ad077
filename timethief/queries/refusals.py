"""The requirements that the organisation says no to, with the decisions that say so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from timethief.domain.decisions import IN_FORCE_STATES, Outcome
from timethief.domain.identifiers import to_text
from timethief.domain.names import folded
from timethief.i18n import TIME_ZONE
from timethief.storage.likeness import LEAST_LIKENESS, likeness
from timethief.storage.search import words_of
from timethief.storage.tables import Decision, Requirement, Task

CANDIDATES = 200
SHORTEST_WORD = 4
"""Letters: shorter words stand in titles of anything."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A requirement that the organisation says no to, since when, and by which decision."""

    title: str
    on: date
    decision_id: str


def refusals(
    session: Session, organisation_id: int, requirement_ids: Collection[int]
) -> dict[int, Refusal]:
    """Which of some requirements the organisation says no to, by their identifiers."""
    if not requirement_ids:
        return {}
    rows = session.execute(
        _refused(organisation_id).where(Requirement.id.in_(requirement_ids))
    ).all()
    return {row[0]: _refusal(row[1], row[2], row[3]) for row in reversed(rows)}


def refusal_of_task(session: Session, organisation_id: int, task_id: int) -> Refusal | None:
    """The refusal of what a task answers; None where there is none."""
    requirement = select(Task.requirement_id).where(
        Task.id == task_id,
        Task.organisation_id == organisation_id,
        Task.requirement_id.is_not(None),
    )
    row = session.execute(
        _refused(organisation_id).where(Requirement.id == requirement.scalar_subquery()).limit(1)
    ).first()
    return None if row is None else _refusal(row[1], row[2], row[3])


def refusal_alike(session: Session, organisation_id: int, title: str) -> Refusal | None:
    """The refused requirement, of the newest, whose title is most like what somebody writes."""
    wanted = folded(title)
    words = [word for word in words_of(title) if len(word) >= SHORTEST_WORD]
    if not words:
        return None
    rows = session.execute(_refused(organisation_id).limit(CANDIDATES)).all()
    found = [
        (likeness(wanted, name), row)
        for row in rows
        if any(word in (name := folded(row[1])) for word in words)
    ]
    best, row = max(found, key=lambda each: each[0], default=(0.0, None))
    return None if row is None or best < LEAST_LIKENESS else _refusal(row[1], row[2], row[3])


def _refused(organisation_id: int) -> Select[int, str, datetime, int]:
    """Requirement, its title, when it was refused and by what, the newest first."""
    return (
        select(Requirement.id, Requirement.title, Decision.decided_at, Decision.id)
        .select_from(Decision)
        .join(Task, Task.id == Decision.task_id)
        .join(Requirement, Requirement.id == Task.requirement_id)
        .where(
            Decision.organisation_id == organisation_id,
            Decision.outcome == Outcome.REFUSE_REQUIREMENT.value,
            Decision.state.in_([state.value for state in IN_FORCE_STATES]),
        )
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
    )


def _refusal(title: str, decided_at: datetime, decision_id: int) -> Refusal:
    return Refusal(title, decided_at.astimezone(TIME_ZONE).date(), to_text(decision_id))
