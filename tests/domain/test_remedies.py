from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.facts import AUTOMATION, HOURLY_COST, task, times_a_year, worth_hours
from timethief.domain.assessment import Assessment, assess, best_improvement, best_remedy
from timethief.domain.policy import DEFAULT_POLICY, Policy
from timethief.domain.remedies import Remedy, exceeds
from timethief.domain.tasks import Frequency
from timethief.domain.vocabulary import Action, Binding, Per

EVERYTHING: dict[str, Any] = {
    "duplicate_share": 0.5,
    "automation": AUTOMATION,
    "achievable_minutes": 15,
    "other_hourly_cost_sek": 0.75 * HOURLY_COST,
    "sufficient_frequency": times_a_year(40),
    "uses": worth_hours(80),
}
BOUND = (Binding.LAW, Binding.AGREEMENT)
FREE = (Binding.INTERNAL_RULE, Binding.CUSTOM, Binding.UNKNOWN)


def assessed(**changes: Any) -> Assessment:  # noqa: ANN401 - any field of the facts
    return assess(task(**changes), DEFAULT_POLICY)


def offered(**changes: Any) -> list[Action]:  # noqa: ANN401 - any field of the facts
    return [remedy.action for remedy in assessed(**changes).remedies]


def figures(remedy: Remedy) -> list[float]:
    return [
        remedy.annual_cost_hours,
        remedy.annual_benefit_hours,
        remedy.one_off_hours,
        remedy.released_hours,
    ]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Action.REMOVE, [0, 0, 0, 100]),
        (Action.REGISTER_ONCE, [50 + 12, 80, 80, 50]),
        (Action.AUTOMATE, [46 + 27, 80, 180, 54]),
        (Action.SIMPLIFY, [25, 80, 0, 75]),
        (Action.REASSIGN, [75, 80, 0, 100]),
        (Action.REDUCE_FREQUENCY, [40, 80, 0, 60]),
        (Action.KEEP, [100, 80, 0, 0]),
    ],
)
def test_a_remedy_is_the_task_in_another_world(action: Action, expected: list[float]) -> None:
    assert figures(assessed(**EVERYTHING).remedy(action)) == pytest.approx(expected)


def test_net_spreads_the_one_off_hours_over_the_horizon() -> None:
    remedy = assessed(**EVERYTHING).remedy(Action.AUTOMATE)

    assert remedy.net_hours == pytest.approx(80 - 73 - 180 / 3)


def test_gain_is_net_beyond_that_of_today() -> None:
    found = assessed(**EVERYTHING)

    for remedy in found.remedies:
        assert remedy.gain_hours == pytest.approx(remedy.net_hours - (80 - 100)), remedy.action
    assert found.remedy(Action.KEEP).gain_hours == 0


def test_a_gain_is_exact_even_beside_a_huge_benefit() -> None:
    found = assessed(uses=worth_hours(1e9 / 3), achievable_minutes=44.9)
    simplified = found.remedy(Action.SIMPLIFY)

    assert simplified.gain_hours == found.cost_hours.likely - simplified.annual_cost_hours


def test_stable_work_is_automated_without_the_factor() -> None:
    stable = replace(AUTOMATION, stable=True)

    assert assessed(automation=stable).remedy(Action.AUTOMATE).one_off_hours == 120


def test_remedies_are_listed_in_the_order_of_the_model() -> None:
    assert offered(**EVERYTHING) == [
        Action.REMOVE,
        Action.REGISTER_ONCE,
        Action.AUTOMATE,
        Action.SIMPLIFY,
        Action.REASSIGN,
        Action.REDUCE_FREQUENCY,
        Action.KEEP,
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"duplicate_share": 0.0},
        {"automation": replace(AUTOMATION, needs_judgement=True)},
        {"automation": replace(AUTOMATION, rule_based=0)},
        {"automation": replace(AUTOMATION, digital_input=0)},
        {"automation": replace(AUTOMATION, exceptions=1)},
        {"achievable_minutes": 60},
        {"achievable_minutes": 61},
        {"other_hourly_cost_sek": HOURLY_COST},
        {"other_hourly_cost_sek": HOURLY_COST + 1},
        {"sufficient_frequency": times_a_year(100)},
        {"sufficient_frequency": Frequency(1, Per.WORKING_DAY)},
    ],
)
def test_a_remedy_that_would_change_nothing_is_not_offered(changes: dict[str, Any]) -> None:
    assert offered(**changes) == [Action.REMOVE, Action.KEEP]


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({"duplicate_share": 0.01}, Action.REGISTER_ONCE),
        ({"automation": AUTOMATION}, Action.AUTOMATE),
        ({"achievable_minutes": 59.9}, Action.SIMPLIFY),
        ({"achievable_minutes": 0}, Action.SIMPLIFY),
        ({"other_hourly_cost_sek": HOURLY_COST - 1}, Action.REASSIGN),
        ({"sufficient_frequency": Frequency(8, Per.MONTH)}, Action.REDUCE_FREQUENCY),
    ],
)
def test_a_remedy_is_offered_where_it_would_do_something(
    changes: dict[str, Any], action: Action
) -> None:
    assert offered(**changes) == [Action.REMOVE, action, Action.KEEP]


