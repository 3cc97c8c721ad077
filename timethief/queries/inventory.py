"""The inventory: tasks that meet a filter, in order, a page at a time.

Built for a million tasks. A page is found by keyset (what comes after this value and this id), never by
counting past rows; how many tasks there are is read from the kept totals. Those totals also choose the way:
the few tasks that one condition leaves are gathered by its index and sorted, or the index of the sort order is
walked until the page is full, whichever should take less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.measures import PER_HOUR
from timethief.domain.ranges import Range
from timethief.queries.filter_counts import (
    count_found,
    count_imported,
    counts_alone,
    imported,
    kept_counts,
    known_count,
)
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.totals import hours_range
from timethief.queries.visible_units import VisibleUnits
from timethief.storage import search
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import AssessmentRow, Requester, Task, TaskSignal

PAGE = 50
MOST_ON_A_PAGE = 200
FETCHING = 15
"""Fetching a task by its id takes as long as passing so many in the index of a sort order."""

_SORT_COLUMNS: dict[Sort, InstrumentedAttribute[int]] = {
    Sort.AVOIDABLE: AssessmentRow.avoidable_hours,
    Sort.COST: AssessmentRow.cost_likely,
    Sort.GAIN: AssessmentRow.gain_hours,
    Sort.NEWEST: AssessmentRow.sequence,
}
_EQUALS: dict[str, InstrumentedAttribute[Any]] = {
    "requester": AssessmentRow.requester_id,
    "requirement": AssessmentRow.requirement_id,
    "staff_category": AssessmentRow.staff_category_id,
    "level": AssessmentRow.level,
    "verdict": AssessmentRow.verdict,
    "cause": AssessmentRow.cause,
    "recommended": AssessmentRow.recommended,
    "status": AssessmentRow.status,
}


_BOUND = {BOUND_BY: "the organisation among the conditions of every plan"}
_BY_ID = "NOT INDEXED"
"""SQLite then fetches the tasks that are listed by their ids, instead of asking of each whether it is listed."""
_HINTS = {
    "unit": "INDEXED BY ix_assessment_by_unit_id",
    **{name: f"INDEXED BY ix_assessment_by_{column.key}" for name, column in _EQUALS.items()},
    "signal": _BY_ID,
    "imported": _BY_ID,
    "words": _BY_ID,
}
"""How SQLite gathers the tasks that meet one condition."""


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
    plan = _plan(session, units, wanted, limit)
    if plan is None:
        return Walk((), 0, None, None)
    places = _places(session, plan, _SORT_COLUMNS[sort], cursor, limit + 1)
    more = len(places) > limit
    places = places[:limit]
    backwards = cursor is not None and cursor.backwards
    if backwards:
        places.reverse()
    count = plan.count
    if count is None and cursor is None and not more:
        count = len(places)
    following = more if not backwards else True
    preceding = more if backwards else cursor is not None
    return Walk(
        task_ids=tuple(task_id for task_id, _ in places),
        count=count,
        next=Cursor(places[-1][1], places[-1][0]) if places and following else None,
        previous=Cursor(places[0][1], places[0][0], backwards=True)
        if places and preceding
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


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the tasks of a filter are found.

    Attributes:
        conditions: what a task must meet.
        gather: the few that are left are fetched and sorted, else the sort order is walked.
        hint: for SQLite, how to fetch the few.
        count: how many there are, where the kept totals tell.
    """

    conditions: tuple[ColumnElement[bool], ...]
    gather: bool
    hint: str
    count: int | None


def _plan(session: Session, units: VisibleUnits, wanted: TaskFilter, limit: int) -> _Plan | None:
    """The way to the tasks; None where the kept totals, or the words, tell that there are none."""
    organisation_id = units.organisation_id
    if wanted.unit is not None:
        units.check(wanted.unit)
    counts, most = kept_counts(session, organisation_id, wanted)
    words = search.words_of(wanted.q)
    if words and all(most):
        counts["words"] = count_found(session, words)
    if wanted.imported is not None:
        counts["imported"] = count_imported(session, organisation_id, wanted.imported)
        most.append(counts["imported"])
    if not all(most) or not all(counts.values()):
        return None
    whole = counts.pop("all")
    fewest = min(counts, key=lambda name: (counts[name], name), default=None)
    expected = min(*most, whole * prod(count / whole for count in counts.values()))
    passed = whole * min(1.0, limit / expected)
    gather = fewest is not None and counts[fewest] * FETCHING < passed
    few = fewest if gather and fewest is not None else ""
    return _Plan(
        conditions=tuple(_conditions(session, units, wanted, few)),
        gather=gather,
        hint=_HINTS[few] if few else "",
        count=known_count(wanted, most),
    )


