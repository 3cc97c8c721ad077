from __future__ import annotations

import math
from typing import Any

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.policy import DEFAULT_POLICY, Policy
from timethief.domain.ranges import Range
from timethief.domain.vocabulary import InUse, Per


def test_the_defaults_are_those_of_the_model() -> None:
    policy = DEFAULT_POLICY

    assert list(policy.occasions.values()) == [365, 220, 44, 12, 4, 2, 1]
    assert (policy.fte_hours, policy.default_spread, policy.horizon_years) == (1_760, 0.25, 3)
    assert policy.automation_base_hours == policy.automation_hours_per_system == 40
    assert (policy.unstable_factor, policy.integration_hours) == (1.5, 80)
    assert policy.maintenance_share == 0.15
    assert list(policy.usage.values()) == [
        Range(1, 1, 1),
        Range(0.5, 1, 1),
        Range(0, 0.5, 1),
        Range(0, 0, 0),
    ]


def test_the_defaults_cannot_be_changed_in_place() -> None:
    with pytest.raises(TypeError):
        DEFAULT_POLICY.occasions[Per.WEEK] = 52  # type: ignore[index]


def without(numbers: Any, key: object) -> dict[Any, Any]:  # noqa: ANN401 - either mapping
    return {name: value for name, value in numbers.items() if name != key}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"occasions": {**DEFAULT_POLICY.occasions, Per.WEEK: 0}}, "occasions.week"),
        ({"occasions": without(DEFAULT_POLICY.occasions, Per.MONTH)}, "occasions.month"),
        ({"usage": {**DEFAULT_POLICY.usage, InUse.BELIEVED: Range(1, 1, 1.5)}}, "usage.believed"),
        ({"usage": without(DEFAULT_POLICY.usage, InUse.UNKNOWN)}, "usage.unknown"),
        ({"fte_hours": 0}, "fte_hours"),
        ({"fte_hours": 5e-324}, "fte_hours"),
        ({"default_spread": 1}, "default_spread"),
        ({"default_spread": -0.1}, "default_spread"),
        ({"horizon_years": 0}, "horizon_years"),
        ({"horizon_years": 5e-324}, "horizon_years"),
        ({"automation_base_hours": -1}, "automation_base_hours"),
        ({"automation_hours_per_system": math.nan}, "automation_hours_per_system"),
        ({"integration_hours": math.inf}, "integration_hours"),
        ({"unstable_factor": 0.9}, "unstable_factor"),
        ({"maintenance_share": 1.1}, "maintenance_share"),
    ],
)
def test_a_policy_that_would_make_nonsense_cannot_exist(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        Policy(**changes)

    assert refused.value.field == field


def test_a_policy_may_be_free_of_spread_and_of_one_off_work() -> None:
    policy = Policy(
        default_spread=0,
        automation_base_hours=0,
        automation_hours_per_system=0,
        integration_hours=0,
        maintenance_share=0,
    )

    assert policy.default_spread == 0
