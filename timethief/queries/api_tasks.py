"""Tasks as other systems get them: codes and identifiers in place of words, and plain columns in place of objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from timethief.domain.people import Actor
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import Cursor, walk
from timethief.queries.tasks import EventLine, TaskPage, task_page
from timethief.queries.visible_units import VisibleUnits, visible_units
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import AssessmentRow, Requester, Requirement, StaffCategory, Task

_TASK = (
    *("title", "description", "minutes", "minutes_low", "minutes_high", "times", "per"),
    *("people", "people_low", "people_high", "hourly_cost_sek", "binding", "legal_basis"),
    *("achievable_minutes", "sufficient_times", "sufficient_per", "other_hourly_cost_sek"),
    *("duplicate_share", "rule_based", "digital_input", "exceptions", "stable", "systems"),
    *("needs_judgement", "external_id"),
)
_ASSESSMENT = (
    *("task_id", "unit_id", "level", "status", "month", "signals", "verdict", "cause"),
    *("recommended", "within_own_mandate", "policy_version", "cost_low", "cost_likely"),
    *("cost_high", "cost_ore", "benefit_low", "benefit_likely", "benefit_high"),
    *("avoidable_hours", "gain_hours"),
)
_OTHER = aliased(StaffCategory)
_LINES = (
    select(
        *(getattr(AssessmentRow, name) for name in _ASSESSMENT),
        *(getattr(Task, name) for name in _TASK),
        Requester.id.label("requester_id"),
        Requester.name.label("requester"),
        StaffCategory.code.label("staff_category"),
        _OTHER.code.label("other_staff_category"),
        Requirement.title.label("requirement"),
    )
    .join(Task, Task.id == AssessmentRow.task_id)
    .join(Requester, Requester.id == Task.requester_id)
    .join(StaffCategory, StaffCategory.id == Task.staff_category_id)
    .outerjoin(_OTHER, _OTHER.id == Task.other_staff_category_id)
    .outerjoin(Requirement, Requirement.id == Task.requirement_id)
    .where(
        # An expression is not in any index, so the tasks are fetched by their ids.
        AssessmentRow.organisation_id + 0 == bindparam("organisation_id"),
        AssessmentRow.task_id.in_(bindparam("task_ids", expanding=True)),
    )
    # Made once, since every list ends with it. What a task refers to belongs to its organisation or to all.
    .execution_options(**{BOUND_BY: "organisation_id among its own conditions"})
)


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task as a list gives it.

    Attributes:
        row: its columns by name, and the codes of what they refer to. Hours are in millionths, SEK in hundredths.
        unit: code of the unit as the reader may see it; None for the whole organisation.
    """

    row: Any
    unit: str | None


@dataclass(frozen=True, slots=True)
class TaskList:
    """A part of the inventory; `next` is where the following part begins, None for the last."""

    tasks: tuple[ListedTask, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class WholeTask:
    """One task with all that the reader may know of it."""

    listed: ListedTask
    page: TaskPage


def task_list(
    session: Session,
    actor: Actor,
    wanted: TaskFilter,
    sort: Sort,
    cursor: Cursor | None,
    limit: int,
) -> TaskList:
    """A part of the tasks that meet the filter, largest or newest first.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    units = visible_units(session, actor)
    found = walk(session, units, wanted, sort, cursor, limit)
    return TaskList(_listed(session, units, found.task_ids), found.next)


def whole_task(session: Session, actor: Actor, task_id: int) -> WholeTask:
    """One task of the organisation, as the actor may see it.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    page = task_page(session, actor, task_id)
    (listed,) = _listed(session, visible_units(session, actor), (task_id,))
    return WholeTask(listed, page)


def task_history(session: Session, actor: Actor, task_id: int) -> tuple[EventLine, ...]:
    """What has been done to a task, newest first: as much as its page tells the actor.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    return task_page(session, actor, task_id).events


def _listed(
    session: Session, units: VisibleUnits, task_ids: Sequence[int]
) -> tuple[ListedTask, ...]:
    """The tasks in the order given."""
    wanted = {"organisation_id": units.organisation_id, "task_ids": list(task_ids)}
    # By the connection: its rows need nothing of what the session does for objects.
    rows = session.connection().execute(_LINES, wanted)
    lines = {row[0]: ListedTask(row, _code(units, row[1])) for row in rows}
    return tuple(lines[task_id] for task_id in task_ids if task_id in lines)


def _code(units: VisibleUnits, unit_id: int) -> str | None:
    place = units.shown.get(unit_id)
    return None if place is None else units.tree[place].code
