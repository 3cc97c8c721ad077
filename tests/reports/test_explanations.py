from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.domain.facts import AUTOMATION, HOURLY_COST, task, times_a_year, use, worth_hours
from tests.domain.facts import worth_share as share
from tests.domain.strategies import LAW, TASKS
from timethief.domain.assessment import assess
from timethief.domain.explanation import Explanation, explain
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.ranges import Range
from timethief.domain.tasks import Frequency, TaskFacts, Worth
from timethief.domain.vocabulary import Action, Binding, Cause, InUse, Per, Verdict
from timethief.i18n import LANGUAGES, speaking
from timethief.reports.explanations import Wording, in_every_language, wording
from timethief.reports.labels import label

OF_EACH_VERDICT: dict[Verdict, dict[str, Any]] = {
    Verdict.CLEAR: {"uses": worth_hours(10)},
    Verdict.PROBABLE: {"uses": worth_hours(90)},
    Verdict.PARTIAL: {"uses": worth_hours(150), "achievable_minutes": 20},
    Verdict.POSSIBLE: {"uses": worth_hours(110)},
    Verdict.JUSTIFIED: {"uses": worth_hours(150)},
}
OF_EACH_CAUSE: dict[Cause, dict[str, Any]] = {
    Cause.UNKNOWN_USE: {"uses": ()},
    Cause.UNUSED: {"uses": share(1, InUse.NOT_USED)},
    Cause.INEFFICIENT: {"uses": worth_hours(90), "achievable_minutes": 20},
    Cause.DISPROPORTIONATE: {"uses": worth_hours(90)},
}
OF_EACH_ACTION: dict[Action, dict[str, Any]] = {
    Action.REMOVE: {"uses": ()},
    Action.RAISE_WITH_REQUESTER: {"uses": (), "binding": Binding.LAW},
    Action.REGISTER_ONCE: {"uses": worth_hours(150), "duplicate_share": 1},
    Action.AUTOMATE: {"uses": worth_hours(9_000), "automation": AUTOMATION, "people": 50},
    Action.SIMPLIFY: {"uses": worth_hours(150), "achievable_minutes": 20},
    Action.REASSIGN: {"uses": worth_hours(150), "other_hourly_cost_sek": HOURLY_COST / 3},
    Action.REDUCE_FREQUENCY: {"uses": worth_hours(150), "sufficient_frequency": times_a_year(30)},
    Action.KEEP: {"uses": worth_hours(150)},
}


def explained(**changes: Any) -> Explanation:  # noqa: ANN401 - any field of the facts
    facts = task(**changes)
    return explain(facts, DEFAULT_POLICY, assess(facts, DEFAULT_POLICY))


def told(language: str, **changes: Any) -> Wording:  # noqa: ANN401 - any field of the facts
    with speaking(language):
        return wording(explained(**changes))


def of_all(chosen: dict[Any, dict[str, Any]], part: str, language: str) -> list[str]:
    return [getattr(told(language, **changes), part) for changes in chosen.values()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_reason_begins_with_the_verdict(verdict: Verdict, language: str) -> None:
    found = told(language, **OF_EACH_VERDICT[verdict])

    with speaking(language):
        assert found.reason.startswith(f"{label('verdict', verdict)}:")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.CLEAR, "Tidstjuv:"),
        (Verdict.PROBABLE, "Trolig tidstjuv:"),
        (Verdict.PARTIAL, "Delvis tidstjuv:"),
        (Verdict.POSSIBLE, "G\u00e5r inte att avg\u00f6ra \u00e4n:"),
        (Verdict.JUSTIFIED, "Motiverad administration:"),
    ],
)
def test_the_swedish_names_of_the_verdicts_are_those_of_the_model(
    verdict: Verdict, words: str
) -> None:
    assert told("sv", **OF_EACH_VERDICT[verdict]).reason.startswith(words)


@pytest.mark.parametrize(
    ("verdict", "left", "right"),
    [
        (Verdict.CLEAR, "75", "10"),
        (Verdict.PROBABLE, "100", "90"),
        (Verdict.PARTIAL, "67", "25"),
        (Verdict.POSSIBLE, "130", "110"),
        (Verdict.JUSTIFIED, "130", "150"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_tells_the_two_figures_that_decided(
    verdict: Verdict, left: str, right: str, language: str
) -> None:
    reason = told(language, **OF_EACH_VERDICT[verdict]).reason

    words = "hours" if language == "en" else "timmar"
    assert f"({left} {words})" in reason or f" {left} {words}" in reason
    assert f"({right} {words})" in reason


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("chosen", "part"), [(OF_EACH_CAUSE, "reason"), (OF_EACH_ACTION, "first_step")]
)
def test_each_cause_and_action_has_words_of_its_own(
    chosen: dict[Any, dict[str, Any]], part: str, language: str
) -> None:
    texts = of_all(chosen, part, language)

    assert len(set(texts)) == len(chosen)


@pytest.mark.parametrize("cause", list(Cause))
def test_the_examples_here_have_the_cause_they_stand_for(cause: Cause) -> None:
    assert explained(**OF_EACH_CAUSE[cause]).cause is cause


@pytest.mark.parametrize("action", list(Action))
def test_the_examples_here_have_the_first_step_they_stand_for(action: Action) -> None:
    assert explained(**OF_EACH_ACTION[action]).first_step.action is action


@pytest.mark.parametrize(
    ("action", "figures"),
    [
        (Action.REMOVE, ["100"]),
        (Action.RAISE_WITH_REQUESTER, ["100"]),
        (Action.REGISTER_ONCE, ["100", "80"]),
        (Action.AUTOMATE, ["2\u00a0700", "180"]),
        (Action.SIMPLIFY, ["67"]),
        (Action.REASSIGN, ["100"]),
        (Action.REDUCE_FREQUENCY, ["70"]),
    ],
)
def test_the_first_step_tells_what_it_gives_back_and_takes(
    action: Action, figures: list[str]
) -> None:
    step = told("sv", **OF_EACH_ACTION[action]).first_step

    assert all(f" {figure} tim" in step for figure in figures)


def test_the_cost_tells_how_it_was_reckoned() -> None:
    changes = {"minutes": 12.5, "frequency": Frequency(3, Per.WORKING_DAY), "people": 40}

    assert told("en", **changes).cost == (
        "It takes about 5,500 hours a year (4,100\u20136,900): 12.5 minutes, 660 times a year, 40 people. "
        "At their tariff that is about 3,300,000 kronor."
    )
    assert "5\u00a0500 timmar" in told("sv", **changes).cost
    assert "12,5 minuter, 660 g\u00e5nger per \u00e5r, 40 personer" in told("sv", **changes).cost
    assert "3\u00a0300\u00a0000 kronor" in told("sv", **changes).cost


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ": 1 minute, 1 time a year, 1 person."),
        ("sv", ": 1 minut, 1 g\u00e5ng per \u00e5r, 1 person."),
    ],
)
def test_one_of_a_thing_is_told_in_the_singular(language: str, words: str) -> None:
    assert words in told(language, minutes=1, frequency=times_a_year(1)).cost


