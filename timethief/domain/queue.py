"""The queue of support functions: what waits for whom, and in which order it is taken up."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from timethief.domain.vocabulary import Action, TaskStatus

DONE_FOR = timedelta(days=30)
"""So long what is done is still shown; and so long everything can be undone."""
TO_BE_DECIDED = (TaskStatus.REPORTED, TaskStatus.IN_REVIEW)
"""What nobody has decided yet."""


class QueueGroup(StrEnum):
    """Where a task of the queue stands. A task is in one group at most."""

    MINE = "mine"
    """It waits for the reader, or for a function that the reader works in."""
    WAITING = "waiting"
    """It waits for the requester, or for somebody else outside."""
    NEW = "new"
    """A time thief that nobody has taken."""
    UNDECIDED = "undecided"
    """It cannot be decided yet whether it is a time thief."""
    OTHERS = "others"
    """Somebody else has it."""
    DONE = "done"
    """Decided, or mended on the spot, a short while ago."""


class QueueOrder(StrEnum):
    """What comes first."""

    GAIN = "gain"
    """What would be gained a year, by the recommended remedy."""
    HOURS = "hours"
    AGE = "age"
    """What was logged first."""
    EASE = "ease"
    """What needs no work to get there and nobody's consent; then the rest, by what would be gained."""


EASE: tuple[tuple[Action, ...], ...] = (
    (Action.REMOVE, Action.SIMPLIFY, Action.REASSIGN, Action.REDUCE_FREQUENCY),
    (Action.REGISTER_ONCE,),
    (Action.AUTOMATE,),
    (Action.RAISE_WITH_REQUESTER,),
    (Action.KEEP,),
)
"""Recommended remedies, the easiest first: without work, with more and more of it, and with somebody's consent."""
