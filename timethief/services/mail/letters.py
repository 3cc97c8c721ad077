"""A queued mail as a letter: text and the same as a page, with the heads that mail from machines should have."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from timethief.domain.mail import one_line
from timethief.i18n import gettext, speaking

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mail comes from.

    Attributes:
        address: it stands in From.
        base_url: how users reach the service.
    """

    address: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says, and to whom.

    Attributes:
        name: what names it among all mail of the installation; its Message-ID comes from it.
        organisation: on whose behalf, by name.
        language: of the recipient.
        unsubscribe: where the recipient says no to more of the kind; empty where it must come.
    """

    name: tuple[str, ...]
    recipient: str
    organisation: str
    language: str
    subject: str
    text: str
    html: str | None
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or an address that is to be opened."""

    lines: Sequence[str]
    address: str


def message_id(name: Sequence[str], sender: str) -> str:
    """The same for the same mail, however often it is sent, so that a receiver can drop the second."""
    digest = hashlib.sha256("\n".join(name).encode()).hexdigest()[:40]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def write(letter: Letter, sender: Sender, now: datetime) -> EmailMessage:
    """The letter as it goes over the wire."""
    with speaking(letter.language):
        foot = _foot(letter.organisation)
        subject = one_line(letter.subject)
        way_out = gettext("Do you not want letters like this one?")
        page = letter.html or _page(letter, subject, foot, sender.base_url)
    message = EmailMessage()
    message["From"] = f"Timethief <{sender.address}>"
    message["To"] = letter.recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(letter.name, sender.address)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        foot = [*foot, f"{way_out} {letter.unsubscribe}"]
    text = "\n\n".join([letter.text.strip(), "-- \n" + "\n".join(foot)]) + "\n"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(_INLINER.inline(page), subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language  # last: setting the content takes it away
    return message


def _foot(organisation: str) -> list[str]:
    return [
        gettext(
            "Sent by Timethief on behalf of %(organisation)s.", organisation=one_line(organisation)
        ),
        gettext("The mail is sent by a machine, so it cannot be answered."),
    ]


def _page(letter: Letter, subject: str, foot: Sequence[str], base_url: str) -> str:
    return _TEMPLATES.get_template("letter.html").render(
        language=letter.language,
        subject=subject,
        blocks=_blocks(letter.text, base_url),
        foot=foot,
        open_words=gettext("Open the page"),
        unsubscribe=letter.unsubscribe,
        way_out=gettext("Do you not want letters like this one?"),
        unsubscribe_words=gettext("Say no to them here"),
        copy_words=gettext("If the button does not work, copy this address to your browser:"),
    )


def _blocks(text: str, base_url: str) -> list[_Block]:
    """Paragraphs; an address of our own that stands alone becomes a button, others stay text."""
    found = []
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in paragraph.strip().split("\n")]
        if lines == [""]:
            continue
        is_ours = len(lines) == 1 and " " not in lines[0] and lines[0].startswith(f"{base_url}/")
        found.append(_Block(lines, lines[0] if is_ours else ""))
    return found
