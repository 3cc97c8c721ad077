"""Did it happen? When a unit is asked what came of a decision, and what its answer says."""

from __future__ import annotations

from enum import StrEnum

MONTHS = (3, 12)
"""So many months after a decision was to be carried out, the unit is asked."""


class FollowUpState(StrEnum):
    """How a question stands."""

    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


class FollowUpAnswer(StrEnum):
    """What it takes now, by those who do it."""

    GONE = "gone"
    LESS = "less"
    SAME = "same"
    MORE = "more"
    UNKNOWN = "unknown"


class ReturnState(StrEnum):
    """Whether a stopped task that a report resembles has come back."""

    OPEN = "open"
    CAME_BACK = "came_back"
    SOMETHING_ELSE = "something_else"
