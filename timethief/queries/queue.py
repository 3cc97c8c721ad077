"""The queue of a support function: its groups, each task so that it can be read without opening it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.people import Actor
from timethief.domain.queue import EASE, QueueGroup, QueueOrder
from timethief.queries.cases import functions_of
from timethief.queries.queue_places import (
    QueueCursor,
    QueuePlaces,
    QueueWanted,
    Reader,
    holding_words,
    queue_places,
)
from timethief.queries.queue_rows import QueueRow, rows_of
from timethief.queries.visible_units import visible_units
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import AssessmentRow

PAGE = 25
COUNTED_TO = 500
"""More than so many are not counted."""
COUNTED = ("level", "verdict", "cause", "recommended")
"""The filters with counts."""
SHOWN: Mapping[QueueGroup, int] = {
    QueueGroup.MINE: 20,
    QueueGroup.WAITING: 5,
    QueueGroup.NEW: 20,
    QueueGroup.UNDECIDED: 5,
    QueueGroup.OTHERS: 5,
    QueueGroup.DONE: 5,
}
"""How many of each group are shown where all groups are."""


@dataclass(frozen=True, slots=True)
class QueuePart:
    """A group of the queue, or a page of it.

    Attributes:
        count: how many there are; None where there are more than are counted, or where it is not asked.
        next: where the next page begins.
    """

    group: QueueGroup
    rows: tuple[QueueRow, ...]
    count: int | None
    next: QueueCursor | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The whole queue.

    Attributes:
        parts: every group, the empty ones too.
        counts: how many tasks that wait each code leaves, by (dimension, code); None where there are too many to count.
    """

    parts: tuple[QueuePart, ...]
    counts: Mapping[tuple[str, str], int] | None

    @property
    def to_decide(self) -> int | None:
        """How many wait for the reader or for anybody; None where there are more than are counted."""
        waiting = [
            part.count for part in self.parts if part.group in (QueueGroup.MINE, QueueGroup.NEW)
        ]
        return None if None in waiting else sum(count or 0 for count in waiting)


def reader(session: Session, actor: Actor, now: datetime) -> Reader:
    """The actor as a reader of the queue."""
    functions = functions_of(session, actor.user_id)
    units = visible_units(session, actor)
    return Reader(units, actor.user_id, functions, now)


def queue(
    session: Session,
    who: Reader,
    wanted: QueueWanted,
) -> Queue:
    """The first tasks of each group.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    holding = holding_words(session, wanted)
    found = {group: _beginning(session, who, group, wanted, holding) for group in QueueGroup}
    shown = {group: each.shown for group, each in found.items()}
    rows = rows_of(session, who, [task_id for ids in shown.values() for task_id in ids])
    parts = tuple(
        QueuePart(
            group,
            tuple(rows[task_id] for task_id in shown[group] if task_id in rows),
            None if each.counted.next else len(each.counted.task_ids),
            None,
        )
        for group, each in found.items()
    )
    return Queue(parts, _counts(session, who, found))


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The first tasks of a group, and those that are counted."""

    shown: tuple[int, ...]
    counted: QueuePlaces


def _beginning(
    session: Session, who: Reader, group: QueueGroup, wanted: QueueWanted, holding: int | None
) -> _Beginning:
    eased = wanted.order is QueueOrder.EASE
    counting = replace(wanted, order=QueueOrder.GAIN) if eased else wanted
    counted = queue_places(session, who, group, counting, COUNTED_TO, holding=holding)
    shown = counted.task_ids
    if eased and counted.next is None:
        shown = _by_ease(session, who, shown)
    elif eased:
        first = queue_places(session, who, group, wanted, SHOWN[group], holding=holding)
        shown = first.task_ids
    return _Beginning(shown[: SHOWN[group]], counted)


def _by_ease(session: Session, who: Reader, task_ids: tuple[int, ...]) -> tuple[int, ...]:
    """All tasks of a group, the easiest first; those that are as easy stay in their order."""
    columns = (AssessmentRow.task_id, AssessmentRow.recommended)
    recommended = {row[0]: row[1] for row in _assessed(session, who, task_ids, *columns)}
    steps = {action.value: step for step, actions in enumerate(EASE) for action in actions}
    listed = [task_id for task_id in task_ids if task_id in recommended]
    return tuple(sorted(listed, key=lambda task_id: steps[recommended[task_id]]))


def _counts(
    session: Session, who: Reader, found: Mapping[QueueGroup, _Beginning]
) -> Mapping[tuple[str, str], int] | None:
    """How many tasks that wait each code leaves; None where there are more than are counted."""
    waiting = [each.counted for group, each in found.items() if group is not QueueGroup.DONE]
    if any(each.next for each in waiting):
        return None
    task_ids = [task_id for each in waiting for task_id in each.task_ids]
    columns = [getattr(AssessmentRow, name) for name in COUNTED]
    rows = _assessed(session, who, task_ids, *columns)
    return Counter(
        (name, code) for row in rows for name, code in zip(COUNTED, row, strict=True) if code
    )


def _assessed(
    session: Session,
    who: Reader,
    task_ids: Sequence[int],
    *columns: InstrumentedAttribute[Any],
) -> Iterable[Any]:
    """These columns of the tasks' assessments."""
    query = select(*columns).where(
        # An expression is not in any index, so the rows are fetched by their ids.
        AssessmentRow.organisation_id + 0 == who.units.organisation_id,
        AssessmentRow.task_id.in_(task_ids),
    )
    bound = {BOUND_BY: "organisation_id among its own conditions"}
    return session.connection().execute(query.execution_options(**bound))


def group_page(
    session: Session,
    who: Reader,
    group: QueueGroup,
    wanted: QueueWanted,
    cursor: QueueCursor | None = None,
) -> QueuePart:
    """A page of one group.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    found = queue_places(session, who, group, wanted, PAGE, cursor)
    rows = rows_of(session, who, found.task_ids)
    count = len(found.task_ids) if cursor is None and found.next is None else None
    listed = tuple(rows[task_id] for task_id in found.task_ids if task_id in rows)
    return QueuePart(group, listed, count, found.next)
