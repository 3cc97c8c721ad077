"""Decisions by the API: what is sent, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from timethief.domain.decisions import DecisionState, FreedFor, NewDecision, Outcome, Rung
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text
from timethief.exchange.api.assessments import HoursDocument
from timethief.exchange.api.queries import Identifier, read_document
from timethief.exchange.task_documents import Document, Number, Whole
from timethief.i18n import N_

_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_EXAMPLE: dict[str, Any] = {"outcome": "keep", "reason": "Den skyddar patienterna."}
Day = Annotated[str, Field(pattern=_DAY)]


class NewDecisionDocument(Document):
    """A decision to be made."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    outcome: Outcome
    reason: str = Field(description=N_("Why; those who wrote of the task are told."))
    planned_on: Day | None = Field(None, description=N_("The day by which it shall be done."))
    allotment: dict[FreedFor, Number] = Field(
        {}, description=N_("What the freed hours of a year go to.")
    )
    trial_weeks: Whole | None = Field(None, description=N_("How long a trial lasts."))
    watched: str = Field("", description=N_("What is watched during a trial."))
    raised_with: str = Field("", description=N_("Whom it is raised with."))
    rung: Rung = Field(Rung.REQUESTER, description=N_("Where it is raised."))
    capacity: str = Field("", description=N_("In which capacity you decide; empty for your role."))
    replaces: Identifier | None = Field(
        None,
        description=N_("The decision in force that you have seen; null where there is none."),
    )


class DecisionDocument(Document):
    """A decision as it is answered."""

    id: Identifier = Field(examples=["7k1c0d4f7r2m"])
    number: str = Field(description=N_("In the registry."), examples=["2026-0007"])
    task: Identifier = Field(examples=["7k1c0d4f7r2m"])
    title: str = Field(examples=["Fylla i närvarolistan på papper"])
    outcome: Outcome
    state: DecisionState
    reason: str = Field(examples=["Den skyddar patienterna."])
    decider: str = Field(description=N_("Who decided, by name."), examples=["Anna Berg"])
    capacity: str = Field(examples=["support"])
    decided_at: str = Field(examples=["2026-03-10T09:00:00+00:00"])
    planned_on: str | None = Field(examples=["2026-05-01"])
    carried_out_on: str | None = Field(examples=[None])
    trial_ends_on: str | None = Field(examples=[None])
    watched: str = Field(examples=[""])
    raised_with: str = Field(examples=[""])
    expected_hours: HoursDocument


@dataclass(frozen=True, slots=True)
class Sent:
    """A decision, and the one in force that its sender has seen."""

    decision: NewDecision
    replaces: int | None


def read_new_decision(value: object) -> Sent:
    """A decision to be made.

    Raises:
        Invalids: fields of the wrong shape; Invalid: of the wrong meaning.
    """
    document = read_document(NewDecisionDocument, value)
    return Sent(
        NewDecision(
            outcome=document.outcome,
            reason=document.reason,
            planned_on=_day(document.planned_on),
            allotment=document.allotment,
            trial_weeks=document.trial_weeks,
            watched=document.watched,
            raised_with=document.raised_with,
            rung=document.rung,
            capacity=document.capacity,
        ),
        _seen(document.replaces),
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise Invalid("planned_on", "not_a_date") from fault


def _seen(text: str | None) -> int | None:
    try:
        return None if text is None else from_text(text)
    except NotFound as fault:
        raise Invalid("replaces", "no_such_thing") from fault
