"""What is read for people who are not known: where a code leads, what they may choose, and their thread."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import (
    SMALLEST_CATEGORY,
    MessageKind,
    ReportingMode,
    Side,
    has_expired,
)
from timethief.domain.assessment import assess
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.intake import ReportFacts
from timethief.domain.ranges import Range
from timethief.domain.small_units import SMALLEST_UNIT, employees
from timethief.domain.tasks import TaskFacts
from timethief.queries import choices
from timethief.queries.choices import StaffCategoryChoice
from timethief.storage.assumptions import policy_in_force
from timethief.storage.tables import AnonymousMessage, AnonymousReport, Organisation, User
from timethief.storage.unit_tree import UnitNode

WHISTLEBLOWING = "whistleblowing"
"""Name of the organisation's statement that tells where its whistle-blowing channel is."""


@dataclass(frozen=True, slots=True)
class ReportingPlace:
    """How staff of an organisation report, as the pages tell it.

    Attributes:
        code: of the poster; empty where there is none.
        whistleblowing: where the whistle-blowing channel is: an address, or words; empty where nobody has told.
        client_word: what the organisation calls those it is there for.
    """

    organisation_id: int
    organisation: str
    mode: ReportingMode
    code: str
    whistleblowing: str
    client_word: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something said in a thread. `week` is empty until the other side sees it."""

    side: Side
    kind: MessageKind
    text: str
    week: str | None


@dataclass(frozen=True, slots=True)
class Thread:
    """What the writer sees of a report.

    Attributes:
        status: as of the last batch.
        week: of the batch that showed it to reviewers; empty until then.
    """

    id: uuid.UUID
    title: str
    description: str
    status: str
    week: str | None
    messages: tuple[Message, ...]


def place_of_code(session: Session, code: str) -> ReportingPlace | None:
    """The organisation whose poster has the code.

    Args:
        session: over all organisations.
        code: as read.
    """
    if not code:
        return None
    found = session.scalars(
        select(Organisation).where(
            Organisation.reporting_code == code, Organisation.active.is_(True)
        )
    ).one_or_none()
    return None if found is None else _place(found)


def place_of(session: Session, organisation_id: int) -> ReportingPlace:
    """How staff of the organisation report."""
    return _place(session.get_one(Organisation, organisation_id))


def _place(organisation: Organisation) -> ReportingPlace:
    told = organisation.statements.get(WHISTLEBLOWING)
    return ReportingPlace(
        organisation_id=organisation.id,
        organisation=organisation.name,
        mode=ReportingMode(organisation.reporting_mode),
        code=organisation.reporting_code or "",
        whistleblowing=told.strip() if isinstance(told, str) else "",
        client_word=organisation.client_word,
    )


def units_to_offer(session: Session, organisation_id: int) -> tuple[UnitNode, ...]:
    """The units that may stand beside an anonymous report."""
    units = choices.units(session, organisation_id)
    size = employees({unit.id: unit for unit in units})
    return tuple(unit for unit in units if (size[unit.id] or 0) >= SMALLEST_UNIT)


def staff_categories_to_offer(
    session: Session, organisation_id: int
) -> tuple[StaffCategoryChoice, ...]:
    """The staff categories that so many people are known to have that they may stand beside one."""
    rows = session.execute(
        select(User.staff_category_id, func.count())
        .where(User.organisation_id == organisation_id, User.active.is_(True))
        .group_by(User.staff_category_id)
    )
    enough = {category for category, count in rows if count >= SMALLEST_CATEGORY}
    if not enough:
        return ()
    return tuple(
        each
        for each in choices.staff_categories(session, organisation_id)
        if from_text(each.id) in enough
    )


def thread(session: Session, organisation_id: int, receipt_hash: str, today: date) -> Thread | None:
    """The thread that a code opens; None where it opens none, or none any more."""
    row = session.scalars(
        select(AnonymousReport).where(
            AnonymousReport.organisation_id == organisation_id,
            AnonymousReport.receipt_hash == receipt_hash,
        )
    ).one_or_none()
    if row is None or has_expired((row.released_week, row.changed_week), today):
        return None
    return thread_of(session, organisation_id, row.id)


def thread_of(session: Session, organisation_id: int, report_id: uuid.UUID) -> Thread:
    """The thread of a report, as its writer sees it.

    Raises:
        NotFound: it is withdrawn.
    """
    row = session.get(AnonymousReport, report_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("report")
    messages = messages_of(session, report_id)
    return Thread(
        id=row.id,
        title=row.title,
        description=row.description,
        status=row.shown_status,
        week=row.released_week,
        messages=tuple(each for each in messages if each.side is Side.WRITER or each.week),
    )


def messages_of(session: Session, report_id: uuid.UUID) -> tuple[Message, ...]:
    """Everything said in a thread, in its order."""
    rows = session.scalars(
        select(AnonymousMessage)
        .where(AnonymousMessage.report_id == report_id)
        .order_by(AnonymousMessage.position)
    )
    return tuple(
        Message(Side(row.side), MessageKind(row.kind), row.text, row.released_week) for row in rows
    )


def public_record(
    session: Session, organisation_id: int, report_id: uuid.UUID
) -> Mapping[str, Any]:
    """Everything that is stored of one anonymous report, for a request for public records; its code's hash apart.

    Raises:
        NotFound: there is none, or no batch has shown it yet.
    """
    row = session.get(AnonymousReport, report_id)
    if row is None or row.organisation_id != organisation_id or row.released_week is None:
        raise NotFound("report")
    left_out = {"receipt_hash", "cluster_id"}
    columns = [each.key for each in AnonymousReport.__mapper__.column_attrs]
    stored = {name: getattr(row, name) for name in columns if name not in left_out}
    stored["id"] = str(row.id)
    for name in ("organisation_id", "unit_id", "staff_category_id", "requester_id", "task_id"):
        stored[name] = None if stored[name] is None else to_text(stored[name])
    stored["messages"] = [
        {"side": m.side.value, "kind": m.kind.value, "text": m.text, "week": m.week}
        for m in messages_of(session, report_id)
        if m.week
    ]
    return stored


def hours_a_year(session: Session, organisation_id: int, facts: ReportFacts) -> Range | None:
    """What the report comes to, for its writer alone; None where something is missing."""
    if facts.minutes is None or facts.frequency is None or facts.people is None:
        return None
    policy = policy_in_force(session, organisation_id)
    # What an hour costs changes no hours.
    task = TaskFacts(facts.minutes, facts.frequency, facts.people, hourly_cost_sek=1.0)
    return assess(task, policy).cost_hours
