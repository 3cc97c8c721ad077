"""When a unit shall be asked what came of a decision."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from timethief.domain.decisions import FREEING, Outcome
from timethief.domain.follow_ups import MONTHS, FollowUpState, months_after
from timethief.i18n import TIME_ZONE
from timethief.storage import freed_time
from timethief.storage.tables import Decision, FollowUp, Task

_UNANSWERED = (FollowUpState.WAITING.value, FollowUpState.ASKED.value)


def plan(session: Session, decision: Decision, task: Task) -> None:
    """Plan the questions 3 and 12 months after a decision that frees time was to be carried out, and count its hours.

    Called again when it has been carried out: then the questions follow that day. What has been asked or answered
    stays as it is.

    Args:
        session: writing.
        decision: just made, or just carried out.
        task: the one that it is about.
    """
    if Outcome(decision.outcome) not in FREEING:
        return
    session.flush()
    start = decision.carried_out_on or decision.planned_on or _local_day(decision)
    known = {
        row.months: row
        for row in session.scalars(select(FollowUp).where(FollowUp.decision_id == decision.id))
    }
    for months in MONTHS:
        row = known.get(months)
        if row is None:
            row = FollowUp(
                organisation_id=decision.organisation_id,
                decision_id=decision.id,
                task_id=task.id,
                months=months,
                comment="",
                version=0,
            )
            session.add(row)
        elif row.state in (FollowUpState.ASKED.value, FollowUpState.ANSWERED.value):
            continue
        row.due_on, row.state = months_after(start, months), FollowUpState.WAITING.value
    freed_time.keep(session, decision)


def cancel(session: Session, decision_id: int) -> None:
    """Ask and count nothing more of a decision that was undone or replaced; what has been answered is kept."""
    freed_time.forget(session, decision_id)
    session.execute(
        update(FollowUp)
        .where(FollowUp.decision_id == decision_id, FollowUp.state.in_(_UNANSWERED))
        .values(state=FollowUpState.CANCELLED.value)
    )


def _local_day(decision: Decision) -> date:
    return decision.decided_at.astimezone(TIME_ZONE).date()
