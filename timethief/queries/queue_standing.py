"""How the tasks of each group of the queue stand: what is asked of their cases, inquiries and decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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

from timethief.domain.cases import CaseState, ClosedAs
from timethief.domain.decisions import DecisionState
from timethief.domain.inquiries import InquiryState
from timethief.domain.queue import TO_BE_DECIDED, QueueGroup
from timethief.queries.filter_counts import FOUND_AT_MOST
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import AssessmentRow, Case, Decision, Inquiry

NOBODY = "none"
"""In place of an owner: those that nobody has taken."""
WITHOUT_CASE = frozenset({QueueGroup.NEW, QueueGroup.UNDECIDED})
OPEN_STATUSES = tuple(status.value for status in TO_BE_DECIDED)
NEEDED: Mapping[QueueGroup, tuple[str, ...]] = {
    QueueGroup.MINE: ("me", "functions"),
    QueueGroup.WAITING: (),
    QueueGroup.NEW: ("since",),
    QueueGroup.UNDECIDED: ("since",),
    QueueGroup.OTHERS: ("me", "functions"),
    QueueGroup.DONE: ("since", "since_moment"),
}
_BOUND = {BOUND_BY: "organisation_id among the conditions of every part"}


@lru_cache(maxsize=len(QueueGroup))
def counted(group: QueueGroup) -> Select[int]:
    """How many tasks those of the group are among at most: so many or more, and counted no further than it matters.

    Where all open cases are gone through, they are counted by their state alone, which their index tells.
    """
    lists: list[Any] = [_listed(group)]
    if group in (QueueGroup.OTHERS, QueueGroup.WAITING):
        state = CaseState.OPEN if group is QueueGroup.OTHERS else CaseState.WAITING
        lists = [select(Case.state).where(_ours(Case), Case.state == state.value)]
    if group is QueueGroup.WAITING:
        lists.append(select(Inquiry.state).where(_ours(Inquiry), _waits()))
    few = [
        select(func.count()).select_from(each.limit(FOUND_AT_MOST + 1).subquery()).scalar_subquery()
        for each in lists
    ]
    return select(sum(few[1:], few[0])).execution_options(**_BOUND)


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
        names = NEEDED[self.group]
        if self.of_function:
            names += ("case_function",)
        return (*names, "case_owner") if self.of_owner == "somebody" else names

    def conditions(self, few: str) -> Iterator[ColumnElement[bool]]:
        """What stands in the statement."""
        if self.actions:
            yield AssessmentRow.recommended.in_(self.actions)
        if self.group in WITHOUT_CASE:
            yield AssessmentRow.status.in_(OPEN_STATUSES)
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


def _mine() -> tuple[ColumnElement[bool], ...]:
    """What makes a case the reader's, one or the other."""
    mine: BindParameter[Any] = bindparam("functions", expanding=True)
    return (
        Case.user_id == bindparam("me"),
        Case.decider_id == bindparam("me"),
        Case.function_id.in_(mine),
    )


def _is_others() -> ColumnElement[bool]:
    mine: BindParameter[Any] = bindparam("functions", expanding=True)
    return and_(
        or_(Case.user_id.is_(None), Case.user_id != bindparam("me")),
        or_(Case.decider_id.is_(None), Case.decider_id != bindparam("me")),
        or_(Case.function_id.is_(None), Case.function_id.not_in(mine)),
    )


def _mended() -> Select[Any]:
    """The tasks whose case ended a short while ago with something mended on the spot, without a decision."""
    return select(Case.task_id).where(
        _ours(Case),
        Case.closed_on >= bindparam("since"),
        Case.closed_as == ClosedAs.LOCAL_FIX.value,
        Case.task_id.is_not(None),
    )


def _is_mended() -> ColumnElement[bool]:
    """Listed once: of each task SQLite would go through all cases that ended a short while ago."""
    return (AssessmentRow.task_id + 0).in_(_mended())


def _is_in_force() -> ColumnElement[bool]:
    """That a decision was made a short while ago, and stands."""
    stands = (DecisionState.IN_FORCE.value, DecisionState.CARRIED_OUT.value)
    return and_(Decision.decided_at >= bindparam("since_moment"), Decision.state.in_(stands))


def _is_asked() -> ColumnElement[bool]:
    """That the requester has been asked of this very task, and has not answered."""
    return exists().where(
        Inquiry.task_id == AssessmentRow.task_id,
        _ours(Inquiry),
        _waits(),
    )


def _stands(group: QueueGroup) -> ColumnElement[bool]:
    """What the group asks of a task, told of the task alone."""
    is_open = Case.state == CaseState.OPEN.value
    match group:
        case QueueGroup.MINE:
            return and_(_case(is_open, or_(*_mine())), ~_is_asked())
        case QueueGroup.OTHERS:
            return and_(_case(is_open, _is_others()), ~_is_asked())
        case QueueGroup.WAITING:
            undecided = or_(AssessmentRow.status.in_(OPEN_STATUSES), _case())
            waits = _case(Case.state == CaseState.WAITING.value)
            return or_(waits, and_(_is_asked(), undecided))
        case QueueGroup.NEW | QueueGroup.UNDECIDED:
            return and_(~_case(), ~_is_asked(), ~_is_mended())
        case QueueGroup.DONE:
            decided = exists().where(
                Decision.task_id == AssessmentRow.task_id, _ours(Decision), _is_in_force()
            )
            return and_(or_(decided, _is_mended()), ~_case())


def _listed(group: QueueGroup) -> Select[Any] | CompoundSelect[Any]:
    """The tasks among which those of the group are, by their ids; each part by an index of its own."""
    cases = select(Case.task_id).where(_ours(Case), Case.task_id.is_not(None))
    is_open = cases.where(Case.state == CaseState.OPEN.value)
    match group:
        case QueueGroup.MINE:
            return union(*(is_open.where(each) for each in _mine()))
        case QueueGroup.WAITING:
            asked = select(Inquiry.task_id).where(
                _ours(Inquiry), _waits(), Inquiry.task_id.is_not(None)
            )
            return union(cases.where(Case.state == CaseState.WAITING.value), asked)
        case QueueGroup.DONE:
            decided = select(Decision.task_id).where(_ours(Decision), _is_in_force())
            return union(_mended(), decided)
        case _:
            return is_open.where(_is_others())


def _waits() -> ColumnElement[bool]:
    """That an inquiry has not been answered."""
    return Inquiry.state == InquiryState.WAITING.value
