"""Taking things out: what leaves the service is noted in the trail."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Permission, ensure
from timethief.services import audit


def note_archive(session: Session, actor: Actor, now: datetime) -> None:
    """Everything of the organisation is taken out.

    Raises:
        NotAllowed: the actor may not.
    """
    ensure(actor, Permission.READ_TRACES)
    audit.record(session, actor, Act.ARCHIVE_TAKEN_OUT, "archive", now=now)


def note_record(session: Session, actor: Actor, key: int | uuid.UUID, now: datetime) -> None:
    """A task or a report is taken out, such as for a request for public records. Who asks is not noted.

    Raises:
        NotAllowed: the actor may not.
    """
    ensure(actor, Permission.READ_TRACES)
    audit.record(
        session,
        actor,
        Act.RECORD_TAKEN_OUT,
        "task" if isinstance(key, int) else "report",
        reference=to_text(key) if isinstance(key, int) else str(key),
        now=now,
    )
