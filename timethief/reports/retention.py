"""What is kept for how long, in words."""

from __future__ import annotations

from dataclasses import dataclass

from timethief.domain.retention import Kind
from timethief.i18n import N_, gettext, ngettext, number


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind in words.

    Attributes:
        name: what it is.
        counted_from: from what its time is counted, after "months after".
        note: what else one should know.
    """

    name: str
    counted_from: str
    note: str


_WORDS = {
    Kind.TASKS: KindWords(
        N_("Tasks that are done with"),
        N_("the last thing that happened to the task"),
        N_(
            "Only tasks that have been stopped or are done. Their reports and their history go with them. Totals follow."
        ),
    ),
    Kind.REPORTS: KindWords(
        N_("Reports from people with an account"),
        N_("the day it was sent"),
        N_(
            "Reports that were withdrawn, that wait, or whose task has been reviewed. What the figures of a task rest on "
            "stays as long as the task."
        ),
    ),
    Kind.ANONYMOUS_REPORTS: KindWords(
        N_("Anonymous reports"),
        N_("the week when something was last said of it"),
        N_("Only those that reviewers are done with. What was said in the thread goes with them."),
    ),
    Kind.TASK_HISTORY: KindWords(
        N_("History of tasks"),
        N_("the day it happened"),
        N_("Who reviewed a task, and what stood there before."),
    ),
    Kind.AUDIT_TRAIL: KindWords(
        N_("Audit trail"), N_("the day it happened"), N_("Acts of administration.")
    ),
    Kind.MAIL: KindWords(
        N_("Mail that has been sent"),
        N_("the day it was sent"),
        N_("To whom and when. The text is emptied as soon as the mail has been sent."),
    ),
    Kind.INQUIRIES: KindWords(
        N_("Questions to requesters"),
        N_("the day it was answered, taken back or closed"),
        N_(
            "What was asked, of which address, and the answer. What the answer says of the use stays."
        ),
    ),
    Kind.INVITATIONS: KindWords(
        N_("Invitations"),
        N_("the day it was used or ran out"),
        N_("Who was invited, and to which role."),
    ),
}


def kind_words(kind: Kind) -> KindWords:
    """The kind, in the language in use."""
    words = _WORDS[kind]
    return KindWords(gettext(words.name), gettext(words.counted_from), gettext(words.note))


def kept_text(kind: Kind, months: int | None) -> str:
    """How long: "Kept 24 months after the day it was sent"."""
    if months is None:
        return gettext("Kept for good")
    return ngettext(
        "Kept %(num)s month after %(event)s",
        "Kept %(num)s months after %(event)s",
        months,
        num=number(months),
        event=kind_words(kind).counted_from,
    )


def due_text(due: int) -> str:
    """How much would be weeded today."""
    if not due:
        return gettext("Nothing would be weeded today")
    return ngettext(
        "%(num)s entry would be weeded today",
        "%(num)s entries would be weeded today",
        due,
        num=number(due),
    )


def held_text(held: int) -> str:
    """How much has had its time but may not be weeded; empty for nothing."""
    if not held:
        return ""
    return ngettext(
        "%(num)s entry is held back", "%(num)s entries are held back", held, num=number(held)
    )
