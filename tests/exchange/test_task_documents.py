from __future__ import annotations

import math
from typing import Any

import pytest

from tests.exchange.documents import JSON, task, use
from timethief.domain.errors import Invalid, Invalids
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.ranges import Range
from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use, Worth
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose
from timethief.exchange.task_documents import MOST_USES, TaskDocument, read_task

TARIFFS = {"nurse": 420.0, "clerk": 330.0}
AUTOMATION: JSON = {"rule_based": 1, "digital_input": 0.5, "exceptions": 0}


def read(document: object) -> TaskFacts:
    return read_task(document, DEFAULT_POLICY, TARIFFS)


def refusals(document: object) -> list[tuple[str, str]]:
    with pytest.raises((Invalid, Invalids)) as refused:
        read(document)
    found = refused.value
    each = found.refusals if isinstance(found, Invalids) else (found,)
    assert all(isinstance(refusal, Invalid) for refusal in each)
    return [(refusal.field, refusal.reason) for refusal in each if isinstance(refusal, Invalid)]


def test_a_task_with_all_its_fields_is_read() -> None:
    facts = read(
        task(
            minutes={"low": 10, "likely": 20, "high": 45.5},
            people={"low": 2, "likely": 3, "high": 5},
            binding="law",
            uses=[use(minutes={"low": 1, "likely": 2, "high": 3})],
            achievable_minutes=5,
            sufficient_frequency={"times": 6, "per": "month"},
            other_hourly_cost_sek=300,
            duplicate_share=0.5,
            automation=AUTOMATION | {"stable": False, "systems": 3, "needs_judgement": True},
        )
    )

    assert facts == TaskFacts(
        minutes=Range(10, 20, 45.5),
        frequency=Frequency(1, Per.WEEK),
        people=Range(2, 3, 5),
        hourly_cost_sek=600,
        binding=Binding.LAW,
        uses=(
            Use(
                Beneficiary.CITIZEN,
                Purpose.SAFETY,
                InUse.CONFIRMED,
                Worth(minutes=Range(1, 2, 3)),
            ),
        ),
        achievable_minutes=5,
        sufficient_frequency=Frequency(6, Per.MONTH),
        other_hourly_cost_sek=300,
        duplicate_share=0.5,
        automation=Automation(1, 0.5, 0, stable=False, systems=3, needs_judgement=True),
    )


def test_what_is_left_out_is_not_known() -> None:
    facts = read(task())

    assert facts == TaskFacts(30, Frequency(1, Per.WEEK), 8, 600)
    assert facts.binding is Binding.UNKNOWN


def test_what_an_assessment_does_not_need_may_be_there() -> None:
    extra = {
        "description": "Varje vecka",
        "unit": "norra",
        "requester": {"level": "state", "name": "Skolverket"},
        "requirement": "statistik",
        "status": "reported",
        "legal_basis": "2 kap. 3 \u00a7",
        "signals": ["paper", "meeting"],
        "staff_category_name": "rektor",
    }

    assert read(task(**extra)) == read(task())


@pytest.mark.parametrize("field", ["unit", "automation", "achievable_minutes", "hourly_cost_sek"])
def test_null_is_as_good_as_left_out(field: str) -> None:
    assert read(task(staff_category="nurse", **{field: None})) is not None


def test_a_staff_category_sets_the_tariff() -> None:
    document = task(hourly_cost_sek=..., staff_category="nurse", other_staff_category="clerk")

    facts = read(document)

    assert (facts.hourly_cost_sek, facts.other_hourly_cost_sek) == (420, 330)


def test_a_tariff_that_is_told_stands_in_place_of_the_category() -> None:
    document = task(staff_category="nurse", other_staff_category="clerk", other_hourly_cost_sek=100)

    facts = read(document)

    assert (facts.hourly_cost_sek, facts.other_hourly_cost_sek) == (600, 100)


def test_without_tariff_and_category_there_is_no_cost() -> None:
    assert refusals(task(hourly_cost_sek=...)) == [("staff_category", "required")]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (task(hourly_cost_sek=..., staff_category="king"), "staff_category"),
        (task(other_staff_category="king"), "other_staff_category"),
    ],
)
def test_an_unknown_category_is_refused(document: JSON, field: str) -> None:
    assert refusals(document) == [(field, "not_a_choice")]


