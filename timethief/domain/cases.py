"""Cases: who sees to a report or a task, on which way it goes, and by when those who wrote are answered."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from timethief.domain.errors import Invalid

FIRST_ANSWER_WITHIN = timedelta(days=14)
"""So long after a case was opened, those who wrote shall have had a first answer."""
FURTHEST_DEADLINE = timedelta(days=90)
REMINDED_AHEAD = timedelta(days=3)
REMINDED_AGAIN = timedelta(days=7)
UNDO_WITHIN = timedelta(days=30)
LONGEST_REASON = 1_000
LONGEST_ANSWER = 2_000
"""As long as what is said in the thread of an anonymous report."""
LONGEST_LETTER = 4_000
MOST_AT_ONCE = 50
"""Tasks that one press takes, gives or hands back."""


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
    NOT_FREED = "not_freed"
    """Those who do it say that what was decided did not free the time."""


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


_OF_TASKS = (Route.REQUESTER, Route.RULE_OWNER)
FUNCTIONS_OF: dict[Route, FunctionKind] = {
    Route.LOCAL_FIX: FunctionKind.SERVICE_DESK,
    Route.SUPPORT_FUNCTION: FunctionKind.SUPPORT,
    Route.HIGHER_INSTANCE: FunctionKind.HIGHER_INSTANCE,
}
"""The ways that lead to a function, and to which kind of one."""
OUTSIDE = frozenset({Route.REQUESTER, Route.RULE_OWNER})
"""On these the case waits for somebody outside the organisation."""


class ClosedAs(StrEnum):
    """What a case ended in."""

    DECIDED = "decided"
    LOCAL_FIX = "local_fix"
    MADE_TASK = "made_task"
    MERGED = "merged"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class AnswerTemplate(StrEnum):
    """What kind of answer those who wrote were given; its words are in `timethief.reports.cases`."""

    THANKS = "thanks"
    QUESTION = "question"
    CHANGED = "changed"
    KEPT = "kept"
    SERVICE_DESK = "service_desk"
    UNIT_MANAGER = "unit_manager"
    HIGHER_INSTANCE = "higher_instance"
    HANDED_ON = "handed_on"
    MADE_TASK = "made_task"
    DECIDED = "decided"


ENDING = frozenset({AnswerTemplate.CHANGED, AnswerTemplate.KEPT})
"""Answers after which a report needs no more."""


def answer_due(opened_on: date) -> date:
    """The last day for a first answer to those who wrote."""
    return opened_on + FIRST_ANSWER_WITHIN


def days_left(due: date, today: date) -> int:
    """Days until the last day for an answer; negative once it has passed."""
    return (due - today).days


def is_reminded_of(due: date, today: date) -> bool:
    """Whether the owners of a case that nobody has answered are reminded today: ahead, on the day, then each week."""
    late = (today - due).days
    return late == -REMINDED_AHEAD.days or (late >= 0 and late % REMINDED_AGAIN.days == 0)


def week_begins(week: str) -> date:
    """The Monday of a week such as 2026-W11: all that is told of when an anonymous report came."""
    return date.fromisoformat(f"{week}-1")


def check_due(due: date, today: date) -> date:
    """A new last day for an answer.

    Raises:
        Invalid: of `answer_due`: `day_too_early` before tomorrow, `day_too_late` more than 90 days ahead.
    """
    first, last = today + timedelta(days=1), today + FURTHEST_DEADLINE
    if due < first:
        raise Invalid("answer_due", "day_too_early", first=first)
    if due > last:
        raise Invalid("answer_due", "day_too_late", last=last)
    return due


def open_routes(*, is_task: bool) -> tuple[Route, ...]:
    """The ways that are open: only a task has a requester to ask, or a rule whose owner can be found."""
    return tuple(Route) if is_task else tuple(each for each in Route if each not in _OF_TASKS)


def check_route(route: Route, *, is_task: bool) -> Route:
    """The way, if it is open.

    Raises:
        Invalid: of `route`: `not_a_choice`.
    """
    if route not in open_routes(is_task=is_task):
        raise Invalid("route", "not_a_choice")
    return route


def may_undo(routed_on: date | None, today: date) -> bool:
    """Whether it is not too late to take a routing back."""
    return routed_on is not None and today <= routed_on + UNDO_WITHIN
