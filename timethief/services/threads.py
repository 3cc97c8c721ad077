"""The threads of anonymous reports: what their writers and the reviewers say to each other."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import MessageKind, Side
from timethief.storage.tables import AnonymousMessage, AnonymousReport


def say(
    session: Session, report: AnonymousReport, side: Side, kind: MessageKind, text: str
) -> None:
    """Put something at the end of a thread; the other side sees it from the next batch on."""
    last = session.scalar(
        select(func.max(AnonymousMessage.position)).where(AnonymousMessage.report_id == report.id)
    )
    session.add(
        AnonymousMessage(
            organisation_id=report.organisation_id,
            report_id=report.id,
            position=(last or 0) + 1,
            side=side.value,
            kind=kind.value,
            text=text,
        )
    )
