"""Which rows of a spreadsheet look like tasks that exist, or like each other: for a hundred thousand rows at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.import_runs import Likeness, SimilarRow
from timethief.domain.names import folded
from timethief.domain.sheet_tasks import SheetTask
from timethief.domain.vocabulary import TaskStatus
from timethief.storage.tables import AssessmentRow, Task

_BATCH = 1_000
_Key = tuple[int | None, str]


@dataclass(slots=True)
class Rows:
    """The rows of a file, gathered as they are read, by what they are recognised by.

    Attributes:
        units: identifier of a unit by its folded code or name.
    """

    units: Mapping[str, int | None]
    _by_title: dict[_Key, tuple[int, str]] = field(default_factory=dict)
    _by_reference: dict[str, tuple[int, str]] = field(default_factory=dict)
    _found: dict[int, SimilarRow] = field(default_factory=dict)

    def add(self, task: SheetTask) -> None:
        """A row that can be imported."""
        key = (self.units.get(folded(task.unit)), folded(task.title))
        first = self._by_title.setdefault(key, (task.row, task.title))[0]
        if first != task.row:
            self._found[task.row] = SimilarRow(
                task.row, task.title, Likeness.TWICE, other_row=first
            )
        if task.external_id:
            self._by_reference[task.external_id] = (task.row, task.title)

    def similar(self, session: Session) -> list[SimilarRow]:
        """Those that look like something, in the order of the rows; each is told of once."""
        for task_id, unit_id, title in self._tasks(session):
            row = self._by_title.get((unit_id, folded(title)))
            if row is not None:
                self._found[row[0]] = SimilarRow(*row, Likeness.EXISTS, task_id)
        references = iter(self._by_reference)
        while batch := list(islice(references, _BATCH)):
            known = select(Task.external_id, Task.id, Task.merged_into_id).where(
                Task.external_id.in_(batch)
            )
            for reference, task_id, kept_id in session.execute(known):
                row = self._by_reference[reference or ""]
                likeness = Likeness.UPDATES if kept_id is None else Likeness.MERGED
                self._found[row[0]] = SimilarRow(*row, likeness, kept_id or task_id)
        return [self._found[row] for row in sorted(self._found)]

    def _tasks(self, session: Session) -> Iterator[tuple[int, int, str]]:
        """Every task in the units of the file: a title has no index by which it could be looked up folded."""
        units = iter({unit_id for unit_id, _ in self._by_title})
        while batch := list(islice(units, _BATCH)):
            rows = session.execute(
                select(Task.id, Task.unit_id, Task.title)
                .join(AssessmentRow, AssessmentRow.task_id == Task.id)
                .where(
                    AssessmentRow.unit_id.in_(batch),
                    AssessmentRow.status != TaskStatus.STOPPED.value,
                ),
                execution_options={"yield_per": _BATCH},
            )
            for row in rows:
                yield row[0], row[1], row[2]
