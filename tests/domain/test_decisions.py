from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.make import NOW, TODAY
from timethief.domain.decisions import (
    FREEING,
    OUTCOME_OF,
    ClosedOutcome,
    Decidable,
    FreedFor,
    NewDecision,
    Outcome,
    Rung,
    StepState,
    closed_outcome,
    expected_hours,
    may_be_undone,
    most_allotted,
    number_after,
    proposed_rung,
)
from timethief.domain.errors import Invalids
from timethief.domain.ranges import Range
from timethief.domain.vocabulary import Action

HOURS = st.floats(0, 1e6)
TASKS = st.builds(
    Decidable,
    bound=st.booleans(),
    consent=st.booleans(),
    needs_judgement=st.booleans(),
    may_automate=st.booleans(),
    has_requirement=st.booleans(),
)


@given(TASKS)
def test_to_keep_and_to_raise_are_always_open(task: Decidable) -> None:
    assert closed_outcome(Outcome.KEEP, task) is None
    assert closed_outcome(Outcome.RAISE, task) is None


@given(TASKS)
def test_what_binds_is_never_taken_away_without_consent(task: Decidable) -> None:
    closed = closed_outcome(Outcome.REMOVE, task)
    assert (closed is ClosedOutcome.BOUND) == (task.bound and not task.consent)


@given(TASKS)
def test_judgement_of_a_person_is_never_left_to_a_program(task: Decidable) -> None:
    closed = closed_outcome(Outcome.AUTOMATE, task)
    assert (closed is None) == (task.may_automate and not task.needs_judgement)


@given(st.sampled_from(Outcome), st.tuples(HOURS, HOURS, HOURS), st.floats(0, 1))
def test_no_more_is_expected_than_the_task_takes(
    outcome: Outcome, hours: tuple[float, float, float], share: float
) -> None:
    cost = Range(*sorted(hours))
    expected = expected_hours(outcome, cost, dict.fromkeys(Action, cost.likely * share))
    assert expected.likely <= cost.likely * (1 + 1e-9)
    assert expected.high <= cost.high * (1 + 1e-9)
    if outcome not in FREEING:
        assert expected == Range.exactly(0.0)


def test_every_remedy_has_its_outcome() -> None:
    assert set(OUTCOME_OF) == set(Action)


def test_expected_follows_the_range_of_the_cost() -> None:
    cost = Range(50.0, 100.0, 300.0)
    assert expected_hours(Outcome.SIMPLIFY, cost, {Action.SIMPLIFY: 40.0}) == Range(20, 40, 120)
    assert expected_hours(Outcome.SIMPLIFY, cost, {}) == Range(0, 0, 0)
    assert expected_hours(Outcome.REMOVE, cost, {}) == cost


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outcome": Outcome.KEEP, "planned_on": TODAY}, "planned_on"),
        ({"planned_on": TODAY - timedelta(1)}, "planned_on"),
        ({"planned_on": TODAY + timedelta(2_000)}, "planned_on"),
        ({"trial_weeks": 3}, "trial_weeks"),
        ({"outcome": Outcome.TRIAL}, "trial_weeks"),
        ({"outcome": Outcome.TRIAL, "trial_weeks": 53}, "trial_weeks"),
        ({"allotment": {FreedFor.CASH: 101.0}}, "allotment"),
        ({"allotment": {FreedFor.CASH: float("nan")}}, "allotment"),
        ({"raised_with": "Regeringen"}, "raised_with"),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict[str, object], field: str) -> None:
    given_: dict[str, object] = {"outcome": Outcome.REMOVE, "reason": "Så."} | changes
    decision = NewDecision(**given_)  # type: ignore[arg-type]
    with pytest.raises(Invalids) as refused:
        decision.check(Range(50, 100, 150), TODAY)
    assert refused.value.refusals[0].field.startswith(field)


@pytest.mark.parametrize("missing", ["reason", "watched", "raised_with"])
def test_what_is_needed_is_asked_for(missing: str) -> None:
    outcome = {"reason": Outcome.KEEP, "watched": Outcome.TRIAL, "raised_with": Outcome.RAISE}
    with pytest.raises(Invalids, match=f"{missing}: required"):
        NewDecision(outcome[missing], "" if missing == "reason" else "Så.").tidied()


@given(st.floats(0, 1e9))
def test_what_is_shown_can_be_allotted(likely: float) -> None:
    assert most_allotted(Range(0, likely, likely)) >= likely


def test_numbers_go_on_within_a_year() -> None:
    assert number_after(2026, None) == "2026-0001"
    assert number_after(2026, "2026-0009") == "2026-0010"
    assert number_after(2026, "2026-9999") == "2026-10000"


def test_it_goes_one_step_up_when_they_say_no() -> None:
    assert proposed_rung(Rung.REQUESTER, StepState.REFUSED) is Rung.ABOVE_REQUESTER
    assert proposed_rung(Rung.ASSOCIATION, StepState.NO_ANSWER) is Rung.GOVERNMENT
    assert proposed_rung(Rung.GOVERNMENT, StepState.REFUSED) is None
    assert proposed_rung(Rung.REQUESTER, StepState.SENT) is None


def test_thirty_days_are_given_to_undo() -> None:
    assert may_be_undone(NOW, NOW + timedelta(days=30))
    assert not may_be_undone(NOW, NOW + timedelta(days=30, seconds=1))
