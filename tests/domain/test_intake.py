from __future__ import annotations

from typing import Any

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.intake import (
    STATED_USES,
    ReportFacts,
    RequesterName,
    UseAnswer,
    minutes_of_reports,
)
from timethief.domain.ranges import Range
from timethief.domain.tasks import Frequency
from timethief.domain.vocabulary import InUse, Per

COMPLETE: dict[str, Any] = {
    "minutes": 30.0,
    "frequency": Frequency(1, Per.WEEK),
    "people": 1,
    "unit_id": 7,
    "requester_id": 9,
}


def report(**known: Any) -> ReportFacts:  # noqa: ANN401 - any field of a report
    return ReportFacts("Skriva rapport", **known)


def test_a_complete_report_misses_nothing() -> None:
    assert report(**COMPLETE).missing() == ()


@pytest.mark.parametrize(
    ("field", "missing"),
    [
        ("minutes", "minutes"),
        ("frequency", "frequency"),
        ("people", "people"),
        ("unit_id", "unit"),
        ("requester_id", "requester"),
    ],
)
def test_a_report_without_a_needed_field_misses_it(field: str, missing: str) -> None:
    assert report(**{**COMPLETE, field: None}).missing() == (missing,)


def test_only_the_title_is_required() -> None:
    assert report().missing() == ("minutes", "frequency", "people", "unit", "requester")


def test_a_requester_may_be_named_in_words() -> None:
    named = {**COMPLETE, "requester_id": None, "requester": RequesterName("Skolverket")}

    assert report(**named).missing() == ()


def test_people_may_be_told_by_a_chip() -> None:
    assert report(**{**COMPLETE, "people": Range(2, 3, 5)}).missing() == ()


def test_that_nobody_knows_what_it_is_for_states_no_use() -> None:
    assert STATED_USES[UseAnswer.UNKNOWN] is None


@pytest.mark.parametrize(
    ("answer", "in_use"),
    [
        (UseAnswer.CITIZEN, InUse.BELIEVED),
        (UseAnswer.SOMEBODY_ELSE, InUse.BELIEVED),
        (UseAnswer.NOBODY, InUse.NOT_USED),
    ],
)
def test_every_other_answer_states_a_use_that_nobody_has_confirmed(
    answer: UseAnswer, in_use: InUse
) -> None:
    stated = STATED_USES[answer]

    assert stated is not None
    assert stated.in_use is in_use


def test_every_answer_is_understood() -> None:
    assert set(STATED_USES) == set(UseAnswer)


@pytest.mark.parametrize("minutes", [[], [10.0], [10.0, 20.0]])
def test_fewer_than_three_reports_make_no_range(minutes: list[float]) -> None:
    assert minutes_of_reports(minutes) is None


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([30.0, 10.0, 20.0], Range(10, 20, 30)),
        ([5.0, 5.0, 5.0], Range(5, 5, 5)),
        ([40.0, 10.0, 20.0, 30.0], Range(10, 25, 40)),
        ([1.0, 1.0, 1.0, 1.0, 480.0], Range(1, 1, 480)),
    ],
)
def test_three_reports_make_lowest_median_and_highest(
    minutes: list[float], expected: Range
) -> None:
    assert minutes_of_reports(minutes) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [("minutes", -5), ("people", 0), ("worth_share", -1), ("achievable_minutes", float("nan"))],
)
def test_a_report_cannot_hold_a_number_out_of_bounds(field: str, value: float) -> None:
    with pytest.raises(Invalid) as refused:
        ReportFacts("Något", **{field: value})  # type: ignore[arg-type]

    assert refused.value.field == field
