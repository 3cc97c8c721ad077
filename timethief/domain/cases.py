"""Cases: who sees to a report or a task, on which way it goes, and by when those who wrote are answered."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

FIRST_ANSWER_WITHIN = timedelta(days=14)
"""So long after a case was opened, those who wrote shall have had a first answer."""


class FunctionKind(StrEnum):
    """What a function of the organisation is for."""

    SERVICE_DESK = "service_desk"
    """Mends what is broken and gives what is missing: toner, permissions, a computer. Works outside the service."""
    SUPPORT = "support"
    """Develops, automates or does the administration: HR, finance, IT, the developers of the organisation."""
    HIGHER_INSTANCE = "higher_instance"
    """May end a routine that a unit may not end itself."""


class CaseOrigin(StrEnum):
    """Why a case was opened."""

    REPORT = "report"
    """A report that is incomplete or anonymous."""
    REVIEW_REQUEST = "review_request"
    """Somebody asked that the task be tried ("begär prövning")."""
    QUEUE = "queue"
    """A support function took the task from the queue, or was given it."""
    RETURNED = "returned"
    """A stopped task seems to have come back."""
    REVIEW_DATE = "review_date"
    """The task's review date has passed."""


class CaseState(StrEnum):
    """How a case stands."""

    OPEN = "open"
    WAITING = "waiting"
    """It waits for somebody outside: the requester, the owner of a rule, the end of a trial."""
    CLOSED = "closed"


class Route(StrEnum):
    """On which way a case was sent."""

    LOCAL_FIX = "local_fix"
    SUPPORT_FUNCTION = "support_function"
    UNIT_MANAGER = "unit_manager"
    HIGHER_INSTANCE = "higher_instance"
    REQUESTER = "requester"
    RULE_OWNER = "rule_owner"


class ClosedAs(StrEnum):
    """What a case ended in."""

    DECIDED = "decided"
    LOCAL_FIX = "local_fix"
    MADE_TASK = "made_task"
    MERGED = "merged"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


def answer_due(opened_on: date) -> date:
    """The last day for a first answer to those who wrote."""
    return opened_on + FIRST_ANSWER_WITHIN
