"""What letters about accounts say. None of them holds more than a link and whom it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from timethief.i18n import TIME_ZONE, day, gettext


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject of one line, and paragraphs parted by blank lines."""

    subject: str
    text: str


def invitation(name: str, organisation: str, link: str, valid_until: datetime) -> Letter:
    """To who is invited."""
    return Letter(
        gettext("You are invited to Timethief in %(organisation)s", organisation=organisation),
        _paragraphs(
            gettext("Hello %(name)s.", name=name) if name else gettext("Hello."),
            gettext(
                "%(organisation)s uses Timethief to find administration that takes more time than it gives. You are "
                "invited to take part. Choose a password here:",
                organisation=organisation,
            ),
            link,
            gettext(
                "The link works once, until %(day)s.",
                day=day(valid_until.astimezone(TIME_ZONE).date()),
            ),
        ),
    )


def new_password(name: str, organisation: str, link: str) -> Letter:
    """To who has forgotten the password."""
    return Letter(
        gettext("A new password for Timethief in %(organisation)s", organisation=organisation),
        _paragraphs(
            gettext("Hello %(name)s.", name=name),
            gettext("Somebody asked for a new password for your account. Choose it here:"),
            link,
            gettext(
                "The link works once, for an hour. Was it not you? Then you need do nothing: your password is as it "
                "was."
            ),
        ),
    )


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(parts)
