from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.strategies import AUTOMATIONS, LAW
from timethief.domain.automation_case import automation_case
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.remedies import remedies
from timethief.domain.tasks import Automation, Frequency, TaskFacts
from timethief.domain.vocabulary import Action, Per

COSTS = st.floats(0, 1e7)


def _remedy(automation: Automation, cost: float) -> object:
    facts = TaskFacts(30, Frequency(1, Per.WEEK), 2, 400, automation=automation)
    offered = remedies(facts, DEFAULT_POLICY, cost, 0.0)
    return next((each for each in offered if each.action is Action.AUTOMATE), None)


def test_an_example_by_hand() -> None:
    case = automation_case(Automation(1.0, 0.5, 0.0, systems=1), DEFAULT_POLICY, 200)

    assert case is not None
    assert (case.share, case.one_off_hours, case.running_hours) == (0.5, 80, 12)
    assert case.saved_hours == pytest.approx(100 - 12)
    assert case.payback_months == pytest.approx(12 * 80 / 88)
    assert case.net_hours == pytest.approx(3 * 88 - 80)


@given(AUTOMATIONS, COSTS)
@LAW
def test_the_figures_are_those_of_the_models_remedy(automation: Automation, cost: float) -> None:
    case, remedy = automation_case(automation, DEFAULT_POLICY, cost), _remedy(automation, cost)

    assert (case is None) == (remedy is None)
    if case is not None:
        room = pytest.approx
        assert case.one_off_hours == remedy.one_off_hours  # type: ignore[attr-defined]
        saved = cost - remedy.annual_cost_hours  # type: ignore[attr-defined]
        assert case.saved_hours == room(saved, rel=1e-9, abs=1e-6)
        gain = remedy.gain_hours  # type: ignore[attr-defined]
        assert case.net_hours / 3 == room(gain, rel=1e-9, abs=1e-6)


@given(AUTOMATIONS, COSTS)
@LAW
def test_it_pays_within_the_horizon_exactly_when_its_net_is_not_below_nothing(
    automation: Automation, cost: float
) -> None:
    case = automation_case(automation, DEFAULT_POLICY, cost)
    assume(case is not None and abs(case.net_hours) > 1e-6)
    assert case is not None

    within = case.payback_months is not None and case.payback_months <= 36
    assert within == (case.net_hours > 0)


@given(AUTOMATIONS, COSTS, st.floats(1, 1e6))
@LAW
def test_the_more_it_takes_the_more_there_is_to_save(
    automation: Automation, cost: float, more: float
) -> None:
    less, rather = (
        automation_case(automation, DEFAULT_POLICY, hours) for hours in (cost, cost + more)
    )
    assume(less is not None)
    assert less is not None
    assert rather is not None

    assert rather.net_hours >= less.net_hours
    if less.payback_months is not None:
        assert rather.payback_months is not None
        assert rather.payback_months <= less.payback_months


def test_what_costs_nothing_to_reach_pays_at_once() -> None:
    free = replace(DEFAULT_POLICY, automation_base_hours=0, automation_hours_per_system=0)
    case = automation_case(Automation(1.0, 1.0, 0.0), free, 10)

    assert case is not None
    assert case.payback_months == 0


def test_what_upkeep_eats_up_never_pays() -> None:
    case = automation_case(Automation(0.1, 1.0, 0.0), DEFAULT_POLICY, 10)

    assert case is not None
    assert case.payback_months is None
    assert case.net_hours < 0
