"""Where the tasks that meet a filter are in an order: their ids and sort values.

The kept totals choose the way: the few tasks that one condition leaves are gathered by its index and sorted, or the
index of the sort order is walked until there are enough, whichever should take less. Conditions can have more to do
with each other, or with the order, than the totals tell: a walk that has gone far beyond what was expected is given
up, and the few are gathered after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import prod
from typing import Any, Protocol

from sqlalchemy import BigInteger, ColumnElement, Select, String, bindparam, exists, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.vocabulary import Action
from timethief.queries.filter_counts import (
    IMPORTED,
    count_found,
    count_imported,
    counts_alone,
    kept_counts,
    known_count,
)
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.visible_units import VisibleUnits
from timethief.queries.walk_ends import end_of_walk
from timethief.storage import search
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import AssessmentRow, TaskSignal

FETCHING = 15
"""Fetching a task by its id takes as long as passing so many in the index of a sort order."""
PATIENCE = 4
"""A walk is given up when it has passed so many times the tasks that it was expected to, and a thousand more."""
WORTH_IT = 3
"""... where to gather the few takes a third of the longest walk, or less."""
_SHORTEST_WALK = 1_000

SORT_COLUMNS: Mapping[Sort, InstrumentedAttribute[int]] = {
    Sort.AVOIDABLE: AssessmentRow.avoidable_hours,
    Sort.COST: AssessmentRow.cost_likely,
    Sort.GAIN: AssessmentRow.gain_hours,
    Sort.NEWEST: AssessmentRow.sequence,
}
_OF_A_REMEDY = frozenset({Sort.AVOIDABLE, Sort.GAIN})
"""To keep a task as it is avoids nothing and gains nothing: those tasks lie at one place of these orders."""
_EQUALS: Mapping[str, InstrumentedAttribute[Any]] = {
    "requester": AssessmentRow.requester_id,
    "requirement": AssessmentRow.requirement_id,
    "staff_category": AssessmentRow.staff_category_id,
    "level": AssessmentRow.level,
    "verdict": AssessmentRow.verdict,
    "cause": AssessmentRow.cause,
    "recommended": AssessmentRow.recommended,
    "status": AssessmentRow.status,
}
_BOUND = {BOUND_BY: "organisation_id among the conditions of every plan"}
_BY_ID = "NOT INDEXED"
"""SQLite then fetches the tasks that are listed by their ids, instead of asking of each whether it is listed."""
_HINTS = {
    "unit": "INDEXED BY ix_assessment_by_unit_id",
    **{name: f"INDEXED BY ix_assessment_by_{column.key}" for name, column in _EQUALS.items()},
    "statuses": "INDEXED BY ix_assessment_by_status",
    "actions": "INDEXED BY ix_assessment_by_recommended",
    "case": _BY_ID,
    "signal": _BY_ID,
    "imported": _BY_ID,
    "words": _BY_ID,
}
"""How SQLite gathers the tasks that meet one condition."""


class Narrowing(Protocol):
    """What tasks must meet beside a filter. Two that are equal, and so have one hash, give the same conditions."""

    def conditions(self, few: str) -> Iterable[ColumnElement[bool]]:
        """The conditions; `few` names the one whose tasks are gathered, if it is one of these."""


@dataclass(frozen=True, slots=True)
class More:
    """What tasks must meet beside a filter.

    Attributes:
        narrowing: the conditions.
        values: what stands in them.
        counts: how many tasks meet each of those alone by which tasks can be gathered: `statuses`, `actions`, `case`.
        holding: how many hold the filter's words, where that has been counted.
        probing: passing a task in a walk takes so many times as long, as it is looked up in other tables.
    """

    narrowing: Narrowing
    values: Mapping[str, Any]
    counts: Mapping[str, int]
    holding: int | None = None
    probing: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a list that is wanted.

    Attributes:
        place: sort value and task id that it comes after, or before; None for the first part.
        limit: how many places at most.
    """

    sort: Sort
    place: tuple[int, int] | None
    backwards: bool
    limit: int


@dataclass(frozen=True, slots=True)
class Places:
    """Task ids and sort values, in the order of the walk; and how many tasks there are, where the totals tell."""

    found: tuple[tuple[int, int], ...]
    count: int | None


@dataclass(frozen=True, slots=True)
class Few:
    """The few tasks that meet a filter: conditions, what stands in them, and how SQLite gathers them."""

    conditions: tuple[ColumnElement[bool], ...]
    values: Mapping[str, Any]
    hint: str


