"""What becomes of a task's case when it is decided of, and when the decision is undone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.cases import CaseOrigin, CaseState, ClosedAs
from timethief.domain.decisions import WAITING, Outcome
from timethief.i18n import TIME_ZONE
from timethief.services.cases import opening
from timethief.storage.tables import Case, Decision

_BEFORE = "case"
"""Where the baseline of a decision keeps how the case stood."""


def follow_decision(session: Session, decision: Decision, now: datetime) -> None:
    """Close the case; where the decision waits for an answer or for the end of a trial, let it wait."""
    case = opening.case_of_task(session, decision.task_id)
    decision.baseline = decision.baseline | {_BEFORE: _told(case)}
    if Outcome(decision.outcome) not in WAITING:
        if case is not None:
            opening.close_case(session, case, ClosedAs.DECIDED, now)
            decision.case_id = case.id
        return
    if case is None:
        case = opening.open_task_case(
            session, decision.organisation_id, decision.task_id, CaseOrigin.QUEUE, now
        )
    decision.case_id = case.id
    let_wait(session, case, now)


def let_wait(session: Session, case: Case, now: datetime) -> None:
    """It waits for somebody outside from today on."""
    case.state = CaseState.WAITING.value
    case.waits_since = now.astimezone(TIME_ZONE).date()
    case.version += 1
    session.flush()


def let_go_on(session: Session, decision: Decision) -> None:
    """What it waited for has come: somebody is to decide anew."""
    case = None if decision.case_id is None else session.get(Case, decision.case_id)
    if case is None or case.state != CaseState.WAITING.value:
        return
    case.state, case.waits_since = CaseState.OPEN.value, None
    case.version += 1
    session.flush()


def follow_undoing(session: Session, decision: Decision, now: datetime) -> None:
    """Let the case stand as it did before the decision, unless another is open by now."""
    case = None if decision.case_id is None else session.get(Case, decision.case_id)
    before = decision.baseline.get(_BEFORE)
    if case is None:
        return
    if before is None:
        opening.close_case(session, case, ClosedAs.WITHDRAWN, now)
        return
    other = opening.case_of_task(session, decision.task_id)
    if other is not None and other.id != case.id:
        return
    case.state, case.closed_on, case.closed_as = before["state"], None, None
    waits = before["waits_since"]
    case.waits_since = None if waits is None else datetime.fromisoformat(waits).date()
    case.version += 1
    session.flush()


def _told(case: Case | None) -> dict[str, str | None] | None:
    if case is None:
        return None
    waits = case.waits_since
    return {"state": case.state, "waits_since": waits.isoformat() if waits else None}
