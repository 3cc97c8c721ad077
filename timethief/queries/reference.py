"""What other systems need to know first: units, staff categories, policy, requesters, requirements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.names import folded
from timethief.domain.vocabulary import Level
from timethief.queries.choices import tariffs
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.assumptions import policy_in_force
from timethief.storage.facts import numbers_of
from timethief.storage.tables import Requester, Requirement, Unit

Line = TypeVar("Line")
PAGE = 100


@dataclass(frozen=True, slots=True)
class Slice(Generic[Line]):
    """A part of a list; `next` is where the following part begins, None for the last."""

    lines: tuple[Line, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit; `parent` is the identifier of the one above."""

    id: str
    code: str
    name: str
    sector: str
    parent: str | None
    headcount: int | None


@dataclass(frozen=True, slots=True)
class StaffCategoryFacts:
    """A staff category with what an hour of it costs today."""

    id: str
    code: str
    name: Mapping[str, str]
    hourly_cost_sek: float | None
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class RequesterFacts:
    """Who asks for tasks: the organisation's own, or of the registers that all share."""

    id: str
    name: str
    level: str
    official_code: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class RequirementFacts:
    """What a requester asks for; `requester` is the identifier of that one."""

    id: str
    title: str
    requester: str
    binding: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """The numbers that the organisation assesses by."""

    version: int
    numbers: Mapping[str, Any]


def units(
    session: Session, visible: VisibleUnits, cursor: str | None = None, limit: int = PAGE
) -> Slice[UnitFacts]:
    """The units that the one who asks may see named, in an order that stays.

    Raises:
        Invalid: field `cursor`.
    """
    after = place(cursor)
    named = sorted(unit_id for unit_id, at in visible.shown.items() if at == unit_id > after)
    rows = session.scalars(
        select(Unit)
        .where(Unit.organisation_id == visible.organisation_id, Unit.id.in_(named[: limit + 1]))
        .order_by(Unit.id)
    ).all()
    lines = tuple(
        UnitFacts(
            id=to_text(row.id),
            code=row.code,
            name=row.name,
            sector=row.sector,
            parent=_named(visible, row.parent_id),
            headcount=row.headcount,
        )
        for row in rows[:limit]
    )
    return Slice(lines, lines[-1].id if len(rows) > limit else None)


def _named(visible: VisibleUnits, unit_id: int | None) -> str | None:
    """The unit, or what it is shown within."""
    at = None if unit_id is None else visible.shown[unit_id]
    return None if at is None else to_text(at)


def requesters(
    session: Session,
    organisation_id: int,
    *,
    level: Level | None = None,
    words: str = "",
    cursor: str | None = None,
    limit: int = PAGE,
) -> Slice[RequesterFacts]:
    """The requesters that tasks may name, of one level or all, whose names hold the words.

    Raises:
        Invalid: field `cursor`.
    """
    query = select(Requester).where(
        or_(Requester.organisation_id == organisation_id, Requester.organisation_id.is_(None)),
        Requester.active.is_(True),
        Requester.id > place(cursor),
    )
    if level is not None:
        query = query.where(Requester.level == level.value)
    for word in folded(words).split():
        query = query.where(Requester.folded_name.contains(word, autoescape=True))
    rows = session.scalars(query.order_by(Requester.id).limit(limit + 1)).all()
    lines = tuple(
        RequesterFacts(to_text(row.id), row.name, row.level, row.official_code, row.verified)
        for row in rows[:limit]
    )
    return Slice(lines, lines[-1].id if len(rows) > limit else None)


def requirements(
    session: Session,
    organisation_id: int,
    *,
    requester_id: int | None = None,
    words: str = "",
    cursor: str | None = None,
    limit: int = PAGE,
) -> Slice[RequirementFacts]:
    """What requesters ask for, of one of them or all, whose titles hold the words.

    Raises:
        Invalid: field `cursor`.
    """
    query = select(Requirement).where(
        or_(Requirement.organisation_id == organisation_id, Requirement.organisation_id.is_(None)),
        Requirement.id > place(cursor),
    )
    if requester_id is not None:
        query = query.where(Requirement.requester_id == requester_id)
    for word in folded(words).split():
        query = query.where(Requirement.folded_title.contains(word, autoescape=True))
    rows = session.scalars(query.order_by(Requirement.id).limit(limit + 1)).all()
    lines = tuple(
        RequirementFacts(
            id=to_text(row.id),
            title=row.title,
            requester=to_text(row.requester_id),
            binding=row.binding,
            legal_basis=row.legal_basis,
        )
        for row in rows[:limit]
    )
    return Slice(lines, lines[-1].id if len(rows) > limit else None)


def staff_categories(
    session: Session, organisation_id: int, today: date
) -> tuple[StaffCategoryFacts, ...]:
    """The staff categories of the organisation, by their Swedish name."""
    found: dict[str, StaffCategoryFacts] = {}
    for line in tariffs(session, organisation_id, today):
        category = line.staff_category
        if line.in_force or category.id not in found:
            found[category.id] = StaffCategoryFacts(
                id=category.id,
                code=category.code,
                name={"sv": category.name_sv, "en": category.name_en},
                hourly_cost_sek=line.hourly_cost_sek if line.in_force else None,
                valid_from=line.valid_from if line.in_force else None,
            )
    return tuple(found.values())


def policy(session: Session, organisation_id: int) -> PolicyFacts:
    """The policy in force."""
    found = policy_in_force(session, organisation_id)
    return PolicyFacts(found.version, numbers_of(found))


def place(cursor: str | None) -> int:
    """Where a list goes on; its beginning for None.

    Raises:
        Invalid: field `cursor`, reason `unreadable`.
    """
    try:
        return 0 if cursor is None else from_text(cursor)
    except NotFound as error:
        raise Invalid("cursor", "unreadable") from error
