"""When a job is due, by Swedish clocks: which days' runs, whatever the clocks are turned to and whatever was missed.

A run belongs to a local date, not to a moment. So a clock that is turned neither doubles a run nor loses one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

CAUGHT_UP_FOR = timedelta(hours=24)
"""A run that was missed is made up for so long after its time."""
_UNSURE = (time(2), time(3))
"""Between these two, clocks are turned: such times come twice on one night of the year and never on another."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A run that a job should have.

    Attributes:
        local_date: the day that it is for.
        turn: 0 for a job that runs once a day; for one that runs all day, minutes since the day began.
    """

    local_date: date
    turn: int = 0


def check_time(at: time) -> None:
    """Refuse a time of day that is not once in every day.

    Raises:
        ValueError: it lies between 02 and 03.
    """
    if _UNSURE[0] <= at < _UNSURE[1]:
        raise ValueError(f"{at:%H:%M} comes twice when clocks are turned back, or not at all")


def daily(at: time, now: datetime, zone: tzinfo) -> list[Slot]:
    """The runs of a daily job that should have begun by now and may still be made up for, the oldest first."""
    today = now.astimezone(zone).date()
    return [
        Slot(day)
        for day in (today - timedelta(days=1), today)
        if timedelta() <= now - moment(day, at, zone) < CAUGHT_UP_FOR
    ]


def moment(day: date, at: time, zone: tzinfo) -> datetime:
    """When a local time of day is, in UTC."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def minute(now: datetime, zone: tzinfo) -> Slot:
    """The run that a job of every minute has now. What was missed is not made up for: the next run does it."""
    today = now.astimezone(zone).date()
    began = moment(today, time(), zone)
    return Slot(today, int((now - began).total_seconds() // 60))
