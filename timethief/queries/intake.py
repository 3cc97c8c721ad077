"""What waits for a reviewer: released anonymous reports, and incomplete ones of people who were logged in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.anonymity import OPEN_STATUSES, IntakeStatus, Side
from timethief.domain.errors import Invalid, NotFound
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

PAGE = 25
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
class Waiting:
    """One page of the list; `after` leads to the next, None at the end."""

    lines: tuple[WaitingReport, ...]
    after: str | None


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


def waiting_anonymous(session: Session, organisation_id: int, after: str | None) -> Waiting:
    """The released anonymous reports that no task has come of, newest week first; those that say nearly the same
    are one line.

    Raises:
        Invalid: the cursor cannot be read.
    """  # noqa: D205 - one sentence
    week = func.max(AnonymousReport.released_week)
    groups = (
        select(
            AnonymousReport.cluster_id,
            week.label("week"),
            func.count().label("number"),
        )
        .where(
            AnonymousReport.organisation_id == organisation_id,
            AnonymousReport.released_week.is_not(None),
            AnonymousReport.task_id.is_(None),
            AnonymousReport.status.in_(_STATUSES),
        )
        .group_by(AnonymousReport.cluster_id)
    )
    if after:
        last_week, last_id = _cursor(after)
        groups = groups.having(
            tuple_(week, AnonymousReport.cluster_id) < tuple_(last_week, last_id)
        )
    found = session.execute(
        groups.order_by(week.desc(), AnonymousReport.cluster_id.desc()).limit(PAGE + 1)
    ).all()
    shown = found[:PAGE]
    rows = _in_clusters(session, organisation_id, [each.cluster_id for each in shown])
    lines = []
    for each in shown:
        members = rows[each.cluster_id]
        first = max(members, key=lambda row: (row.released_week or "", str(row.id)))
        lines.append(_line(session, first, similar=each.number - 1))
    end = None
    if len(found) > PAGE:
        end = f"{shown[-1].week}.{shown[-1].cluster_id}"
    return Waiting(tuple(lines), end)


def waiting_incomplete(session: Session, organisation_id: int, after: str | None) -> Waiting:
    """The reports of people who were logged in that something is missing of, newest first.

    Raises:
        Invalid: the cursor cannot be read.
    """
    query = select(Report).where(
        Report.organisation_id == organisation_id,
        Report.task_id.is_(None),
        Report.user_id.is_not(None),
        Report.withdrawn.is_(False),
    )
    if after:
        day, last_id = _cursor(after)
        try:
            last_day = date.fromisoformat(day)
        except ValueError as error:
            raise Invalid("cursor", "unreadable") from error
        query = query.where(tuple_(Report.sent_on, Report.id) < tuple_(last_day, last_id))
    rows = session.scalars(
        query.order_by(Report.sent_on.desc(), Report.id.desc()).limit(PAGE + 1)
    ).all()
    lines = tuple(_line(session, row) for row in rows[:PAGE])
    end = f"{rows[PAGE - 1].sent_on.isoformat()}.{rows[PAGE - 1].id}" if len(rows) > PAGE else None
    return Waiting(lines, end)


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
    similar = tuple(_line(session, each) for each in others)
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


def _in_clusters(
    session: Session, organisation_id: int, clusters: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[AnonymousReport]]:
    found: dict[uuid.UUID, list[AnonymousReport]] = {}
    for row in session.scalars(
        select(AnonymousReport).where(
            AnonymousReport.organisation_id == organisation_id,
            AnonymousReport.cluster_id.in_(clusters),
            AnonymousReport.released_week.is_not(None),
            AnonymousReport.task_id.is_(None),
            AnonymousReport.status.in_(_STATUSES),
        )
    ):
        found.setdefault(row.cluster_id, []).append(row)
    return found


def _line(session: Session, row: AnonymousReport | Report, similar: int = 0) -> WaitingReport:
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


def _cursor(text: str) -> tuple[str, uuid.UUID]:
    first, _, last = text.partition(".")
    try:
        return first, uuid.UUID(last)
    except ValueError as error:
        raise Invalid("cursor", "unreadable") from error
