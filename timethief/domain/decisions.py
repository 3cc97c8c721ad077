"""Decisions: what can be decided of a task, by what states a decision goes, and what freed time is for."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What was decided of a task. To keep it is as full an outcome as any."""

    REMOVE = "remove"
    AUTOMATE = "automate"
    REGISTER_ONCE = "register_once"
    SIMPLIFY = "simplify"
    MOVE = "move"
    """Somebody else does it: the model's `reassign`."""
    REDUCE_FREQUENCY = "reduce_frequency"
    RAISE = "raise"
    """It is raised with the requester or the owner of the rule, step by step."""
    REFUSE_REQUIREMENT = "refuse_requirement"
    """The organisation says no to a new requirement."""
    TRIAL = "trial"
    """It is paused for some weeks, and something is watched meanwhile."""
    KEEP = "keep"


class DecisionState(StrEnum):
    """How a decision stands."""

    IN_FORCE = "in_force"
    CARRIED_OUT = "carried_out"
    REPLACED = "replaced"
    UNDONE = "undone"


class FreedFor(StrEnum):
    """What freed time goes to."""

    CORE_WORK = "core_work"
    QUALITY = "quality"
    LESS_OVERTIME = "less_overtime"
    CASH = "cash"
    NOT_REALISED = "not_realised"


class Stance(StrEnum):
    """What somebody thinks of what is proposed or decided."""

    AGREES = "agrees"
    DISSENTS = "dissents"
    REMARKS = "remarks"


class Rung(StrEnum):
    """Where a task is raised, from the nearest upwards."""

    RULE_OWNER = "rule_owner"
    REQUESTER = "requester"
    ABOVE_REQUESTER = "above_requester"
    ASSOCIATION = "association"
    """Such as SKR or a network of authorities."""
    GOVERNMENT = "government"


class StepState(StrEnum):
    """How a step of the ladder stands."""

    PLANNED = "planned"
    SENT = "sent"
    AGREED = "agreed"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
