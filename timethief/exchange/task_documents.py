"""A task in JSON, with the fields of the model's input table, as the facts of a task.

Shape is checked by pydantic (unknown fields refused, numbers are numbers), meaning by the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from timethief.domain.errors import Invalid
from timethief.domain.numbers import MINUTES, PEOPLE, WORTH_MINUTES, Limits, check_number
from timethief.domain.policy import Policy
from timethief.domain.ranges import Range, check_range
from timethief.domain.tasks import (
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    Automation,
    Frequency,
    TaskFacts,
    Use,
    Worth,
    check_yearly_time,
    read_text,
)
from timethief.domain.vocabulary import (
    Beneficiary,
    Binding,
    InUse,
    Level,
    Per,
    Purpose,
    Signal,
    TaskStatus,
)
from timethief.exchange.model_faults import refused

MOST_USES = 20

Number = Annotated[float, Field(strict=True, allow_inf_nan=True)]
Whole = Annotated[int, Field(strict=True)]
YesOrNo = Annotated[bool, Field(strict=True)]


class Document(BaseModel):
    """A JSON object with these fields and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EstimateDocument(Document):
    """A number told as a range."""

    low: Number
    likely: Number
    high: Number


class FrequencyDocument(Document):
    """How often."""

    times: Number
    per: Per


class WorthDocument(Document):
    """What a use is worth: exactly one of the three."""

    share: Number | None = None
    minutes: Number | EstimateDocument | None = None
    sek_per_year: Number | None = None


class UseDocument(Document):
    """A stated use."""

    beneficiary: Beneficiary
    purpose: Purpose
    in_use: InUse
    worth: WorthDocument


class AutomationDocument(Document):
    """What speaks for and against letting a program do it."""

    rule_based: Number
    digital_input: Number
    exceptions: Number
    stable: YesOrNo = True
    systems: Whole = 1
    needs_judgement: YesOrNo = False


class RequesterDocument(Document):
    """Who asks for it: by level and name, or by identifier."""

    level: Level | None = None
    name: str | None = None
    id: str | None = None


class TaskFields(Document):
    """What is told of a task, as the contract has it."""

    title: str
    description: str = ""
    minutes: Number | EstimateDocument
    frequency: FrequencyDocument
    people: Whole | EstimateDocument
    staff_category: str | None = None
    hourly_cost_sek: Number | None = None
    requirement: str | None = None
    binding: Binding = Binding.UNKNOWN
    legal_basis: str = ""
    uses: Annotated[list[UseDocument], Field(max_length=MOST_USES)] = []
    achievable_minutes: Number | None = None
    sufficient_frequency: FrequencyDocument | None = None
    other_staff_category: str | None = None
    other_hourly_cost_sek: Number | None = None
    duplicate_share: Number = 0.0
    automation: AutomationDocument | None = None
    signals: Annotated[list[Signal], Field(max_length=len(Signal))] = []


_EXAMPLE: JsonValue = {
    "title": "Veckorapport till kansliet",
    "minutes": 30,
    "frequency": {"times": 1, "per": "week"},
    "people": 8,
    "staff_category": "nurse",
    "binding": "internal_rule",
    "uses": [
        {
            "beneficiary": "own_organisation",
            "purpose": "follow_up",
            "in_use": "believed",
            "worth": {"share": 0.5},
        }
    ],
    "achievable_minutes": 10,
}


