"""What stands in words about a task in its cases and decisions: everything that masking must reach."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from timethief.domain.tasks import LONGEST_TITLE
from timethief.storage.tables import (
    AutomationCandidate,
    Base,
    Case,
    CaseAnswer,
    Decision,
    EscalationStep,
    FollowUp,
    GateAnswer,
    Opinion,
    RestructuredTask,
    Restructuring,
    ReviewRequest,
)

COLUMNS: dict[type[Base], dict[str, int | None]] = {
    Case: {"routed_reason": None},
    ReviewRequest: {"reason": None},
    CaseAnswer: {"text": None},
    GateAnswer: {"reason": None},
    AutomationCandidate: {"human_check": None},
    Decision: {
        "title": LONGEST_TITLE,
        "reason": None,
        "capacity": LONGEST_TITLE,
        "watched": None,
        "raised_with": LONGEST_TITLE,
    },
    Opinion: {"text": None},
    EscalationStep: {"to_whom": LONGEST_TITLE, "note": None},
    FollowUp: {"comment": None},
}
"""Columns of free text, with how long each may be."""

PACKED: dict[type[Base], tuple[str, ...]] = {
    Case: ("before_routing",),
    Decision: ("baseline",),
    Restructuring: ("before",),
    RestructuredTask: ("moved",),
}
"""Columns in which texts stand among other values."""

NAMED = frozenset({*COLUMNS, *PACKED})


def rows_about(session: Session, task_id: int, reports: Sequence[uuid.UUID]) -> list[Any]:
    """Every row with texts about a task (0 for none), and the cases of these reports, table by table."""
    cases = select(Case.id).where(or_(Case.task_id == task_id, Case.report_id.in_(reports)))
    decisions = select(Decision.id).where(Decision.task_id == task_id)
    merged = select(Restructuring.id).where(Restructuring.task_id == task_id)
    conditions: tuple[tuple[Any, ColumnElement[bool]], ...] = (
        (Case, Case.id.in_(cases)),
        (ReviewRequest, ReviewRequest.task_id == task_id),
        (CaseAnswer, CaseAnswer.case_id.in_(cases)),
        (GateAnswer, GateAnswer.task_id == task_id),
        (AutomationCandidate, AutomationCandidate.task_id == task_id),
        (Decision, Decision.task_id == task_id),
        (Opinion, Opinion.task_id == task_id),
        (EscalationStep, EscalationStep.decision_id.in_(decisions)),
        (FollowUp, FollowUp.task_id == task_id),
        (Restructuring, Restructuring.task_id == task_id),
        (
            RestructuredTask,
            or_(RestructuredTask.task_id == task_id, RestructuredTask.restructuring_id.in_(merged)),
        ),
    )
    return [
        row
        for table, condition in conditions
        for row in session.scalars(select(table).where(condition))
    ]
