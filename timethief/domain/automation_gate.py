"""The questions that come before automation: first take away, only then automate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from timethief.domain.errors import Invalid
from timethief.domain.tasks import Automation, read_text
from timethief.domain.vocabulary import Action, TaskStatus

LONGEST_TOLD = 1_000
"""Code points of a reason, and of what a person still looks at."""
UNDO_DAYS = 30
"""Days during which an answer can be taken back."""


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


class Standing(StrEnum):
    """Whether a task may be automated, or what stands in the way first."""

    JUDGEMENT = "judgement"
    """It takes human judgement about a person: it is never offered for automation."""
    QUESTIONS = "questions"
    """Not all of the questions are answered."""
    TAKEN_AWAY = "taken_away"
    """It has been taken away: then there is nothing to automate."""
    CLOSED = "closed"
    """It is kept, stopped or done."""
    NO_FIGURES = "no_figures"
    """Nobody has said what of it a program could do."""
    NO_SHARE = "no_share"
    """A program could do nothing of it."""
    NO_CHECK = "no_check"
    """Nobody has said what a person would still look at."""
    LISTED = "listed"


Answers = Mapping[GateQuestion, GateAnswerKind]
"""What has been answered so far."""

REMEDIES: Mapping[GateQuestion, tuple[Action, ...]] = MappingProxyType(
    {
        GateQuestion.TAKE_AWAY: (Action.REMOVE, Action.RAISE_WITH_REQUESTER),
        GateQuestion.REDUCE_FREQUENCY: (Action.REDUCE_FREQUENCY,),
        GateQuestion.REGISTER_ONCE: (Action.REGISTER_ONCE,),
        GateQuestion.SIMPLIFY: (Action.SIMPLIFY,),
        GateQuestion.MOVE: (Action.REASSIGN,),
    }
)
"""The remedies of the model that each question is about."""

_OPEN = frozenset({TaskStatus.REPORTED, TaskStatus.IN_REVIEW, TaskStatus.DECIDED})
"""Statuses of tasks that something may still be done about."""


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What was found for one question, and why."""

    question: GateQuestion
    kind: GateAnswerKind
    reason: str

    def tidied(self) -> NewAnswer:
        """The same with its reason as it was meant.

        Raises:
            Invalid: no reason, or one that is too long.
        """
        return replace(self, reason=read_text(self.reason, "reason", LONGEST_TOLD, required=True))


def first_open(answers: Answers) -> GateQuestion | None:
    """The question whose turn it is; None when all are answered."""
    return next((question for question in GateQuestion if question not in answers), None)


def check_turn(question: GateQuestion, answers: Answers) -> None:
    """Refuse a question that comes before its turn; one that is answered may be answered anew.

    Raises:
        Invalid: field `answer`, reason `earlier_question_first`.
    """
    turn = first_open(answers)
    if question not in answers and question is not turn:
        raise Invalid("answer", "earlier_question_first")


def standing(
    answers: Answers, automation: Automation | None, status: TaskStatus, human_check: str
) -> Standing:
    """Whether a task may be automated; else the first thing that stands in the way.

    Args:
        answers: to the questions.
        automation: what is known of automating it; None where nobody has looked.
        status: of the task.
        human_check: what a person would still look at; empty where nobody has said.
    """
    if automation is not None and automation.needs_judgement:
        return Standing.JUDGEMENT
    if answers.get(GateQuestion.TAKE_AWAY) is GateAnswerKind.DONE:
        return Standing.TAKEN_AWAY
    if status not in _OPEN:
        return Standing.CLOSED
    if first_open(answers) is not None:
        return Standing.QUESTIONS
    return _by_figures(automation, human_check)


def _by_figures(automation: Automation | None, human_check: str) -> Standing:
    if automation is None:
        return Standing.NO_FIGURES
    if automation.share <= 0:
        return Standing.NO_SHARE
    return Standing.LISTED if human_check else Standing.NO_CHECK