class TaskDocument(TaskFields):
    """A task to be assessed. What the assessment does not need is checked and left aside."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    staff_category_name: str | None = None
    unit: str | None = None
    requester: RequesterDocument | None = None
    status: TaskStatus | None = None


def read_task(value: object, policy: Policy, tariffs: Mapping[str, float]) -> TaskFacts:
    """The facts of a task given as JSON.

    Args:
        value: a JSON value.
        policy: for the check against all hours of a year.
        tariffs: SEK per hour by code of staff category.

    Raises:
        Invalids: every field of the wrong shape; Invalid: the first of the wrong meaning.
    """
    try:
        document = TaskDocument.model_validate(value)
    except ValidationError as error:
        raise refused(error) from error
    return _facts(document, policy, tariffs)


def _facts(document: TaskDocument, policy: Policy, tariffs: Mapping[str, float]) -> TaskFacts:
    _check_texts(document)
    minutes = read_estimate(document.minutes, "minutes", MINUTES)
    frequency = read_frequency(document.frequency, "frequency")
    likely = minutes.likely if isinstance(minutes, Range) else minutes
    check_yearly_time(likely, frequency, policy)
    enough = document.sufficient_frequency
    return TaskFacts(
        minutes=minutes,
        frequency=frequency,
        people=read_people(document.people),
        hourly_cost_sek=_hourly_cost(document, tariffs),
        binding=document.binding,
        uses=tuple(read_use(use, number) for number, use in enumerate(document.uses)),
        achievable_minutes=document.achievable_minutes,
        sufficient_frequency=None
        if enough is None
        else read_frequency(enough, "sufficient_frequency"),
        other_hourly_cost_sek=_other_hourly_cost(document, tariffs),
        duplicate_share=document.duplicate_share,
        automation=read_automation(document.automation),
    )


def _check_texts(document: TaskDocument) -> None:
    read_text(document.title, "title", LONGEST_TITLE, required=True)
    for field in ("description", "legal_basis"):
        read_text(getattr(document, field), field, LONGEST_DESCRIPTION)
    names = {
        "staff_category": document.staff_category,
        "staff_category_name": document.staff_category_name,
        "other_staff_category": document.other_staff_category,
        "unit": document.unit,
        "requirement": document.requirement,
    }
    if document.requester is not None:
        names |= {
            "requester.name": document.requester.name,
            "requester.id": document.requester.id,
        }
    for field, name in names.items():
        read_text(name or "", field, LONGEST_TITLE)


def _hourly_cost(document: TaskDocument, tariffs: Mapping[str, float]) -> float:
    if document.hourly_cost_sek is not None:
        return document.hourly_cost_sek
    if document.staff_category is None:
        raise Invalid("staff_category", "required")
    return _tariff(document.staff_category, "staff_category", tariffs)


def _other_hourly_cost(document: TaskDocument, tariffs: Mapping[str, float]) -> float | None:
    if document.other_hourly_cost_sek is not None or document.other_staff_category is None:
        return document.other_hourly_cost_sek
    return _tariff(document.other_staff_category, "other_staff_category", tariffs)


def _tariff(code: str, field: str, tariffs: Mapping[str, float]) -> float:
    if code not in tariffs:
        raise Invalid(field, "not_a_choice")
    return tariffs[code]


def read_estimate(value: float | EstimateDocument, field: str, limits: Limits) -> float | Range:
    """A number or a range within the limits."""
    if isinstance(value, EstimateDocument):
        return check_range(value.low, value.likely, value.high, field, limits)
    return check_number(value, field, limits)


def read_people(value: int | EstimateDocument) -> int | Range:
    """How many do it."""
    estimate = read_estimate(value, "people", PEOPLE)
    return estimate if isinstance(estimate, Range) else int(estimate)


def read_frequency(document: FrequencyDocument, field: str) -> Frequency:
    """How often; `field` is where it stands."""
    try:
        return Frequency(document.times, document.per)
    except Invalid as refusal:
        raise refusal.under(field) from None


def read_use(document: UseDocument, number: int) -> Use:
    """A stated use; `number` is its place among them."""
    given = document.worth
    try:
        minutes = given.minutes
        worth = Worth(
            share=given.share,
            minutes=None
            if minutes is None
            else read_estimate(minutes, "worth.minutes", WORTH_MINUTES),
            sek_per_year=given.sek_per_year,
        )
    except Invalid as refusal:
        raise refusal.under(f"uses.{number}") from None
    return Use(document.beneficiary, document.purpose, document.in_use, worth)


def read_automation(document: AutomationDocument | None) -> Automation | None:
    """What is known of automating it."""
    return None if document is None else Automation(**dict(document))
