"""The one who asks for a task is asked three questions: what it is used for, if it is right, if it is worth its cost.

What is answered becomes the receiver's statement (`timethief.domain.statements`). A question that nobody answers
says nothing of the use: it is shown as not answered, with since when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import to_text
from timethief.domain.intake import DEFAULT_WORTH_SHARE
from timethief.domain.statements import Statement, authoritative
from timethief.domain.tasks import Use, Worth
from timethief.domain.vocabulary import Beneficiary, InUse, Level, Purpose, Source

SHORTEST_DEADLINE = timedelta(days=3)
LONGEST_DEADLINE = timedelta(days=180)
DEFAULT_DEADLINE = timedelta(days=21)
OPEN_AFTER_DEADLINE = timedelta(days=90)
"""A late answer is better than none; after this the link opens nothing."""
REMINDED_BEFORE = timedelta(days=7)
REMINDED_BEFORE_IN_HASTE = timedelta(days=2)
_IN_HASTE = timedelta(days=14)
"""A deadline nearer than this is reminded of later, since the question itself is fresh."""
MAILS_A_DAY = 200
"""Questions that one organisation may have mailed in a day: they go to people who have not asked for them."""
LONGEST_MESSAGE = 1_000
LONGEST_COMMENT = 2_000
LONGEST_FUNCTION = 200
FEWEST_TASKS = 3
FEWEST_UNITS = 2
"""What a requester asks for in all is told from so many tasks in so many units on: else it is about single ones."""


class InquiryState(StrEnum):
    """How far a question has come. That it is late follows from the day, and is no state of its own."""

    WAITING = "waiting"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Used(StrEnum):
    """Is it used?"""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Relevant(StrEnum):
    """Is what comes in relevant, and does it show what it should?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


class WorthIt(StrEnum):
    """Is it worth the time it takes?"""

    MORE = "more"
    YES = "yes"
    SIMPLER = "simpler"
    """If it is done less often, or in a simpler way."""
    NO = "no"
    UNKNOWN = "unknown"


WORTH_SHARES: Mapping[WorthIt, float | None] = {
    WorthIt.MORE: 2.0,
    WorthIt.YES: DEFAULT_WORTH_SHARE,
    WorthIt.SIMPLER: 0.5,
    WorthIt.NO: 0.25,
    WorthIt.UNKNOWN: None,
}
"""What each answer says of the worth, as a share of the time; the shares of those who log tasks, who are asked the
same. "Clearly more" outweighs the spread of both estimates. A plain yes is what any stated use is held to be worth
until somebody says more. "If it were simpler" says that no more than half of today's time is needed for it. No says
that it is used all the same, so that it is worth something: a quarter. None leaves what has been said of it."""

