"""What of the inventory is wanted: one shape from address to query."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class Sort(StrEnum):
    """What the inventory is ordered by; the largest or newest first."""

    AVOIDABLE = "avoidable"
    COST = "cost"
    GAIN = "gain"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks. Empty means all.

    Attributes:
        unit: with those below it.
        flagged: only time thieves, wholly, probably or in part.
        imported: the import that added them.
        q: words to be found in title, description or requester's name.
    """

    unit: int | None = None
    requester: int | None = None
    requirement: int | None = None
    staff_category: int | None = None
    level: str | None = None
    verdict: str | None = None
    flagged: bool | None = None
    cause: str | None = None
    recommended: str | None = None
    signal: str | None = None
    status: str | None = None
    imported: int | None = None
    q: str = ""

    def without(self, name: str) -> TaskFilter:
        """The same filter with one condition less."""
        kept: dict[str, Any] = {
            each: getattr(self, each) for each in self.conditions() if each != name
        }
        return TaskFilter(**kept)

    def conditions(self) -> tuple[str, ...]:
        """The names of the conditions that are set."""
        return tuple(
            field.name for field in fields(self) if getattr(self, field.name) != field.default
        )
