from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.domain.facts import HOURLY_COST, task, use, worth_hours, worth_share
from timethief.domain.assessment import Assessment, assess
from timethief.domain.policy import DEFAULT_POLICY, Policy
from timethief.domain.ranges import Range
from timethief.domain.tasks import Frequency, TaskFacts, Worth
from timethief.domain.vocabulary import Action, Binding, Cause, InUse, Per, Verdict
from timethief.exchange.task_documents import read_task

EXAMPLES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
)
EXACT = 1e-6


def assessed(**changes: Any) -> Assessment:  # noqa: ANN401 - any field of the facts
    return assess(task(**changes), DEFAULT_POLICY)


def bounds(estimate: Range) -> list[float]:
    return [estimate.low, estimate.likely, estimate.high]


@pytest.fixture
def status_report() -> TaskFacts:
    return TaskFacts(
        minutes=30,
        frequency=Frequency(1, Per.WEEK),
        people=8,
        hourly_cost_sek=600,
        binding=Binding.INTERNAL_RULE,
        uses=worth_share(0.5, InUse.BELIEVED),
        achievable_minutes=10,
    )


def test_the_worked_example_costs_what_it_says(status_report: TaskFacts) -> None:
    found = assess(status_report, DEFAULT_POLICY)

    assert bounds(found.volume) == [352, 352, 352]
    assert bounds(found.cost_hours) == pytest.approx([132, 176, 220], abs=EXACT)
    assert found.cost_sek == pytest.approx(105_600, abs=EXACT)
    assert found.fte == pytest.approx(0.1, abs=EXACT)
    assert bounds(found.benefit_hours) == pytest.approx([33, 88, 110], abs=EXACT)


def test_the_worked_example_is_decided_as_it_says(status_report: TaskFacts) -> None:
    found = assess(status_report, DEFAULT_POLICY)

    assert (found.verdict, found.cause) == (Verdict.CLEAR, Cause.INEFFICIENT)
    assert (found.recommended, found.within_own_mandate) == (Action.SIMPLIFY, Action.SIMPLIFY)
    assert found.gain_hours == pytest.approx(117.333333, abs=EXACT)
    assert found.avoidable_hours == pytest.approx(117.333333, abs=EXACT)
    assert found.remedy(Action.REMOVE).net_hours == 0
    assert found.remedy(Action.SIMPLIFY).annual_cost_hours == pytest.approx(58.666667, abs=EXACT)
    assert found.remedy(Action.SIMPLIFY).net_hours == pytest.approx(29.333333, abs=EXACT)
    assert found.remedy(Action.KEEP).net_hours == pytest.approx(-88, abs=EXACT)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["id"]))
def test_an_example_of_the_sources_gets_its_answer(example: dict[str, Any]) -> None:
    expected = example["expected"]

    found = assess(read_task(example["task"], DEFAULT_POLICY, {}), DEFAULT_POLICY)

    assert bounds(found.cost_hours) == pytest.approx(expected["cost_hours"], abs=EXACT)
    assert bounds(found.benefit_hours) == pytest.approx(expected["benefit_hours"], abs=EXACT)
    assert found.avoidable_hours == pytest.approx(expected["avoidable_hours"], abs=EXACT)
    for name in ("verdict", "flagged", "cause", "recommended", "within_own_mandate"):
        assert getattr(found, name) == expected[name], name


def test_there_are_twenty_examples() -> None:
    assert len({example["id"] for example in EXAMPLES}) == 20


def test_ranges_are_multiplied_low_with_low() -> None:
    found = assessed(minutes=Range(30, 60, 120), people=Range(2, 3, 5))

    assert bounds(found.volume) == [200, 300, 500]
    assert bounds(found.cost_hours) == pytest.approx([100, 300, 1_000])


def test_the_tariff_turns_hours_into_kronor() -> None:
    assert assessed(hourly_cost_sek=450).cost_sek == pytest.approx(45_000)


@pytest.mark.parametrize(
    ("per", "occasions"),
    [
        (Per.CALENDAR_DAY, 365),
        (Per.WORKING_DAY, 220),
        (Per.WEEK, 44),
        (Per.MONTH, 12),
        (Per.QUARTER, 4),
        (Per.HALF_YEAR, 2),
        (Per.YEAR, 1),
    ],
)
def test_a_frequency_counts_so_many_occasions_a_year(per: Per, occasions: int) -> None:
    assert assessed(frequency=Frequency(2, per)).volume.likely == 2 * occasions


@pytest.mark.parametrize(
    ("worth", "hours"),
    [
        (Worth(share=0.5), [37.5, 50, 62.5]),
        (Worth(minutes=30), [37.5, 50, 62.5]),
        (Worth(minutes=Range(6, 30, 90)), [10, 50, 150]),
        (Worth(sek_per_year=30_000), [50, 50, 50]),
    ],
)
def test_a_worth_of_each_kind_becomes_hours(worth: Worth, hours: list[float]) -> None:
    assert bounds(assessed(uses=(use(worth),)).benefit_hours) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("in_use", "hours"),
    [
        (InUse.CONFIRMED, [75, 100, 125]),
        (InUse.BELIEVED, [37.5, 100, 125]),
        (InUse.UNKNOWN, [0, 50, 125]),
        (InUse.NOT_USED, [0, 0, 0]),
    ],
)
def test_a_use_counts_for_as_much_as_it_is_sure(in_use: InUse, hours: list[float]) -> None:
    assert bounds(assessed(uses=worth_share(1, in_use)).benefit_hours) == pytest.approx(hours)


