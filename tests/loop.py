"""Rows of the decision loop as they are stored, for tests of what becomes of them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from tests import make
from timethief.domain.names import folded
from timethief.domain.people import Actor
from timethief.storage import freed_time
from timethief.storage.tables import (
    AutomationCandidate,
    Base,
    Case,
    CaseAnswer,
    Decision,
    EscalationStep,
    FollowUp,
    FreedTime,
    GateAnswer,
    Opinion,
    RestructuredTask,
    Restructuring,
    ReturnSign,
    ReviewRequest,
    SeenTask,
)

TABLES: tuple[type[Base], ...] = (
    Case,
    ReviewRequest,
    CaseAnswer,
    GateAnswer,
    AutomationCandidate,
    SeenTask,
    Decision,
    Opinion,
    EscalationStep,
    FollowUp,
    FreedTime,
    ReturnSign,
    Restructuring,
    RestructuredTask,
)


def case(organisation_id: int, *, closed: bool = False, **facts: Any) -> Case:  # noqa: ANN401 - columns of the table
    """A case."""
    return Case(
        organisation_id=organisation_id,
        origin="report",
        state="closed" if closed else "open",
        opened_on=make.TODAY,
        answer_due=make.TODAY,
        **facts,
    )


def decision(
    organisation_id: int,
    task_id: int,
    number: str,
    **facts: Any,  # noqa: ANN401 - columns of the table
) -> Decision:
    """A decision."""
    return Decision(
        **{
            "organisation_id": organisation_id,
            "task_id": task_id,
            "number": number,
            "title": "Rapporten",
            "outcome": "remove",
            "reason": "Ingen läser den",
            "capacity": "Chef",
            "decided_at": make.NOW,
            "baseline": {},
            "folded_text": "",
            "expected_low": 10.0,
            "expected_likely": 20.0,
            "expected_high": 30.0,
            "allotment": {},
            "status_before": "in_review",
            "state": "in_force",
        }
        | facts
    )


def all_of(session: Session, actor: Actor, task_id: int, text: str = "Så är det") -> None:
    """One row in each table, of a task; the text stands wherever text is free."""
    own: dict[str, Any] = {"organisation_id": actor.organisation_id}
    of_task = own | {"task_id": task_id}
    opened = case(routed_reason=text, before_routing={"routed_reason": text}, **of_task)
    decided = decision(
        number=f"2026-{task_id}",
        title=text,
        reason=text,
        watched=text,
        raised_with=text,
        capacity=text,
        folded_text=folded(f"{text} {text}"),
        baseline={"task": {"title": text}},
        **of_task,
    )
    merged = Restructuring(
        kind="merge", done_at=make.NOW, version_after=2, before={"title": text}, **of_task
    )
    session.add_all([opened, decided, merged])
    session.flush()
    of_decision = {"decision_id": decided.id}
    session.add_all(
        [
            ReviewRequest(case_id=opened.id, reason=text, asked_on=make.TODAY, **of_task),
            CaseAnswer(case_id=opened.id, template="next", text=text, answered_at=make.NOW, **own),
            GateAnswer(
                question="simplify", answer="done", reason=text, answered_at=make.NOW, **of_task
            ),
            AutomationCandidate(entered_on=make.TODAY, human_check=text, gain_hours=0, **of_task),
            SeenTask(user_id=actor.user_id, version=1, **of_task),
            Opinion(stance="agrees", text=text, said_at=make.NOW, **of_task, **of_decision),
            EscalationStep(
                position=1,
                rung="requester",
                to_whom=text,
                state="sent",
                note=text,
                changed_on=make.TODAY,
                **own,
                **of_decision,
            ),
            FollowUp(
                months=3,
                due_on=make.TODAY,
                state="waiting",
                comment=text,
                **of_task,
                **of_decision,
            ),
            ReturnSign(report_id=uuid.uuid4(), noticed_on=make.TODAY, state="open", **of_task),
            RestructuredTask(
                restructuring_id=merged.id, moved={"reports": [{"text": text}]}, **of_task
            ),
        ]
    )
    freed_time.keep(session, decided)
