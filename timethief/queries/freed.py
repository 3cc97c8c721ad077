"""What decisions have freed: what is expected, what units have confirmed, and what only was estimated wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.decisions import FreedFor
from timethief.storage.tables import FreedTime, Task

_SHARES = tuple(func.sum(getattr(FreedTime, kind.value)) for kind in FreedFor)


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


@dataclass(frozen=True, slots=True)
class _Sum:
    """Of the decisions that units have told of, or of the others."""

    decisions: int = 0
    hours: float = 0.0
    changed: float = 0.0
    shares: Mapping[FreedFor, float] = field(default_factory=dict)


def freed(session: Session, organisation_id: int, units: Collection[int] | None = None) -> Freed:
    """What the decisions of an organisation free.

    Args:
        session: reading.
        organisation_id: whose.
        units: only of tasks in these, such as a reader may see; None for all.
    """
    query: Any = (
        select(
            FreedTime.told,
            func.count(),
            func.sum(FreedTime.hours),
            func.sum(FreedTime.estimate_change_hours),
            *_SHARES,
        )
        .where(FreedTime.organisation_id == organisation_id)
        .group_by(FreedTime.told)
    )
    if units is not None:
        query = query.join(Task, Task.id == FreedTime.task_id).where(Task.unit_id.in_(list(units)))
    sums = {told: _sum(*columns) for told, *columns in session.execute(query)}
    expected, confirmed = sums.get(False, _Sum()), sums.get(True, _Sum())
    return Freed(
        expected_hours=expected.hours,
        confirmed_hours=confirmed.hours,
        estimate_change_hours=expected.changed + confirmed.changed,
        decisions=expected.decisions + confirmed.decisions,
        confirmed_decisions=confirmed.decisions,
        expected_for=expected.shares,
        confirmed_for=confirmed.shares,
    )


def _sum(decisions: int, hours: float, changed: float, *shares: float) -> _Sum:
    told = {kind: each for kind, each in zip(FreedFor, shares, strict=True) if each}
    return _Sum(decisions, hours, changed, told)
