"""Moving kept totals when the tree of units changes: by the totals themselves, whatever the number of tasks.

What a unit counts, with those below it, is already added up. Where it moves, that sum leaves the units that
stood above it and joins those that stand above it now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.measures import MEASURES
from timethief.storage.tables import Total
from timethief.storage.totals import NO_KEY, WHOLE_ORGANISATION, Ledger

_MEASURES = tuple(getattr(Total, name) for name in MEASURES)


def move_totals(
    session: Session,
    organisation_id: int,
    unit_id: int,
    old_above: Collection[int],
    new_above: Collection[int],
) -> None:
    """Let the tasks of a unit and those below it count in the units above its new place.

    Args:
        session: writing, and in turn.
        organisation_id: of the unit.
        unit_id: the unit that moves.
        old_above: the units above it until now.
        new_above: the units above it from now on.
    """
    leaves, joins = set(old_above) - set(new_above), set(new_above) - set(old_above)
    ledger = Ledger()
    for level, dimension, key, *amounts in session.execute(
        select(Total.level, Total.dimension, Total.key, *_MEASURES).where(
            Total.organisation_id == organisation_id, Total.unit_id == unit_id
        )
    ):
        for units, sign in ((leaves, -1), (joins, 1)):
            for unit in units:
                place = (organisation_id, unit, level, dimension, key)
                ledger.move(place, [sign * amount for amount in amounts])
    ledger.store(session)


def change_sector_of_totals(
    session: Session,
    organisation_id: int,
    lineage: Collection[int],
    children: Iterable[int],
    sectors: tuple[str, str],
) -> None:
    """Let a unit's own tasks count in another sector; those of the units below keep theirs.

    Args:
        session: writing, and in turn.
        organisation_id: of the unit.
        lineage: the unit, first, and all units above it.
        children: the units right below it.
        sectors: the sector until now, and from now on.
    """
    unit_id = next(iter(lineage))
    below = set(children)
    own: dict[str, list[int]] = {}
    for unit, level, *amounts in session.execute(
        select(Total.unit_id, Total.level, *_MEASURES).where(
            Total.organisation_id == organisation_id,
            Total.unit_id.in_([unit_id, *below]),
            Total.dimension == "all",
            Total.key == NO_KEY,
        )
    ):
        sign = -1 if unit in below else 1
        so_far = own.setdefault(level, [0] * len(MEASURES))
        own[level] = [each + sign * amount for each, amount in zip(so_far, amounts, strict=True)]
    ledger = Ledger()
    for level, amounts in own.items():
        for unit in (WHOLE_ORGANISATION, *lineage):
            for sector, sign in zip(sectors, (-1, 1), strict=True):
                place = (organisation_id, unit, level, "sector", sector)
                ledger.move(place, [sign * amount for amount in amounts])
    ledger.store(session)
