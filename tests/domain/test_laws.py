from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.domain.facts import task, worth_share
from tests.domain.strategies import (
    LAW,
    MINUTES,
    TASKS,
    USES,
    WITHOUT_KRONOR_OR_ONE_OFF_HOURS,
    ranges,
)
from timethief.domain.assessment import Assessment, assess, use_hours
from timethief.domain.measures import MEASURES, MOST, Measures, measures_of
from timethief.domain.numbers import SMALLEST
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.ranges import Range
from timethief.domain.remedies import exceeds
from timethief.domain.tasks import TaskFacts, Use, Worth
from timethief.domain.vocabulary import Action, InUse, Verdict

WORST_FIRST = list(Verdict)
SURE_LAST = (InUse.NOT_USED, InUse.UNKNOWN, InUse.BELIEVED, InUse.CONFIRMED)


def assessed(facts: TaskFacts) -> Assessment:
    return assess(facts, DEFAULT_POLICY)


def goodness(verdict: Verdict) -> int:
    return WORST_FIRST.index(verdict)


def bounds_of(hours: Range) -> tuple[float, float, float]:
    return hours.low, hours.likely, hours.high


def longer(minutes: Range, more: float) -> Range:
    return Range(min(minutes.low * more, 1_440), min(minutes.likely * more, 1_440), 1_440)


# Remedies


@LAW
@given(TASKS)
def test_to_keep_a_task_avoids_nothing_and_gains_nothing(facts: TaskFacts) -> None:
    found = measures_of(assessed(facts), confirmed=False)

    if assessed(facts).recommended is Action.KEEP:
        assert (found.avoidable_hours, found.gain_hours) == (0, 0)


# Time


@LAW
@given(TASKS, st.floats(1, 1_000))
@example(task(uses=worth_share(0.99)), 2.0)
@example(task(uses=worth_share(2), achievable_minutes=40), 2.0)
@example(task(uses=worth_share(2), duplicate_share=0.5), 20.0)
def test_more_minutes_never_make_a_flagged_task_an_unflagged_one(
    facts: TaskFacts, more: float
) -> None:
    minutes = facts.minutes_range(DEFAULT_POLICY)
    assume(minutes.low >= SMALLEST and minutes.high <= 1_440)

    before, after = (
        assessed(replace(facts, minutes=each)) for each in (minutes, longer(minutes, more))
    )

    assert after.flagged or not before.flagged


@LAW
@given(TASKS, ranges(MINUTES), ranges(MINUTES))
def test_whether_a_task_is_flagged_follows_the_likely_minutes_alone(
    facts: TaskFacts, one: Range, other: Range
) -> None:
    likely = max(one.low, other.low)
    assume(likely <= min(one.high, other.high))

    flags = {
        assessed(replace(facts, minutes=Range(each.low, likely, each.high))).flagged
        for each in (one, other)
    }

    assert len(flags) == 1


def test_more_minutes_make_a_clear_verdict_less_sure_where_only_the_high_ones_grow() -> None:
    verdicts = [
        assessed(task(minutes=Range(60, likely, likely), uses=worth_share(0.7))).verdict
        for likely in (60.0, 90.0)
    ]

    assert verdicts == [Verdict.CLEAR, Verdict.PROBABLE]


# Worth


def worth_more(worth: Worth, more: float) -> Worth:
    if worth.share is not None:
        return Worth(share=min(worth.share + more, 1_000))
    if worth.sek_per_year is not None:
        return Worth(sek_per_year=min(worth.sek_per_year + more * 1_000, 1e12))
    if isinstance(worth.minutes, Range):
        return Worth(minutes=worth.minutes.plus(Range.exactly(more)))
    return Worth(minutes=(worth.minutes or 0) + more)


@LAW
@given(TASKS, st.floats(0, 1_000), st.data())
def test_raising_a_worth_never_makes_a_verdict_worse(
    facts: TaskFacts, more: float, data: st.DataObject
) -> None:
    assume(facts.uses)
    raised = data.draw(st.integers(0, len(facts.uses) - 1))
    uses = list(facts.uses)
    uses[raised] = replace(uses[raised], worth=worth_more(uses[raised].worth, more))

    before, after = assessed(facts), assessed(replace(facts, uses=tuple(uses)))

    assert goodness(after.verdict) >= goodness(before.verdict)


@LAW
@given(TASKS, USES)
def test_one_more_use_beside_others_never_makes_a_verdict_worse(facts: TaskFacts, new: Use) -> None:
    assume(facts.uses)

    before, after = assessed(facts), assessed(replace(facts, uses=(*facts.uses, new)))

    assert goodness(after.verdict) >= goodness(before.verdict)


def test_the_first_use_can_make_a_verdict_worse_since_not_knowing_is_no_answer() -> None:
    unknown, unused = (
        assessed(task(uses=uses)).verdict for uses in ((), worth_share(1, InUse.NOT_USED))
    )

    assert (unknown, unused) == (Verdict.PROBABLE, Verdict.CLEAR)


@LAW
@given(TASKS, USES)
def test_a_surer_use_never_counts_less(facts: TaskFacts, use: Use) -> None:
    now = assessed(facts)

    counted = [
        bounds_of(
            use_hours(
                replace(use, in_use=in_use), facts, DEFAULT_POLICY, now.volume, now.cost_hours
            )
        )
        for in_use in SURE_LAST
    ]

    for less, more in pairwise(counted):
        assert all(a <= b for a, b in zip(less, more, strict=True))


# Remedies


@LAW
@given(TASKS)
def test_nothing_that_is_offered_beats_what_is_recommended(facts: TaskFacts) -> None:
    found = assessed(facts)
    best = found.remedy(found.recommended)

    assert not any(exceeds(each.net_hours, best.net_hours) for each in found.remedies)


