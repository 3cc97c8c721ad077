from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.strategies import LAW
from timethief.domain.automation_gate import (
    REMEDIES,
    GateAnswerKind,
    GateQuestion,
    NewAnswer,
    Standing,
    check_turn,
    first_open,
    standing,
)
from timethief.domain.errors import Invalid
from timethief.domain.tasks import Automation
from timethief.domain.vocabulary import Action, TaskStatus

ANSWERS = st.dictionaries(st.sampled_from(GateQuestion), st.sampled_from(GateAnswerKind))
EASY = Automation(1.0, 1.0, 0.0)
ALL = dict.fromkeys(GateQuestion, GateAnswerKind.NOT_POSSIBLE)


def test_automation_is_no_remedy_of_any_question_before_it() -> None:
    asked = [action for actions in REMEDIES.values() for action in actions]

    assert set(Action) - set(asked) == {Action.AUTOMATE, Action.KEEP}
    assert len(asked) == len(set(asked))
    assert list(REMEDIES) == list(GateQuestion)


@given(ANSWERS)
@LAW
def test_the_questions_are_answered_in_order(
    answers: dict[GateQuestion, GateAnswerKind],
) -> None:
    turn = first_open(answers)

    for question in GateQuestion:
        if question in answers or question is turn:
            check_turn(question, answers)
        else:
            with pytest.raises(Invalid, match="earlier_question_first"):
                check_turn(question, answers)


@given(ANSWERS, st.sampled_from(TaskStatus), st.sampled_from(["", "Någon läser igenom"]))
@LAW
def test_what_takes_judgement_about_a_person_is_never_listed(
    answers: dict[GateQuestion, GateAnswerKind], status: TaskStatus, human_check: str
) -> None:
    judged = Automation(1.0, 1.0, 0.0, needs_judgement=True)

    assert standing(answers, judged, status, human_check) is Standing.JUDGEMENT


@given(ANSWERS, st.none() | st.just(EASY), st.sampled_from(TaskStatus), st.sampled_from(["", "x"]))
@LAW
def test_only_what_meets_every_condition_is_listed(
    answers: dict[GateQuestion, GateAnswerKind],
    automation: Automation | None,
    status: TaskStatus,
    human_check: str,
) -> None:
    listed = standing(answers, automation, status, human_check) is Standing.LISTED

    assert listed == (
        answers.keys() == set(GateQuestion)
        and answers[GateQuestion.TAKE_AWAY] is not GateAnswerKind.DONE
        and automation is not None
        and status.value in {"reported", "in_review", "decided"}
        and bool(human_check)
    )


@pytest.mark.parametrize(
    ("answers", "automation", "check", "expected"),
    [
        ({}, EASY, "x", Standing.QUESTIONS),
        (ALL | {GateQuestion.TAKE_AWAY: GateAnswerKind.DONE}, EASY, "x", Standing.TAKEN_AWAY),
        (ALL, None, "x", Standing.NO_FIGURES),
        (ALL, Automation(1.0, 0.0, 0.0), "x", Standing.NO_SHARE),
        (ALL, EASY, "", Standing.NO_CHECK),
        (ALL, EASY, "x", Standing.LISTED),
    ],
)
def test_the_first_thing_in_the_way_is_named(
    answers: dict[GateQuestion, GateAnswerKind],
    automation: Automation | None,
    check: str,
    expected: Standing,
) -> None:
    assert standing(answers, automation, TaskStatus.IN_REVIEW, check) is expected


@pytest.mark.parametrize("reason", ["", "  ", "\u200b", "x" * 1_001])
def test_an_answer_has_a_reason(reason: str) -> None:
    new = NewAnswer(GateQuestion.MOVE, GateAnswerKind.DONE, reason)

    with pytest.raises(Invalid):
        new.tidied()
