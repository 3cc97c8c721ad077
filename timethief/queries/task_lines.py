"""Whole tasks as plain values, some thousand at a time: for what leaves the service in files.

Made for hundreds of thousands: no objects, each kind of row asked for once per batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.vocabulary import Source
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
        task: the columns of `TASK_COLUMNS`, by name.
        signals: codes.
        assessment: the columns of `ASSESSMENT_COLUMNS`, by name.
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


def task_lines(
    session: Session, organisation_id: int, task_ids: Iterable[int], names: Names
) -> Iterator[TaskLine]:
    """The tasks in the order given; those that are not there are left out."""
    waiting = iter(task_ids)
    while batch := list(islice(waiting, BATCH)):
        rows = {row.id: row for row in session.execute(_tasks(organisation_id, batch))}
        uses = _uses(session, rows)
        for task_id in batch:
            row = rows.get(task_id)
            if row is not None:
                yield _line(row, uses[task_id], names)


def _tasks(organisation_id: int, task_ids: Sequence[int]) -> Any:  # noqa: ANN401 - a select of many columns
    """The columns of a file, and what the assessment says."""
    row = AssessmentRow
    return (
        select(
            *(getattr(Task, name) for name in _COLUMNS),
            row.signals,
            row.verdict,
            row.cause,
            row.recommended,
            row.cost_low,
            row.cost_likely,
            row.cost_high,
            row.cost_ore,
            row.benefit_low,
            row.benefit_likely,
            row.benefit_high,
            row.avoidable_hours,
            row.gain_hours,
        )
        .join(row, row.task_id == Task.id)
        # An expression is not in any index, so the tasks are fetched by their ids.
        .where(Task.organisation_id + 0 == organisation_id, Task.id.in_(task_ids))
    )


_COLUMNS = (
    *("id", "title", "description", "unit_id", "staff_category_id", "requester_id"),
    *("requirement_id", "minutes", "minutes_low", "minutes_high", "times", "per", "people"),
    *("binding", "legal_basis", "achievable_minutes", "sufficient_times", "sufficient_per"),
    *("other_staff_category_id", "duplicate_share", "rule_based", "digital_input", "exceptions"),
    *("stable", "systems", "needs_judgement", "status", "external_id", "people_low", "people_high"),
    *("hourly_cost_sek", "other_hourly_cost_sek"),
)


def _uses(session: Session, tasks: Mapping[int, Any]) -> dict[int, list[UseLine]]:
    said: dict[int, Any] = {}
    rows = session.execute(
        select(
            TaskUse.id,
            TaskUse.task_id,
            TaskUse.beneficiary,
            TaskUse.purpose,
            UseStatement.source,
            UseStatement.in_use,
            UseStatement.worth_share,
            UseStatement.worth_minutes,
            UseStatement.worth_minutes_low,
            UseStatement.worth_minutes_high,
            UseStatement.worth_sek_per_year,
        )
        .join(UseStatement, UseStatement.use_id == TaskUse.id)
        .where(TaskUse.task_id.in_(tasks), TaskUse.position > 0)
        .order_by(TaskUse.task_id, TaskUse.position, UseStatement.sequence)
    )
    for row in rows:
        known = said.get(row[0])
        if known is None or _AUTHORITY[row[4]] >= _AUTHORITY[known[4]]:
            said[row[0]] = row
    found: dict[int, list[UseLine]] = defaultdict(list)
    for row in said.values():
        found[row[1]].append(UseLine(row[2], row[3], *row[5:]))
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
