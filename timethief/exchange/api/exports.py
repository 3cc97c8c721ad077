"""Which tasks a file shall hold, in what order, and what it holds as JSON."""

from __future__ import annotations

from pydantic import Field, RootModel

from timethief.domain.vocabulary import Action, Binding, Cause, Level, Signal, TaskStatus, Verdict
from timethief.exchange.api.filters import FilterQuery
from timethief.exchange.task_documents import (
    AutomationDocument,
    Document,
    EstimateDocument,
    FrequencyDocument,
    UseDocument,
)
from timethief.i18n import N_
from timethief.queries.filters import Sort


class ExportQuery(FilterQuery):
    """Which tasks, in what order."""

    sort: Sort = Field(
        Sort.AVOIDABLE,
        description=N_(
            "What comes first: the largest avoidable time, cost or gain, or the newest."
        ),
    )


class NamedRequesterDocument(Document):
    """Who asks for a task."""

    level: Level
    name: str = Field(examples=["Socialstyrelsen"])


class ExportedTask(Document):
    """A task as it can be sent in again, with its assessment in short."""

    title: str = Field(examples=["Fylla i närvarolistan på papper"])
    description: str = Field(examples=[""])
    unit: str = Field(description=N_("Name of the unit."), examples=["Avdelning 1"])
    staff_category: str = Field(examples=["nurse"])
    minutes: float | EstimateDocument = Field(examples=[10.0])
    frequency: FrequencyDocument
    people: int | EstimateDocument = Field(examples=[12])
    hourly_cost_sek: float | None = Field(examples=[None])
    requester: NamedRequesterDocument
    requirement: str | None = Field(examples=[None])
    binding: Binding
    legal_basis: str = Field(examples=[""])
    uses: list[UseDocument]
    signals: list[Signal]
    achievable_minutes: float | None = Field(examples=[4.0])
    sufficient_frequency: FrequencyDocument | None
    other_staff_category: str | None = Field(examples=[None])
    other_hourly_cost_sek: float | None = Field(examples=[None])
    duplicate_share: float = Field(examples=[0.0])
    automation: AutomationDocument | None
    external_id: str | None = Field(examples=[None])
    status: TaskStatus
    verdict: Verdict
    cause: Cause | None
    recommended: Action
    cost_hours: float = Field(examples=[200.0])
    cost_sek: float = Field(examples=[120000.0])
    benefit_hours: float = Field(examples=[100.0])
    avoidable_hours: float = Field(examples=[133.3])
    gain_hours: float = Field(examples=[128.0])


class ExportedTasks(RootModel[list[ExportedTask]]):
    """All of them."""
