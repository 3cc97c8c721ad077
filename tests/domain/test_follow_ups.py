from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from timethief.domain.errors import Invalid
from timethief.domain.follow_ups import (
    CHANGEABLE_FOR,
    Answer,
    Baseline,
    FollowUpAnswer,
    may_answer,
    may_change,
    months_after,
    outturn,
)
from timethief.domain.people import Actor, Role
from timethief.domain.policy import Policy
from timethief.domain.review_dates import may_confirm, next_review
from timethief.domain.tasks import Frequency
from timethief.domain.vocabulary import Per

POLICY = Policy()
NEARLY = 1e-6


def baseline(
    minutes: float = 30, times: float = 1, per: Per = Per.WEEK, people: int = 8
) -> Baseline:
    occasions = {each.value: count for each, count in POLICY.occasions.items()}
    return Baseline(minutes, Frequency(times, per), people, occasions)


baselines = st.builds(
    baseline,
    minutes=st.floats(0.1, 200),
    times=st.floats(0.1, 4),
    per=st.sampled_from([Per.WEEK, Per.MONTH, Per.QUARTER, Per.YEAR]),
    people=st.integers(1, 10_000),
)
minutes = st.none() | st.floats(0.1, 200)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    answer = draw(st.sampled_from(list(FollowUpAnswer)))
    frequency = st.builds(Frequency, st.floats(0.1, 4), st.sampled_from([Per.WEEK, Per.MONTH]))
    return Answer(
        answer,
        minutes_now=draw(st.floats(0.1, 200)),
        frequency_now=draw(st.none() | frequency),
        people_now=draw(st.none() | st.integers(1, 10_000)),
        minutes_before=draw(minutes),
    )


@given(baselines, answers())
def test_what_is_freed_and_what_it_takes_now_is_what_it_took(
    before: Baseline, said: Answer
) -> None:
    try:
        found = outturn(before, said, POLICY)
    except Invalid:
        return
    corrected = before.hours(said.minutes_before)
    assert before.hours() + found.estimate_change_hours == pytest.approx(corrected)
    if found.confirmed_hours is None or found.hours_now is None:
        assert said.answer is FollowUpAnswer.UNKNOWN
        return
    assert found.confirmed_hours + found.hours_now == pytest.approx(corrected, abs=NEARLY)


@given(baselines, st.floats(0.1, 200))
def test_a_better_estimate_alone_frees_nothing(before: Baseline, in_truth: float) -> None:
    found = outturn(before, Answer(FollowUpAnswer.SAME, minutes_before=in_truth), POLICY)

    assert found.confirmed_hours == 0
    assert found.estimate_change_hours == pytest.approx(before.hours(in_truth) - before.hours())


@given(baselines, minutes)
def test_what_is_gone_has_freed_all_that_it_took_in_truth(
    before: Baseline, in_truth: float | None
) -> None:
    found = outturn(before, Answer(FollowUpAnswer.GONE, minutes_before=in_truth), POLICY)

    assert found.hours_now == 0
    assert found.confirmed_hours == pytest.approx(before.hours(in_truth))


@given(baselines, answers())
def test_less_frees_something_and_more_frees_less_than_nothing(
    before: Baseline, said: Answer
) -> None:
    try:
        found = outturn(before, said, POLICY)
    except Invalid:
        return
    if said.answer is FollowUpAnswer.LESS:
        assert (found.confirmed_hours or 0) > 0
    if said.answer is FollowUpAnswer.MORE:
        assert (found.confirmed_hours or 0) < 0


def test_the_worked_example() -> None:
    # 30 minutes a week by 8: 176 hours. Now 10 minutes: 58.67.
    found = outturn(baseline(), Answer(FollowUpAnswer.LESS, minutes_now=10), POLICY)

    assert found.hours_now == pytest.approx(58.667, abs=0.001)
    assert found.confirmed_hours == pytest.approx(117.333, abs=0.001)
    assert found.estimate_change_hours == 0


def test_a_wrong_first_estimate_is_kept_apart() -> None:
    # It took 20 minutes in truth, not 30: 117.33 hours. Now 10: 58.67.
    said = Answer(FollowUpAnswer.LESS, minutes_now=10, minutes_before=20)

    found = outturn(baseline(), said, POLICY)

    assert found.confirmed_hours == pytest.approx(58.667, abs=0.001)
    assert found.estimate_change_hours == pytest.approx(-58.667, abs=0.001)