@pytest.mark.parametrize("binding", BOUND)
def test_what_law_or_agreement_binds_is_raised_with_the_requester(binding: Binding) -> None:
    found = assessed(binding=binding, uses=())

    assert [remedy.action for remedy in found.remedies] == [
        Action.RAISE_WITH_REQUESTER,
        Action.KEEP,
    ]
    assert figures(found.remedies[0]) == [0, 0, 0, 100]
    assert found.recommended is Action.RAISE_WITH_REQUESTER
    assert found.within_own_mandate is Action.KEEP


@pytest.mark.parametrize("binding", FREE)
def test_what_only_we_ask_for_is_ours_to_take_away(binding: Binding) -> None:
    found = assessed(binding=binding, uses=())

    assert (found.recommended, found.within_own_mandate) == (Action.REMOVE, Action.REMOVE)


@pytest.mark.parametrize("binding", list(Binding))
def test_only_two_remedies_ever_need_the_requester(binding: Binding) -> None:
    found = assessed(**EVERYTHING, binding=binding)

    needing = {remedy.action for remedy in found.remedies if remedy.needs_requester}

    assert needing == (
        {Action.RAISE_WITH_REQUESTER, Action.REDUCE_FREQUENCY} if binding in BOUND else set()
    )


def test_within_own_mandate_is_the_best_that_needs_no_consent() -> None:
    found = assessed(
        binding=Binding.LAW,
        uses=worth_hours(80),
        sufficient_frequency=times_a_year(10),
        achievable_minutes=50,
    )

    assert found.recommended is Action.REDUCE_FREQUENCY
    assert found.within_own_mandate is Action.SIMPLIFY


def test_of_equal_remedies_the_first_listed_is_recommended() -> None:
    found = assessed(
        uses=worth_hours(80),
        achievable_minutes=30,
        other_hourly_cost_sek=HOURLY_COST / 2,
        sufficient_frequency=times_a_year(50),
    )

    assert len({remedy.net_hours for remedy in found.remedies if remedy.is_improvement}) == 1
    assert found.recommended is Action.SIMPLIFY


def test_a_later_remedy_within_the_tolerance_is_no_better() -> None:
    found = assessed(
        uses=worth_hours(80), achievable_minutes=30, sufficient_frequency=times_a_year(50 - 1e-8)
    )

    assert found.remedy(Action.REDUCE_FREQUENCY).net_hours > found.remedy(Action.SIMPLIFY).net_hours
    assert found.recommended is Action.SIMPLIFY


def test_a_task_worth_exactly_its_time_may_as_well_be_taken_away() -> None:
    assert assessed(uses=worth_hours(100)).recommended is Action.REMOVE
    assert assessed(uses=worth_hours(101)).recommended is Action.KEEP


@pytest.mark.parametrize(
    ("changes", "avoidable"),
    [
        ({"uses": worth_hours(150)}, 0),
        ({"uses": worth_hours(20)}, 100),
        ({"uses": worth_hours(80), "achievable_minutes": 15}, 75),
        ({"uses": worth_hours(150), "duplicate_share": 0.9}, 100 - 22),
    ],
)
def test_avoidable_is_what_the_recommended_remedy_no_longer_costs(
    changes: dict[str, Any], avoidable: float
) -> None:
    assert assessed(**changes).avoidable_hours == pytest.approx(avoidable)


def test_the_gain_of_the_assessment_is_that_of_the_recommended_remedy() -> None:
    found = assessed(**EVERYTHING)

    assert found.recommended is Action.SIMPLIFY
    assert found.gain_hours == found.remedy(Action.SIMPLIFY).gain_hours == pytest.approx(75)


def test_the_policy_sets_the_price_of_an_improvement() -> None:
    policy = Policy(
        horizon_years=2,
        automation_base_hours=10,
        automation_hours_per_system=5,
        unstable_factor=2,
        integration_hours=20,
        maintenance_share=0.5,
    )

    found = assess(task(**EVERYTHING), policy)

    assert figures(found.remedy(Action.AUTOMATE)) == pytest.approx([46 + 20, 80, 40, 54])
    assert figures(found.remedy(Action.REGISTER_ONCE)) == pytest.approx([50 + 10, 80, 20, 50])
    assert found.remedy(Action.REGISTER_ONCE).net_hours == pytest.approx(80 - 60 - 10)


def test_without_improvements_none_is_the_best() -> None:
    assert best_improvement(assessed().remedies) is None


def test_the_best_improvement_has_the_highest_gain() -> None:
    found = assessed(**EVERYTHING)

    assert best_improvement(found.remedies) == found.remedy(Action.SIMPLIFY)
    assert best_remedy(found.remedies) == found.remedy(Action.SIMPLIFY)


@pytest.mark.parametrize(
    ("a", "b", "more"),
    [
        (1.0, 1.0, False),
        (1e-10, 0.0, False),
        (1.1e-9, 0.0, True),
        (1e9 + 0.5, 1e9, False),
        (1e9 + 2, 1e9, True),
        (-1e9, -1e9 - 0.5, False),
        (-1.0, 0.0, False),
    ],
)
def test_more_is_more_by_more_than_rounding(a: float, b: float, *, more: bool) -> None:
    assert exceeds(a, b) is more
