"""Whole tasks as plain values, some thousand at a time: for what leaves the service in files.

Made for hundreds of thousands: each kind of row is asked for once per batch, and whole columns are handed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.vocabulary import Source
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import (
    AssessmentRow,
    Requester,
    Requirement,
    StaffCategory,
    Task,
    TaskUse,
    UseStatement,
)

BATCH = 2_000
_AUTHORITY = {source.value: rank for rank, source in enumerate(Source)}


@dataclass(frozen=True, slots=True)
class Names:
    """What the identifiers in a task stand for; read once for any number of tasks.

    Attributes:
        units: name of each unit as the reader may see it.
        requesters: level and name.
    """

    units: Mapping[int, str]
    staff_categories: Mapping[int, str]
    requesters: Mapping[int, tuple[str, str]]
    requirements: Mapping[int, str]


def names_of(session: Session, units: Mapping[int, str], language: str) -> Names:
    """The names of everything that tasks of the session's organisation refer to.

    Args:
        session: reading.
        units: name of each unit as the reader may see it.
        language: of the staff categories' names.
    """
    name = StaffCategory.name_en if language == "en" else StaffCategory.name_sv
    categories = session.execute(select(StaffCategory.id, name))
    requesters = session.execute(select(Requester.id, Requester.level, Requester.name))
    requirements = session.execute(select(Requirement.id, Requirement.title))
    return Names(
        units=units,
        staff_categories={row[0]: row[1] for row in categories},
        requesters={row[0]: (row[1], row[2]) for row in requesters},
        requirements={row[0]: row[1] for row in requirements},
    )


@dataclass(frozen=True, slots=True)
class UseLine:
    """A use as its most authoritative statement has it; its worth in one of three ways."""

    beneficiary: str
    purpose: str
    in_use: str
    worth_share: float | None
    worth_minutes: float | None
    worth_minutes_low: float | None
    worth_minutes_high: float | None
    worth_sek_per_year: float | None


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task with everything that it refers to in words. Hours per year.

    Attributes:
        task: its columns and those of its assessment, by name.
    """

    task: Any
    unit: str
    staff_category: str
    other_staff_category: str
    level: str
    requester: str
    requirement: str
    uses: Sequence[UseLine]


def oldest_first(session: Session, organisation_id: int) -> Iterator[int]:
    """The ids of all tasks in the order in which they came: an import of an export keeps it."""
    row = AssessmentRow
    last: tuple[int, int] | None = None
    while True:
        query = (
            select(row.sequence, row.task_id)
            .where(row.organisation_id == organisation_id)
            .order_by(row.sequence, row.task_id)
            .limit(BATCH)
            .with_hint(row, "INDEXED BY ix_assessment_sorted_by_sequence", "sqlite")
        )
        if last is not None:
            query = query.where(tuple_(row.sequence, row.task_id) > tuple_(*last))
        found = session.execute(query).all()
        yield from (task_id for _, task_id in found)
        if len(found) < BATCH:
            return
        last = (found[-1][0], found[-1][1])


@dataclass(frozen=True, slots=True)
class TaskBatch:
    """Some tasks in order.

    Attributes:
        rows: of each, the columns of the file and what the assessment says, by name.
        uses: of each task by its identifier; those that have none are left out.
        names: what the identifiers stand for.
    """

    rows: Sequence[Any]
    uses: Mapping[int, Sequence[Sequence[Any]]]
    names: Names

    def lines(self) -> Iterator[TaskLine]:
        """The tasks one by one."""
        for row in self.rows:
            uses = [UseLine(*use) for use in self.uses.get(row.id, ())]
            yield _line(row, uses, self.names)

    def columns(self, most_uses: int) -> dict[str, Sequence[Any]]:
        """The tasks column by column, each by its public code; None or "" where a task has nothing there.

        Args:
            most_uses: uses beyond this many are left out.
        """
        by_name = dict(zip(_ALL_COLUMNS, zip(*self.rows, strict=True), strict=True))
        names = self.names
        who = [names.requesters[each] for each in by_name["requester_id"]]
        categories = names.staff_categories
        found: dict[str, Sequence[Any]] = {
            **by_name,
            "unit": [names.units[each] for each in by_name["unit_id"]],
            "staff_category": [categories[each] for each in by_name["staff_category_id"]],
            "other_staff_category": [
                None if each is None else categories[each]
                for each in by_name["other_staff_category_id"]
            ],
            "requester_level": [level for level, _ in who],
            "requester": [name for _, name in who],
            "requirement": [
                names.requirements[each] if each else None for each in by_name["requirement_id"]
            ],
            "duplicate_share": [each or None for each in by_name["duplicate_share"]],
        }
        for name in _OF_AUTOMATION:
            told = zip(by_name["rule_based"], by_name[name], strict=True)
            found[name] = [None if share is None else value for share, value in told]
        uses = [self.uses.get(each, ()) for each in by_name["id"]]
        for number in range(1, min(most_uses, max(map(len, uses))) + 1):
            each = [told[number - 1] if len(told) >= number else _NO_USE for told in uses]
            codes = (f"use{number}_{name}" for name in _OF_A_USE)
            found |= zip(codes, zip(*each, strict=True), strict=True)
        return found