def test_a_confirmed_use_counts_whole() -> None:
    assert assessed(uses=worth_hours(80)).benefit_hours == Range.exactly(80)


def test_uses_are_added_up() -> None:
    found = assessed(uses=worth_share(0.5) + worth_hours(7))

    assert bounds(found.benefit_hours) == pytest.approx([44.5, 57, 69.5])


def test_without_a_stated_use_the_benefit_may_be_all_it_costs() -> None:
    found = assessed(uses=())

    assert bounds(found.benefit_hours) == [0, 0, 100]
    assert (found.verdict, found.cause) == (Verdict.PROBABLE, Cause.UNKNOWN_USE)


@pytest.mark.parametrize(
    ("benefit", "verdict"),
    [
        (0, Verdict.CLEAR),
        (74.9, Verdict.CLEAR),
        (75 * (1 - 2e-9), Verdict.CLEAR),
        (75 * (1 - 0.5e-9), Verdict.PROBABLE),
        (75, Verdict.PROBABLE),
        (100 * (1 - 2e-9), Verdict.PROBABLE),
        (100 * (1 - 0.5e-9), Verdict.POSSIBLE),
        (100, Verdict.POSSIBLE),
        (125 * (1 - 2e-9), Verdict.POSSIBLE),
        (125 * (1 - 0.5e-9), Verdict.JUSTIFIED),
        (125, Verdict.JUSTIFIED),
    ],
)
def test_a_verdict_changes_at_its_boundary(benefit: float, verdict: Verdict) -> None:
    assert assessed(uses=worth_hours(benefit)).verdict is verdict


@pytest.mark.parametrize(
    ("achievable", "verdict"),
    [
        (60, Verdict.JUSTIFIED),
        (45, Verdict.JUSTIFIED),
        (45 - 1e-8, Verdict.JUSTIFIED),
        (45 - 3e-8, Verdict.PARTIAL),
        (44, Verdict.PARTIAL),
    ],
)
def test_partial_is_more_waste_than_the_estimate_is_unsure(
    achievable: float, verdict: Verdict
) -> None:
    found = assessed(uses=worth_hours(200), achievable_minutes=achievable)

    assert found.verdict is verdict


def test_partial_weighs_the_best_improvement_not_the_recommended_remedy() -> None:
    found = assessed(uses=worth_hours(100), sufficient_frequency=Frequency(70, Per.YEAR))

    assert found.verdict is Verdict.PARTIAL
    assert found.remedy(Action.REDUCE_FREQUENCY).gain_hours == pytest.approx(30)


def test_a_wider_spread_of_the_policy_takes_more_waste_to_be_partial() -> None:
    facts = task(uses=worth_hours(200), achievable_minutes=40)

    verdicts = [assess(facts, Policy(default_spread=spread)).verdict for spread in (0.25, 0.4)]

    assert verdicts == [Verdict.PARTIAL, Verdict.JUSTIFIED]


@pytest.mark.parametrize(
    ("verdict", "flagged"),
    [
        (Verdict.CLEAR, True),
        (Verdict.PROBABLE, True),
        (Verdict.PARTIAL, True),
        (Verdict.POSSIBLE, False),
        (Verdict.JUSTIFIED, False),
    ],
)
def test_three_of_the_verdicts_are_flagged(verdict: Verdict, *, flagged: bool) -> None:
    assert verdict.flagged is flagged


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"uses": (), "achievable_minutes": 1}, Cause.UNKNOWN_USE),
        ({"uses": worth_share(1, InUse.NOT_USED), "achievable_minutes": 0}, Cause.UNUSED),
        ({"uses": worth_share(0)}, Cause.UNUSED),
        ({"uses": worth_hours(50), "achievable_minutes": 30}, Cause.INEFFICIENT),
        ({"uses": worth_hours(50), "achievable_minutes": 31}, Cause.DISPROPORTIONATE),
        ({"uses": worth_hours(50)}, Cause.DISPROPORTIONATE),
    ],
)
def test_a_flagged_task_has_the_first_cause_that_holds(
    changes: dict[str, Any], cause: Cause
) -> None:
    assert assessed(**changes).cause is cause


def test_a_partial_task_is_inefficient() -> None:
    assert assessed(uses=worth_hours(200), achievable_minutes=20).cause is Cause.INEFFICIENT


@pytest.mark.parametrize("benefit", [110, 200])
def test_a_task_that_is_not_flagged_has_no_cause(benefit: float) -> None:
    assert assessed(uses=worth_hours(benefit)).cause is None


def test_the_assessment_keeps_the_version_of_its_policy() -> None:
    assert assess(task(), Policy(version=7)).policy_version == 7


def test_another_tariff_changes_what_kronor_are_worth_in_hours() -> None:
    uses = (use(Worth(sek_per_year=60_000)),)

    assert assessed(uses=uses, hourly_cost_sek=HOURLY_COST).benefit_hours.likely == 100
    assert assessed(uses=uses, hourly_cost_sek=2 * HOURLY_COST).benefit_hours.likely == 50