def few_that_meet(
    session: Session, units: VisibleUnits, wanted: TaskFilter, most: int
) -> tuple[tuple[ColumnElement[bool], ...], str] | None:
    """What a task must meet and how SQLite gathers them; None where no condition alone leaves as few as `most`."""
    counts = counts_alone(session, units.organisation_id, wanted)
    words = search.words_of(wanted.q)
    if words:
        counts["words"] = count_found(session, words)
    if wanted.imported is not None:
        counts["imported"] = count_imported(session, units.organisation_id, wanted.imported)
    few = min(counts, key=lambda name: (counts[name], name))
    if counts[few] > most:
        return None
    return tuple(_conditions(session, units, wanted, few)), _HINTS.get(few, "")


def _conditions(
    session: Session, units: VisibleUnits, wanted: TaskFilter, few: str
) -> Iterator[ColumnElement[bool]]:
    """What a task must meet; `few` names the condition whose tasks are gathered, if one's are."""
    organisation_id = units.organisation_id
    yield AssessmentRow.organisation_id == organisation_id
    for name, column in _EQUALS.items():
        value = getattr(wanted, name)
        if value is not None:
            yield column == value
    if wanted.flagged is not None:
        flagged = AssessmentRow.cause.is_not(None)
        yield flagged if wanted.flagged else ~flagged
    if wanted.unit is not None:
        within = sorted(units.with_those_below(wanted.unit))
        yield AssessmentRow.unit_id.in_(within)
    if wanted.signal is not None:
        yield _has_signal(organisation_id, wanted.signal, listed=few == "signal")
    if wanted.imported is not None:
        of_it = imported(organisation_id, wanted.imported)
        yield _listed("imported", few).in_(of_it)
    words = search.words_of(wanted.q)
    if words:
        yield _listed("words", few).in_(search.matching(session, words))


def _listed(name: str, few: str) -> ColumnElement[int]:
    """A task's id as it is compared with a list.

    An expression is not in any index: each task is looked up in the list, not the list in the index.
    """
    return AssessmentRow.task_id.expression if few == name else AssessmentRow.task_id + 0


def _places(
    session: Session,
    plan: _Plan,
    column: InstrumentedAttribute[int],
    cursor: Cursor | None,
    limit: int,
) -> list[tuple[int, int]]:
    """Ids and sort values of the tasks on the page, in the order of the walk."""
    query: Select[int, int] = select(AssessmentRow.task_id, column).where(*plan.conditions)
    # An expression is not in any index, so the few are fetched by their condition and then sorted.
    by: ColumnElement[int] = column + 0 if plan.gather else column.expression
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        here = tuple_(by, AssessmentRow.task_id)
        there = tuple_(cursor.value, cursor.task_id)
        query = query.where(here > there if backwards else here < there)
    if backwards:
        query = query.order_by(by.asc(), AssessmentRow.task_id.asc())
    else:
        query = query.order_by(by.desc(), AssessmentRow.task_id.desc())
    hint = plan.hint if plan.gather else f"INDEXED BY ix_assessment_sorted_by_{column.key}"
    query = query.with_hint(AssessmentRow, hint, "sqlite").execution_options(**_BOUND)
    return [(task_id, value) for task_id, value in session.execute(query.limit(limit))]


def _has_signal(organisation_id: int, signal: str, *, listed: bool) -> ColumnElement[bool]:
    """That a task has the signal; `listed`: looked up in the list of those that have, else of each task."""
    if listed:
        having = select(TaskSignal.task_id).where(
            TaskSignal.organisation_id == organisation_id, TaskSignal.signal == signal
        )
        return AssessmentRow.task_id.in_(having)
    return exists().where(TaskSignal.task_id == AssessmentRow.task_id, TaskSignal.signal == signal)
