"""The queue in words: why a task stands there, what could be done, how it stands with the requester."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from timethief.domain.cases import CaseOrigin
from timethief.domain.explanation import Explanation
from timethief.domain.queue import QueueGroup, QueueOrder
from timethief.domain.remedies import Remedy
from timethief.domain.vocabulary import Action, Verdict
from timethief.i18n import (
    N_,
    TIME_ZONE,
    day,
    gettext,
    moment,
    ngettext,
    number,
    significant,
    time_of_day,
)
from timethief.queries.queue_rows import CaseInQueue, QueueRow
from timethief.reports.labels import label
from timethief.services.queue import Changed

_GROUPS = {
    QueueGroup.MINE: N_("Waiting for you"),
    QueueGroup.WAITING: N_("Waiting for the requester"),
    QueueGroup.NEW: N_("New ones"),
    QueueGroup.UNDECIDED: N_("Cannot be decided yet"),
    QueueGroup.OTHERS: N_("Somebody else has it"),
    QueueGroup.DONE: N_("Done in the last 30 days"),
}
_ORDERS = {
    QueueOrder.GAIN: N_("Most to gain"),
    QueueOrder.HOURS: N_("Takes most time"),
    QueueOrder.AGE: N_("Oldest"),
    QueueOrder.EASE: N_("Easiest"),
}
_EMPTY = {
    QueueGroup.MINE: N_("Nothing waits for you. Take something below."),
    QueueGroup.NEW: N_("No time thief is left that nobody has taken."),
}


_ASKED_FOR = frozenset(
    {
        CaseOrigin.REVIEW_REQUEST.value,
        CaseOrigin.RETURNED.value,
        CaseOrigin.REVIEW_DATE.value,
        CaseOrigin.NOT_FREED.value,
    }
)
"""Why cases were opened, where it says more than that somebody has taken the task."""


@dataclass(frozen=True, slots=True)
class RowInWords:
    """A task of the queue as it is told.

    Attributes:
        why: why it stands there.
        best: the best of all.
        own: the best within the own mandate; empty where it is the same.
        requester: how it stands with the one who asks for it.
        owner: who has it, and by when those who wrote are to have an answer.
        late: that day has passed.
    """

    why: str
    best: str
    own: str
    requester: str
    owner: str
    late: bool


def group_name(group: QueueGroup) -> str:
    """The heading of a group."""
    return gettext(_GROUPS[group])


def order_name(order: QueueOrder) -> str:
    """What comes first, in words."""
    return gettext(_ORDERS[order])


def nothing_in(group: QueueGroup) -> str:
    """What stands in place of an empty group; nothing for most."""
    return gettext(_EMPTY[group]) if group in _EMPTY else ""


def count_in_words(count: int | None, counted_to: int) -> str:
    """How many there are, as far as they were counted."""
    return gettext("over %(count)s", count=number(counted_to)) if count is None else number(count)


def in_words(row: QueueRow, today: date) -> RowInWords:
    """A task in words."""
    explanation = row.explanation
    best, own = explanation.first_step, explanation.within_own_mandate
    asks = explanation.verdict is Verdict.POSSIBLE
    return RowInWords(
        why=_why(row),
        best=_question(explanation) if asks else remedy_in_words(best),
        own="" if own.action is best.action and not asks else remedy_in_words(own),
        requester=_requester(row, today),
        owner="" if row.case is None else _owner(row.case, today),
        late=row.case is not None and not row.case.answered and today > row.case.answer_due,
    )


def remedy_in_words(remedy: Remedy) -> str:
    """A remedy, what it frees, and what it takes to get there."""
    action = label("action", remedy.action)
    if remedy.action is Action.KEEP:
        return action
    if remedy.one_off_hours > 0:
        return gettext(
            "%(action)s. It frees about %(released)s hours a year and takes %(one_off)s hours once.",
            action=action,
            released=significant(remedy.released_hours),
            one_off=significant(remedy.one_off_hours),
        )
    return gettext(
        "%(action)s. It frees about %(released)s hours a year.",
        action=action,
        released=significant(remedy.released_hours),
    )


def done_in_words(act: str, count: int) -> str:
    """That an act was carried out."""
    if act == "keep":
        return ngettext(
            "%(num)s task is kept, as justified administration.",
            "%(num)s tasks are kept, as justified administration.",
            count,
        )
    if act == "give":
        return ngettext("%(num)s task was given on.", "%(num)s tasks were given on.", count)
    if act == "back":
        return ngettext("%(num)s task was handed back.", "%(num)s tasks were handed back.", count)
    return ngettext("You have taken %(num)s task.", "You have taken %(num)s tasks.", count)


def changed_in_words(changed: Changed, today: date) -> str:
    """That a task was left as it is, since somebody else has done something."""
    if changed.at is None or not changed.by:
        return gettext(
            "%(title)s: somebody has changed it meanwhile. Look at it again.", title=changed.title
        )
    at = (
        time_of_day(changed.at)
        if changed.at.astimezone(TIME_ZONE).date() == today
        else moment(changed.at)
    )
    told = {
        "taken": N_("%(title)s: %(name)s took it %(at)s. It is left as it was."),
        "routed": N_("%(title)s: %(name)s handed it on %(at)s. It is left as it was."),
        "decided": N_("%(title)s: %(name)s decided on it %(at)s. It is left as it was."),
    }
    text = told.get(
        changed.kind, N_("%(title)s: %(name)s changed it %(at)s. It is left as it was.")
    )
    return gettext(text, title=changed.title, name=changed.by, at=at)


def _why(row: QueueRow) -> str:
    cause = row.explanation.cause
    told = [label("signal", signal) for signal in row.signals]
    if row.case is not None and row.case.origin in _ASKED_FOR:
        told.insert(0, label("case_origin", row.case.origin))
    if cause is not None:
        told.append(label("cause", cause))
    if not told:
        told.append(label("verdict", row.explanation.verdict))
    first, *others = told
    return ", ".join([first, *(each[:1].lower() + each[1:] for each in others)]) + "."


def _question(explanation: Explanation) -> str:
    """What would settle it."""
    if explanation.waits_for_receiver:
        return gettext("Ask the one who receives it: is it used, and for what?")
    return gettext("Find out: how long does it take, and what is the use worth?")


def _requester(row: QueueRow, today: date) -> str:
    asked = row.asked
    if asked is None:
        return gettext("not asked yet")
    if asked.answered_on is not None:
        return gettext(
            "answered %(day)s: %(answer)s",
            day=day(asked.answered_on),
            answer=label("used", asked.used or "unknown").lower(),
        )
    days = max((today - asked.asked_on).days, 0)
    if asked.late:
        return ngettext(
            "asked %(num)s day ago, has not answered",
            "asked %(num)s days ago, has not answered",
            days,
        )
    if days == 0:
        return gettext("asked today")
    return ngettext("asked %(num)s day ago", "asked %(num)s days ago", days)


def _owner(case: CaseInQueue, today: date) -> str:
    who = " · ".join(name for name in (case.function, case.owner) if name) or gettext("nobody yet")
    if case.waits_since is not None:
        return gettext("%(who)s. Waits since %(day)s.", who=who, day=day(case.waits_since))
    if case.answered:
        return who
    if today > case.answer_due:
        return gettext("%(who)s. The answer was due %(day)s.", who=who, day=day(case.answer_due))
    return gettext("%(who)s. Answer by %(day)s.", who=who, day=day(case.answer_due))
