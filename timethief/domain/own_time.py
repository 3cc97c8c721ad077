"""What the service itself takes: how long its forms are open, in intervals, and what that comes to.

Of forms without a log-in no time is taken: the one who counts them in the database could else see when one was sent.
They cost a fixed time each, counted from the months that have been published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from timethief.domain.errors import Invalid

INTERVALS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800)
"""Upper ends, in seconds. What took longer was left open, and is not counted."""
ANONYMOUS_SECONDS = 60
"""What a report without a log-in is meant to take, and is counted as."""
MONTHS = 12
"""So far back the cost is counted."""
MARK = "timethief"
"""Origin of the task that stands for the service itself; it is kept by the service, and by nobody else."""
_HOUR = 3600


class Activity(StrEnum):
    """What somebody does in the service."""

    LOG = "log"
    REVIEW = "review"
    DECIDE = "decide"
    ANSWER = "answer"
    """A requester answers what it was asked."""
    FOLLOW_UP = "follow_up"
    ANONYMOUS = "anonymous"
    """A report without a log-in. Never timed."""


@dataclass(frozen=True, slots=True)
class OwnCost:
    """What the service has taken of everybody together.

    Attributes:
        occasions: how many forms were sent.
        hours: what they took.
    """

    occasions: int = 0
    hours: float = 0.0

    @property
    def minutes_each(self) -> float:
        """Minutes of one occasion."""
        return self.hours * 60 / self.occasions if self.occasions else 0.0


def interval_of(seconds: float) -> int | None:
    """The upper end of the interval that a time lies in; None where the form was left open, or the clock turned."""
    if seconds < 0:
        return None
    return next((end for end in INTERVALS if seconds <= end), None)


def median_seconds(counts: Mapping[int, int]) -> float:
    """The middle of the interval in which the middle one of the times lies.

    Args:
        counts: how many times, by the upper end of the interval.
    """
    half, passed = sum(counts.values()) / 2, 0
    for end in sorted(counts):
        passed += counts[end]
        if passed >= half and passed:
            below = max((each for each in INTERVALS if each < end), default=0)
            return (below + end) / 2
    return 0.0


def cost(counts: Mapping[str, Mapping[int, int]], anonymous: int) -> OwnCost:
    """What the service has taken.

    Args:
        counts: of each activity, how many times by the upper end of the interval.
        anonymous: how many reports came without a log-in.
    """
    occasions, seconds = anonymous, float(anonymous * ANONYMOUS_SECONDS)
    for each in counts.values():
        times = sum(each.values())
        occasions += times
        seconds += times * median_seconds(each)
    return OwnCost(occasions, seconds / _HOUR)


def check_not_own(origin: str) -> None:
    """Refuse to change the task that stands for the service itself into something else.

    Raises:
        Invalid: field `task`, reason `kept_by_the_service`.
    """
    if origin == MARK:
        raise Invalid("task", "kept_by_the_service")


def month_of(day: date) -> str:
    """The month, as 2026-03."""
    return f"{day:%Y-%m}"


def first_month(today: date) -> str:
    """The first month that is counted: twelve months with this one."""
    year, month = divmod(today.year * 12 + today.month - MONTHS, 12)
    return f"{year:04}-{month + 1:02}"
