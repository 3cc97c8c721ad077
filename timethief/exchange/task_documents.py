"""A task in JSON, with the fields of the model's input table, as the facts of a task.

Shape is checked by pydantic (unknown fields refused, numbers are numbers), meaning by the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from timethief.domain.errors import Invalid, Invalids
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
from timethief.exchange.json_text import shown

MOST_USES = 20

Number = Annotated[float, Field(strict=True, allow_inf_nan=True)]
Whole = Annotated[int, Field(strict=True)]
YesOrNo = Annotated[bool, Field(strict=True)]

_BRANCHES = ("float", "int", "EstimateDocument")
"""How pydantic names the two ways to tell a number; no part of the field's path."""


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


class TaskDocument(Document):
    """A task as the contract has it. What the assessment does not need is checked and left aside."""

    title: str
    description: str = ""
    minutes: Number | EstimateDocument
    frequency: FrequencyDocument
    people: Whole | EstimateDocument
    staff_category: str | None = None
    staff_category_name: str | None = None
    hourly_cost_sek: Number | None = None
    unit: str | None = None
    requester: RequesterDocument | None = None
    requirement: str | None = None
    status: TaskStatus | None = None
    binding: Binding = Binding.UNKNOWN
    legal_basis: str = ""
    uses: Annotated[list[UseDocument], Field(max_length=MOST_USES)] = []
    achievable_minutes: Number | None = None
    sufficient_frequency: FrequencyDocument | None = None
    other_staff_category: str | None = None
    other_hourly_cost_sek: Number | None = None
    duplicate_share: Number = 0.0
    automation: AutomationDocument | None = None
    signals: list[Signal] = []


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
        faults = error.errors(include_url=False)
        raise Invalids(_refusal(each) for each in faults if not _is_other_branch(each)) from error
    return _facts(document, policy, tariffs)


def _facts(document: TaskDocument, policy: Policy, tariffs: Mapping[str, float]) -> TaskFacts:
    _check_texts(document)
    minutes = _estimate(document.minutes, "minutes", MINUTES)
    frequency = _frequency(document.frequency, "frequency")
    likely = minutes.likely if isinstance(minutes, Range) else minutes
    check_yearly_time(likely, frequency, policy)
    enough = document.sufficient_frequency
    return TaskFacts(
        minutes=minutes,
        frequency=frequency,
        people=_people(document.people),
        hourly_cost_sek=_hourly_cost(document, tariffs),
        binding=document.binding,
        uses=tuple(_use(use, number) for number, use in enumerate(document.uses)),
        achievable_minutes=document.achievable_minutes,
        sufficient_frequency=None if enough is None else _frequency(enough, "sufficient_frequency"),
        other_hourly_cost_sek=_other_hourly_cost(document, tariffs),
        duplicate_share=document.duplicate_share,
        automation=_automation(document.automation),
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


def _estimate(value: float | EstimateDocument, field: str, limits: Limits) -> float | Range:
    if isinstance(value, EstimateDocument):
        return check_range(value.low, value.likely, value.high, field, limits)
    return check_number(value, field, limits)


def _people(value: int | EstimateDocument) -> int | Range:
    estimate = _estimate(value, "people", PEOPLE)
    return estimate if isinstance(estimate, Range) else int(estimate)


def _frequency(document: FrequencyDocument, field: str) -> Frequency:
    try:
        return Frequency(document.times, document.per)
    except Invalid as refusal:
        raise refusal.under(field) from None


def _use(document: UseDocument, number: int) -> Use:
    given = document.worth
    try:
        minutes = given.minutes
        worth = Worth(
            share=given.share,
            minutes=None if minutes is None else _estimate(minutes, "worth.minutes", WORTH_MINUTES),
            sek_per_year=given.sek_per_year,
        )
    except Invalid as refusal:
        raise refusal.under(f"uses.{number}") from None
    return Use(document.beneficiary, document.purpose, document.in_use, worth)


def _automation(document: AutomationDocument | None) -> Automation | None:
    return None if document is None else Automation(**dict(document))


def _is_other_branch(error: Mapping[str, Any]) -> bool:
    """Whether the fault is of the way to tell a number that was not taken: a range, or a single one."""
    branch = error["loc"][-1] if error["loc"] else ""
    if branch == "EstimateDocument":
        return bool(error["type"] == "model_type")
    is_single = branch in _BRANCHES and error["type"] in ("float_type", "int_type")
    return is_single and isinstance(error["input"], dict)


def _refusal(error: Mapping[str, Any]) -> Invalid:
    """A fault of shape that pydantic found, as a refusal of a field."""
    kind: str = error["type"]
    path = [shown(str(part)) for part in error["loc"] if part not in _BRANCHES]
    if kind == "extra_forbidden" and error["loc"][-1] in _BRANCHES:
        path.append(error["loc"][-1])
    if kind == "extra_forbidden":
        reason = "unknown_field"
    elif kind == "missing":
        reason = "required"
    elif kind == "enum":
        reason = "not_a_choice"
    elif kind == "int_type" and isinstance(error["input"], float):
        reason = "not_whole"
    elif kind.startswith(("float", "int", "finite")):
        reason = "unreadable"
    else:
        reason = "wrong_kind"
    return Invalid(".".join(path), reason)