def places(
    session: Session,
    units: VisibleUnits,
    wanted: TaskFilter,
    part: Part,
    more: More | None = None,
) -> Places:
    """The places of the tasks that meet the filter, and what more is asked of them.

    Raises:
        NotFound: the unit is not to be chosen.
    """
    if wanted.unit is not None:
        units.check(wanted.unit)
    counts, most = kept_counts(session, units.organisation_id, wanted)
    words = search.words_of(wanted.q)
    if words and all(most):
        known = more.holding if more is not None else None
        counts["words"] = count_found(session, words) if known is None else known
    if wanted.imported is not None:
        counts["imported"] = count_imported(session, units.organisation_id, wanted.imported)
        most.append(counts["imported"])
    if more is not None:
        counts |= more.counts
        most += more.counts.values()
    if not all(most) or not all(counts.values()):
        return Places((), 0)
    whole = counts.pop("all")
    fewest = min(counts, key=lambda name: (counts[name], name), default="")
    expected = min(*most, whole * prod(count / whole for count in counts.values()))
    probing = 1 if more is None else more.probing
    gathering = counts.get(fewest, whole) * FETCHING // probing
    passes = _passes(whole, gathering, part.limit / expected)
    found = _found(session, part, _Search.of(session, units, wanted, more), passes, fewest)
    return Places(found, known_count(wanted, most) if more is None else None)


def few_that_meet(
    session: Session, units: VisibleUnits, wanted: TaskFilter, most: int
) -> Few | None:
    """How to gather the tasks that meet the filter; None where no condition alone leaves as few as `most`."""
    counts = counts_alone(session, units.organisation_id, wanted)
    words = search.words_of(wanted.q)
    if words:
        counts["words"] = count_found(session, words)
    if wanted.imported is not None:
        counts["imported"] = count_imported(session, units.organisation_id, wanted.imported)
    few = min(counts, key=lambda name: (counts[name], name))
    if counts[few] > most:
        return None
    searched = _Search.of(session, units, wanted)
    conditions = (*_conditions(searched.shape, few), *searched.with_words(few))
    return Few(conditions, searched.values, _HINTS.get(few, ""))


