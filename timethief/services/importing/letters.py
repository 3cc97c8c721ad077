"""Telling by mail how an import stands, to who may have stopped waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import to_text
from timethief.domain.import_runs import ImportState
from timethief.i18n import speaking
from timethief.services.outbox import Mail, MailKind, queue
from timethief.storage.tables import TaskImport, User

LONG = timedelta(seconds=60)
"""After so long somebody may look at something else."""
Write = Callable[[ImportState, str], tuple[str, str] | None]
"""Subject and text for a state and the person's name; None where the state is worth no letter."""


def tell_of_slow_import(session: Session, import_id: int, write: Write, now: datetime) -> bool:
    """Have a mail sent about an import that took long; whether one is. Telling twice is telling once.

    Args:
        session: writing.
        import_id: which.
        write: what the mail says; called in the language of the import.
        now: the time.
    """
    row = session.get(TaskImport, import_id)
    if row is None:
        return False
    begun = row.chosen_at or row.made_at
    person = session.scalars(select(User).where(User.id == row.user_id)).one_or_none()
    if person is None or now - begun <= LONG:
        return False
    with speaking(row.language):
        written = write(ImportState(row.state), person.name)
    if written is None:
        return False
    subject, text = written
    key = f"import-{to_text(import_id)}-{row.state}"
    queue(
        session,
        Mail(row.organisation_id, person.email, MailKind.NOTICE, key, subject, text),
        now,
    )
    return True
