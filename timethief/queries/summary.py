"""Totals over some tasks by one dimension, from the kept totals: a million tasks cost what one does.

Kept are the totals of each unit and requester level by each other dimension. So *unit* and *level* can be combined
with everything; of the other conditions there may be one dimension, and then the rows are of that dimension, of units
or of levels. What no kept total answers is added up where that is few tasks (`timethief.queries.adding_up`), else
refused with the names of what can be combined; it is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.disclosure import last_closed_month
from timethief.domain.errors import Invalid
from timethief.domain.identifiers import to_text
from timethief.domain.measures import MEASURES, Measures
from timethief.domain.vocabulary import Level, Verdict
from timethief.i18n import LANGUAGES
from timethief.queries.adding_up import add_up
from timethief.queries.filters import TaskFilter
from timethief.queries.totals import Scope
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.assumptions import policy_in_force
from timethief.storage.tables import Requester, Requirement, StaffCategory, Total
from timethief.storage.totals import ALL_LEVELS, DIMENSIONS, WHOLE_ORGANISATION


class GroupBy(StrEnum):
    """What a summary has a row for each of."""

    UNIT = "unit"
    REQUESTER = "requester"
    REQUIREMENT = "requirement"
    LEVEL = "level"
    VERDICT = "verdict"
    CAUSE = "cause"
    RECOMMENDED = "recommended"
    SIGNAL = "signal"
    STAFF_CATEGORY = "staff_category"
    SECTOR = "sector"
    MONTH = "month"


_CROSSED = frozenset({GroupBy.UNIT, GroupBy.LEVEL})
"""Kept totals of these are kept by every other dimension too."""
_EVERYWHERE = frozenset({"unit", "level"})
"""Conditions that can be combined with all."""
_FLAGGED = frozenset(each.value for each in Verdict if each.flagged)
_NOT_FLAGGED = frozenset(each.value for each in Verdict) - _FLAGGED
_MEASURES = tuple(getattr(Total, name) for name in MEASURES)
# Written down once: to build such a query takes longer than to answer it.
_OF_ALL_KEYS = select(Total.unit_id, Total.level, Total.key, *_MEASURES).where(
    Total.organisation_id == bindparam("organisation_id"),
    Total.unit_id.in_(bindparam("unit_ids", expanding=True)),
    Total.level.in_(bindparam("levels", expanding=True)),
    Total.dimension == bindparam("dimension"),
    Total.tasks > 0,
)


def _named(
    identifier: InstrumentedAttribute[int], name: InstrumentedAttribute[str]
) -> Select[int, str]:
    wanted: BindParameter[Any] = bindparam("identifiers", expanding=True)
    return select(identifier, name).where(identifier.in_(wanted))


_NAMES: Mapping[str, Mapping[str, Select[int, str]]] = {
    GroupBy.REQUESTER: dict.fromkeys(LANGUAGES, _named(Requester.id, Requester.name)),
    GroupBy.REQUIREMENT: dict.fromkeys(LANGUAGES, _named(Requirement.id, Requirement.title)),
    GroupBy.STAFF_CATEGORY: {
        "sv": _named(StaffCategory.id, StaffCategory.name_sv),
        "en": _named(StaffCategory.id, StaffCategory.name_en),
    },
}
"""The names by identifier, in each language."""
_OF_SOME_KEYS = _OF_ALL_KEYS.where(Total.key.in_(bindparam("keys", expanding=True)))


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One row.

    Attributes:
        key: an identifier, as in addresses, or a code; empty for what is too small to be named.
        name: of a thing; None where the key is a code.
        total: None where it is not shown.
    """

    key: str
    name: str | None
    total: Measures | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Rows, the largest first (months in order), and what they are of in all: as they are kept, since rows are many.

    Attributes:
        fte_hours: working hours of a full-time equivalent a year.
    """

    rows: tuple[SummaryRow, ...]
    total: Measures
    fte_hours: float


@dataclass(frozen=True, slots=True)
class _Condition:
    """The keys of one dimension that are wanted; None for all of them."""

    dimension: str = "all"
    keys: frozenset[str] | None = None


def summary(
    session: Session,
    units: VisibleUnits,
    wanted: TaskFilter,
    group_by: GroupBy,
    *,
    today: date,
    language: str,
) -> Summary:
    """The totals of the tasks that meet the filter.

    Units count with those below them. Months are shown when they are closed, since a running total would tell the day
    of each report.

    Raises:
        NotFound: the unit is not to be chosen.
        Invalid: field `group_by`; no kept total answers the combination.
    """
    unit_id = units.chosen(wanted.unit)
    wanted = replace(wanted, unit=unit_id)
    fte_hours = policy_in_force(session, units.organisation_id).fte_hours
    found, whole = _totals(session, units, wanted, group_by)
    rows = _rows(session, units, group_by, found, language)
    if group_by is GroupBy.MONTH:
        closed = last_closed_month(today)
        rows = sorted(
            (row if row.key <= closed else SummaryRow(row.key, None, None) for row in rows),
            key=lambda row: row.key,
        )
    elif group_by is GroupBy.UNIT and _hides_some(units, unit_id):
        rows.append(SummaryRow("", None, None))
    return Summary(tuple(rows), whole, fte_hours)


def _totals(
    session: Session, units: VisibleUnits, wanted: TaskFilter, group_by: GroupBy
) -> tuple[Mapping[str, Measures], Measures]:
    """The totals of the rows by their key, and of all tasks that meet the filter."""
    try:
        condition = _condition(wanted, group_by)
    except Invalid:
        added_up = add_up(session, units, wanted, group_by.value)
        if added_up is None:
            raise
        return added_up
    scope = Scope(units.organisation_id, wanted.unit, wanted.level)
    whole = _sum(_kept(session, scope, condition, {scope.unit or WHOLE_ORGANISATION}))
    return _grouped(session, units, scope, condition, group_by), whole


def _condition(wanted: TaskFilter, group_by: GroupBy) -> _Condition:
    """What is wanted beside unit and level, as keys of one dimension.

    A task has several signals, and which go together is not kept.

    Raises:
        Invalid: it takes several, or one that the rows cannot be combined with.
    """
    keys = _keys(wanted)
    if not keys:
        return _Condition()
    given = sorted(set(wanted.conditions()) - _EVERYWHERE)
    for name in given:
        if name not in {*DIMENSIONS, "flagged"}:
            raise Invalid(name, "not_kept")
    if len(keys) > 1:
        raise Invalid("group_by", "several_conditions", given=", ".join(given))
    [(dimension, chosen)] = keys.items()
    if group_by not in _CROSSED and (dimension != group_by or group_by is GroupBy.SIGNAL):
        allowed = sorted(({*_CROSSED, dimension} & set(GroupBy)) - {GroupBy.SIGNAL})
        raise Invalid(
            "group_by", "not_combined", given=", ".join(given), allowed=", ".join(allowed)
        )
    return _Condition(dimension, chosen)


def _keys(wanted: TaskFilter) -> dict[str, frozenset[str]]:
    """The keys wanted of each dimension that has a condition."""
    found: dict[str, frozenset[str]] = {}
    for name in wanted.conditions():
        if name not in _EVERYWHERE and name != "flagged":
            found[name] = frozenset({str(getattr(wanted, name))})
    if wanted.flagged is None:
        return found
    if "cause" in found:  # only what is flagged has a cause
        return found if wanted.flagged else {"cause": frozenset()}
    verdicts = _FLAGGED if wanted.flagged else _NOT_FLAGGED
    return found | {"verdict": found.get("verdict", verdicts) & verdicts}


_Kept = Mapping[tuple[int, str, str], Measures]
"""By unit, level and key."""


def _kept(
    session: Session,
    scope: Scope,
    condition: _Condition,
    unit_ids: Iterable[int],
    *,
    by_level: bool = False,
) -> _Kept:
    """The kept totals of these units with the condition; empty ones are left out."""
    levels = [ALL_LEVELS] if scope.level is None else [scope.level]
    if by_level and scope.level is None:
        levels = list(Level)
    given = {
        "organisation_id": scope.organisation_id,
        "unit_ids": list(unit_ids),
        "levels": levels,
        "dimension": condition.dimension,
    }
    # By the connection: these rows need nothing of what the session does for objects.
    connection = session.connection()
    if condition.keys is None:
        rows = connection.execute(_OF_ALL_KEYS, given)
    else:
        rows = connection.execute(_OF_SOME_KEYS, {**given, "keys": sorted(condition.keys)})
    return {(row[0], row[1], row[2]): Measures(*row[3:]) for row in rows}


def _grouped(
    session: Session, units: VisibleUnits, scope: Scope, condition: _Condition, group_by: GroupBy
) -> dict[str, Measures]:
    """The totals of the rows by their key."""
    place = scope.unit or WHOLE_ORGANISATION
    if group_by is GroupBy.UNIT:
        kept = _kept(session, scope, condition, units.within(scope.unit))
        return _gathered((str(unit_id), total) for (unit_id, _, _), total in kept.items())
    if group_by is GroupBy.LEVEL:
        kept = _kept(session, scope, condition, {place}, by_level=True)
        return _gathered((level, total) for (_, level, _), total in kept.items())
    if condition.dimension == "all":
        condition = _Condition(group_by.value)
    kept = _kept(session, scope, condition, {place})
    return {key: total for (_, _, key), total in kept.items()}


def _gathered(parts: Iterable[tuple[str, Measures]]) -> dict[str, Measures]:
    found: dict[str, Measures] = {}
    for key, total in parts:
        found[key] = found[key].plus(total) if key in found else total
    return found


def _sum(kept: _Kept) -> Measures:
    return _gathered(("", total) for total in kept.values()).get("", Measures())


def _rows(
    session: Session,
    units: VisibleUnits,
    group_by: GroupBy,
    found: Mapping[str, Measures],
    language: str,
) -> list[SummaryRow]:
    """The rows, the largest first."""
    names = _names(session, units, group_by, found, language)
    keys = sorted(found, key=lambda key: (-found[key].cost_likely, key))
    return [
        SummaryRow(
            key=key if names is None else to_text(int(key)),
            name=None if names is None else names.get(int(key), ""),
            total=found[key],
        )
        for key in keys
    ]


def _names(
    session: Session,
    units: VisibleUnits,
    group_by: GroupBy,
    keys: Iterable[str],
    language: str,
) -> Mapping[int, str] | None:
    """The names of what the keys stand for; None where they are codes."""
    if group_by is GroupBy.UNIT:
        return {int(key): units.name(int(key)) for key in keys}
    if group_by not in _NAMES:
        return None
    wanted = {"identifiers": [int(key) for key in keys]}
    return {row[0]: row[1] for row in session.execute(_NAMES[group_by][language], wanted)}


def _hides_some(units: VisibleUnits, unit_id: int | None) -> bool:
    """Whether some unit there is only shown within another."""
    within = units.tree if unit_id is None else units.with_those_below(unit_id)
    return any(units.shown[each] != each for each in within)
