from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given

from tests.domain.facts import task, use, worth_hours, worth_share
from tests.domain.strategies import LAW, TASKS
from timethief.domain.assessment import assess
from timethief.domain.explanation import Explanation, Side, explain
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.remedies import exceeds
from timethief.domain.tasks import TaskFacts, Use, Worth
from timethief.domain.vocabulary import InUse, Verdict

BELIEVED, UNKNOWN = InUse.BELIEVED, InUse.UNKNOWN


def explained(facts: TaskFacts) -> Explanation:
    return explain(facts, DEFAULT_POLICY, assess(facts, DEFAULT_POLICY))


def of_uses(*uses: Use) -> Explanation:
    return explained(task(uses=uses))


@pytest.mark.parametrize(
    ("benefit", "left", "right"),
    [
        (10, (Side.COST_LOW, 75), (Side.BENEFIT_HIGH, 10)),
        (90, (Side.COST_LIKELY, 100), (Side.BENEFIT_LIKELY, 90)),
        (110, (Side.COST_HIGH, 125), (Side.BENEFIT_LOW, 110)),
        (200, (Side.COST_HIGH, 125), (Side.BENEFIT_LOW, 200)),
    ],
)
def test_the_comparison_is_the_one_that_decided(
    benefit: float, left: tuple[Side, float], right: tuple[Side, float]
) -> None:
    decided = explained(task(uses=worth_hours(benefit))).decided_by

    assert (decided.left, decided.right) == (left[0], right[0])
    assert [decided.left_hours, decided.right_hours] == pytest.approx([left[1], right[1]])


def test_a_partial_task_is_decided_by_gain_against_uncertainty() -> None:
    decided = explained(task(uses=worth_hours(200), achievable_minutes=20)).decided_by

    assert (decided.left, decided.right) == (Side.IMPROVEMENT_GAIN, Side.UNCERTAINTY)
    assert (decided.left_hours, decided.right_hours) == pytest.approx((66.666667, 25))


@LAW
@given(TASKS)
def test_the_comparison_that_is_told_holds(facts: TaskFacts) -> None:
    found = explained(facts)

    more = exceeds(found.decided_by.left_hours, found.decided_by.right_hours)

    assert more is (found.verdict is not Verdict.JUSTIFIED)


@LAW
@given(TASKS)
def test_the_figures_of_the_words_are_those_of_the_assessment(facts: TaskFacts) -> None:
    found, assessment = explained(facts), assess(facts, DEFAULT_POLICY)

    for name in ("cost_hours", "cost_sek", "benefit_hours", "verdict", "cause"):
        assert getattr(found, name) == getattr(assessment, name), name
    assert found.first_step == assessment.remedy(assessment.recommended)
    assert found.within_own_mandate == assessment.remedy(assessment.within_own_mandate)


def test_the_break_even_is_the_time_that_the_benefit_pays_for() -> None:
    assert explained(task(uses=worth_hours(90))).change.break_even_minutes == pytest.approx(54)


@LAW
@given(TASKS)
def test_at_the_break_even_cost_and_benefit_are_equal(facts: TaskFacts) -> None:
    found = explained(facts)
    limit = found.change.break_even_minutes
    assume(limit is not None)

    volume = found.occasions_a_year * facts.people_range().likely

    assert (limit or 0) * volume / 60 == pytest.approx(found.benefit_hours.likely)


def test_without_benefit_there_is_no_break_even_but_a_worth_that_is_needed() -> None:
    change = explained(task(uses=())).change

    assert (change.break_even_minutes, change.worth_minutes_needed) == (None, 60)


def test_a_use_worth_its_time_needs_no_more() -> None:
    assert explained(task(uses=worth_hours(100))).change.worth_minutes_needed is None


@pytest.mark.parametrize(
    ("uses", "confirmed", "not_used"),
    [
        ((use(Worth(share=2), BELIEVED),), Verdict.JUSTIFIED, Verdict.CLEAR),
        ((use(Worth(share=2), UNKNOWN),), Verdict.JUSTIFIED, Verdict.CLEAR),
        ((use(Worth(share=1), UNKNOWN),), Verdict.POSSIBLE, Verdict.CLEAR),
        ((use(Worth(share=0.9), BELIEVED),), None, Verdict.CLEAR),
        ((use(Worth(share=0.1), BELIEVED),), None, None),
        (worth_share(2), None, None),
        (worth_share(1, InUse.NOT_USED), None, None),
        ((), None, None),
        ((use(Worth(share=2)), use(Worth(share=2), BELIEVED)), None, None),
        ((use(Worth(share=1)), use(Worth(share=1), UNKNOWN)), Verdict.JUSTIFIED, None),
    ],
)
def test_what_the_receiver_may_answer_is_told_where_it_changes_the_verdict(
    uses: tuple[Use, ...], confirmed: Verdict | None, not_used: Verdict | None
) -> None:
    change = of_uses(*uses).change

    assert (change.if_confirmed, change.if_not_used) == (confirmed, not_used)


@LAW
@given(TASKS)
def test_a_confirmed_use_gets_the_verdict_that_was_foretold(facts: TaskFacts) -> None:
    found = explained(facts)
    waiting = {BELIEVED, UNKNOWN}

    answered = tuple(
        replace(each, in_use=InUse.CONFIRMED) if each.in_use in waiting else each
        for each in facts.uses
    )

    assert assess(replace(facts, uses=answered), DEFAULT_POLICY).verdict is (
        found.change.if_confirmed or found.verdict
    )


@pytest.mark.parametrize(
    ("uses", "waits"),
    [
        ((), True),
        (worth_share(1, BELIEVED), True),
        (worth_share(1) + worth_share(1, UNKNOWN), True),
        (worth_share(1), False),
        (worth_share(1, InUse.NOT_USED), False),
    ],
)
def test_there_is_something_to_ask_while_an_answer_is_awaited(
    uses: tuple[Use, ...], *, waits: bool
) -> None:
    assert of_uses(*uses).waits_for_receiver is waits
