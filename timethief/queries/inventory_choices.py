"""What the inventory can be filtered by, with names and counts from the kept totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.import_runs import SHARED
from timethief.domain.names import alphabetical
from timethief.i18n import moment
from timethief.queries.choices import RequesterChoice, StaffCategoryChoice, staff_categories
from timethief.queries.filters import TaskFilter
from timethief.queries.totals import Scope, grouped_many
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.tables import Requester, Requirement, StaffCategory, TaskImport
from timethief.storage.unit_tree import UnitNode

REQUESTERS_OFFERED = 200
COUNTED = ("verdict", "level", "cause", "recommended", "signal", "status")
_CHOSEN_TOGETHER = {"verdict": {"verdict", "flagged"}}
"""Conditions that replace each other when one is chosen."""


@dataclass(frozen=True, slots=True)
class InventoryChoices:
    """What there is to choose from.

    Attributes:
        units: those within reach, each followed by those below it.
        requesters: the largest of those that any task names, and the one chosen, by name.
    """

    units: tuple[UnitNode, ...]
    requesters: tuple[RequesterChoice, ...]
    staff_categories: tuple[StaffCategoryChoice, ...]


def inventory_choices(
    session: Session, units: VisibleUnits, wanted: TaskFilter
) -> InventoryChoices:
    """What somebody who sees these units can choose from."""
    return InventoryChoices(
        units=units.choices(),
        requesters=_requesters(session, units.organisation_id, wanted),
        staff_categories=staff_categories(session, units.organisation_id),
    )


def inventory_counts(
    session: Session, units: VisibleUnits, wanted: TaskFilter
) -> dict[tuple[str, str], int]:
    """How many tasks each code leaves, by (dimension, code), within the unit and level chosen.

    Only of dimensions where no other condition would make the count untrue.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    unit_id = None if wanted.unit is None else units.check(wanted.unit)
    organisation_id = units.organisation_id
    conditions = set(wanted.conditions()) - {"unit", "level"}
    told = [each for each in COUNTED if not conditions - _CHOSEN_TOGETHER.get(each, {each})]
    within = [dimension for dimension in told if dimension != "level"]
    kept = grouped_many(session, Scope(organisation_id, unit_id, wanted.level), within)
    if "level" in told:
        kept |= grouped_many(session, Scope(organisation_id, unit_id), ["level"])
    return {place: measures.tasks for place, measures in kept.items()}


def chosen_names(
    session: Session, units: VisibleUnits, wanted: TaskFilter, language: str
) -> dict[str, str]:
    """The names of the unit, requester, requirement and staff category that the filter holds, by condition.

    An import is named by when it was done: the name of its file is for those who may import.

    Raises:
        NotFound: one of them is not there, or is another organisation's; or the unit is not to be chosen.
    """
    organisation_id = units.organisation_id
    category_name = StaffCategory.name_en if language == "en" else StaffCategory.name_sv
    named: dict[str, tuple[InstrumentedAttribute[Any], ...]] = {
        "requester": (Requester.id, Requester.organisation_id, Requester.name),
        "requirement": (Requirement.id, Requirement.organisation_id, Requirement.title),
        "staff_category": (StaffCategory.id, StaffCategory.organisation_id, category_name),
    }
    found = {}
    if wanted.unit is not None:
        found["unit"] = units.name(units.check(wanted.unit))
    if wanted.imported is not None:
        found["imported"] = _done_at(session, organisation_id, wanted.imported)
    for condition, (identifier, owner, name) in named.items():
        chosen = getattr(wanted, condition)
        if chosen is None:
            continue
        known = select(name).where(
            identifier == chosen, (owner == organisation_id) | owner.is_(None)
        )
        text = session.scalar(known)
        if text is None:
            raise NotFound(condition)
        found[condition] = text
    return found


def _done_at(session: Session, organisation_id: int, import_id: int) -> str:
    done_at = session.scalar(
        select(TaskImport.finished_at).where(
            TaskImport.id == import_id,
            TaskImport.organisation_id == organisation_id,
            TaskImport.state.in_(SHARED),
        )
    )
    if done_at is None:
        raise NotFound("imported")
    return moment(done_at)


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
    return tuple(sorted(found, key=lambda each: alphabetical(each.name)))
