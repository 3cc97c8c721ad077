"""Names and e-mail addresses of people, as they may stand in a letter."""

from __future__ import annotations

import re

from timethief.domain.errors import Invalid
from timethief.domain.names import outline
from timethief.domain.tasks import read_text

LONGEST_EMAIL = 200
LONGEST_NAME = 200
_LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE)
"""No quotes, comments or line breaks: nothing that a mail program could read as several addresses."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)


def read_email(text: str, field: str = "email") -> str:
    """The address as a letter is sent to it: its domain in ASCII.

    Raises:
        Invalid: reason `required`, `too_long`, `bad_characters` or `not_an_address`.
    """
    address = read_text(text, field, LONGEST_EMAIL, required=True)
    local, at, domain = address.rpartition("@")
    try:
        written = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Invalid(field, "not_an_address") from error
    if not (at and _is_local(local) and _is_domain(written)):
        raise Invalid(field, "not_an_address")
    return f"{local}@{written}"


def _is_local(text: str) -> bool:
    return len(text) <= _LONGEST_LOCAL and _LOCAL.fullmatch(text) is not None


def _is_domain(text: str) -> bool:
    labels = text.split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)


def read_name(text: str, field: str = "name") -> str:
    """The name of a person or a thing, on one line.

    Raises:
        Invalid: reason `required`, `too_long`, `bad_characters` or `several_lines`.
    """
    name = read_text(text, field, LONGEST_NAME, required=True)
    if "\n" in name or "\t" in name:
        raise Invalid(field, "several_lines")
    return name


def mailbox(email: str) -> str:
    """What of an address the eye sees before the @, without what some add behind a plus sign.

    Two addresses of one mailbox are not the same, but somebody should look at them.
    """
    return outline(email.partition("@")[0].partition("+")[0])


def name_from_email(email: str) -> str:
    """A name to begin with, for who has told nothing but an address: anna.berg@... is Anna Berg."""
    words = re.split(r"[._+-]+", email.partition("@")[0])
    return " ".join(word.capitalize() for word in words if word)