def _passes(whole: int, gathering: int, share: float) -> int | None:
    """After how many tasks a walk is given up; 0 where none is worth beginning, None where it is never given up.

    Args:
        whole: how many tasks there are.
        gathering: as many tasks can be passed while the few are gathered instead.
        share: of the whole, that a walk is expected to pass.
    """
    passed = whole * min(1.0, share)
    if gathering < passed:
        return 0
    if gathering * WORTH_IT > whole:
        return None
    return min(gathering, _SHORTEST_WALK + int(PATIENCE * passed))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What tells one statement from another, whatever stands in it.

    Attributes:
        nothing: the conditions leave nothing but tasks whose sort value is nought, as the model has it.
        names: of the conditions.
        few: the condition whose tasks are gathered; empty where the order is walked.
        after: there is a place that the part comes after, or before.
        until: there is a place where the walk is given up.
        narrowing: what more is asked.
    """

    names: frozenset[str]
    flagged: bool | None
    sort: Sort = Sort.AVOIDABLE
    few: str = ""
    nothing: bool = False
    after: bool = False
    backwards: bool = False
    until: bool = False
    narrowing: Narrowing | None = None


@dataclass(frozen=True, slots=True)
class _Search:
    """A filter as statements take it: its shape, what stands in it, and the tasks that hold its words, if it has any."""

    shape: _Shape
    values: dict[str, Any]
    matching: Select[int] | None

    @classmethod
    def of(
        cls,
        session: Session,
        units: VisibleUnits,
        wanted: TaskFilter,
        more: More | None = None,
    ) -> _Search:
        names = frozenset(wanted.conditions()) - {"q", "flagged"}
        values: dict[str, Any] = {name: getattr(wanted, name) for name in names - {"unit"}}
        values["organisation_id"] = units.organisation_id
        if wanted.unit is not None:
            values["units"] = sorted(units.with_those_below(wanted.unit))
        words = search.words_of(wanted.q)
        matching = search.matching(session, words) if words else None
        if more is None:
            return cls(_Shape(names, wanted.flagged), values, matching)
        shape = _Shape(names, wanted.flagged, narrowing=more.narrowing)
        return cls(shape, values | dict(more.values), matching)

    def with_words(self, few: str) -> tuple[ColumnElement[bool], ...]:
        """That the words are held, where there are any."""
        return () if self.matching is None else (_listed("words", few).in_(self.matching),)


def _found(
    session: Session, part: Part, searched: _Search, passes: int | None, few: str
) -> tuple[tuple[int, int], ...]:
    """Walk the order, or gather the few, or do the one and then the other."""
    after = part.place is not None
    nothing = searched.values.get("recommended") == Action.KEEP and part.sort in _OF_A_REMEDY
    shape = replace(
        searched.shape, sort=part.sort, nothing=nothing, after=after, backwards=part.backwards
    )
    values = searched.values | {"limit": part.limit}
    if part.place is not None:
        values |= {"value": part.place[0], "task_id": part.place[1]}
    if passes != 0:
        end = None if passes is None else _end_of_walk(session, shape, values, passes)
        walking = replace(shape, until=end is not None)
        bound = values if end is None else values | {"end_value": end[0], "end_task_id": end[1]}
        found = _run(session, walking, searched, bound)
        if end is None or len(found) == part.limit:
            return found
    return _run(session, replace(shape, few=few), searched, values)


def _run(
    session: Session, shape: _Shape, searched: _Search, values: Mapping[str, Any]
) -> tuple[tuple[int, int], ...]:
    query = _statement(shape).where(*searched.with_words(shape.few))
    # By the connection: these rows need nothing of what the session does for objects.
    return tuple((row[0], row[1]) for row in session.connection().execute(query, values))


def _end_of_walk(
    session: Session, shape: _Shape, values: Mapping[str, Any], passes: int
) -> tuple[int, int] | None:
    """The place that is about as far away as the walk may go; None where the list ends before."""
    if shape.after:
        return _place_after(session, shape, values, passes)
    find = partial(_place_after, session, shape, values)
    return end_of_walk(
        passes, find, values["organisation_id"], shape.sort, shape.nothing, shape.backwards
    )


def _place_after(
    session: Session, shape: _Shape, values: Mapping[str, Any], passes: int
) -> tuple[int, int] | None:
    names: frozenset[str] = frozenset()
    query = _statement(replace(shape, names=names, flagged=None, narrowing=None), skips=True)
    needed = {name: values[name] for name in _PLACING if name in values}
    found = session.connection().execute(query, needed | {"limit": 1, "passes": passes})
    for task_id, value in found:
        return value, task_id
    return None


_NUMBER = BigInteger()
_PLACING = ("organisation_id", "value", "task_id")


@lru_cache(maxsize=500)
def _statement(shape: _Shape, *, skips: bool = False) -> Select[int, int]:
    """Ids and sort values of the tasks, in order. Kept: to build it takes longer than to answer it."""
    column, task_id = SORT_COLUMNS[shape.sort], AssessmentRow.task_id
    # An expression is not in any index, so the few are fetched by their condition and then sorted.
    by: ColumnElement[int] = column + 0 if shape.few else column.expression
    here = tuple_(by, task_id)
    query: Select[int, int] = select(task_id, column).where(*_conditions(shape, shape.few))
    if shape.nothing:
        query = query.where(by == 0)
    if shape.after:
        there = tuple_(bindparam("value", type_=_NUMBER), bindparam("task_id", type_=_NUMBER))
        query = query.where(here > there if shape.backwards else here < there)
    if shape.until:
        end = tuple_(bindparam("end_value", type_=_NUMBER), bindparam("end_task_id", type_=_NUMBER))
        query = query.where(here <= end if shape.backwards else here >= end)
    if shape.backwards:
        query = query.order_by(by.asc(), task_id.asc())
    else:
        query = query.order_by(by.desc(), task_id.desc())
    if skips:
        query = query.offset(bindparam("passes"))
    walking = f"INDEXED BY ix_assessment_sorted_by_{column.key}"
    hint = _HINTS[shape.few] if shape.few else walking
    query = query.limit(bindparam("limit")).with_hint(AssessmentRow, hint, "sqlite")
    return query.execution_options(**_BOUND)


def _conditions(shape: _Shape, few: str) -> Iterator[ColumnElement[bool]]:
    """What a task must meet beside the words; `few` names the condition whose tasks are gathered, if one's are."""
    yield AssessmentRow.organisation_id == bindparam("organisation_id")
    for name, column in _EQUALS.items():
        if name in shape.names:
            yield column == bindparam(name)
    if shape.flagged is not None:
        flagged = AssessmentRow.cause.is_not(None)
        yield flagged if shape.flagged else ~flagged
    if "unit" in shape.names:
        yield AssessmentRow.unit_id.in_(bindparam("units", expanding=True))
    if "signal" in shape.names:
        yield _has_signal(listed=few == "signal")
    if "imported" in shape.names:
        yield _listed("imported", few).in_(IMPORTED)
    if shape.narrowing is not None:
        yield from shape.narrowing.conditions(few)


def _listed(name: str, few: str) -> ColumnElement[int]:
    """A task's id as it is compared with a list.

    An expression is not in any index: each task is looked up in the list, not the list in the index.
    """
    return AssessmentRow.task_id.expression if few == name else AssessmentRow.task_id + 0


def _has_signal(*, listed: bool) -> ColumnElement[bool]:
    """That a task has the signal; `listed`: looked up in the list of those that have, else of each task."""
    signal = bindparam("signal", type_=String())
    if listed:
        having = select(TaskSignal.task_id).where(
            TaskSignal.organisation_id == bindparam("organisation_id"), TaskSignal.signal == signal
        )
        return AssessmentRow.task_id.in_(having)
    return exists().where(TaskSignal.task_id == AssessmentRow.task_id, TaskSignal.signal == signal)
