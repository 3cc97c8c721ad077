"""A form is carried out once, however often it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict
from timethief.storage.tables import SentForm


def earlier_result(session: Session, organisation_id: int, key: str) -> str | None:
    """What the form with this key led to the first time; None where it has not been sent."""
    sent = session.get(SentForm, (organisation_id, key))
    return None if sent is None else sent.result


def earlier_numbers(
    session: Session, organisation_id: int, key: str, many: int = 1
) -> tuple[int, ...] | None:
    """The whole numbers that the form with this key led to the first time; None where it has not been sent.

    Raises:
        Conflict: reason `form_of_another`, where the key was sent with a form that led to something else.
    """
    result = earlier_result(session, organisation_id, key)
    if result is None:
        return None
    parts = result.split()
    if len(parts) != many or not all(part.isascii() and part.isdigit() for part in parts):
        raise Conflict("form_of_another")
    return tuple(int(part) for part in parts)


def remember(session: Session, organisation_id: int, key: str, result: str, now: datetime) -> None:
    """Note in the same transaction what the form led to."""
    session.add(SentForm(organisation_id=organisation_id, key=key, result=result, sent_at=now))
