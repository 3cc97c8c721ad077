"""The cases that wait for who decides: the manager of a unit, a higher instance, and whoever is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.cases import CaseState
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor, Permission
from timethief.queries.cases import CaseLine, functions_of, lines_of
from timethief.queries.visible_units import VisibleUnits, manages_a_unit, visible_units
from timethief.storage.tables import Case, Task

PAGE = 25
_OPEN = (CaseState.OPEN.value, CaseState.WAITING.value)


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case that waits for the reader.

    Attributes:
        title: of the task; None where it is about a report, which only reviewers read.
        unit: as the reader sees it.
        may_decide: whether the reader may decide on the task.
    """

    case: CaseLine
    title: str | None
    unit: str
    may_decide: bool


@dataclass(frozen=True, slots=True)
class OwnCases:
    """Some cases, and where the next page begins."""

    lines: tuple[OwnCase, ...]
    after: str | None


def own_cases(session: Session, actor: Actor, after: str | None) -> OwnCases:
    """What waits for the reader, the oldest deadline first.

    To reviewers these are the cases in which they are named to decide: all others stand in their intake and queue.

    Raises:
        Invalid: the cursor cannot be read.
    """
    units = visible_units(session, actor)
    query = (
        select(Case, Task)
        .outerjoin(Task, Task.id == Case.task_id)
        .where(
            Case.organisation_id == actor.organisation_id,
            Case.state.in_(_OPEN),
            _waits_for(session, actor, units),
        )
    )
    if after:
        query = query.where(tuple_(Case.answer_due, Case.id) > _cursor(after))
    rows = session.execute(query.order_by(Case.answer_due, Case.id).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    lines = lines_of(session, actor, [row.Case for row in shown])
    reach = _reach(actor, units)
    found = tuple(
        OwnCase(line, None, "", may_decide=False)
        if row.Task is None
        else OwnCase(
            line,
            row.Task.title,
            units.name(row.Task.unit_id),
            may_decide=reach is None or row.Task.unit_id in reach,
        )
        for line, row in zip(lines, shown, strict=True)
    )
    end = None
    if len(rows) > PAGE:
        last = shown[-1].Case
        end = f"{last.answer_due.isoformat()}.{to_text(last.id)}"
    return OwnCases(found, end)


def _waits_for(session: Session, actor: Actor, units: VisibleUnits) -> ColumnElement[bool]:
    named = Case.decider_id == actor.user_id
    if actor.may(Permission.REVIEW_TASKS):
        return named
    reach = _reach(actor, units)
    of_units = Case.unit_id.is_not(None) if reach is None else Case.unit_id.in_(reach)
    return or_(named, of_units, Case.function_id.in_(functions_of(session, actor.user_id)))


def _reach(actor: Actor, units: VisibleUnits) -> frozenset[int] | None:
    """The units that somebody decides for; None for all of them."""
    if not manages_a_unit(actor) or actor.unit_id is None:
        return None
    return units.with_those_below(actor.unit_id)


def _cursor(text: str) -> Any:  # noqa: ANN401 - of the library
    day, _, last = text.partition(".")
    try:
        return tuple_(date.fromisoformat(day), from_text(last))
    except (ValueError, NotFound) as error:
        raise Invalid("cursor", "unreadable") from error
