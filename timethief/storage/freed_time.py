"""What decisions free, kept with them: the one place where it is computed, to be stored and to be verified."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timethief.domain.decisions import FREEING, IN_FORCE_STATES, FreedFor
from timethief.storage.tables import Decision, FollowUp, FreedTime

_STATES = frozenset(state.value for state in IN_FORCE_STATES)
_OUTCOMES = frozenset(outcome.value for outcome in FREEING)


def counted(decision: Decision, follow_ups: Iterable[FollowUp]) -> dict[str, Any] | None:
    """The columns of a `FreedTime` that follow from a decision and its newest answers; None where it frees nothing."""
    if decision.state not in _STATES or decision.outcome not in _OUTCOMES:
        return None
    newest = sorted(follow_ups, key=lambda row: row.months, reverse=True)
    confirmed = next((r.confirmed_hours for r in newest if r.confirmed_hours is not None), None)
    changes = (r.estimate_change_hours for r in newest if r.estimate_change_hours is not None)
    expected = decision.expected_likely
    share = 1.0 if confirmed is None else confirmed / expected if expected > 0 else 0.0
    return {
        "organisation_id": decision.organisation_id,
        "told": confirmed is not None,
        "decision_id": decision.id,
        "task_id": decision.task_id,
        "hours": expected if confirmed is None else confirmed,
        "estimate_change_hours": next(changes, 0.0),
        **{kind.value: float(decision.allotment.get(kind, 0.0)) * share for kind in FreedFor},
    }


def keep(session: Session, decision: Decision) -> None:
    """Count what the decision frees now instead of what it freed until now; in the transaction that changed it."""
    session.flush()
    forget(session, decision.id)
    answers = session.scalars(select(FollowUp).where(FollowUp.decision_id == decision.id))
    columns = counted(decision, answers)
    if columns is not None:
        session.add(FreedTime(**columns))
        session.flush()


def forget(session: Session, decision_id: int) -> None:
    """Count nothing of a decision that holds no longer."""
    session.execute(delete(FreedTime).where(FreedTime.decision_id == decision_id))