class TaskBatches:
    """The tasks of a file, read as they are asked for; so many at a time that their number does not matter."""

    def __init__(
        self, session: Session, organisation_id: int, task_ids: Iterable[int], names: Names
    ) -> None:
        """Nothing is read yet.

        Args:
            session: reading; stays open until the last has been given.
            organisation_id: whose they are.
            task_ids: which, in order; those that are not there are left out.
            names: what the identifiers in them stand for.
        """
        self._session = session
        self._organisation_id = organisation_id
        self._waiting = iter(task_ids)
        self._names = names
        self._first: TaskBatch | None = None
        self._ended = False

    def __iter__(self) -> Iterator[TaskBatch]:
        while (batch := self._next()) is not None:
            yield batch

    def lines(self) -> Iterator[TaskLine]:
        """The tasks one by one."""
        for batch in self:
            yield from batch.lines()

    def filled(self, most_uses: int) -> frozenset[str]:
        """The codes of the columns that any of the tasks may fill, seldom or not; asked for before they are read.

        Of few tasks it is told exactly. Of many it is told by all that the organisation has, in one look.
        """
        self._first = self._next()
        if self._first is None:
            return frozenset()
        if not self._ended:
            return _filled(self._session, self._organisation_id, most_uses)
        columns = self._first.columns(most_uses).items()
        return frozenset(
            code for code, values in columns if any(each not in (None, "") for each in values)
        )

    def _next(self) -> TaskBatch | None:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        while not self._ended:
            task_ids = list(islice(self._waiting, BATCH))
            self._ended = len(task_ids) < BATCH
            wanted = {"organisation_id": self._organisation_id, "task_ids": task_ids}
            found = {row[0]: row for row in self._session.execute(_TASKS, wanted).all()}
            if found:
                rows = [found[each] for each in task_ids if each in found]
                uses = _uses(self._session, self._organisation_id, task_ids)
                return TaskBatch(rows, uses, self._names)
        return None


def _filled(session: Session, organisation_id: int, most_uses: int) -> frozenset[str]:
    """The columns that any task of the organisation may fill."""
    counted = {name: func.count(getattr(Task, name)) for name in _COLUMNS}
    counted["duplicate_share"] = func.count(func.nullif(Task.duplicate_share, 0))
    values = session.execute(
        select(*counted.values()).where(Task.organisation_id == organisation_id)
    ).one()
    found = {name for name, count in zip(counted, values, strict=True) if count}
    if "other_staff_category_id" in found:
        found.add("other_staff_category")
    if "rule_based" not in found:
        found -= {*_OF_AUTOMATION}
    most = session.scalar(
        select(func.max(TaskUse.position)).where(TaskUse.organisation_id == organisation_id)
    )
    worths = session.execute(
        select(*(func.count(getattr(UseStatement, name)) for name in _WORTHS)).where(
            UseStatement.organisation_id == organisation_id
        )
    ).one()
    told = [name for name in _OF_A_USE if name not in _WORTHS]
    told += (name for name, count in zip(_WORTHS, worths, strict=True) if count)
    for number in range(1, min(most_uses, most or 0) + 1):
        found |= {f"use{number}_{name}" for name in told}
    return frozenset(found)