def test_ranges_are_told_as_ranges() -> None:
    found = told("en", minutes=Range(10, 20, 45.5), people=Range(2, 3, 5)).cost

    assert ": 10\u201345.5 minutes, 100 times a year, 2\u20135 people." in found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"uses": ()}, "Nobody here has said what it is used for."),
        ({"uses": share(1, InUse.NOT_USED)}, "It is held to give nothing"),
        ({"uses": share(1)}, "worth about 100 hours a year (75\u2013130)."),
        ({"uses": worth_hours(1_234)}, "worth about 1,200 hours a year (1,200)."),
    ],
)
def test_the_benefit_is_told(changes: dict[str, Any], words: str) -> None:
    assert words in told("en", **changes).benefit


def test_the_limit_in_minutes_is_where_cost_and_benefit_meet() -> None:
    found = told("en", uses=worth_hours(90))

    assert found.changes == (
        "The limit is 54 minutes per occasion: if it takes longer, it costs more than it gives.",
    )
    assert (
        assess(task(uses=worth_hours(90), minutes=54.0), DEFAULT_POLICY).verdict is Verdict.POSSIBLE
    )


def test_a_small_limit_is_not_told_as_nothing() -> None:
    assert "The limit is 0.03 minutes" in told("en", uses=worth_hours(0.05)).text


@pytest.mark.parametrize("uses", [(), share(1, InUse.NOT_USED)])
def test_without_benefit_it_is_told_what_the_use_would_have_to_be_worth(uses: Any) -> None:  # noqa: ANN401 - uses of the facts
    [needed] = told("en", uses=uses).changes

    assert "would have to save or give 60 minutes per occasion" in needed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_receiver_may_answer_is_told_where_it_would_change_the_verdict(
    language: str,
) -> None:
    found = told(language, uses=(use(Worth(share=2), InUse.BELIEVED),))

    with speaking(language):
        confirmed, unused = label("verdict", Verdict.JUSTIFIED), label("verdict", Verdict.CLEAR)
    assert len(found.changes) == 3
    assert found.changes[1].endswith(f"{confirmed}.")
    assert found.changes[2].endswith(f"{unused}.")


def test_nothing_is_said_of_answers_that_would_change_nothing() -> None:
    assert len(told("en", uses=share(0.1, InUse.BELIEVED)).changes) == 1
    assert len(told("en", uses=worth_hours(110)).changes) == 1


def test_where_the_use_is_unsure_the_receiver_is_asked_first() -> None:
    found = told("en", uses=share(1, InUse.BELIEVED))

    assert found.first_step.startswith("First of all: ask the one who receives it")


def test_where_the_use_is_confirmed_the_figures_are_looked_into_first() -> None:
    found = told("en", uses=worth_hours(110))

    assert found.first_step.startswith("First of all: find out more exactly")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Within your own mandate: keep."), ("sv", ": beh\u00e5ll.")]
)
def test_what_can_be_done_without_the_requester_is_told_where_it_differs(
    language: str, words: str
) -> None:
    bound = told(language, uses=(), binding=Binding.LAW)
    free = told(language, uses=(), binding=Binding.CUSTOM)

    assert bound.first_step.endswith(words)
    assert not free.first_step.endswith(words)


def test_the_text_is_all_its_parts() -> None:
    found = told("en", uses=share(2, InUse.BELIEVED))

    parts = [found.cost, found.benefit, found.reason, *found.changes, found.first_step]
    assert found.text == " ".join(parts)


@LAW
@given(TASKS)
def test_every_task_can_be_told_in_every_language(facts: TaskFacts) -> None:
    explanation = explain(facts, DEFAULT_POLICY, assess(facts, DEFAULT_POLICY))

    texts = in_every_language(explanation)

    assert list(texts) == list(LANGUAGES)
    assert len(set(texts.values())) == len(LANGUAGES)
    assert not any("%(" in text or "None" in text for text in texts.values())
