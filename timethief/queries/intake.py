"""A report that waits for a reviewer: an anonymous one, or an incomplete one of somebody who was logged in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import OPEN_STATUSES, IntakeStatus, Side
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.intake import ReportFacts
from timethief.queries.anonymous_reports import Message, messages_of
from timethief.queries.reports import facts_of_report
from timethief.storage.tables import (
    AnonymousMessage,
    AnonymousReport,
    Report,
    Requester,
    StaffCategory,
    Unit,
)

CLUSTER_SHOWN = 20
_STATUSES = [status.value for status in OPEN_STATUSES]


@dataclass(frozen=True, slots=True)
class WaitingReport:
    """A line of the list, which can be read without opening it.

    Attributes:
        week: of an anonymous report; None for one of somebody who was logged in, who sent it `sent_on`.
        status: of an anonymous report.
        similar: how many others say nearly the same.
        said: how many times the writer has added something since.
    """

    id: uuid.UUID
    title: str
    description: str
    unit: str | None
    requester: str | None
    missing: tuple[str, ...]
    week: str | None = None
    sent_on: date | None = None
    status: str | None = None
    similar: int = 0
    said: int = 0


@dataclass(frozen=True, slots=True)
class IntakePage:
    """One report that waits, or that waited: what a reviewer needs to answer it and to make a task of it."""

    id: uuid.UUID
    facts: ReportFacts
    unit: str | None
    staff_category: str | None
    staff_category_en: str | None
    requester: str | None
    week: str | None
    sent_on: date | None
    status: str | None
    task_id: str | None
    has_receipt: bool
    messages: tuple[Message, ...]
    similar: tuple[WaitingReport, ...]

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody knows who wrote it."""
        return self.week is not None


def intake_page(session: Session, organisation_id: int, report_id: uuid.UUID) -> IntakePage:
    """One report.

    Raises:
        NotFound: there is none, it is another organisation's, no batch has shown it yet, it is withdrawn, or it
            is a task's from the beginning.
    """
    row = session.get(AnonymousReport, report_id)
    if row is not None and row.organisation_id == organisation_id:
        if row.released_week is None:
            raise NotFound("report")
        return _anonymous_page(session, row)
    report = session.get(Report, report_id)
    if (
        report is None
        or report.organisation_id != organisation_id
        or report.user_id is None
        or report.withdrawn
        or report.task_id is not None
    ):
        raise NotFound("report")
    return _page(session, report, report.sent_on)


def _anonymous_page(session: Session, row: AnonymousReport) -> IntakePage:
    others = session.scalars(
        select(AnonymousReport)
        .where(
            AnonymousReport.organisation_id == row.organisation_id,
            AnonymousReport.cluster_id == row.cluster_id,
            AnonymousReport.id != row.id,
            AnonymousReport.released_week.is_not(None),
            AnonymousReport.task_id.is_(None),
            AnonymousReport.status.in_(_STATUSES),
        )
        .order_by(AnonymousReport.id)
        .limit(CLUSTER_SHOWN)
    ).all()
    similar = tuple(line_of(session, each) for each in others)
    return _page(session, row, None, similar)


def _page(
    session: Session,
    row: AnonymousReport | Report,
    sent_on: date | None,
    similar: tuple[WaitingReport, ...] = (),
) -> IntakePage:
    category = row.staff_category_id and session.get(StaffCategory, row.staff_category_id)
    anonymous = isinstance(row, AnonymousReport)
    messages = messages_of(session, row.id) if anonymous else ()
    return IntakePage(
        id=row.id,
        facts=facts_of_report(row),
        unit=_unit(session, row),
        staff_category=category.name_sv if category else None,
        staff_category_en=category.name_en if category else None,
        requester=_requester(session, row),
        week=row.released_week if isinstance(row, AnonymousReport) else None,
        sent_on=sent_on,
        status=row.status if isinstance(row, AnonymousReport) else None,
        task_id=None if row.task_id is None else to_text(row.task_id),
        has_receipt=isinstance(row, AnonymousReport) and row.receipt_hash is not None,
        messages=tuple(each for each in messages if each.side is Side.REVIEWER or each.week),
        similar=similar,
    )


def line_of(session: Session, row: AnonymousReport | Report, similar: int = 0) -> WaitingReport:
    """A report as it stands in lists."""
    facts = facts_of_report(row)
    missing = facts.missing()
    if isinstance(row, Report):
        return WaitingReport(
            id=row.id,
            title=row.title,
            description=row.description,
            unit=_unit(session, row),
            requester=_requester(session, row),
            missing=missing,
            sent_on=row.sent_on,
        )
    said = session.scalar(
        select(func.count())
        .select_from(AnonymousMessage)
        .where(
            AnonymousMessage.report_id == row.id,
            AnonymousMessage.side == Side.WRITER.value,
            AnonymousMessage.released_week.is_not(None),
        )
    )
    return WaitingReport(
        id=row.id,
        title=row.title,
        description=row.description,
        unit=_unit(session, row),
        requester=_requester(session, row),
        missing=tuple(name for name in missing if not (name == "requester" and row.requester_name)),
        week=row.released_week,
        status=IntakeStatus(row.status).value,
        similar=similar,
        said=said or 0,
    )


def _unit(session: Session, row: AnonymousReport | Report) -> str | None:
    unit = None if row.unit_id is None else session.get(Unit, row.unit_id)
    return unit.name if unit else None


def _requester(session: Session, row: AnonymousReport | Report) -> str | None:
    if row.requester_id is not None:
        requester = session.get(Requester, row.requester_id)
        return requester.name if requester else None
    return row.requester_name or None if isinstance(row, AnonymousReport) else None