@pytest.mark.parametrize("value", [None, 5, "task", [], [{}], True])
def test_what_is_no_object_is_no_task(value: object) -> None:
    assert refusals(value) == [("", "wrong_kind")]


def test_an_empty_object_misses_what_is_required() -> None:
    assert refusals({}) == [
        (name, "required") for name in ("title", "minutes", "frequency", "people")
    ]


@pytest.mark.parametrize("number", [True, "30", None, [30], "", "12,5"])
@pytest.mark.parametrize("field", ["minutes", "people"])
def test_a_number_that_is_none_is_refused_once(field: str, number: object) -> None:
    assert refusals(task(**{field: number})) == [(field, "unreadable")]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"minutes": math.nan}, "minutes", "unreadable"),
        ({"minutes": math.inf}, "minutes", "too_large"),
        ({"minutes": 0}, "minutes", "not_above"),
        ({"minutes": {"low": 0, "likely": 1, "high": 2}}, "minutes.low", "not_above"),
        ({"minutes": {"low": 3, "likely": 2, "high": 4}}, "minutes", "wrong_order"),
        ({"minutes": {"low": 1, "likely": True, "high": 3}}, "minutes.likely", "unreadable"),
        ({"minutes": {"low": 1, "likely": 2}}, "minutes.high", "required"),
        ({"minutes": {"low": 1, "likely": 2, "high": 3, "x": 1}}, "minutes.x", "unknown_field"),
        ({"people": 1.5}, "people", "not_whole"),
        ({"people": 0}, "people", "too_small"),
        ({"people": 2**63}, "people", "too_large"),
        ({"people": 10**400}, "people", "too_large"),
        ({"people": {"low": 1, "likely": 1.5, "high": 2}}, "people.likely", "not_whole"),
        ({"frequency": None}, "frequency", "wrong_kind"),
        ({"frequency": {"times": 1}}, "frequency.per", "required"),
        ({"frequency": {"times": 0, "per": "week"}}, "frequency.times", "not_above"),
        ({"frequency": {"times": True, "per": "week"}}, "frequency.times", "unreadable"),
        ({"frequency": {"times": 1, "per": "fortnight"}}, "frequency.per", "not_a_choice"),
        ({"frequency": {"times": 1, "per": ["week"]}}, "frequency.per", "not_a_choice"),
        ({"frequency": {"times": 9e5, "per": "calendar_day"}}, "frequency", "more_than_a_year"),
        (
            {"sufficient_frequency": {"times": -1, "per": "week"}},
            "sufficient_frequency.times",
            "not_above",
        ),
        ({"hourly_cost_sek": 0}, "hourly_cost_sek", "too_small"),
        ({"other_hourly_cost_sek": 1e9}, "other_hourly_cost_sek", "too_large"),
        ({"duplicate_share": 15}, "duplicate_share", "too_large"),
        ({"achievable_minutes": -1}, "achievable_minutes", "too_small"),
        ({"binding": "habit"}, "binding", "not_a_choice"),
        ({"binding": 1}, "binding", "not_a_choice"),
        ({"status": "gone"}, "status", "not_a_choice"),
        ({"signals": ["paper", "x"]}, "signals.1", "not_a_choice"),
        ({"signals": "paper"}, "signals", "wrong_kind"),
        ({"requester": {"level": "moon"}}, "requester.level", "not_a_choice"),
        ({"requester": "Skolverket"}, "requester", "wrong_kind"),
        ({"title": 5}, "title", "wrong_kind"),
        ({"uses": {}}, "uses", "wrong_kind"),
        ({"uses": [use(), 5]}, "uses.1", "wrong_kind"),
        ({"uses": [use()] * (MOST_USES + 1)}, "uses", "too_many_items"),
        ({"uses": [use() | {"in_use": "maybe"}]}, "uses.0.in_use", "not_a_choice"),
        ({"uses": [use(), use(share=1, minutes=2)]}, "uses.1.worth", "exactly_one"),
        ({"uses": [use() | {"worth": {}}]}, "uses.0.worth", "exactly_one"),
        ({"uses": [use(share=-1)]}, "uses.0.worth.share", "too_small"),
        ({"uses": [use(share="1")]}, "uses.0.worth.share", "unreadable"),
        ({"uses": [use(minutes="x")]}, "uses.0.worth.minutes", "unreadable"),
        (
            {"uses": [use(minutes={"low": 0, "likely": 1, "high": 1e9})]},
            "uses.0.worth.minutes.high",
            "too_large",
        ),
        ({"uses": [use(sek_per_year=1e13)]}, "uses.0.worth.sek_per_year", "too_large"),
        ({"automation": {"rule_based": 1}}, "automation.digital_input", "required"),
        ({"automation": AUTOMATION | {"exceptions": 2}}, "automation.exceptions", "too_large"),
        ({"automation": AUTOMATION | {"systems": 1.5}}, "automation.systems", "not_whole"),
        ({"automation": AUTOMATION | {"systems": 0}}, "automation.systems", "too_small"),
        ({"automation": AUTOMATION | {"stable": "no"}}, "automation.stable", "wrong_kind"),
        ({"automation": AUTOMATION | {"stable": 0}}, "automation.stable", "wrong_kind"),
        (
            {"automation": AUTOMATION | {"needs_judgement": None}},
            "automation.needs_judgement",
            "wrong_kind",
        ),
    ],
)
def test_a_refusal_names_the_field_by_its_path(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    found = refusals(task(**changes))

    assert (field, reason) in found
    assert {path.split(".", maxsplit=1)[0] for path, _ in found} == {
        field.split(".", maxsplit=1)[0]
    }


@pytest.mark.parametrize("name", ["verdict", "organisation_id", "role", "Title", "float", "int"])
@pytest.mark.parametrize("value", [1, "admin", {}, {"low": 1}])
def test_an_unknown_field_is_refused_by_name(name: str, value: object) -> None:
    assert refusals(task(**{name: value})) == [(name, "unknown_field")]


def test_an_unknown_field_is_told_again_on_one_short_line() -> None:
    [(field, reason)] = refusals(task(**{"a\nb\u202e" + "c" * 1_000: 1}))

    assert reason == "unknown_field"
    assert field == "a?b?" + "c" * 96


def test_a_key_that_cannot_be_written_is_refused() -> None:
    assert refusals(task(**{"\ud800": 1})) == [("", "wrong_kind")]


@pytest.mark.parametrize(
    ("field", "document"),
    [
        ("title", task(title="a\x00")),
        ("title", task(title="\ud800")),
        ("description", task(description="\ud800")),
        ("legal_basis", task(legal_basis="a\x00")),
        ("unit", task(unit="a\x00")),
        ("requirement", task(requirement="\udfff")),
        ("staff_category_name", task(staff_category_name="\x00")),
        ("requester.name", task(requester={"name": "a\x00"})),
        ("requester.id", task(requester={"id": "\ud800"})),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_everywhere(field: str, document: JSON) -> None:
    assert refusals(document) == [(field, "bad_characters")]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"title": " \u200b\u00a0 "}, "title", "required"),
        ({"title": "x" * 201}, "title", "too_long"),
        ({"description": "x" * 4_001}, "description", "too_long"),
        ({"legal_basis": "x" * 4_001}, "legal_basis", "too_long"),
        ({"unit": "x" * 201}, "unit", "too_long"),
    ],
)
def test_a_text_is_held_to_the_same_rules_as_in_forms(
    changes: JSON, field: str, reason: str
) -> None:
    assert refusals(task(**changes)) == [(field, reason)]


def test_every_fault_of_shape_is_told_at_once() -> None:
    found = refusals(task(minutes="x", binding="x", extra=1))

    assert found == [
        ("minutes", "unreadable"),
        ("binding", "not_a_choice"),
        ("extra", "unknown_field"),
    ]


def test_a_schema_can_be_made_of_the_document() -> None:
    schema = TaskDocument.model_json_schema()

    assert schema["required"] == ["title", "minutes", "frequency", "people"]
    assert schema["additionalProperties"] is False
