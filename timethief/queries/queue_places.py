"""Where the tasks of a group of the queue are, in an order.

A group is a filter of assessments and what is asked of cases, inquiries and decisions beside it. Where few cases
belong to it they are gathered; where many do, the index of the order is walked and each task is looked up
(`timethief.queries.task_places` weighs the one against the other).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from timethief.domain.cases import CaseState, ClosedAs
from timethief.domain.decisions import DecisionState
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.inquiries import InquiryState
from timethief.domain.queue import DONE_FOR, EASE, TO_BE_DECIDED, QueueGroup, QueueOrder
from timethief.domain.vocabulary import Verdict
from timethief.i18n import TIME_ZONE
from timethief.queries.filter_counts import FOUND_AT_MOST
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import Cursor
from timethief.queries.task_places import More, Part, places
from timethief.queries.totals import Scope, grouped_many
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import AssessmentRow, Case, Decision, Inquiry

NOBODY = "none"
"""In place of an owner: those that nobody has taken."""
_SORTS = {
    QueueOrder.GAIN: (Sort.GAIN, False),
    QueueOrder.HOURS: (Sort.COST, False),
    QueueOrder.AGE: (Sort.NEWEST, True),
    QueueOrder.EASE: (Sort.GAIN, False),
}
"""By which index, and whether from its small end."""
_WITHOUT_CASE = frozenset({QueueGroup.NEW, QueueGroup.UNDECIDED})
_OPEN_STATUSES = tuple(status.value for status in TO_BE_DECIDED)


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
) -> QueuePlaces:
    """Some tasks of a group.

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
    found: list[tuple[int, int, int]] = []
    for step in range(first, len(steps)):
        actions = tuple(each.value for each in steps[step])
        more = _more(session, reader, group, wanted, actions)
        place = (cursor.place.value, cursor.place.task_id) if cursor and step == first else None
        part = Part(sort, place, backwards, limit + 1 - len(found))
        here = places(session, reader.units, filtered, part, more).found
        found += [(step, task_id, value) for task_id, value in here]
        if len(found) > limit:
            at, task_id, value = found[limit - 1]
            after = QueueCursor(at, Cursor(value, task_id))
            return QueuePlaces(tuple(each[1] for each in found[:limit]), after)
    return QueuePlaces(tuple(each[1] for each in found), None)


def _within(group: QueueGroup, wanted: QueueWanted) -> TaskFilter | None:
    """The filter of assessments that the group adds to; None where nothing can meet both."""
    tasks = wanted.tasks
    if group in _WITHOUT_CASE and (wanted.function is not None or wanted.owner is not None):
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
    dimensions = {"status": _OPEN_STATUSES if narrowing.group in _WITHOUT_CASE else ()}
    dimensions["recommended"] = narrowing.actions
    asked = [name for name, codes in dimensions.items() if codes]
    kept = grouped_many(session, Scope(organisation_id), asked) if asked else {}
    for dimension, name in (("status", "statuses"), ("recommended", "actions")):
        if dimension in asked:
            found = (kept.get((dimension, code)) for code in dimensions[dimension])
            counts[name] = sum(each.tasks for each in found if each is not None)
    if narrowing.group not in _WITHOUT_CASE:
        needed = {name: values[name] for name in _NEEDED[narrowing.group]}
        counts["case"] = session.execute(
            _counted(narrowing.group), needed | {"organisation_id": organisation_id}
        ).scalar_one()
    return counts


_NEEDED: Mapping[QueueGroup, tuple[str, ...]] = {
    QueueGroup.MINE: ("me", "functions"),
    QueueGroup.WAITING: (),
    QueueGroup.NEW: ("since",),
    QueueGroup.UNDECIDED: ("since",),
    QueueGroup.OTHERS: ("me", "functions"),
    QueueGroup.DONE: ("since", "since_moment"),
}
_BOUND = {BOUND_BY: "organisation_id among the conditions of every part"}