_COLUMNS = (
    *("id", "title", "description", "unit_id", "staff_category_id", "requester_id"),
    *("requirement_id", "minutes", "minutes_low", "minutes_high", "times", "per", "people"),
    *("binding", "legal_basis", "achievable_minutes", "sufficient_times", "sufficient_per"),
    *("other_staff_category_id", "duplicate_share", "rule_based", "digital_input", "exceptions"),
    *("stable", "systems", "needs_judgement", "status", "external_id", "people_low", "people_high"),
    *("hourly_cost_sek", "other_hourly_cost_sek"),
)
_ASSESSED = (
    *("signals", "verdict", "cause", "recommended", "cost_likely", "cost_ore", "benefit_likely"),
    *("avoidable_hours", "gain_hours"),
)
_ALL_COLUMNS = (*_COLUMNS, *_ASSESSED)
_OF_AUTOMATION = ("stable", "systems", "needs_judgement")
"""Said of a task only where its shares are."""
_WORTHS = (
    *("worth_share", "worth_minutes", "worth_minutes_low", "worth_minutes_high"),
    "worth_sek_per_year",
)
_OF_A_USE = ("beneficiary", "purpose", "in_use", *_WORTHS)
_NO_USE = (None,) * len(_OF_A_USE)


_TASK, _ASSESSMENT, _USE, _STATEMENT = (
    cast("Table", each.__table__) for each in (Task, AssessmentRow, TaskUse, UseStatement)
)
_BOUND = {BOUND_BY: "organisation_id among its own conditions"}
_TASKS = (
    select(
        *(_TASK.c[name] for name in _COLUMNS),
        *(_ASSESSMENT.c[name] for name in _ASSESSED),
    )
    .select_from(_TASK.join(_ASSESSMENT, _ASSESSMENT.c.task_id == _TASK.c.id))
    # An expression is not in any index, so the tasks are fetched by their ids.
    .where(
        _TASK.c.organisation_id + 0 == bindparam("organisation_id"),
        _TASK.c.id.in_(bindparam("task_ids", expanding=True)),
    )
    .execution_options(**_BOUND)
)
_USES = (
    select(
        _USE.c.id,
        _USE.c.task_id,
        _STATEMENT.c.source,
        *(_USE.c[name] for name in ("beneficiary", "purpose")),
        *(_STATEMENT.c[name] for name in ("in_use", *_WORTHS)),
    )
    .select_from(_USE.join(_STATEMENT, _STATEMENT.c.use_id == _USE.c.id))
    .where(
        _USE.c.organisation_id == bindparam("organisation_id"),
        _USE.c.task_id.in_(bindparam("task_ids", expanding=True)),
        _USE.c.position > 0,
    )
    .order_by(_USE.c.task_id, _USE.c.position, _STATEMENT.c.sequence)
    .execution_options(**_BOUND)
)
"""As plain tables: making the rows of mapped classes takes as long as reading them."""


def _uses(
    session: Session, organisation_id: int, task_ids: Sequence[int]
) -> dict[int, list[Sequence[Any]]]:
    """The uses of each task in order, each the columns of `_OF_A_USE`."""
    wanted = {"organisation_id": organisation_id, "task_ids": task_ids}
    said: dict[int, Any] = {}
    for row in session.execute(_USES, wanted).all():
        known = said.get(row[0])
        if known is None or _AUTHORITY[row[2]] >= _AUTHORITY[known[2]]:
            said[row[0]] = row
    found: dict[int, list[Sequence[Any]]] = {}
    for row in said.values():
        found.setdefault(row[1], []).append(row[3:])
    return found


def _line(row: Any, uses: Sequence[UseLine], names: Names) -> TaskLine:  # noqa: ANN401 - a row of the query above
    level, requester = names.requesters[row.requester_id]
    other = row.other_staff_category_id
    return TaskLine(
        task=row,
        unit=names.units[row.unit_id],
        staff_category=names.staff_categories[row.staff_category_id],
        other_staff_category=names.staff_categories[other] if other is not None else "",
        level=level,
        requester=requester,
        requirement=names.requirements[row.requirement_id] if row.requirement_id else "",
        uses=uses,
    )
