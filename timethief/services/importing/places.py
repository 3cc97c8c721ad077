"""What the words of a spreadsheet stand for in an organisation: its units and staff categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid
from timethief.domain.names import folded
from timethief.domain.sheet_tasks import Fault, SheetTask
from timethief.storage.tables import StaffCategory, Unit

NAMING = ("unit", "staff_category", "other_staff_category")
"""Columns whose words stand for something of the organisation."""


@dataclass(frozen=True, slots=True)
class Places:
    """What the words of a sheet stand for in the organisation.

    Attributes:
        units, staff_categories: identifier by folded code or name; None where two have the name.
    """

    units: Mapping[str, int | None]
    staff_categories: Mapping[str, int | None]
    _right: set[tuple[str, str, str]] = field(default_factory=set, compare=False, repr=False)
    """Words that have been found to stand for something: rows name the same ones again and again."""

    def faults_of(self, task: SheetTask) -> list[Fault]:
        """What the task names that does not exist, or that two have the name of."""
        words = (task.unit, task.staff_category, task.other_staff_category)
        if words in self._right:
            return []
        faults = self.faults_of_words(task.row, dict(zip(NAMING, words, strict=True)))
        if not faults:
            self._right.add(words)
        return faults

    def faults_of_words(self, row: int, words: Mapping[str, str]) -> list[Fault]:
        """The same of the words of a row that is no task, by the columns of `NAMING`; those left empty name nothing."""
        faults = []
        for column, name in words.items():
            if not name:
                continue
            known = self.units if column == "unit" else self.staff_categories
            key = folded(name)
            if known.get(key) is None:
                reason = "named_twice" if key in known else f"unknown_{column}"
                faults.append(Fault(row, column, name, Invalid(column, reason)))
        return faults


def places_of(session: Session, organisation_id: int) -> Places:
    """What the words of a sheet stand for now."""
    units = session.execute(
        select(Unit.id, Unit.code, Unit.name).where(Unit.organisation_id == organisation_id)
    )
    categories = session.execute(
        select(
            StaffCategory.id, StaffCategory.code, StaffCategory.name_sv, StaffCategory.name_en
        ).where(StaffCategory.organisation_id == organisation_id)
    )
    return Places(_by_name(units), _by_name(categories))


def _by_name(rows: Iterable[Sequence[Any]]) -> dict[str, int | None]:
    """Identifier by code and name; a code goes before a name, and a name of two leads to neither."""
    found: dict[str, int | None] = {}
    codes: dict[str, int | None] = {}
    for identifier, code, *names in rows:
        codes[folded(code)] = identifier
        for name in {folded(each) for each in names}:
            found[name] = None if found.get(name, identifier) != identifier else identifier
    return found | codes