@LAW
@given(TASKS)
def test_what_is_listed_before_the_recommended_remedy_has_lower_net(facts: TaskFacts) -> None:
    found = assessed(facts)
    place = [each.action for each in found.remedies].index(found.recommended)

    earlier = found.remedies[:place]

    assert all(each.net_hours < found.remedies[place].net_hours for each in earlier)


@LAW
@given(TASKS)
def test_within_own_mandate_is_never_better_than_the_best_and_needs_nobody(
    facts: TaskFacts,
) -> None:
    found = assessed(facts)
    best, own = found.remedy(found.recommended), found.remedy(found.within_own_mandate)

    assert not own.needs_requester
    assert not exceeds(own.net_hours, best.net_hours)
    assert own == best or best.needs_requester


@LAW
@given(TASKS)
@example(task(achievable_minutes=59.99999999999999))
@example(task(minutes=49.0, achievable_minutes=48.99999999999999))
def test_released_hours_are_between_nothing_and_all_that_it_takes(facts: TaskFacts) -> None:
    found = assessed(facts)

    for remedy in found.remedies:
        assert 0 <= remedy.released_hours <= found.cost_hours.likely, remedy.action


@LAW
@given(TASKS)
def test_one_off_hours_are_paid_only_for_new_systems(facts: TaskFacts) -> None:
    paid = {each.action for each in assessed(facts).remedies if each.one_off_hours > 0}

    assert paid <= {Action.REGISTER_ONCE, Action.AUTOMATE}


@LAW
@given(TASKS)
def test_work_that_takes_judgement_is_never_offered_for_automation(facts: TaskFacts) -> None:
    assume(facts.automation and facts.automation.needs_judgement)

    assert Action.AUTOMATE not in {each.action for each in assessed(facts).remedies}


# Figures


def scaled(facts: TaskFacts, factor: int) -> TaskFacts:
    uses = tuple(
        replace(use, worth=Worth(minutes=use.worth.minutes * factor))
        if isinstance(use.worth.minutes, int | float)
        else use
        for use in facts.uses
    )
    minutes = facts.minutes
    assert not isinstance(minutes, Range)
    achievable = facts.achievable_minutes
    return replace(
        facts,
        minutes=minutes * factor,
        uses=uses,
        achievable_minutes=None if achievable is None else achievable * factor,
    )


def all_hours(found: Assessment) -> list[float]:
    hours = [*bounds_of(found.cost_hours), *bounds_of(found.benefit_hours), found.avoidable_hours]
    for each in found.remedies:
        hours += [each.annual_cost_hours, each.released_hours, each.net_hours, each.gain_hours]
    return hours


@LAW
@given(WITHOUT_KRONOR_OR_ONE_OFF_HOURS, st.integers(2, 6))
def test_where_all_comes_from_minutes_scaling_them_scales_all_hours(
    facts: TaskFacts, factor: int
) -> None:
    before, after = assessed(facts), assessed(scaled(facts, factor))

    expected = [hours * factor for hours in all_hours(before)]

    assert all_hours(after) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@LAW
@given(WITHOUT_KRONOR_OR_ONE_OFF_HOURS, st.integers(2, 6))
def test_where_all_comes_from_minutes_scaling_them_keeps_every_answer(
    facts: TaskFacts, factor: int
) -> None:
    before, after = assessed(facts), assessed(scaled(facts, factor))

    assert (after.verdict, after.cause) == (before.verdict, before.cause)
    assert after.recommended is before.recommended
    assert after.within_own_mandate is before.within_own_mandate


@LAW
@given(TASKS)
def test_every_estimate_is_in_order(facts: TaskFacts) -> None:
    found = assessed(facts)

    for estimate in (found.volume, found.cost_hours, found.benefit_hours):
        assert 0 <= estimate.low <= estimate.likely <= estimate.high


@LAW
@given(TASKS)
def test_a_flagged_task_has_a_cause_and_no_other_has(facts: TaskFacts) -> None:
    found = assessed(facts)

    assert found.flagged is (found.cause is not None)


# Totals

CONTRIBUTIONS = st.builds(
    lambda facts, confirmed: measures_of(assessed(facts), confirmed=confirmed),
    TASKS,
    st.booleans(),
)


def total(measures: list[Measures]) -> Measures:
    return reduce(Measures.plus, measures, Measures())


@LAW
@given(st.lists(CONTRIBUTIONS, max_size=5), CONTRIBUTIONS)
def test_what_is_added_and_taken_away_leaves_no_remainder(
    others: list[Measures], one: Measures
) -> None:
    before = total(others)

    assert before.plus(one).minus(one) == before
    assert total([*others, one]) == total([one, *reversed(others)])


@LAW
@given(st.lists(CONTRIBUTIONS, max_size=5))
def test_totals_are_whole_numbers_in_order(measures: list[Measures]) -> None:
    found = total(measures)

    assert all(type(getattr(found, name)) is int for name in MEASURES)
    assert 0 <= found.cost_low <= found.cost_likely <= found.cost_high
    assert 0 <= found.benefit_low <= found.benefit_likely <= found.benefit_high
    assert found.flagged_tasks <= found.tasks
    assert max(found.flagged_hours, found.confirmed_hours) <= found.cost_likely


@LAW
@given(TASKS)
def test_a_task_counts_with_its_hours_to_the_millionth(facts: TaskFacts) -> None:
    found = assessed(facts)

    measures = measures_of(found, confirmed=False)

    exact = min(Fraction(found.cost_hours.likely) * 1_000_000, Fraction(MOST))
    assert abs(measures.cost_likely - exact) <= Fraction(1, 2) + exact / 10**15
    assert measures.flagged_hours == (measures.cost_likely if found.flagged else 0)
