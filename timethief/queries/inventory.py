"""The inventory: tasks that meet a filter, in order, a page at a time.

Built for a million tasks. A page is found by keyset (what comes after this value and this id), never by
counting past rows (`timethief.queries.task_places`); how many tasks there are is read from the kept totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.measures import PER_HOUR
from timethief.domain.ranges import Range
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.task_places import Part, places
from timethief.queries.totals import hours_range
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.tables import AssessmentRow, Requester, Task

PAGE = 50
MOST_ON_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: the sort value and the id of the task there.

    Attributes:
        backwards: the page before the place, else the one after it.
    """

    value: int
    task_id: int
    backwards: bool = False

    def __str__(self) -> str:
        """As it stands in an address; readers need not understand it."""
        return f"{'b' if self.backwards else 'a'}{self.value}.{to_text(self.task_id)}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """The cursor of an address.

        Raises:
            Invalid: field `cursor`, reason `unreadable`.
        """
        value, _, task = text[1:].partition(".")
        try:
            number = int(value) if len(value) <= 20 and value.isascii() else None  # noqa: PLR2004
            if number is None or abs(number) >= 2**63 or text[:1] not in ("a", "b"):
                raise Invalid("cursor", "unreadable")
            return cls(number, from_text(task), text[0] == "b")
        except (ValueError, NotFound) as error:
            raise Invalid("cursor", "unreadable") from error


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """One task as the list shows it. Hours per year."""

    id: str
    title: str
    unit: str
    requester: str
    level: str
    verdict: str
    cause: str | None
    recommended: str
    status: str
    cost_hours: Range
    benefit_hours: Range
    avoidable_hours: float
    gain_hours: float


@dataclass(frozen=True, slots=True)
class Walk:
    """The tasks of one page by their ids, in order; the rest as in `InventoryPage`."""

    task_ids: tuple[int, ...]
    count: int | None
    next: Cursor | None
    previous: Cursor | None


@dataclass(frozen=True, slots=True)
class InventoryPage:
    """One page of the inventory.

    Attributes:
        count: how many tasks meet the filter; None where that is not known without counting them.
        next: where the next page begins; None on the last.
        previous: where the previous page ends; None on the first.
    """

    lines: tuple[InventoryLine, ...]
    count: int | None
    next: Cursor | None
    previous: Cursor | None


def page(
    session: Session,
    units: VisibleUnits,
    wanted: TaskFilter,
    sort: Sort = Sort.AVOIDABLE,
    cursor: Cursor | None = None,
    limit: int = PAGE,
) -> InventoryPage:
    """One page of the tasks that meet the filter, largest first.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    found = walk(session, units, wanted, sort, cursor, limit)
    return InventoryPage(
        lines=lines_of(session, units, list(found.task_ids)),
        count=found.count,
        next=found.next,
        previous=found.previous,
    )


def walk(
    session: Session,
    units: VisibleUnits,
    wanted: TaskFilter,
    sort: Sort = Sort.AVOIDABLE,
    cursor: Cursor | None = None,
    limit: int = PAGE,
) -> Walk:
    """Which tasks are on a page of those that meet the filter, largest first.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    backwards = cursor is not None and cursor.backwards
    place = None if cursor is None else (cursor.value, cursor.task_id)
    found = places(session, units, wanted, Part(sort, place, backwards, limit + 1))
    more, on_page = len(found.found) > limit, list(found.found[:limit])
    if backwards:
        on_page.reverse()
    count = found.count
    if count is None and cursor is None and not more:
        count = len(on_page)
    following = more if not backwards else True
    preceding = more if backwards else cursor is not None
    return Walk(
        task_ids=tuple(task_id for task_id, _ in on_page),
        count=count,
        next=Cursor(on_page[-1][1], on_page[-1][0]) if on_page and following else None,
        previous=Cursor(on_page[0][1], on_page[0][0], backwards=True)
        if on_page and preceding
        else None,
    )


def lines_of(
    session: Session, units: VisibleUnits, task_ids: list[int]
) -> tuple[InventoryLine, ...]:
    """The tasks as the list shows them, in the order given."""
    row = AssessmentRow
    found = session.execute(
        select(
            row.task_id,
            Task.title,
            row.unit_id,
            Requester.name,
            row.level,
            row.verdict,
            row.cause,
            row.recommended,
            row.status,
            row.cost_low,
            row.cost_likely,
            row.cost_high,
            row.benefit_low,
            row.benefit_likely,
            row.benefit_high,
            row.avoidable_hours,
            row.gain_hours,
        )
        .join(Task, Task.id == row.task_id)
        .join(Requester, Requester.id == row.requester_id)
        # An expression is not in any index, so the tasks are fetched by their ids.
        .where(row.organisation_id + 0 == units.organisation_id, row.task_id.in_(task_ids))
    )
    lines = {each[0]: _line(units, *each) for each in found}
    return tuple(lines[task_id] for task_id in task_ids if task_id in lines)


def _line(units: VisibleUnits, task_id: int, *columns: Any) -> InventoryLine:  # noqa: ANN401 - a row of the query above
    title, unit_id, requester, level, verdict, cause, recommended, status, *numbers = columns
    return InventoryLine(
        id=to_text(task_id),
        title=title,
        unit=units.name(unit_id),
        requester=requester,
        level=level,
        verdict=verdict,
        cause=cause,
        recommended=recommended,
        status=status,
        cost_hours=hours_range(*numbers[:3]),
        benefit_hours=hours_range(*numbers[3:6]),
        avoidable_hours=numbers[6] / PER_HOUR,
        gain_hours=numbers[7] / PER_HOUR,
    )
