"""The intake in words: what a report lacks, and how an answer may begin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from timethief.domain.anonymity import IntakeStatus
from timethief.i18n import N_, gettext

_MISSING = {
    "minutes": N_("how long it takes"),
    "frequency": N_("how often it is done"),
    "people": N_("how many do it"),
    "unit": N_("where it is done"),
    "requester": N_("who asks for it"),
}
_GAP = re.compile(r"\S+ …")


@dataclass(frozen=True, slots=True)
class Opening:
    """A text to begin an answer with.

    Attributes:
        label: what the reviewer chooses it by.
        text: what then stands in the field.
        status: what is then chosen.
    """

    label: str
    text: str
    status: str


def missing_in_words(missing: Iterable[str]) -> list[str]:
    """What somebody must add before the report counts."""
    return [gettext(_MISSING[name]) for name in missing]


def openings() -> dict[str, Opening]:
    """Texts to begin with, in plain words."""
    return {
        "thanks": Opening(
            gettext("Thanks, and what happens next"),
            gettext(
                "Thank you for telling us. We have read it. This is what we do next: … You will see here what comes of it."
            ),
            IntakeStatus.READING.value,
        ),
        "question": Opening(
            gettext("We need to know more"),
            gettext(
                "Thank you for telling us. To get further we need to know: … Answer here with your code. You need not say "
                "who you are."
            ),
            IntakeStatus.ASKED.value,
        ),
        "changed": Opening(
            gettext("This is what we do"),
            gettext("Thank you for telling us. This is what we change: … It is in force from …"),
            IntakeStatus.CLOSED.value,
        ),
        "kept": Opening(
            gettext("We keep it, because"),
            gettext(
                "Thank you for telling us. We keep the task, because … If you think that we have missed something, write "
                "it here."
            ),
            IntakeStatus.CLOSED.value,
        ),
    }


def is_unfinished(text: str) -> bool:
    """Whether the dots of an opening still stand there, where something was to be filled in."""
    words = " ".join(text.split())
    gaps = (gap for each in openings().values() for gap in _GAP.findall(each.text))
    return any(gap in words for gap in gaps)


def week_text(week: str) -> str:
    """A stored week in words, as "week 11, 2026"."""
    year, _, number = week.partition("-W")
    return gettext("week %(week)s, %(year)s", week=int(number), year=year)
