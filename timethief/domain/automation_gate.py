"""The questions that come before automation: first take away, only then automate."""

from __future__ import annotations

from enum import StrEnum


class GateQuestion(StrEnum):
    """In the order in which they are asked. Each is answered, with a reason, before a task may be automated."""

    TAKE_AWAY = "take_away"
    REDUCE_FREQUENCY = "reduce_frequency"
    REGISTER_ONCE = "register_once"
    SIMPLIFY = "simplify"
    MOVE = "move"


class GateAnswerKind(StrEnum):
    """What was found."""

    DONE = "done"
    NOT_POSSIBLE = "not_possible"
    NOT_RELEVANT = "not_relevant"
