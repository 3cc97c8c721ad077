"""When a task or an internal rule shall be looked at again, so that nothing lives on only because nobody asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from timethief.domain.people import Actor, Permission, Role

YEARS = 3
YEARS_UNCONFIRMED = 1
"""Where nobody has confirmed that the use is real."""
REMINDED_DAYS_AHEAD = (0, 30, 90)
"""So many days before its date those who decide are reminded."""
SHOWN_AHEAD = timedelta(days=90)
UNDO_WITHIN = timedelta(days=30)
LONGEST_REASON = 1_000


def next_review(looked_at: date, *, confirmed: bool) -> date:
    """The day on which somebody shall look again.

    Args:
        looked_at: when it was logged, or last looked at.
        confirmed: whether a receiver or a reviewer has confirmed a use.
    """
    year = looked_at.year + (YEARS if confirmed else YEARS_UNCONFIRMED)
    try:
        return looked_at.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


def may_confirm(actor: Actor, unit_id: int | None, lineage: Mapping[int, Sequence[int]]) -> bool:
    """Whether somebody who may decide may do so for a unit: who leads one unit, only in that and those below.

    Args:
        actor: who would.
        unit_id: where the task is done; None for what holds in the whole organisation.
        lineage: for each unit, itself and all units above it.
    """
    if not actor.may(Permission.DECIDE_TASKS):
        return False
    if actor.role is not Role.LEADERSHIP or actor.unit_id is None:
        return True
    return unit_id is not None and actor.unit_id in lineage.get(unit_id, ())
