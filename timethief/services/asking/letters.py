"""What is mailed to the one who is asked. It holds a link, the asker's own words, and nothing of what staff wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timethief.config import Config
from timethief.domain.inquiries import mail_key
from timethief.domain.mail import MailState
from timethief.i18n import day, gettext, speaking
from timethief.services.asking.links import address_of
from timethief.services.outbox import Mail, MailKind, queue
from timethief.storage.tables import Inquiry, Organisation, OutboxMail, Requester, Requirement, Task


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters to requesters are written.

    Attributes:
        sends: whether the installation sends mail at all.
    """

    base_url: str
    secret_key: str
    sends: bool

    @classmethod
    def of(cls, config: Config) -> Desk:
        """The desk of an installation."""
        return cls(config.base_url, config.secret_key, config.mail_server is not None)

    def link(self, inquiry: Inquiry) -> str:
        """Where the question is answered."""
        return address_of(self.base_url, self.secret_key, inquiry.organisation_id, inquiry.id)


def send_question(session: Session, desk: Desk, inquiry: Inquiry, now: datetime) -> bool:
    """Have the question mailed; whether it will be."""
    return _send(session, desk, inquiry, "asked", now)


def send_reminder(
    session: Session, desk: Desk, inquiry: Inquiry, today: date, now: datetime
) -> bool:
    """Have the question mailed again, once a day at the most; whether it will be."""
    return _send(session, desk, inquiry, f"reminder-{today:%Y%m%d}", now)


def stop_letters(session: Session, inquiry: Inquiry) -> None:
    """Take back what waits to be mailed: there is nothing to answer any more."""
    session.execute(
        delete(OutboxMail).where(
            OutboxMail.organisation_id == inquiry.organisation_id,
            OutboxMail.kind == MailKind.INQUIRY.value,
            OutboxMail.key.startswith(mail_key(inquiry.id)),
            OutboxMail.state == MailState.WAITING.value,
        )
    )


def requester_of(session: Session, inquiry: Inquiry) -> Requester:
    """Who is asked."""
    if inquiry.task_id is not None:
        requester_id = session.get_one(Task, inquiry.task_id).requester_id
    else:
        requester_id = session.get_one(Requirement, inquiry.requirement_id).requester_id
    return session.get_one(Requester, requester_id)


def _send(session: Session, desk: Desk, inquiry: Inquiry, letter: str, now: datetime) -> bool:
    if not desk.sends or not inquiry.recipient:
        return False
    organisation = session.scalars(
        select(Organisation).where(Organisation.id == inquiry.organisation_id)
    ).one()
    with speaking(organisation.language):
        subject, text = _words(
            organisation.name,
            requester_of(session, inquiry).name,
            inquiry,
            desk.link(inquiry),
            reminds=letter != "asked",
        )
    mail = Mail(
        organisation.id,
        inquiry.recipient,
        MailKind.INQUIRY,
        f"{mail_key(inquiry.id)}{letter}",
        subject,
        text,
    )
    queue(session, mail, now)
    return True


def _words(
    organisation: str, requester: str, inquiry: Inquiry, link: str, *, reminds: bool
) -> tuple[str, str]:
    values = {
        "organisation": organisation,
        "requester": requester,
        "day": day(inquiry.deadline),
    }
    if reminds:
        subject = gettext("Reminder: three questions from %(organisation)s", **values)
        first = gettext(
            "Some time ago we asked you three questions about something that %(requester)s asks of us. We have not had "
            "your answer yet.",
            **values,
        )
    else:
        subject = gettext("Three questions from %(organisation)s", **values)
        first = gettext(
            "%(requester)s asks something of us that takes our working time. We want to know if it is used, so that we "
            "spend the time on the right things.",
            **values,
        )
    parts = [
        gettext("Hello."),
        first,
        *([inquiry.message] if inquiry.message else []),
        gettext(
            "There are three questions. They take about two minutes, and you need no account. Answer here:"
        ),
        link,
        gettext("We would like your answer by %(day)s.", **values),
        gettext(
            "Are you not the right person? Then send the mail on to who knows what it is used for: the link works for "
            "them too."
        ),
    ]
    return subject, "\n\n".join(parts)
