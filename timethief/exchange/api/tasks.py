"""Tasks as they are answered. The models are held against the calls by the tests, not built for each answer."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import Field

from timethief.domain.identifiers import to_text
from timethief.domain.measures import PER_HOUR, PER_SEK
from timethief.domain.ranges import Range
from timethief.domain.tasks import Use
from timethief.domain.vocabulary import (
    Action,
    Binding,
    Cause,
    Level,
    Signal,
    TaskStatus,
    Verdict,
)
from timethief.exchange.api.assessments import AssessmentDocument, HoursDocument
from timethief.exchange.api.filters import FilterQuery
from timethief.exchange.api.queries import Identifier, PageQuery
from timethief.exchange.assessment_documents import assessment_document
from timethief.exchange.task_documents import (
    AutomationDocument,
    Document,
    EstimateDocument,
    FrequencyDocument,
    UseDocument,
)
from timethief.i18n import N_
from timethief.queries.api_tasks import ListedTask, WholeTask
from timethief.queries.filters import Sort
from timethief.queries.tasks import EventLine
from timethief.reports.explanations import in_every_language


class TaskQuery(FilterQuery, PageQuery):
    """Which tasks, in which order, and which part of them."""

    sort: Sort = Field(
        Sort.AVOIDABLE,
        description=N_(
            "What comes first: the largest avoidable time, cost or gain, or the newest."
        ),
    )


class AskedByDocument(Document):
    """Who asks for a task."""

    id: Identifier = Field(examples=["4f7r2m9k1c0d"])
    level: Level
    name: str = Field(examples=["Socialstyrelsen"])


class ShortAssessmentDocument(Document):
    """What follows from cost and benefit, without remedies and explanation."""

    cost_hours: HoursDocument
    cost_sek: float = Field(examples=[120000.0])
    benefit_hours: HoursDocument
    verdict: Verdict
    flagged: bool = Field(
        description=N_("Whether it is a time thief, wholly, probably or in part."), examples=[True]
    )
    cause: Cause | None = Field(description=N_("Why it is one; null where it is none."))
    recommended: Action = Field(description=N_("The remedy that gains most."))
    within_own_mandate: Action = Field(
        description=N_("The best remedy that needs nobody's consent.")
    )
    avoidable_hours: float = Field(
        description=N_("Hours a year that the recommended remedy takes away."), examples=[133.3]
    )
    gain_hours: float = Field(
        description=N_("What it gains in all, in hours a year."), examples=[128.0]
    )
    policy_version: int = Field(
        description=N_("Which version of the assumptions it rests on."), examples=[1]
    )


class ListedTaskDocument(Document):
    """A task as a list has it."""

    id: Identifier = Field(examples=["7k1c0d4f7r2m"])
    title: str = Field(examples=["Fylla i närvarolistan på papper"])
    description: str = Field(examples=[""])
    unit: str | None = Field(
        description=N_("Code of the unit; null for the whole organisation."), examples=["ssk-1"]
    )
    requester: AskedByDocument
    requirement: str | None = Field(
        description=N_("Title of what the requester asks for."), examples=[None]
    )
    status: TaskStatus
    month: str = Field(description=N_("When it was logged."), examples=["2026-03"])
    minutes: float | EstimateDocument = Field(examples=[10.0])
    frequency: FrequencyDocument
    people: int | EstimateDocument = Field(examples=[12])
    staff_category: str = Field(description=N_("Code of those who do it."), examples=["nurse"])
    hourly_cost_sek: float | None = Field(
        description=N_("In place of the tariff of the staff category."), examples=[None]
    )
    binding: Binding
    legal_basis: str = Field(examples=[""])
    signals: list[Signal]
    achievable_minutes: float | None = Field(examples=[4.0])
    sufficient_frequency: FrequencyDocument | None
    other_staff_category: str | None = Field(
        description=N_("Code of those who could do it as well."), examples=[None]
    )
    other_hourly_cost_sek: float | None = Field(examples=[None])
    duplicate_share: float = Field(examples=[0.0])
    automation: AutomationDocument | None
    external_id: str | None = Field(
        description=N_("What your own spreadsheet calls it."), examples=[None]
    )
    assessment: ShortAssessmentDocument


class WholeTaskDocument(ListedTaskDocument):
    """A task with all that is known of it."""

    uses: list[UseDocument]
    assessment: AssessmentDocument  # type: ignore[assignment] # as much and more


class EventDocument(Document):
    """Something that was done to a task."""

    happened_at: str = Field(examples=["2026-03-10T09:00:00+00:00"])
    kind: str = Field(description=N_("What was done, as a code."), examples=["reviewed"])
    role: str = Field(
        description=N_("In which role; empty where the service did it."), examples=["support"]
    )
    before: dict[str, Any] = Field(
        description=N_("What stood there before, of what was changed."), examples=[{"minutes": 10}]
    )
    after: dict[str, Any] = Field(
        description=N_("What stands there since."), examples=[{"minutes": 4}]
    )


_known = lru_cache(2_000)(to_text)
"""Of requesters: the same ones stand in list after list."""


def listed_document(task: ListedTask) -> dict[str, Any]:
    """A task as a list has it."""
    row = task.row
    return {
        "id": to_text(row.task_id),
        "title": row.title,
        "description": row.description,
        "unit": task.unit,
        "requester": {"id": _known(row.requester_id), "level": row.level, "name": row.requester},
        "requirement": row.requirement,
        "status": row.status,
        "month": row.month,
        "minutes": _estimate(row.minutes_low, row.minutes, row.minutes_high),
        "frequency": {"times": row.times, "per": row.per},
        "people": _estimate(row.people_low, row.people, row.people_high),
        "staff_category": row.staff_category,
        "hourly_cost_sek": row.hourly_cost_sek,
        "binding": row.binding,
        "legal_basis": row.legal_basis,
        "signals": row.signals.split(),
        "achievable_minutes": row.achievable_minutes,
        "sufficient_frequency": None
        if row.sufficient_times is None
        else {"times": row.sufficient_times, "per": row.sufficient_per},
        "other_staff_category": row.other_staff_category,
        "other_hourly_cost_sek": row.other_hourly_cost_sek,
        "duplicate_share": row.duplicate_share,
        "automation": _automation(row),
        "external_id": row.external_id,
        "assessment": _assessment(row),
    }


def whole_document(task: WholeTask) -> dict[str, Any]:
    """A task with all that is known of it."""
    page = task.page
    return listed_document(task.listed) | {
        "uses": [_use(use) for use in page.facts.uses],
        "assessment": assessment_document(page.assessment)
        | {
            "explanation": in_every_language(page.explanation),
            "policy_version": page.assessment.policy_version,
        },
    }


def event_document(event: EventLine) -> dict[str, Any]:
    """Something that was done to a task; never by whom."""
    return {
        "happened_at": event.happened_at.isoformat(),
        "kind": event.kind,
        "role": event.role,
        "before": event.before,
        "after": event.after,
    }


def _assessment(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of a query
    return {
        "cost_hours": _hours(row.cost_low, row.cost_likely, row.cost_high),
        "cost_sek": row.cost_ore / PER_SEK,
        "benefit_hours": _hours(row.benefit_low, row.benefit_likely, row.benefit_high),
        "verdict": row.verdict,
        "flagged": row.cause is not None,
        "cause": row.cause,
        "recommended": row.recommended,
        "within_own_mandate": row.within_own_mandate,
        "avoidable_hours": row.avoidable_hours / PER_HOUR,
        "gain_hours": row.gain_hours / PER_HOUR,
        "policy_version": row.policy_version,
    }


def _hours(low: int, likely: int, high: int) -> dict[str, float]:
    return {"low": low / PER_HOUR, "likely": likely / PER_HOUR, "high": high / PER_HOUR}


def _automation(row: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a row of a query
    if row.rule_based is None:
        return None
    return {
        "rule_based": row.rule_based,
        "digital_input": row.digital_input,
        "exceptions": row.exceptions,
        "stable": row.stable,
        "systems": row.systems,
        "needs_judgement": row.needs_judgement,
    }


def _estimate(low: float | None, likely: float, high: float | None) -> Any:  # noqa: ANN401 - JSON
    return likely if low is None else {"low": low, "likely": likely, "high": high}


def _use(use: Use) -> dict[str, Any]:
    minutes = use.worth.minutes
    worth = {
        "share": use.worth.share,
        "minutes": _estimate(minutes.low, minutes.likely, minutes.high)
        if isinstance(minutes, Range)
        else minutes,
        "sek_per_year": use.worth.sek_per_year,
    }
    return {
        "beneficiary": use.beneficiary,
        "purpose": use.purpose,
        "in_use": use.in_use,
        "worth": {name: value for name, value in worth.items() if value is not None},
    }
