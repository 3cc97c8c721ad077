"""How many tasks meet the conditions of a filter, as far as the kept totals and the indexes tell."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from timethief.queries.filters import TaskFilter
from timethief.storage import search
from timethief.storage.binding import BOUND_BY
from timethief.storage.merged import IS_LIVE
from timethief.storage.tables import Task, Total
from timethief.storage.totals import ALL_LEVELS, NO_KEY, WHOLE_ORGANISATION

FOUND_AT_MOST = 20_000
"""Words that more tasks hold than this are not counted further."""
DIMENSIONS = (
    *("requester", "requirement", "staff_category", "level"),
    *("verdict", "cause", "recommended", "status", "signal"),
)
"""The conditions that are dimensions of the kept totals."""
IMPORTED = select(Task.id).where(
    Task.organisation_id == bindparam("organisation_id"),
    Task.import_id == bindparam("imported"),
    IS_LIVE,
)
"""The tasks that an import added."""
_ALL = ("all", NO_KEY)
_NONE = (0, 0)


def known_count(wanted: TaskFilter, most: list[int]) -> int | None:
    """How many tasks meet the filter, where one of the numbers tells."""
    if wanted.conditions() == ("imported",):
        return most[-1]
    return most[0] if len(most) == 1 and not search.words_of(wanted.q) else None


def count_imported(session: Session, organisation_id: int, import_id: int) -> int:
    """How many tasks an import added that are still there."""
    found = select(func.count()).select_from(IMPORTED.subquery())
    values = {"organisation_id": organisation_id, "imported": import_id}
    return session.scalar(found, values) or 0


def count_found(session: Session, words: tuple[str, ...]) -> int:
    """How many tasks hold the words, counted no further than it matters."""
    few = search.matching(session, words).limit(FOUND_AT_MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0


def counts_alone(session: Session, organisation_id: int, wanted: TaskFilter) -> dict[str, int]:
    """How many tasks of the organisation there are, and how many meet each condition by itself."""
    return _alone(_kept(session, organisation_id, wanted), wanted)


def kept_counts(
    session: Session, organisation_id: int, wanted: TaskFilter
) -> tuple[dict[str, int], list[int]]:
    """How many tasks meet the conditions of a filter, as the kept totals tell, in one look-up.

    Returns:
        How many there are and meet each condition by itself; and how many can meet the filter at most, by each of its
        conditions together with unit, level and flag. Where there is one number only, so many do.
    """
    kept = _kept(session, organisation_id, wanted)
    return _alone(kept, wanted), _most(kept, wanted)


_Kept = Mapping[tuple[int, str, str, str], tuple[int, int]]
"""How many tasks, and how many of them flagged, by unit, level, dimension and key."""
_COUNTS = (
    select(
        *(Total.unit_id, Total.level, Total.dimension, Total.key),
        *(Total.tasks, Total.flagged_tasks),
    )
    .where(
        Total.organisation_id == bindparam("organisation_id"),
        Total.unit_id.in_(bindparam("units", expanding=True)),
        Total.level.in_(bindparam("levels", expanding=True)),
        Total.dimension.in_(bindparam("dimensions", expanding=True)),
        Total.key.in_(bindparam("keys", expanding=True)),
    )
    # Made once, since every list begins with it.
    .execution_options(**{BOUND_BY: "organisation_id among its own conditions"})
)


def _kept(session: Session, organisation_id: int, wanted: TaskFilter) -> _Kept:
    keys = [_ALL, *_keys(wanted)]
    # By the connection: plain rows need nothing of what the session does for objects.
    rows = session.connection().execute(
        _COUNTS,
        {
            "organisation_id": organisation_id,
            "units": sorted({WHOLE_ORGANISATION, wanted.unit or WHOLE_ORGANISATION}),
            "levels": sorted({ALL_LEVELS, wanted.level or ALL_LEVELS}),
            "dimensions": [dimension for dimension, _ in keys],
            "keys": [key for _, key in keys],
        },
    )
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in rows}


def _keys(wanted: TaskFilter) -> list[tuple[str, str]]:
    """The conditions that are dimensions of the kept totals, as (dimension, key)."""
    names = DIMENSIONS
    return [(n, str(getattr(wanted, n))) for n in names if getattr(wanted, n) is not None]


def _alone(kept: _Kept, wanted: TaskFilter) -> dict[str, int]:
    def tasks(unit: int, key: tuple[str, str]) -> int:
        return kept.get((unit, ALL_LEVELS, *key), _NONE)[0]

    counts = {key[0]: tasks(WHOLE_ORGANISATION, key) for key in (_ALL, *_keys(wanted))}
    if wanted.unit is not None:
        counts["unit"] = tasks(wanted.unit, _ALL)
    return counts


def _most(kept: _Kept, wanted: TaskFilter) -> list[int]:
    unit, level = wanted.unit or WHOLE_ORGANISATION, wanted.level or ALL_LEVELS
    keys = [key for key in _keys(wanted) if key[0] != "level"] or [_ALL]
    found = [kept.get((unit, level, *key), _NONE) for key in keys]
    # Only what is flagged has a cause.
    flagged = True if wanted.flagged is None and wanted.cause is not None else wanted.flagged
    if flagged is None:
        return [tasks for tasks, _ in found]
    if flagged:
        return [of_them for _, of_them in found]
    return [tasks - of_them for tasks, of_them in found]
