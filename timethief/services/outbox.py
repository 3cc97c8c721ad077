"""Mail is queued in the transaction that it tells of, and sent by the scheduler: never within a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Insert, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.contact import read_email
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import new_identifier, to_text
from timethief.domain.mail import LONGEST_KEY, Mail, MailKind, MailState, read_subject
from timethief.domain.people import Actor, Permission, ensure
from timethief.services import audit
from timethief.storage.tables import OutboxMail

__all__ = ["Mail", "MailKind", "queue", "try_again"]


def queue(session: Session, mail: Mail, now: datetime) -> None:
    """Have a mail sent once the transaction is stored; the same mail queued again is sent once.

    Raises:
        Invalid: of `recipient`, `subject`, `text` or `key`, such as for a line break in the subject.
    """
    session.execute(_unless_there(session), [_row(mail, now)])


def count_for_digest(session: Session, mail: Mail, now: datetime) -> None:
    """Only count a mail, for the recipient's next monthly letter; the same mail again counts once.

    Raises:
        Invalid: as `queue`.
    """
    emptied = {"subject": "", "text": "", "html": None, "state": MailState.IN_DIGEST.value}
    session.execute(_unless_there(session), [_row(mail, now) | emptied])


def counted_for_digest(session: Session, organisation_id: int, recipient: str) -> dict[str, int]:
    """How many mails of each kind have only been counted since the last monthly letter."""
    rows = session.execute(
        select(OutboxMail.kind, func.count())
        .where(*_counted(organisation_id, recipient))
        .group_by(OutboxMail.kind)
    )
    return {kind: count for kind, count in rows}  # noqa: C416 - rows are no pairs to the type checker


def forget_counted(session: Session, organisation_id: int, recipient: str, now: datetime) -> None:
    """They have been told of: the next monthly letter begins anew."""
    session.execute(
        update(OutboxMail)
        .where(*_counted(organisation_id, recipient))
        .values(state=MailState.TOLD.value, ended_at=now)
    )


def _counted(organisation_id: int, recipient: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxMail.organisation_id == organisation_id,
        OutboxMail.recipient == read_email(recipient, "recipient"),
        OutboxMail.state == MailState.IN_DIGEST.value,
    )


def _row(mail: Mail, now: datetime) -> dict[str, Any]:
    if not mail.text.strip():
        raise Invalid("text", "required")
    if not 0 < len(mail.key) <= LONGEST_KEY:
        raise Invalid("key", "too_long", limit=LONGEST_KEY, length=len(mail.key))
    return {
        "id": new_identifier(),
        "organisation_id": mail.organisation_id,
        "recipient": read_email(mail.recipient, "recipient"),
        "kind": MailKind(mail.kind).value,
        "key": mail.key,
        "subject": read_subject(mail.subject),
        "text": mail.text,
        "html": mail.html,
        "state": MailState.WAITING.value,
        "queued_at": now,
        "next_try_at": now,
        "attempts": 0,
    }


def _unless_there(session: Session) -> Insert:
    key = ["organisation_id", "recipient", "kind", "key"]
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(OutboxMail).on_conflict_do_nothing(index_elements=key)
    return postgresql.insert(OutboxMail).on_conflict_do_nothing(index_elements=key)


def try_again(session: Session, actor: Actor, now: datetime, mail_id: int | None = None) -> int:
    """Have mail tried at once, also what was given up; how many.

    Args:
        session: writing, over all organisations.
        actor: somebody who runs the installation.
        now: time of the act.
        mail_id: the mail; None for all that has not arrived.

    Raises:
        NotAllowed: the actor does not run the installation.
        NotFound: no such mail waits or was given up.
    """
    ensure(actor, Permission.OPERATE)
    wanted = select(OutboxMail).where(
        OutboxMail.state.in_((MailState.WAITING.value, MailState.GIVEN_UP.value))
    )
    if mail_id is not None:
        wanted = wanted.where(OutboxMail.id == mail_id)
    found = session.scalars(wanted).all()
    if mail_id is not None and not found:
        raise NotFound("mail")
    for mail in found:
        mail.state = MailState.WAITING.value
        mail.next_try_at, mail.first_tried_at, mail.ended_at = now, None, None
        mail.attempts = 0
    reference = "" if mail_id is None else to_text(mail_id)
    if found:
        audit.record(session, actor, Act.MAIL_TRIED_AGAIN, "mail", reference=reference, now=now)
    return len(found)
