"""The words of decisions: outcomes, why one is closed, states, and what freed time goes to."""

from __future__ import annotations

from collections.abc import Mapping

from timethief.domain.decisions import (
    FREEING,
    ClosedOutcome,
    DecisionState,
    FreedFor,
    Outcome,
)
from timethief.i18n import N_, day, gettext
from timethief.queries.decisions import DecisionLine
from timethief.reports.labels import label, labels

CONFLICTS = {
    "decided_meanwhile": N_(
        "Somebody else has decided of it meanwhile. Open the page again to see what was decided."
    ),
    "stopped_task": N_("The task has been stopped. If it has come back, ask that it be tried."),
    "not_in_force": N_("The decision is no longer in force. Open the page of the task."),
    "nothing_to_carry_out": N_("There is nothing to carry out. Decide anew when you know more."),
    "replaced": N_("A later decision has replaced this one. Undo that one first."),
    "carried_out": N_("It has been carried out. Take that back first."),
    "followed_up": N_("The unit has told what came of it, so it can no longer be undone."),
    "too_late_to_undo": N_("More than 30 days have passed. Decide anew instead."),
    "not_raised": N_("This decision does not raise it with anybody."),
    "not_tried": N_("Nobody is to decide of this task. Ask that it be tried first."),
}
"""What is said where something cannot be done any more."""

_CLOSED = {
    ClosedOutcome.BOUND: N_(
        "Law or agreement obliges us. Raise it first with the one who asks for it."
    ),
    ClosedOutcome.JUDGEMENT: N_(
        "It takes human judgement about a person. That is not left to a program."
    ),
    ClosedOutcome.GATE: N_("First answer the questions under Before we automate."),
    ClosedOutcome.NO_REQUIREMENT: N_("The task answers no requirement of our own list."),
}
_STARTERS = (
    N_("Nobody uses the result."),
    N_("It takes more time than it gives."),
    N_("The same thing is registered elsewhere."),
    N_("It protects those we are here for, so it is worth its time."),
    N_("The law demands it."),
)


def closed_text(closed: ClosedOutcome) -> str:
    """Why an outcome cannot be chosen."""
    return gettext(_CLOSED[closed])


def starters() -> list[str]:
    """How a reason may begin."""
    return [gettext(words) for words in _STARTERS]


def capacity_text(capacity: str) -> str:
    """In which capacity somebody decided: as written, or the role."""
    return label("role", capacity) if capacity in labels("role") else capacity


def outcome_text(outcome: Outcome) -> str:
    """What is decided, as it can be chosen."""
    if outcome is Outcome.KEEP:
        return gettext("Keep: justified administration")
    return label("outcome", outcome)


def standing_text(line: DecisionLine) -> str:
    """How a decision stands, in a few words."""
    if line.state is DecisionState.CARRIED_OUT and line.carried_out_on:
        return gettext("Done on %(day)s", day=day(line.carried_out_on))
    waits = _waits_for(line) if line.state is DecisionState.IN_FORCE else ""
    return waits or label("decision_state", line.state)


def _waits_for(line: DecisionLine) -> str:
    if line.outcome is Outcome.TRIAL and line.trial_ends_on:
        if line.trial_over:
            return gettext("The trial is over: how did it go?")
        return gettext("On trial until %(day)s", day=day(line.trial_ends_on))
    if line.outcome is Outcome.RAISE:
        return gettext("Raised with %(name)s", name=line.raised_with)
    if line.outcome in FREEING and line.planned_on:
        return gettext("Shall be done by %(day)s", day=day(line.planned_on))
    return ""


def allotment_texts(allotment: Mapping[FreedFor, float]) -> list[tuple[str, float]]:
    """What freed hours go to, in the order of the list."""
    return [(label("freed_for", kind), allotment[kind]) for kind in FreedFor if kind in allotment]
