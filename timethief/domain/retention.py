"""How long things are kept: for good, unless a decision of the organisation says otherwise."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from timethief.domain.errors import Invalid

LONGEST_REFERENCE = 200
LONGEST_REASON = 200
MOST_MONTHS = 1_200


class Kind(StrEnum):
    """What has a rule of its own. From what its time is counted stands in `timethief.reports.retention`."""

    TASKS = "tasks"
    REPORTS = "reports"
    ANONYMOUS_REPORTS = "anonymous_reports"
    TASK_HISTORY = "task_history"
    AUDIT_TRAIL = "audit_trail"
    MAIL = "mail"
    INVITATIONS = "invitations"
    INQUIRIES = "inquiries"


SINGLE = frozenset({Kind.TASKS, Kind.REPORTS, Kind.ANONYMOUS_REPORTS})
"""Of these a single one may be held back; of the others only all at once."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind is kept.

    Attributes:
        months: after what the kind is counted from; None keeps it for good.
        decision: names the decision that allows it, so that others can find it.
        decided_on: day of the decision.
    """

    kind: Kind
    months: int | None = None
    decision: str = ""
    decided_on: date | None = None

    @property
    def weeds(self) -> bool:
        """Whether anything is ever weeded by it: only a decision allows that."""
        return self.months is not None and bool(self.decision) and self.decided_on is not None


def check_rule(rule: Rule, today: date) -> None:
    """Refuse a rule that cannot be.

    Raises:
        Invalid: fewer than one month or more than a hundred years, no decision, or one that is to come.
    """
    if rule.months is None:
        return
    if rule.months < 1:
        raise Invalid("months", "too_small", limit=1)
    if rule.months > MOST_MONTHS:
        raise Invalid("months", "too_large", limit=MOST_MONTHS)
    if not rule.decision:
        raise Invalid("decision", "required")
    if rule.decided_on is None:
        raise Invalid("decided_on", "required")
    if rule.decided_on > today:
        raise Invalid("decided_on", "in_the_future")


def kept_since(today: date, months: int) -> date:
    """The first day that is kept still; what ended before it is weeded.

    The last day of a month stands for days that an earlier month lacks, so that nothing is weeded too soon.
    """
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
