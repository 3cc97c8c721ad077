"""What may be sent of a task: all of it to add it, some of it to change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.intake import RequesterName
from timethief.domain.new_tasks import NewTask
from timethief.domain.numbers import MINUTES
from timethief.domain.review import MOST_USES, Review
from timethief.domain.tasks import LONGEST_DESCRIPTION, LONGEST_TITLE, Frequency, read_text
from timethief.domain.vocabulary import Binding
from timethief.exchange.api.queries import read_document
from timethief.exchange.api.tasks import WholeTaskDocument
from timethief.exchange.task_documents import (
    AutomationDocument,
    Document,
    EstimateDocument,
    FrequencyDocument,
    Number,
    RequesterDocument,
    TaskFields,
    UseDocument,
    Whole,
    read_automation,
    read_estimate,
    read_frequency,
    read_people,
    read_use,
)
from timethief.i18n import N_
from timethief.queries.api_tasks import WholeTask

LONGEST_REQUESTER = 200

_EXAMPLE: dict[str, Any] = {
    "title": "Fylla i närvarolistan på papper",
    "unit": "ssk-1",
    "minutes": 10,
    "frequency": {"times": 1, "per": "working_day"},
    "people": 12,
    "staff_category": "nurse",
    "requester": {"level": "own_organisation", "name": "Personalenheten"},
    "signals": ["paper", "double_entry"],
}


class NewTaskDocument(TaskFields):
    """A task to be added."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    unit: str = Field(description=N_("Code or identifier of the unit."))
    requester: RequesterDocument = Field(
        description=N_("Who asks for it: by identifier, or by name and level.")
    )
    uses: Annotated[list[UseDocument], Field(max_length=MOST_USES)] = Field([])


def _left(description: str | None = None) -> Any:  # noqa: ANN401 - as pydantic's own
    """A field that is not changed where it is left out."""
    return Field(default_factory=lambda: None, description=description)


class TaskChangeDocument(Document):
    """What is to be changed of a task. A field that is sent is set whole; one that is left out stays."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"minutes": 4}]}
    )

    minutes: Number | EstimateDocument = _left()
    frequency: FrequencyDocument = _left()
    people: Whole | EstimateDocument = _left()
    binding: Binding = _left()
    legal_basis: str = _left()
    uses: Annotated[list[UseDocument], Field(max_length=MOST_USES)] = _left(
        N_("All of them: a use that is left out counts no more.")
    )
    achievable_minutes: Number | None = _left()
    sufficient_frequency: FrequencyDocument | None = _left()
    other_staff_category: str | None = _left()
    duplicate_share: Number = _left()
    automation: AutomationDocument | None = _left()


def read_new_task(value: object) -> NewTask:
    """A task to be added.

    Raises:
        Invalids: fields of the wrong shape, or that cannot be set; Invalid: the first of the wrong meaning.
    """
    _refuse_what_is_not_set(value, NewTaskDocument)
    document = read_document(NewTaskDocument, value)
    requester_id, requester = _requester(document.requester)
    return NewTask(
        title=read_text(document.title, "title", LONGEST_TITLE, required=True),
        unit=_name(document.unit, "unit"),
        minutes=read_estimate(document.minutes, "minutes", MINUTES),
        frequency=read_frequency(document.frequency, "frequency"),
        people=read_people(document.people),
        requester=requester,
        requester_id=requester_id,
        description=read_text(document.description, "description", LONGEST_DESCRIPTION),
        staff_category=_code(document.staff_category, "staff_category"),
        hourly_cost_sek=document.hourly_cost_sek,
        requirement=read_text(document.requirement or "", "requirement", LONGEST_TITLE),
        binding=document.binding,
        legal_basis=_legal_basis(document.legal_basis),
        uses=tuple(read_use(use, number) for number, use in enumerate(document.uses)),
        achievable_minutes=document.achievable_minutes,
        sufficient_frequency=_enough(document.sufficient_frequency),
        other_staff_category=_code(document.other_staff_category, "other_staff_category"),
        other_hourly_cost_sek=document.other_hourly_cost_sek,
        duplicate_share=document.duplicate_share,
        automation=read_automation(document.automation),
        signals=frozenset(document.signals),
    )


def read_change(task: WholeTask, value: object) -> tuple[Review, str | None] | None:
    """The task's figures with these changes, and the code of who could do it as well; None where nothing is sent.

    Raises:
        Invalids: fields of the wrong shape, or that cannot be changed; Invalid: the first of the wrong meaning.
    """
    _refuse_what_is_not_set(value, TaskChangeDocument)
    document = read_document(TaskChangeDocument, value)
    sent = document.model_fields_set
    if not sent:
        return None
    figures = replace(_figures(task), **{n: _READ[n](document) for n in sent if n in _READ})
    other = task.listed.row.other_staff_category
    if "other_staff_category" in sent:
        other = _code(document.other_staff_category, "other_staff_category")
    return figures, other


def _figures(task: WholeTask) -> Review:
    """The task's figures as they stand."""
    facts = task.page.facts
    return Review(
        minutes=facts.minutes,
        frequency=facts.frequency,
        people=facts.people,
        binding=facts.binding,
        legal_basis=task.page.legal_basis,
        achievable_minutes=facts.achievable_minutes,
        sufficient_frequency=facts.sufficient_frequency,
        duplicate_share=facts.duplicate_share,
        automation=facts.automation,
        uses=facts.uses,
    )


_READ: Mapping[str, Callable[[TaskChangeDocument], Any]] = {
    "minutes": lambda sent: read_estimate(sent.minutes, "minutes", MINUTES),
    "frequency": lambda sent: read_frequency(sent.frequency, "frequency"),
    "people": lambda sent: read_people(sent.people),
    "binding": lambda sent: sent.binding,
    "legal_basis": lambda sent: _legal_basis(sent.legal_basis),
    "uses": lambda sent: tuple(read_use(use, n) for n, use in enumerate(sent.uses)),
    "achievable_minutes": lambda sent: sent.achievable_minutes,
    "sufficient_frequency": lambda sent: _enough(sent.sufficient_frequency),
    "duplicate_share": lambda sent: sent.duplicate_share,
    "automation": lambda sent: read_automation(sent.automation),
}
"""How each field is read that a review holds."""


def _refuse_what_is_not_set(value: object, model: type[Document]) -> None:
    """Refuse what an answer holds and nobody sets, so that it is not taken for a slip of the pen."""
    if not isinstance(value, Mapping):
        return
    answered = WholeTaskDocument.model_fields.keys() - model.model_fields.keys()
    refused = [Invalid(name, "not_set_here") for name in value if name in answered]
    if refused:
        raise Invalids(refused)


def _requester(document: RequesterDocument) -> tuple[str, RequesterName | None]:
    """Identifier of the requester, or its name where there is none."""
    if document.id is not None:
        return _name(document.id, "requester.id"), None
    name = read_text(document.name or "", "requester.name", LONGEST_REQUESTER, required=True)
    return "", RequesterName(name, document.level)


def _enough(document: FrequencyDocument | None) -> Frequency | None:
    return None if document is None else read_frequency(document, "sufficient_frequency")


def _name(text: str, field: str) -> str:
    return read_text(text, field, LONGEST_TITLE, required=True)


def _code(text: str | None, field: str) -> str | None:
    return None if text is None else _name(text, field)


def _legal_basis(text: str) -> str:
    return read_text(text, "legal_basis", LONGEST_DESCRIPTION)
