"""What stands on the page of a task beside the task itself: its case, decisions, gate, merges, follow-ups.

Each part reads what its own template (`templates/tasks/NAME.html`) shows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from timethief.domain.identifiers import from_text
from timethief.domain.people import Actor, Permission
from timethief.domain.review_dates import SHOWN_AHEAD
from timethief.queries import follow_ups, restructurings, returns, review_dates
from timethief.queries.automation import gate_of_task
from timethief.queries.cases import case_of_task
from timethief.queries.decisions import decisions_of_task
from timethief.queries.refusals import refusal_of_task
from timethief.queries.review_requests import subject
from timethief.queries.tasks import TaskPage
from timethief.reports import automation as automation_words
from timethief.reports.cases import time_left
from timethief.reports.decisions import standing_text as decision_standing
from timethief.reports.follow_ups import estimate_text_of, outcome_text
from timethief.web import current

Part = Callable[[Session, Actor, TaskPage, date], dict[str, object]]
"""Reads the values that a template needs, on a day."""


def _gate(session: Session, _actor: Actor, task: TaskPage, _today: date) -> dict[str, object]:
    """The questions before automation."""
    gate = gate_of_task(session, task)
    return {
        "gate": gate,
        "gate_standing": automation_words.standing_text(gate.standing),
        "gate_question": automation_words.question_text,
    }


def _follow_ups(session: Session, actor: Actor, task: TaskPage, today: date) -> dict[str, object]:
    """Whether it happened, whether it has come back, and when it is to be looked at again."""
    key = from_text(task.id)
    review_on = review_dates.review_on(session, actor.organisation_id, key)
    reviews = actor.may(Permission.REVIEW_TASKS)
    return {
        "follow_ups": follow_ups.of_task(session, actor, key, current.now()),
        "follow_up_outcome": outcome_text,
        "follow_up_estimate": estimate_text_of,
        "returns": returns.signs_of_task(session, actor, key) if reviews else (),
        "came_back_on": returns.came_back_on(session, actor.organisation_id, key),
        "review_on": review_on,
        "review_has_passed": review_on is not None and review_on <= today,
        "may_confirm_needed": review_on is not None
        and review_on <= today + SHOWN_AHEAD
        and review_dates.may_confirm_task(session, actor, key),
    }


def _case(session: Session, actor: Actor, task: TaskPage, today: date) -> dict[str, object]:
    """Who sees to it, and whether the reader has asked that it be tried."""
    key = from_text(task.id)
    return {
        "case": case_of_task(session, actor, key),
        "asked": subject(session, actor, key),
        "time_left": time_left,
        "today": today,
    }


def _decisions(session: Session, actor: Actor, task: TaskPage, _today: date) -> dict[str, object]:
    """What was decided, and what people think."""
    decided = decisions_of_task(session, actor, from_text(task.id), current.now())
    return {
        "decided": decided,
        "decision_standing": decision_standing,
        "refusal": refusal_of_task(session, actor.organisation_id, from_text(task.id)),
    }


def _restructurings(
    session: Session, actor: Actor, task: TaskPage, today: date
) -> dict[str, object]:
    """What was merged into it or split from it, and for a reviewer what may be the same thing."""
    del today
    key = from_text(task.id)
    reviews = actor.may(Permission.REVIEW_TASKS)
    return {
        "restructurings": restructurings.of_task(session, actor, key, current.now()),
        "alike": restructurings.alike(session, actor, task.title, [key]) if reviews else (),
    }


PARTS: tuple[Part, ...] = (_restructurings, _decisions, _case, _follow_ups, _gate)


def parts_of(session: Session, actor: Actor, task: TaskPage, today: date) -> dict[str, object]:
    """The values of all parts together, by name."""
    found: dict[str, object] = {}
    for part in PARTS:
        found |= part(session, actor, task, today)
    return found
