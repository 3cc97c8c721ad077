"""Units as they are chosen from a list."""

from __future__ import annotations

from collections.abc import Iterable

from timethief.domain.identifiers import to_text
from timethief.storage.unit_tree import UnitNode

_INDENT = "\u2003"


def unit_options(units: Iterable[UnitNode]) -> list[tuple[str, str]]:
    """Identifier and name of each, set in below the unit that it belongs to."""
    return [(to_text(unit.id), _INDENT * unit.depth + unit.name) for unit in units]