@lru_cache(maxsize=len(QueueGroup))
def _counted(group: QueueGroup) -> Select[int]:
    few = _listed(group).limit(FOUND_AT_MOST + 1).subquery()
    return select(func.count()).select_from(few).execution_options(**_BOUND)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the tasks of a group stand: what tells one statement from another.

    Attributes:
        actions: one of these is recommended; empty for any.
        of_function: the case is that of one function.
        of_owner: nobody (`none`) or `somebody` has taken the case; empty where it does not matter.
    """

    group: QueueGroup
    actions: tuple[str, ...]
    of_function: bool
    of_owner: str

    def needed(self) -> tuple[str, ...]:
        """The names of the values that stand in the conditions."""
        names = _NEEDED[self.group]
        if self.of_function:
            names += ("case_function",)
        return (*names, "case_owner") if self.of_owner == "somebody" else names

    def conditions(self, few: str) -> Iterator[ColumnElement[bool]]:
        """What stands in the statement."""
        if self.actions:
            yield AssessmentRow.recommended.in_(self.actions)
        if self.group in _WITHOUT_CASE:
            yield AssessmentRow.status.in_(_OPEN_STATUSES)
        if few == "case":
            yield AssessmentRow.task_id.in_(_listed(self.group))
        yield _stands(self.group)
        if self.of_function or self.of_owner:
            yield _case(*self._whose(), still_open=self.group is not QueueGroup.DONE)

    def _whose(self) -> Iterator[ColumnElement[bool]]:
        if self.of_function:
            yield Case.function_id == bindparam("case_function")
        if self.of_owner == NOBODY:
            yield Case.user_id.is_(None)
        elif self.of_owner:
            yield Case.user_id == bindparam("case_owner")


_CLOSED: ColumnElement[str] = literal_column("'closed'")
"""As the index of open cases has it: a value that is bound could be another one."""


def _case(*conditions: ColumnElement[bool], still_open: bool = True) -> ColumnElement[bool]:
    """That the task has such a case."""
    wanted = [Case.task_id == AssessmentRow.task_id, _ours(Case)]
    if still_open:
        wanted.append(Case.state != _CLOSED)
    return exists().where(*wanted, *conditions)


def _ours(table: type[Case | Decision | Inquiry]) -> ColumnElement[bool]:
    return table.organisation_id == bindparam("organisation_id")


def _is_mine() -> ColumnElement[bool]:
    mine: BindParameter[Any] = bindparam("functions", expanding=True)
    return or_(
        Case.user_id == bindparam("me"),
        Case.decider_id == bindparam("me"),
        and_(Case.function_id.is_not(None), Case.function_id.in_(mine)),
    )


def _is_others() -> ColumnElement[bool]:
    mine: BindParameter[Any] = bindparam("functions", expanding=True)
    return and_(
        or_(Case.user_id.is_(None), Case.user_id != bindparam("me")),
        or_(Case.decider_id.is_(None), Case.decider_id != bindparam("me")),
        or_(Case.function_id.is_(None), Case.function_id.not_in(mine)),
    )


def _is_mended() -> ColumnElement[bool]:
    """That a case ended a short while ago with something mended on the spot, without a decision."""
    return and_(Case.closed_on >= bindparam("since"), Case.closed_as == ClosedAs.LOCAL_FIX.value)


def _is_in_force() -> ColumnElement[bool]:
    """That a decision was made a short while ago, and stands."""
    stands = (DecisionState.IN_FORCE.value, DecisionState.CARRIED_OUT.value)
    return and_(Decision.decided_at >= bindparam("since_moment"), Decision.state.in_(stands))


def _is_asked() -> ColumnElement[bool]:
    """That the requester has been asked of this very task, and has not answered."""
    return exists().where(
        Inquiry.task_id == AssessmentRow.task_id,
        _ours(Inquiry),
        Inquiry.state == InquiryState.WAITING.value,
    )


def _stands(group: QueueGroup) -> ColumnElement[bool]:
    """What the group asks of a task, told of the task alone."""
    is_open = Case.state == CaseState.OPEN.value
    match group:
        case QueueGroup.MINE:
            return and_(_case(is_open, _is_mine()), ~_is_asked())
        case QueueGroup.OTHERS:
            return and_(_case(is_open, _is_others()), ~_is_asked())
        case QueueGroup.WAITING:
            undecided = or_(AssessmentRow.status.in_(_OPEN_STATUSES), _case())
            waits = _case(Case.state == CaseState.WAITING.value)
            return or_(waits, and_(_is_asked(), undecided))
        case QueueGroup.NEW | QueueGroup.UNDECIDED:
            mended = _case(_is_mended(), still_open=False)
            return and_(~_case(), ~_is_asked(), ~mended)
        case QueueGroup.DONE:
            decided = exists().where(
                Decision.task_id == AssessmentRow.task_id, _ours(Decision), _is_in_force()
            )
            mended = _case(_is_mended(), still_open=False)
            return and_(or_(decided, mended), ~_case())


def _listed(group: QueueGroup) -> Select[Any] | CompoundSelect[Any]:
    """The tasks among which those of the group are, by their ids."""
    cases = select(Case.task_id).where(_ours(Case), Case.task_id.is_not(None))
    match group:
        case QueueGroup.MINE:
            return cases.where(Case.state == CaseState.OPEN.value, _is_mine())
        case QueueGroup.WAITING:
            asked = select(Inquiry.task_id).where(
                _ours(Inquiry),
                Inquiry.state == InquiryState.WAITING.value,
                Inquiry.task_id.is_not(None),
            )
            return union(cases.where(Case.state == CaseState.WAITING.value), asked)
        case QueueGroup.DONE:
            decided = select(Decision.task_id).where(_ours(Decision), _is_in_force())
            return union(cases.where(_is_mended()), decided)
        case _:
            return cases.where(Case.state == CaseState.OPEN.value, _is_others())
