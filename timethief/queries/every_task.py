"""Every task that meets a filter, in the order of the list, as plain values: for files that hold all of them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import walk
from timethief.queries.task_lines import BATCH, TaskBatches, names_of
from timethief.queries.visible_units import VisibleUnits


def every_task(
    session: Session, units: VisibleUnits, wanted: TaskFilter, sort: Sort, language: str
) -> TaskBatches:
    """The tasks, read as they are asked for; so many at a time that their number does not matter.

    Args:
        session: reading; stays open until the last has been given.
        units: as the reader sees them: units are named, and may be chosen, as on the pages.
        wanted: which tasks.
        sort: in which order.
        language: of the staff categories' names.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    names = names_of(session, {each: units.name(each) for each in units.tree}, language)
    found = _every_id(session, units, wanted, sort)
    return TaskBatches(session, units.organisation_id, found, names)


def _every_id(
    session: Session, units: VisibleUnits, wanted: TaskFilter, sort: Sort
) -> Iterator[int]:
    cursor = None
    while True:
        found = walk(session, units, wanted, sort, cursor, BATCH)
        yield from found.task_ids
        cursor = found.next
        if cursor is None:
            return