_IN_USE = {
    Used.YES: InUse.CONFIRMED,
    Used.NO: InUse.NOT_USED,
    Used.UNKNOWN: InUse.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a requester says.

    Attributes:
        beneficiary: who benefits; only where it is used.
        purpose: what for; only where it is used.
        answered_by: in which function somebody answers, not who.
    """

    used: Used
    relevant: Relevant
    worth: WorthIt
    beneficiary: Beneficiary | None = None
    purpose: Purpose | None = None
    comment: str = ""
    answered_by: str = ""

    def __post_init__(self) -> None:
        """Refuse an answer of use that does not say whose and what for, or one of none that does."""
        if self.used is not Used.YES:
            if self.beneficiary is not None or self.purpose is not None:
                raise Invalid("used", "unanswered")
            return
        if self.beneficiary is None:
            raise Invalid("beneficiary", "unanswered")
        if self.purpose is None:
            raise Invalid("purpose", "unanswered")


@dataclass(frozen=True, slots=True)
class Said:
    """What has been said so far of one use of a task.

    Attributes:
        use: its number in the task, from 0.
        statements: in the order in which they were made.
    """

    use: int
    beneficiary: Beneficiary
    purpose: Purpose
    statements: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Restated:
    """What the answer makes of the uses of a task.

    Attributes:
        use: the number of the use that is spoken of; None for a new one.
        meant: the use as the receiver states it.
    """

    use: int | None
    meant: Use


def check_deadline(deadline: date, today: date) -> date:
    """The day until which an answer is asked for.

    Raises:
        Invalid: reason `too_early` or `too_late`, with the first or the last day that can be.
    """
    first, last = today + SHORTEST_DEADLINE, today + LONGEST_DEADLINE
    if deadline < first:
        raise Invalid("deadline", "day_too_early", first=first)
    if deadline > last:
        raise Invalid("deadline", "day_too_late", last=last)
    return deadline


def reminded_on(asked_on: date, deadline: date) -> date:
    """The day on which who has not answered is reminded."""
    in_haste = deadline - asked_on < _IN_HASTE
    return deadline - (REMINDED_BEFORE_IN_HASTE if in_haste else REMINDED_BEFORE)


def mail_key(inquiry_id: int) -> str:
    """What the keys of all mail about a question begin with."""
    return f"inquiry-{to_text(inquiry_id)}-"


def is_late(state: InquiryState, deadline: date, today: date) -> bool:
    """Whether an answer was due and has not come."""
    return state is InquiryState.WAITING and today > deadline


def last_day(deadline: date) -> date:
    """The last day on which an answer is taken."""
    return deadline + OPEN_AFTER_DEADLINE


def may_tell_all(tasks: int, units: int) -> bool:
    """Whether the requester may be told what it asks for in all."""
    return tasks >= FEWEST_TASKS and units >= FEWEST_UNITS


def restated(answer: Answer, uses: Sequence[Said], level: Level) -> tuple[Restated, ...]:
    """What the receiver states, by this answer, of the uses of a task.

    A use that is confirmed is the one with the same beneficiary and purpose; else what those who do the work guessed
    without knowing better; else one more. That nothing is used, or that nobody knows, is said of every use whose
    benefit falls on who answers: of other uses a requester knows nothing. Not to know adds no use.

    Args:
        answer: what was answered.
        uses: of the task, as they stand.
        level: where in society the requester stands.
    """
    if answer.beneficiary is not None and answer.purpose is not None:
        found = _spoken_of(answer.beneficiary, answer.purpose, uses, level)
        worth = _worth(answer, found)
        meant = Use(answer.beneficiary, answer.purpose, InUse.CONFIRMED, worth)
        return (Restated(found.use if found else None, meant),)
    own = [each for each in uses if _falls_on(each.beneficiary, level)]
    in_use = _IN_USE[answer.used]
    if own or answer.used is Used.UNKNOWN:
        return tuple(
            Restated(each.use, Use(each.beneficiary, each.purpose, in_use, _worth(answer, each)))
            for each in own
        )
    return (
        Restated(None, Use(Beneficiary.REQUESTER, Purpose.OTHER, in_use, _worth(answer, None))),
    )


def _worth(answer: Answer, said: Said | None) -> Worth:
    share = WORTH_SHARES[answer.worth]
    if share is not None:
        return Worth(share=share)
    return authoritative(said.statements).worth if said else Worth(share=DEFAULT_WORTH_SHARE)


def _falls_on(beneficiary: Beneficiary, level: Level) -> bool:
    own = (
        Beneficiary.OWN_ORGANISATION
        if level is Level.OWN_ORGANISATION
        else Beneficiary.OTHER_AUTHORITY
    )
    return beneficiary in (Beneficiary.REQUESTER, own)


def _spoken_of(
    beneficiary: Beneficiary, purpose: Purpose, uses: Iterable[Said], level: Level
) -> Said | None:
    """The use that a confirmed one is."""
    known = list(uses)
    same = [each for each in known if (each.beneficiary, each.purpose) == (beneficiary, purpose)]
    guessed = [
        each
        for each in known
        if all(said.source is Source.PERFORMER for said in each.statements)
        and (each.purpose is Purpose.OTHER or _falls_on(each.beneficiary, level))
    ]
    guessed.sort(key=lambda each: each.beneficiary is not beneficiary)
    return next(iter([*same, *guessed]), None)
