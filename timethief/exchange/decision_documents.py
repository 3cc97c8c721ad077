"""A decision as JSON, for the registry and for other systems."""

from __future__ import annotations

from datetime import date
from typing import Any

from timethief.domain.ranges import Range
from timethief.queries.decisions import DecisionLine, DecisionPage


def line_document(line: DecisionLine) -> dict[str, Any]:
    """A decision as a list has it."""
    return {
        "id": line.id,
        "number": line.number,
        "task": line.task_id,
        "title": line.title,
        "outcome": line.outcome.value,
        "state": line.state.value,
        "reason": line.reason,
        "decider": line.decider,
        "capacity": line.capacity,
        "decided_at": line.decided_at.isoformat(),
        "planned_on": _day(line.planned_on),
        "carried_out_on": _day(line.carried_out_on),
        "trial_ends_on": _day(line.trial_ends_on),
        "watched": line.watched,
        "raised_with": line.raised_with,
        "expected_hours": _range(line.expected),
    }


def decision_document(found: DecisionPage) -> dict[str, Any]:
    """A decision with all that belongs to it."""
    return line_document(found.line) | {
        "unit": found.line.unit,
        "requester": found.requester,
        "allotment": {kind.value: hours for kind, hours in found.allotment.items()},
        "ended_at": found.ended_at.isoformat() if found.ended_at else None,
        "trial_weeks": found.trial_weeks,
        "replaced_by": found.replaced_by[0] if found.replaced_by else None,
        "baseline": {name: each for name, each in found.baseline.items() if name != "case"},
        "opinions": [
            {
                "stance": opinion.stance,
                "text": opinion.text,
                "name": opinion.name,
                "said_on": _day(opinion.said_on),
                "after_decision": opinion.after_decision,
            }
            for opinion in found.opinions
        ],
        "ladder": [
            {
                "rung": step.rung.value,
                "to_whom": step.to_whom,
                "state": step.state.value,
                "note": step.note,
                "changed_on": _day(step.changed_on),
            }
            for step in found.steps
        ],
        "follow_ups": [
            {
                "months": each.months,
                "due_on": _day(each.due_on),
                "state": each.state,
                "answer": each.answer,
                "confirmed_hours": each.confirmed_hours,
            }
            for each in found.follow_ups
        ],
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _range(hours: Range) -> dict[str, float]:
    return {"low": hours.low, "likely": hours.likely, "high": hours.high}
