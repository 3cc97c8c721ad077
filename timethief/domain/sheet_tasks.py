"""Tasks as the rows of a spreadsheet tell them, and what is wrong with such a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from timethief.domain.errors import Invalid
from timethief.domain.ranges import Range
from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use
from timethief.domain.vocabulary import Binding, Level, Signal


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, or with a column of the file.

    Attributes:
        row: its place in the sheet, counted from 1; 0 for the file itself.
        column: code of the column, or its heading where it is not known.
        shown: what stood there, shortened.
        refusal: why it cannot be used.
    """

    row: int
    column: str
    shown: str
    refusal: Invalid


class SheetTask(NamedTuple):
    """A task as a row tells it; units, staff categories and requesters by the words of the sheet.

    A plain tuple, since a hundred thousand come at once.

    Attributes:
        row: its place in the sheet, counted from 1.
        frequency, uses and the like: as in `timethief.domain.tasks.TaskFacts`.
    """

    row: int
    title: str
    unit: str
    staff_category: str
    minutes: float | Range
    frequency: Frequency
    people: int | Range
    level: Level
    requester: str
    requirement: str = ""
    binding: Binding = Binding.UNKNOWN
    legal_basis: str = ""
    uses: tuple[Use, ...] = ()
    signals: frozenset[Signal] = frozenset()
    achievable_minutes: float | None = None
    sufficient_frequency: Frequency | None = None
    other_staff_category: str = ""
    duplicate_share: float = 0.0
    automation: Automation | None = None
    hourly_cost_sek: float | None = None
    other_hourly_cost_sek: float | None = None
    description: str = ""
    external_id: str = ""

    def rest(self) -> tuple[Any, ...]:
        """What rows have in common that tell of the same work under other names."""
        return tuple(self)[2:-2]

    def named(self, row: int, title: str, description: str, external_id: str) -> SheetTask:
        """The same work in another row, under another name."""
        return SheetTask._make((row, title, *self.rest(), description, external_id))

    def facts(self, hourly_cost_sek: float, other_hourly_cost_sek: float | None) -> TaskFacts:
        """The task as the model sees it.

        Args:
            hourly_cost_sek: tariff of those who do it.
            other_hourly_cost_sek: tariff of those who could do it as well, if any are named.
        """
        own, other = self.hourly_cost_sek, self.other_hourly_cost_sek
        return TaskFacts(
            minutes=self.minutes,
            frequency=self.frequency,
            people=self.people,
            hourly_cost_sek=hourly_cost_sek if own is None else own,
            binding=self.binding,
            uses=self.uses,
            achievable_minutes=self.achievable_minutes,
            sufficient_frequency=self.sufficient_frequency,
            other_hourly_cost_sek=other_hourly_cost_sek if other is None else other,
            duplicate_share=self.duplicate_share,
            automation=self.automation,
        )
