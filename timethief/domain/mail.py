"""Rules of mail: who may get it, what may stand in its head, and when a failed one is tried again."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from timethief.domain.errors import Invalid


class MailKind(StrEnum):
    """What a mail is about; all that those who run the installation see of it."""

    INVITATION = "invitation"
    """To somebody who has no account yet."""
    ACCOUNT = "account"
    """About the recipient's own account."""
    NOTICE = "notice"
    """Something happened that the recipient should know."""
    INQUIRY = "inquiry"
    """To somebody who asks for a task, and needs no account to answer."""
    CASE = "case"
    """A case waits for the recipient, or its deadline is near."""
    DECISION = "decision"
    """What the recipient wrote or asked for has been answered or decided."""
    FOLLOW_UP = "follow_up"
    """Whether a decision came true: the recipient's unit is asked."""
    REVIEW_DATE = "review_date"
    """Something is to be looked at again."""
    DIGEST = "digest"
    """The monthly letter."""


TO_OUTSIDERS = frozenset({MailKind.INVITATION, MailKind.INQUIRY})
"""Kinds that go to people without an account; all others only to those who still have one when it is sent."""


class MailState(StrEnum):
    """Where a mail is on its way."""

    WAITING = "waiting"
    LEASED = "leased"
    """Somebody is sending it now."""
    SENT = "sent"
    GIVEN_UP = "given_up"
    """It could not be delivered in three days."""
    IN_DIGEST = "in_digest"
    """It is only counted, in the recipient's next monthly letter. Nothing of what it says is stored."""
    TOLD = "told"
    """A monthly letter has told that there was one."""
    DROPPED = "dropped"
    """The recipient had no account any more when it was to be sent."""


UNSENT = frozenset({MailState.WAITING, MailState.LEASED})

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long to wait after the first, second, ... failure; the last holds for all that follow."""
GIVEN_UP_AFTER = timedelta(hours=72)
"""From the first try on."""
LONGEST_SUBJECT = 200
LONGEST_KEY = 64
_LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent.

    Attributes:
        organisation_id: on whose behalf.
        recipient: one address.
        kind: what it is about.
        key: with the other three it names this mail: the same once more is the same mail, sent once.
        subject: one line.
        text: what it says; a blank line parts paragraphs, an address alone on its line becomes a button. No free
            text of reports.
        html: the same as a page, where the one made from the text will not do.
    """

    organisation_id: int
    recipient: str
    kind: MailKind
    key: str
    subject: str
    text: str
    html: str | None = None


def read_subject(text: str, field: str = "subject") -> str:
    """A subject of one line.

    Raises:
        Invalid: reason `several_lines`, `required` or `too_long`.
    """
    if _LINE_BREAKS.search(text):
        raise Invalid(field, "several_lines")
    subject = one_line(text)
    if not subject:
        raise Invalid(field, "required")
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid(field, "too_long", limit=LONGEST_SUBJECT, length=len(subject))
    return subject


def one_line(text: str) -> str:
    """The text without line breaks, control characters and characters that turn the reading direction."""
    spaced = _LINE_BREAKS.sub(" ", text)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()


def next_try(attempts: int, first_tried_at: datetime, now: datetime) -> datetime | None:
    """When to try again after `attempts` failures; None when it is time to give up."""
    if now - first_tried_at >= GIVEN_UP_AFTER:
        return None
    return now + BACK_OFF[min(attempts, len(BACK_OFF)) - 1]


def masked(address: str) -> str:
    """An address as those see it who watch over the mail: a***@example.se."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
