"""What there is to choose from in the spreadsheet to fill in, as its reader may see it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from timethief.domain.names import folded
from timethief.queries.choices import requester_names, staff_categories
from timethief.queries.visible_units import VisibleUnits


@dataclass(frozen=True, slots=True)
class TemplateRegisters:
    """Names to choose from."""

    units: tuple[str, ...]
    staff_categories: tuple[str, ...]
    requesters: tuple[str, ...]


def template_registers(session: Session, units: VisibleUnits, language: str) -> TemplateRegisters:
    """The organisation's units, staff categories and requesters.

    A unit that shares its name with another is told by its code: by the name nobody could tell which is meant.
    """
    shared = Counter(folded(unit.name) for unit in units.tree.values())
    return TemplateRegisters(
        units=tuple(
            unit.name if shared[folded(unit.name)] == 1 else unit.code for unit in units.choices()
        ),
        staff_categories=tuple(
            each.name(language) for each in staff_categories(session, units.organisation_id)
        ),
        requesters=requester_names(session, units.organisation_id),
    )
