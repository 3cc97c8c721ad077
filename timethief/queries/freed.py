"""What decisions have freed: what is expected, what units have confirmed, and what only was estimated wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, case, cast, func, select
from sqlalchemy.orm import Session, aliased

from timethief.domain.decisions import FREEING, IN_FORCE_STATES, FreedFor
from timethief.domain.follow_ups import MONTHS
from timethief.storage.tables import Decision, FollowUp, Task

_STATES = [state.value for state in IN_FORCE_STATES]
_OUTCOMES = [outcome.value for outcome in FREEING]


@dataclass(frozen=True, slots=True)
class Freed:
    """Hours a year that decisions free; of each task the newest decision and its newest answer.

    Attributes:
        expected_hours: of decisions whose outcome no unit has told yet.
        confirmed_hours: what units say was freed; below 0 where more was added than freed.
        estimate_change_hours: what first estimates were too low by. It frees nothing and is in no other figure.
        decisions: how many decisions that free time hold; `confirmed_decisions` of them units have told of.
        expected_for: of the expected hours, what they shall go to; what is left is not decided.
        confirmed_for: of the confirmed hours, in the same shares.
    """

    expected_hours: float = 0.0
    confirmed_hours: float = 0.0
    estimate_change_hours: float = 0.0
    decisions: int = 0
    confirmed_decisions: int = 0
    expected_for: Mapping[FreedFor, float] = field(default_factory=dict)
    confirmed_for: Mapping[FreedFor, float] = field(default_factory=dict)


def freed(session: Session, organisation_id: int, units: Collection[int] | None = None) -> Freed:
    """What the decisions of an organisation free.

    Args:
        session: reading.
        organisation_id: whose.
        units: only of tasks in these, such as a reader may see; None for all.
    """
    row = session.execute(_query(organisation_id, units)).one()
    expected, confirmed, changed, decisions, told, *parts = row
    kinds = list(FreedFor)
    return Freed(
        expected_hours=expected or 0.0,
        confirmed_hours=confirmed or 0.0,
        estimate_change_hours=changed or 0.0,
        decisions=decisions,
        confirmed_decisions=told,
        expected_for=_told(kinds, parts[: len(kinds)]),
        confirmed_for=_told(kinds, parts[len(kinds) :]),
    )


def _told(kinds: list[FreedFor], hours: list[float | None]) -> dict[FreedFor, float]:
    return {kind: each for kind, each in zip(kinds, hours, strict=True) if each}


def _query(organisation_id: int, units: Collection[int] | None) -> Select[Any]:
    answers = [aliased(FollowUp, name=f"after_{months}") for months in reversed(MONTHS)]
    confirmed: ColumnElement[float] = func.coalesce(*(each.confirmed_hours for each in answers))
    changed: ColumnElement[float] = func.coalesce(*(each.estimate_change_hours for each in answers))
    is_open = confirmed.is_(None)
    shares = [_allotted(kind) for kind in FreedFor]
    of_expected = case((Decision.expected_likely > 0, confirmed / Decision.expected_likely))
    found: Any = select(
        func.sum(case((is_open, Decision.expected_likely))),
        func.sum(confirmed),
        func.sum(changed),
        func.count(),
        func.count(confirmed),
        *(func.sum(case((is_open, share))) for share in shares),
        *(func.sum(share * of_expected) for share in shares),
    ).select_from(Decision)
    for months, each in zip(reversed(MONTHS), answers, strict=True):
        found = found.outerjoin(each, and_(each.decision_id == Decision.id, each.months == months))
    if units is not None:
        found = found.join(Task, Task.id == Decision.task_id).where(Task.unit_id.in_(list(units)))
    query: Select[Any] = found.where(
        Decision.organisation_id == organisation_id,
        Decision.state.in_(_STATES),
        Decision.outcome.in_(_OUTCOMES),
    )
    return query


def _allotted(kind: FreedFor) -> ColumnElement[float]:
    return cast(Decision.allotment[kind.value].as_float(), Float(53))
