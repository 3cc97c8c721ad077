"""The file of open data and its description as they are answered. Held against the calls by the tests."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from timethief.exchange.task_documents import Document
from timethief.i18n import N_


class OpenFigureDocument(Document):
    """A figure of at least as many tasks as the threshold."""

    tasks: int = Field(description=N_("Rounded to 5."))
    hours: float
    sek: float
    fte: float


class OpenRowDocument(OpenFigureDocument):
    """A part of a view."""

    key: str
    label: str
    part_of: str = Field(description=N_("The key of the part that this is a part of."))


class ReportsDocument(Document):
    """A figure about reports; null is not shown."""

    reports: int | None
    hours: float | None


class ReportsRowDocument(ReportsDocument):
    """A part of a view of a month."""

    key: str
    label: str


class MonthDocument(Document):
    """What was published of anonymous reports of a month."""

    month: str
    total: ReportsDocument | None
    views: dict[str, list[ReportsRowDocument]]


class OpenDataDocument(Document):
    """What may be open to all."""

    metadata: dict[str, Any] = Field(
        description=N_("Organisation, period, licence, method, units of measurement and rules.")
    )
    total: OpenFigureDocument | None
    by_requester: list[OpenRowDocument]
    by_verdict: list[OpenRowDocument]
    by_cause: list[OpenRowDocument]
    by_unit: list[OpenRowDocument]
    anonymous_reports: list[MonthDocument]


class CatalogueDocument(Document):
    """A description in JSON-LD."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    context: dict[str, str] = Field(alias="@context")
    graph: list[dict[str, Any]] = Field(alias="@graph")
