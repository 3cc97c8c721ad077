"""What the inventory can be filtered by, with names and counts from the kept totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.names import alphabetical
from timethief.queries.choices import RequesterChoice, StaffCategoryChoice, staff_categories, units
from timethief.queries.filters import TaskFilter
from timethief.queries.totals import Scope, grouped_many
from timethief.storage.tables import Requester, Requirement
from timethief.storage.unit_tree import UnitNode

REQUESTERS_OFFERED = 200
COUNTED = ("verdict", "level", "cause", "recommended", "signal", "status")
_CHOSEN_TOGETHER = {"verdict": {"verdict", "flagged"}}
"""Conditions that replace each other when one is chosen."""


@dataclass(frozen=True, slots=True)
class InventoryChoices:
    """What there is to choose from, and the names of what is chosen.

    Attributes:
        units: each followed by those below it.
        requesters: the largest of those that any task names, and the one chosen, by name.
        requirement: title of the one chosen.
        counts: how many tasks each code leaves, by (dimension, code), within the unit and level chosen; only of
            dimensions where no other condition would make the count untrue.
    """

    units: tuple[UnitNode, ...]
    requesters: tuple[RequesterChoice, ...]
    staff_categories: tuple[StaffCategoryChoice, ...]
    requirement: str | None
    counts: Mapping[tuple[str, str], int]


def inventory_choices(
    session: Session, organisation_id: int, wanted: TaskFilter
) -> InventoryChoices:
    """The choices of an organisation.

    Raises:
        NotFound: the filter names something that is not there, or is another organisation's.
    """
    own_units = units(session, organisation_id)
    categories = staff_categories(session, organisation_id)
    _ensure_known(wanted.unit, (unit.id for unit in own_units))
    if wanted.staff_category is not None:
        _ensure_known(to_text(wanted.staff_category), (each.id for each in categories))
    return InventoryChoices(
        units=own_units,
        requesters=_requesters(session, organisation_id, wanted),
        staff_categories=categories,
        requirement=_requirement(session, organisation_id, wanted.requirement),
        counts=_counts(session, organisation_id, wanted),
    )


def _ensure_known(chosen: object, known: Iterable[object]) -> None:
    if chosen is not None and chosen not in known:
        raise NotFound


def _counts(
    session: Session, organisation_id: int, wanted: TaskFilter
) -> dict[tuple[str, str], int]:
    conditions = set(wanted.conditions()) - {"unit", "level"}
    told = [each for each in COUNTED if not conditions - _CHOSEN_TOGETHER.get(each, {each})]
    within = [dimension for dimension in told if dimension != "level"]
    kept = grouped_many(session, Scope(organisation_id, wanted.unit, wanted.level), within)
    if "level" in told:
        kept |= grouped_many(session, Scope(organisation_id, wanted.unit), ["level"])
    return {place: measures.tasks for place, measures in kept.items()}


def _requesters(
    session: Session, organisation_id: int, wanted: TaskFilter
) -> tuple[RequesterChoice, ...]:
    kept = grouped_many(session, Scope(organisation_id, level=wanted.level), ["requester"])
    totals = {int(key): measures.cost_likely for (_, key), measures in kept.items()}
    offered = sorted(totals, key=lambda key: (-totals[key], key))[:REQUESTERS_OFFERED]
    if wanted.requester is not None and wanted.requester not in offered:
        offered.append(wanted.requester)
    rows = session.execute(
        select(Requester.id, Requester.name, Requester.level).where(
            Requester.id.in_(offered),
            Requester.organisation_id.is_(None) | (Requester.organisation_id == organisation_id),
        )
    )
    found = [RequesterChoice(to_text(row_id), name, level) for row_id, name, level in rows]
    if wanted.requester is not None:
        _ensure_known(to_text(wanted.requester), (each.id for each in found))
    return tuple(sorted(found, key=lambda each: alphabetical(each.name)))


def _requirement(session: Session, organisation_id: int, requirement_id: int | None) -> str | None:
    if requirement_id is None:
        return None
    row = session.get(Requirement, requirement_id)
    if row is None or row.organisation_id not in (None, organisation_id):
        raise NotFound("requirement")
    return row.title
