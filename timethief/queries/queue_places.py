"""Where the tasks of a group of the queue are, in an order.

A group is a filter of assessments and what is asked of cases, inquiries and decisions beside it. Where few cases
belong to it they are gathered; where many do, the index of the order is walked and each task is looked up
(`timethief.queries.task_places` weighs the one against the other).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.queue import DONE_FOR, EASE, QueueGroup, QueueOrder
from timethief.domain.vocabulary import Verdict
from timethief.i18n import TIME_ZONE
from timethief.queries.filter_counts import count_found
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import Cursor
from timethief.queries.queue_standing import (
    NEEDED,
    NOBODY,
    OPEN_STATUSES,
    WITHOUT_CASE,
    Standing,
    counted,
)
from timethief.queries.task_places import More, Part, places
from timethief.queries.totals import Scope, grouped_many
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.search import words_of

PROBING = 4
"""To look for a task's case, inquiry and decision takes as long as passing so many in the index of a sort order."""
_SORTS = {
    QueueOrder.GAIN: (Sort.GAIN, False),
    QueueOrder.HOURS: (Sort.COST, False),
    QueueOrder.AGE: (Sort.NEWEST, True),
    QueueOrder.EASE: (Sort.GAIN, False),
}
"""By which index, and whether from its small end."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the queue, and when.

    Attributes:
        units: as the reader sees them.
        functions: those that the reader works in.
    """

    units: VisibleUnits
    user_id: int
    functions: frozenset[int]
    now: datetime


@dataclass(frozen=True, slots=True)
class QueueWanted:
    """Which tasks of the queue, and in which order. Empty means all.

    Attributes:
        tasks: as in the inventory; without `flagged` and `status`, which the groups are made of.
        function: whose case it is.
        owner: identifier of who has taken it, or `none`.
    """

    tasks: TaskFilter = field(default_factory=TaskFilter)
    function: int | None = None
    owner: str | None = None
    order: QueueOrder = QueueOrder.GAIN


@dataclass(frozen=True, slots=True)
class QueueCursor:
    """A place in a group.

    Attributes:
        step: of the order by ease; 0 in the others.
    """

    step: int
    place: Cursor

    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.step}{self.place}"

    @classmethod
    def read(cls, text: str) -> QueueCursor:
        """The cursor of an address.

        Raises:
            Invalid: field `cursor`, reason `unreadable`.
        """
        step = text[:1]
        if not (step.isascii() and step.isdigit()) or int(step) >= len(EASE):
            raise Invalid("cursor", "unreadable")
        return cls(int(step), Cursor.read(text[1:]))


@dataclass(frozen=True, slots=True)
class QueuePlaces:
    """Task ids in order, and where the next ones begin; None after the last."""

    task_ids: tuple[int, ...]
    next: QueueCursor | None


def queue_places(
    session: Session,
    reader: Reader,
    group: QueueGroup,
    wanted: QueueWanted,
    limit: int,
    cursor: QueueCursor | None = None,
    holding: int | None = None,
) -> QueuePlaces:
    """Some tasks of a group.

    Args:
        session: reading.
        reader: whose queue it is.
        group: of the queue.
        wanted: filter and order.
        limit: how many at most.
        cursor: where they begin.
        holding: how many tasks hold the filter's words, from `holding_words`; None where it is not known.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    if wanted.tasks.unit is not None:
        reader.units.check(wanted.tasks.unit)
    filtered = _within(group, wanted)
    if filtered is None:
        return QueuePlaces((), None)
    steps = EASE if wanted.order is QueueOrder.EASE else ((),)
    sort, backwards = _SORTS[wanted.order]
    first = cursor.step if cursor else 0
    if holding is None and len(steps) > 1:
        holding = holding_words(session, wanted)
    found: list[tuple[int, int, int]] = []
    for step in range(first, len(steps)):
        actions = tuple(each.value for each in steps[step])
        more = replace(_more(session, reader, group, wanted, actions), holding=holding)
        place = (cursor.place.value, cursor.place.task_id) if cursor and step == first else None
        part = Part(sort, place, backwards, limit + 1 - len(found))
        here = places(session, reader.units, filtered, part, more).found
        found += [(step, task_id, value) for task_id, value in here]
        if len(found) > limit:
            at, task_id, value = found[limit - 1]
            after = QueueCursor(at, Cursor(value, task_id))
            return QueuePlaces(tuple(each[1] for each in found[:limit]), after)
    return QueuePlaces(tuple(each[1] for each in found), None)


def holding_words(session: Session, wanted: QueueWanted) -> int | None:
    """How many tasks hold the filter's words; None where it has none."""
    words = words_of(wanted.tasks.q)
    return count_found(session, words) if words else None


def _within(group: QueueGroup, wanted: QueueWanted) -> TaskFilter | None:
    """The filter of assessments that the group adds to; None where nothing can meet both."""
    tasks = wanted.tasks
    if group in WITHOUT_CASE and (wanted.function is not None or wanted.owner is not None):
        return None
    if group is QueueGroup.NEW:
        return replace(tasks, flagged=True)
    if group is QueueGroup.UNDECIDED:
        if tasks.verdict not in (None, Verdict.POSSIBLE.value):
            return None
        return replace(tasks, verdict=Verdict.POSSIBLE.value)
    return tasks


def _more(
    session: Session,
    reader: Reader,
    group: QueueGroup,
    wanted: QueueWanted,
    actions: tuple[str, ...],
) -> More:
    """What the group asks beside the filter, with how many tasks meet it."""
    owner = wanted.owner
    values: dict[str, Any] = {
        "me": reader.user_id,
        "functions": sorted(reader.functions) or [0],
        "since": (reader.now.astimezone(TIME_ZONE) - DONE_FOR).date(),
        "since_moment": reader.now - DONE_FOR,
        "case_function": wanted.function,
        "case_owner": None if owner in (None, NOBODY) else _owner(owner or ""),
    }
    narrowing = Standing(
        group,
        actions,
        of_function=wanted.function is not None,
        of_owner="" if owner is None else NOBODY if owner == NOBODY else "somebody",
    )
    return More(
        narrowing,
        {name: values[name] for name in narrowing.needed()},
        _counts(session, reader.units.organisation_id, narrowing, values),
        probing=PROBING,
    )


def _owner(text: str) -> int:
    try:
        return from_text(text)
    except NotFound:
        return 0


def _counts(
    session: Session, organisation_id: int, narrowing: Standing, values: Mapping[str, Any]
) -> dict[str, int]:
    """How many tasks there are to gather by each way."""
    counts = {}
    dimensions = {"status": OPEN_STATUSES if narrowing.group in WITHOUT_CASE else ()}
    dimensions["recommended"] = narrowing.actions
    asked = [name for name, codes in dimensions.items() if codes]
    kept = grouped_many(session, Scope(organisation_id), asked) if asked else {}
    for dimension, name in (("status", "statuses"), ("recommended", "actions")):
        if dimension in asked:
            found = (kept.get((dimension, code)) for code in dimensions[dimension])
            counts[name] = sum(each.tasks for each in found if each is not None)
    if narrowing.group not in WITHOUT_CASE:
        needed = {name: values[name] for name in NEEDED[narrowing.group]}
        counts["case"] = session.execute(
            counted(narrowing.group), needed | {"organisation_id": organisation_id}
        ).scalar_one()
    return counts
