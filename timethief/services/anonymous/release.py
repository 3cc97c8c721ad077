"""The batch: once a day, what was written anonymously is shown, in random order and dated by its week alone."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import OPEN_STATUSES, alike, has_expired, week_of
from timethief.i18n import TIME_ZONE
from timethief.services.cases.opening import open_cases_of_week
from timethief.services.following_up.returns import notice_week
from timethief.storage.database import Database
from timethief.storage.scrubbing import scrub
from timethief.storage.tables import AnonymousForm, AnonymousMessage, AnonymousReport
from timethief.storage.turns import take_turn

_SHUFFLER = secrets.SystemRandom()


def release(database: Database, organisation_id: int, now: datetime) -> Mapping[str, int]:
    """Show what waits, and write all rows of the week anew in random order, so that none tells when it came.

    Nothing is counted: the numbers of a run are kept with its day, and would tell the day of a report.
    """
    today = now.astimezone(TIME_ZONE).date()
    with database.writing(organisation_id) as session:
        take_turn(session, organisation_id)
        week = week_of(today)
        _show(session, organisation_id, week)
        _close_expired(session, organisation_id, now)
        session.flush()
        _write_anew(session, organisation_id, week)
        open_cases_of_week(session, organisation_id, week, _SHUFFLER)
        notice_week(session, organisation_id, week, _SHUFFLER)
        session.execute(
            delete(AnonymousForm).where(AnonymousForm.organisation_id == organisation_id)
        )
    scrub(database)
    return {}


def _show(session: Session, organisation_id: int, week: str) -> None:
    reports = session.scalars(
        select(AnonymousReport).where(AnonymousReport.organisation_id == organisation_id)
    ).all()
    by_id = {report.id: report for report in reports}
    waiting = [report for report in reports if report.released_week is None]
    _SHUFFLER.shuffle(waiting)
    seen = _titles_of_clusters([report for report in reports if report.released_week])
    for report in waiting:
        report.cluster_id = _cluster(seen, report)
        report.released_week = week
    for report in reports:
        report.shown_status = report.status
    for message in session.scalars(
        select(AnonymousMessage).where(
            AnonymousMessage.organisation_id == organisation_id,
            AnonymousMessage.released_week.is_(None),
        )
    ):
        message.released_week = week
        by_id[message.report_id].changed_week = week


def _titles_of_clusters(reports: Sequence[AnonymousReport]) -> dict[uuid.UUID, str]:
    waiting = [each for each in reports if each.status in OPEN_STATUSES and each.task_id is None]
    return {report.cluster_id: report.title for report in waiting}


def _cluster(seen: dict[uuid.UUID, str], report: AnonymousReport) -> uuid.UUID:
    """The cluster whose title says nearly the same, else one of its own."""
    for cluster_id, title in seen.items():
        if alike(title, report.title):
            return cluster_id
    seen[report.cluster_id] = report.title
    return report.cluster_id


def _close_expired(session: Session, organisation_id: int, now: datetime) -> None:
    """Codes that open nothing any more need not be kept."""
    for report in session.scalars(
        select(AnonymousReport).where(
            AnonymousReport.organisation_id == organisation_id,
            AnonymousReport.receipt_hash.is_not(None),
        )
    ):
        if has_expired((report.released_week, report.changed_week), now.date()):
            report.receipt_hash = None


def _write_anew(session: Session, organisation_id: int, week: str) -> None:
    """Delete and add again what the week has touched.

    Batches of other days of the week too: else the database would tell them apart, and with them the day.
    """
    reports = _taken_out(
        session,
        AnonymousReport,
        AnonymousReport.organisation_id == organisation_id,
        or_(AnonymousReport.released_week == week, AnonymousReport.changed_week == week),
    )
    ids = [report["id"] for report in reports]
    messages = _taken_out(
        session,
        AnonymousMessage,
        AnonymousMessage.organisation_id == organisation_id,
        or_(AnonymousMessage.released_week == week, AnonymousMessage.report_id.in_(ids)),
    )
    session.expunge_all()
    session.execute(
        delete(AnonymousMessage).where(AnonymousMessage.id.in_([each["id"] for each in messages]))
    )
    session.execute(delete(AnonymousReport).where(AnonymousReport.id.in_(ids)))
    if reports:
        session.execute(insert(AnonymousReport), reports)
    if messages:
        session.execute(insert(AnonymousMessage), messages)


def _taken_out(
    session: Session,
    table: type[AnonymousReport | AnonymousMessage],
    *conditions: Any,  # noqa: ANN401 - of the library
) -> list[dict[str, Any]]:
    """The rows as they are added again, in random order."""
    names = [column.key for column in table.__mapper__.column_attrs]
    rows = [
        {name: getattr(row, name) for name in names}
        for row in session.scalars(select(table).where(*conditions))
    ]
    _SHUFFLER.shuffle(rows)
    return rows
