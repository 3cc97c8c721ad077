"""What may be kept of a report that nobody shall be traced by, and how it is dated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from timethief.domain.names import folded
from timethief.domain.small_units import SMALLEST_UNIT, Sized, employees

SMALLEST_CATEGORY = 5
"""People of a staff category in the unit; where fewer are known of, the category is not kept."""
THREAD_LASTS = timedelta(days=365)
"""So long after the last thing said, the code opens the thread."""
LONGEST_MESSAGE = 2_000
MOST_MESSAGES = 50
"""Of the writer, in one thread."""
_LIKENESS = 0.8


class ReportingMode(StrEnum):
    """How staff of an organisation may report."""

    OPEN = "open"
    """With an account: those who look after the service can see who sent what."""
    PSEUDONYMOUS = "pseudonymous"
    """An account is needed to reach the form, and nothing of it is kept: weaker, since the log-in itself is known."""
    ANONYMOUS = "anonymous"
    """Without an account, by the organisation's code."""


class IntakeStatus(StrEnum):
    """How far the reviewers have come with an anonymous report."""

    RECEIVED = "received"
    READING = "reading"
    ASKED = "asked"
    USED = "used"
    CLOSED = "closed"


OPEN_STATUSES = (IntakeStatus.RECEIVED, IntakeStatus.READING, IntakeStatus.ASKED)
"""Those that wait for a reviewer or for the writer."""
SETTABLE = (*OPEN_STATUSES, IntakeStatus.CLOSED)
"""Those that a reviewer chooses; `used` follows from a task."""


class Side(StrEnum):
    """Who says something in a thread."""

    WRITER = "writer"
    REVIEWER = "reviewer"


class MessageKind(StrEnum):
    """What is said in a thread."""

    ADDITION = "addition"
    ANSWER = "answer"
    QUESTION = "question"


def unit_to_keep(units: Mapping[int, Sized], unit_id: int) -> int | None:
    """The unit itself if it has enough employees, else the nearest above it that has; None where none has."""
    size = employees(units)
    seen: set[int] = set()
    at: int | None = unit_id
    while at is not None and at in units and at not in seen:
        seen.add(at)
        if (size[at] or 0) >= SMALLEST_UNIT:
            return at
        at = units[at].parent_id
    return None


def week_of(day: date) -> str:
    """The ISO week, as 2026-W11."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def has_expired(weeks: Sequence[str | None], today: date) -> bool:
    """Whether a thread in which something was last said in the latest of these weeks opens no more."""
    told = [week for week in weeks if week]
    if not told:
        return False
    last_day = date.fromisoformat(f"{max(told)}-7")
    return today > last_day + THREAD_LASTS


def alike(one: str, other: str) -> bool:
    """Whether two titles say nearly the same, so that reviewers see them as one matter."""
    first, second = folded(one), folded(other)
    if first == second or sorted(first.split()) == sorted(second.split()):
        return True
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.quick_ratio() >= _LIKENESS and matcher.ratio() >= _LIKENESS