def test_fewer_times_by_fewer_people_is_less() -> None:
    said = Answer(FollowUpAnswer.LESS, 30, frequency_now=Frequency(1, Per.MONTH), people_now=4)

    assert outturn(baseline(), said, POLICY).hours_now == pytest.approx(24)


@pytest.mark.parametrize(
    ("answer", "now", "reason"),
    [
        (FollowUpAnswer.LESS, 30, "not_less"),
        (FollowUpAnswer.LESS, 45, "not_less"),
        (FollowUpAnswer.MORE, 30, "not_more"),
        (FollowUpAnswer.MORE, 5, "not_more"),
    ],
)
def test_figures_that_say_otherwise_are_refused(
    answer: FollowUpAnswer, now: float, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        outturn(baseline(), Answer(answer, minutes_now=now), POLICY)

    assert (refused.value.field, refused.value.reason) == ("minutes_now", reason)


@pytest.mark.parametrize("answer", [FollowUpAnswer.LESS, FollowUpAnswer.MORE])
def test_less_and_more_say_how_long(answer: FollowUpAnswer) -> None:
    with pytest.raises(Invalid, match="minutes_now: required"):
        Answer(answer)


@pytest.mark.parametrize("value", [0, -1, 1_441, float("nan"), float("inf")])
def test_minutes_that_cannot_be_are_refused(value: float) -> None:
    with pytest.raises(Invalid):
        Answer(FollowUpAnswer.LESS, minutes_now=value)
    with pytest.raises(Invalid):
        Answer(FollowUpAnswer.GONE, minutes_before=value)


def test_more_than_a_year_is_told_at_its_own_field() -> None:
    before = baseline(5, times=100, per=Per.WORKING_DAY)

    with pytest.raises(Invalid, match="minutes_before: more_than_a_year"):
        outturn(before, Answer(FollowUpAnswer.GONE, minutes_before=1_000), POLICY)
    with pytest.raises(Invalid, match="frequency: more_than_a_year"):
        outturn(before, Answer(FollowUpAnswer.MORE, minutes_now=1_000), POLICY)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 10), 3, date(2026, 6, 10)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_the_day_of_the_question(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.sampled_from([3, 12]))
def test_the_day_of_the_question_is_in_the_right_month(day: date, months: int) -> None:
    later = months_after(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_an_answer_can_be_changed_for_thirty_days() -> None:
    assert may_change(make.NOW, make.NOW + CHANGEABLE_FOR)
    assert not may_change(make.NOW, make.NOW + CHANGEABLE_FOR + timedelta(seconds=1))


LINEAGE = {1: (1,), 2: (2, 1), 3: (3, 2, 1), 4: (4, 1)}


def somebody(role: Role, unit_id: int | None, user_id: int = 7) -> Actor:
    return Actor(user_id, 1, role, unit_id, None, "Rut")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (somebody(Role.STAFF, 2), True),
        (somebody(Role.STAFF, 3), True),
        (somebody(Role.STAFF, 1), False),
        (somebody(Role.STAFF, 4), False),
        (somebody(Role.STAFF, None), False),
        (somebody(Role.ADMIN, 4), False),
        (somebody(Role.LEADERSHIP, 1), True),
        (somebody(Role.LEADERSHIP, 4), False),
        (somebody(Role.LEADERSHIP, None), True),
        (somebody(Role.SUPPORT, None), True),
        (somebody(Role.LEADERSHIP, 4, user_id=9), True),
    ],
)
def test_who_may_answer_for_unit_2(who: Actor, *, may: bool) -> None:
    assert may_answer(who, 2, 9, LINEAGE) is may


@pytest.mark.parametrize(
    ("who", "unit_id", "may"),
    [
        (somebody(Role.SUPPORT, 4), 2, True),
        (somebody(Role.LEADERSHIP, None), None, True),
        (somebody(Role.LEADERSHIP, 1), 3, True),
        (somebody(Role.LEADERSHIP, 3), 2, False),
        (somebody(Role.LEADERSHIP, 1), None, False),
        (somebody(Role.STAFF, 2), 2, False),
        (somebody(Role.ADMIN, None), 2, False),
    ],
)
def test_who_may_say_that_it_is_still_needed(who: Actor, unit_id: int | None, *, may: bool) -> None:
    assert may_confirm(who, unit_id, LINEAGE) is may


def test_review_dates_over_leap_years() -> None:
    leap = date(2028, 2, 29)

    assert next_review(leap, confirmed=True) == date(2031, 3, 1)
    assert next_review(leap, confirmed=False) == date(2029, 3, 1)
    assert next_review(date(2026, 3, 10), confirmed=True) == date(2029, 3, 10)
