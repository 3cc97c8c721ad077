"""The functions of the demonstration, the cases of what waits there, and a task that somebody wants tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import OPEN_STATUSES
from timethief.domain.cases import FunctionKind, week_begins
from timethief.domain.people import Actor, Role
from timethief.services.cases.functions import FunctionFacts, add_function
from timethief.services.cases.opening import open_report_case
from timethief.services.cases.requests import ask_review
from timethief.services.people import as_actor
from timethief.storage.tables import AnonymousReport, Task, User

_FUNCTIONS = (
    (
        "Verksamhetsutveckling",
        FunctionKind.SUPPORT,
        "verksamhetsutvecklare@exempel.se",
        "",
    ),
    ("HR-stöd", FunctionKind.SUPPORT, "hr@exempel.se", ""),
    (
        "Servicedesk",
        FunctionKind.SERVICE_DESK,
        "servicedesk@exempel.se, 0555-100 00",
        "Hej servicedesk! Det här har kommit in till oss, men det är ni som kan laga det.",
    ),
    ("Kommundirektörens stab", FunctionKind.HIGHER_INSTANCE, "kansli@exempel.se", ""),
)
_TRIED = "Arbetsplatsträff på avdelningen"
_REASON = "Vi har mötet varje vecka, men det mesta vi går igenom står redan i veckobrevet. Behöver alla vara med varje gång?"


def demonstrate(session: Session, organisation_id: int, now: datetime) -> None:
    """Add functions, a case for each report that waits, and a request for review."""
    administrator = _somebody(session, organisation_id, Role.ADMIN)
    support = _somebody(session, organisation_id, Role.SUPPORT)
    for name, kind, contact, letter in _FUNCTIONS:
        members = frozenset({support.user_id}) if kind is FunctionKind.SUPPORT else frozenset[int]()
        facts = FunctionFacts(name, kind, contact, letter, member_ids=members)
        add_function(session, administrator, facts, f"demonstration-{name}", now)
    waiting = session.execute(
        select(AnonymousReport.id, AnonymousReport.released_week).where(
            AnonymousReport.organisation_id == organisation_id,
            AnonymousReport.status.in_([status.value for status in OPEN_STATUSES]),
        )
    ).all()
    for report_id, week in waiting:
        if week:
            open_report_case(session, organisation_id, report_id, week_begins(week), now)
    _ask(session, organisation_id, now)


def _ask(session: Session, organisation_id: int, now: datetime) -> None:
    nurse = _somebody(session, organisation_id, Role.STAFF)
    task_id = session.scalars(
        select(Task.id).where(Task.organisation_id == organisation_id, Task.title == _TRIED)
    ).first()
    if task_id is not None:
        ask_review(session, nurse, task_id, _REASON, "demonstration-review", now)


def _somebody(session: Session, organisation_id: int, role: Role) -> Actor:
    query = (
        select(User)
        .where(User.organisation_id == organisation_id, User.role == role.value)
        .order_by(User.sort_name)
    )
    return as_actor(session.scalars(query.limit(1)).one())
