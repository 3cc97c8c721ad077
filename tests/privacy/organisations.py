"""Organisations made up by chance that can be repeated: units, employees, reports of a year, tasks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from timethief.domain.publication import Contribution
from timethief.domain.small_units import UnitSize, shown_as

MONTHS = 12
LEVELS = ("state", "region", "own_organisation", "eu", "other")
CATEGORIES = ("nurse", "assistant", "teacher", "all")
VERDICTS = ("clear", "probable", "partial", "possible", "justified")
VIEWS = ("unit", "level", "staff_category", "verdict")


@dataclass(frozen=True)
class Made:
    """One organisation.

    Attributes:
        smallest: its threshold.
        months: what was reported anonymously in each month.
        hours: of the tasks of each unit by itself; `tasks` how many, by verdict.
        joined: how many reports each task had at the end of each month.
    """

    smallest: int
    units: Mapping[int, UnitSize]
    months: Sequence[Sequence[Contribution]]
    hours: Mapping[int, float]
    tasks: Mapping[int, Counter[str]]
    joined: Sequence[Sequence[int]]


def made(seed: int) -> Made:
    """The organisation of that number."""
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    units = _units(chance)
    shown = shown_as(units)
    busy = chance.choice((0.3, 1.0, 2.5, 7.0))
    return Made(
        smallest=chance.choice((5, 5, 7)),
        units=units,
        months=[_month(chance, units, shown, busy) for _ in range(MONTHS)],
        hours={unit: round(chance.expovariate(0.01), 2) for unit in units},
        tasks={unit: Counter(chance.choices(VERDICTS, k=chance.randrange(9))) for unit in units},
        joined=[_growing(chance) for _ in range(chance.randrange(1, 12))],
    )


def _units(chance: random.Random) -> dict[int, UnitSize]:
    sizes = (None, 2, 4, 6, 9, 10, 11, 14, 20, 35, 60, 120)
    units = {1: UnitSize(None, chance.choice((None, 200, 900)))}
    if chance.random() < 0.3:
        units = {n: UnitSize(None, chance.choice(sizes)) for n in range(1, chance.randrange(2, 6))}
    for unit in range(len(units) + 1, chance.randrange(len(units) + 2, 20)):
        units[unit] = UnitSize(chance.choice(list(units)), chance.choice(sizes))
    return units


def _month(
    chance: random.Random,
    units: Mapping[int, UnitSize],
    shown: Mapping[int, int | None],
    busy: float,
) -> list[Contribution]:
    levels = chance.choices((1, 2, 6), k=len(LEVELS))
    return [
        Contribution(
            parts={
                "unit": str(shown[unit]),
                "level": chance.choices(LEVELS, levels)[0],
                "staff_category": chance.choice(CATEGORIES),
                "verdict": chance.choice(VERDICTS),
            },
            hours=None if chance.random() < 0.2 else round(chance.expovariate(0.02) + 0.1, 2),
        )
        for unit in units
        for _ in range(int(chance.expovariate(1 / busy)))
    ]


def _growing(chance: random.Random) -> list[int]:
    count, found = 0, []
    for _ in range(MONTHS):
        count += chance.choice((0, 0, 1, 2, 5))
        found.append(count)
    return found
