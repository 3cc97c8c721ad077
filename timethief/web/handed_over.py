"""Links that lead somebody in: sent by mail, or shown once to who hands them over."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from timethief.domain.identifiers import to_text
from timethief.domain.links import INVITATION_LIFE
from timethief.reports import letters
from timethief.services import outbox
from timethief.services.access.invitations import Invited
from timethief.services.access.password_links import LinkMade
from timethief.services.outbox import Mail, MailKind
from timethief.web import current


def can_mail() -> bool:
    """Whether the installation sends mail."""
    return current.config().mail_server is not None


def invitation_link(invited: Invited) -> str:
    """Where the invitation is accepted. Made from the settings, never from what the browser says of the host."""
    return _outward(url_for("invitations.invitation", token=invited.token))


def mail_invitation(
    session: Session, invited: Invited, organisation_id: int, organisation: str, now: datetime
) -> bool:
    """Have the link sent, in the transaction that made it; False where no mail is sent."""
    if invited.email is None or not can_mail():
        return False
    letter = letters.invitation(
        invited.name, organisation, invitation_link(invited), now + INVITATION_LIFE
    )
    mail = Mail(
        organisation_id,
        invited.email,
        MailKind.INVITATION,
        f"invitation-{to_text(invited.invitation_id)}",
        letter.subject,
        letter.text,
    )
    outbox.queue(session, mail, now)
    return True


def mail_password_link(session: Session, made: LinkMade, now: datetime) -> None:
    """Have the link sent to the account's own address."""
    letter = letters.new_password(made.name, made.organisation, password_address(made.token))
    mail = Mail(
        made.organisation_id,
        made.email,
        MailKind.ACCOUNT,
        f"password-{now:%Y%m%d%H%M%S%f}",
        letter.subject,
        letter.text,
    )
    outbox.queue(session, mail, now)


def password_address(token: str) -> str:
    """Where another password is chosen."""
    return _outward(url_for("forgotten.new_password", token=token))


def _outward(path: str) -> str:
    return f"{current.config().base_url}{path}"
