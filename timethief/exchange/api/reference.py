"""Reference data as it is answered. Held against the calls by the tests, not built for each answer."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import Field

from timethief.domain.vocabulary import Binding, Level, Sector
from timethief.exchange.api.queries import Identifier, PageQuery
from timethief.exchange.task_documents import Document
from timethief.i18n import N_

Item = TypeVar("Item")


class RequesterQuery(PageQuery):
    """Which requesters."""

    level: Level | None = Field(None, description=N_("Only those of this level."))
    q: str = Field("", description=N_("Words that the name holds."))


class RequirementQuery(PageQuery):
    """Which requirements."""

    requester: Identifier | None = Field(None, description=N_("Only what this requester asks for."))
    q: str = Field("", description=N_("Words that the title holds."))


class Listed(Document, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next: str | None = Field(
        description=N_("Send it as `cursor` to get the following part; null in the last."),
        examples=[None],
    )


class UnitDocument(Document):
    """A unit."""

    id: Identifier = Field(examples=["4f7r2m9k1c0d"])
    code: str = Field(description=N_("As in your own registers."), examples=["ssk-1"])
    name: str = Field(examples=["Avdelning 1"])
    sector: Sector
    parent: Identifier | None = Field(
        description=N_("Identifier of the unit above."), examples=["9k1c0d4f7r2m"]
    )
    headcount: int | None = Field(
        description=N_("Employees of the unit and of those below it."), examples=[42]
    )


class NameDocument(Document):
    """A name in both languages."""

    sv: str = Field(examples=["Sjuksköterska"])
    en: str = Field(examples=["Nurse"])


class StaffCategoryDocument(Document):
    """A staff category."""

    id: Identifier = Field(examples=["4f7r2m9k1c0d"])
    code: str = Field(examples=["nurse"])
    name: NameDocument
    hourly_cost_sek: float | None = Field(
        description=N_("What an hour costs today; null where no tariff is in force."),
        examples=[450.0],
    )
    valid_from: str | None = Field(
        description=N_("The first day of that tariff."), examples=["2026-01-01"]
    )


class RequesterDocument(Document):
    """Who asks for tasks."""

    id: Identifier = Field(examples=["4f7r2m9k1c0d"])
    name: str = Field(examples=["Socialstyrelsen"])
    level: Level
    official_code: str | None = Field(
        description=N_("Organisation number, county or municipality code."),
        examples=["202100-0555"],
    )
    verified: bool = Field(
        description=N_("Whether somebody has checked that it is one of its own."), examples=[True]
    )


class RequirementDocument(Document):
    """What somebody asks for."""

    id: Identifier = Field(examples=["4f7r2m9k1c0d"])
    title: str = Field(examples=["Årlig rapport om vårdhygien"])
    requester: Identifier = Field(
        description=N_("Identifier of the requester."), examples=["9k1c0d4f7r2m"]
    )
    binding: Binding
    legal_basis: str = Field(examples=["SOSFS 2011:9"])


class PolicyDocument(Document):
    """The policy in force."""

    version: int = Field(examples=[1])
    numbers: dict[str, Any] = Field(
        description=N_("Every assumption by name."), examples=[{"fte_hours": 1600.0}]
    )
