"""Totals that are not kept, added up from the tasks themselves: only where an index leaves few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.measures import MEASURES, Measures
from timethief.queries.filters import TaskFilter
from timethief.queries.task_places import few_that_meet
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.tables import AssessmentRow

MOST_ADDED_UP = 10_000
"""Tasks; it takes some hundredths of a second."""

_ROW = AssessmentRow
_FLAGGED = _ROW.cause.is_not(None)
_SPECIAL: Mapping[str, Any] = {
    "tasks": func.count(),
    "flagged_tasks": func.sum(case((_FLAGGED, 1), else_=0)),
    "flagged_hours": func.sum(case((_FLAGGED, _ROW.cost_likely), else_=0)),
    "confirmed_hours": func.sum(case((_ROW.confirmed.is_(True), _ROW.cost_likely), else_=0)),
}
_MEASURES = tuple(
    _SPECIAL[name] if name in _SPECIAL else func.sum(getattr(_ROW, name)) for name in MEASURES
)
_COLUMNS: Mapping[str, InstrumentedAttribute[Any]] = {
    "unit": _ROW.unit_id,
    "sector": _ROW.unit_id,
    "requester": _ROW.requester_id,
    "requirement": _ROW.requirement_id,
    "staff_category": _ROW.staff_category_id,
    "signal": _ROW.signals,
    **{name: getattr(_ROW, name) for name in ("level", "verdict", "cause", "recommended", "month")},
}


def add_up(
    session: Session, units: VisibleUnits, wanted: TaskFilter, group_by: str
) -> tuple[dict[str, Measures], Measures] | None:
    """The totals by key, and of all tasks that meet the filter; None where too many would have to be looked at.

    Args:
        session: reading.
        units: as the reader sees them.
        wanted: its unit may be chosen.
        group_by: dimension of the keys.
    """
    few = few_that_meet(session, units, wanted, MOST_ADDED_UP)
    if few is None:
        return None
    column = _COLUMNS[group_by]
    query = select(column, *_MEASURES).where(*few.conditions).group_by(column)
    keys_of = _keys_of(units, wanted, group_by)
    found: dict[str, Measures] = defaultdict(Measures)
    whole = Measures()
    for value, *sums in session.execute(query.with_hint(_ROW, few.hint, "sqlite"), few.values):
        measures = Measures(*(int(each) for each in sums))
        whole = whole.plus(measures)
        for key in keys_of(value):
            found[key] = found[key].plus(measures)
    return dict(found), whole


def _keys_of(
    units: VisibleUnits, wanted: TaskFilter, group_by: str
) -> Callable[[Any], Iterable[str]]:
    """In which rows a value of the column counts."""
    if group_by == "signal":
        return lambda signals: signals.split()
    if group_by == "sector":
        return lambda unit_id: (units.tree[unit_id].sector,)
    if group_by != "unit":
        return lambda value: () if value is None else (str(value),)
    within = units.within(wanted.unit)

    def of_unit(unit_id: int) -> Iterable[str]:
        at: int | None = unit_id
        while at is not None:
            if at in within:
                yield str(at)
            at = units.tree[at].parent_id

    return of_unit
