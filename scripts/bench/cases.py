"""What the benchmarks ask for: each filter, pairs of filters, words; common values and rare ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import to_text
from timethief.queries.filters import TaskFilter
from timethief.queries.totals import Scope, grouped, totals_of_units
from timethief.storage.database import Database
from timethief.storage.tables import Organisation, Unit

SINGLES = 8
"""Values of each filter, evenly from the commonest to the rarest."""
DIMENSIONS = (
    "requester",
    "level",
    "verdict",
    "cause",
    "recommended",
    "signal",
    "status",
    "staff_category",
)
WORDS = {
    "common word": ("registrera", "blodtryck", "i", "dokumentera", "papper", "två system"),
    "rare word": ("självskatta", "läsårstider", "gotland", "skolskjuts", "fonus"),
    "two words": ("registrera blodtryck", "attestera faktura", "blodtryck cosmic", "skanna remiss"),
    "two common words": ("registrera system", "i cosmic", "dokumentera på", "läser blanketten"),
    "beginning of a word": ("reg", "blod", "dok", "frånv", "vårdpl", "å", "s"),
    "no such word": ("xyzzy", "registrera xyzzy"),
    "many words": ("registrera blodtryck i cosmic på papper varje morgon till nämnden",),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One filter.

    Attributes:
        group: cases that are told of together.
        wanted: the filter.
    """

    group: str
    wanted: TaskFilter

    def address(self, sort: str | None = None) -> str:
        """The inventory with this filter."""
        given = {name: getattr(self.wanted, name) for name in self.wanted.conditions()}
        shown = {
            name: "yes" if value is True else to_text(value) if isinstance(value, int) else value
            for name, value in given.items()
        }
        if sort is not None:
            shown["sort"] = sort
        return "/inventory" + (f"?{urlencode(shown)}" if shown else "")

    def __str__(self) -> str:
        """As it is printed."""
        return ", ".join(f"{n}={getattr(self.wanted, n)}" for n in self.wanted.conditions())


def database_of(folder: Path) -> Database:
    """The database that `build` made."""
    return Database(f"sqlite:///{folder.absolute() / 'timethief.sqlite3'}")


def organisation(session: Session) -> int:
    """The organisation that holds most tasks."""
    return session.scalars(select(Organisation.id).where(Organisation.code == "stora")).one()


def values_of(session: Session, organisation_id: int) -> dict[str, list[TaskFilter]]:
    """Of each filter, its values as filters, the commonest first."""
    found: dict[str, list[TaskFilter]] = {}
    units = session.scalars(select(Unit.id).where(Unit.organisation_id == organisation_id)).all()
    sizes = totals_of_units(session, Scope(organisation_id), units)
    ordered = sorted(sizes, key=lambda unit: (-sizes[unit].tasks, unit))
    found["unit"] = [TaskFilter(unit=unit) for unit in ordered]
    for dimension in DIMENSIONS:
        totals = grouped(session, Scope(organisation_id), dimension)
        keys = sorted(totals, key=lambda key: (-totals[key].tasks, key))
        numbers = dimension in ("requester", "staff_category")
        found[dimension] = [
            TaskFilter(**{dimension: int(key) if numbers else key})  # type: ignore[arg-type]
            for key in keys
        ]
    found["flagged"] = [TaskFilter(flagged=True)]
    return found


def spread(of: list[TaskFilter], count: int) -> list[TaskFilter]:
    """At most `count` of them: the first, the last, and evenly between."""
    if len(of) <= count:
        return of
    return [of[round(place * (len(of) - 1) / (count - 1))] for place in range(count)]


def joined(one: TaskFilter, other: TaskFilter) -> TaskFilter:
    """Both conditions."""
    conditions = {name: getattr(one, name) for name in one.conditions()}
    return TaskFilter(**conditions | {name: getattr(other, name) for name in other.conditions()})


def singles(values: dict[str, list[TaskFilter]]) -> Iterator[Case]:
    """No filter at all, and each filter by itself."""
    yield Case("no filter", TaskFilter())
    for name, of in values.items():
        for wanted in spread(of, SINGLES):
            yield Case(name, wanted)


def pairs(values: dict[str, list[TaskFilter]]) -> Iterator[Case]:
    """Every two filters together: common, middling and rare with common, middling and rare."""
    for one, other in combinations(values, 2):
        for first, second in product(spread(values[one], 3), spread(values[other], 3)):
            yield Case(f"{one} + {other}", joined(first, second))


def searches(values: dict[str, list[TaskFilter]]) -> Iterator[Case]:
    """Words, alone and with a filter."""
    for group, texts in WORDS.items():
        for text in texts:
            yield Case(f"search: {group}", TaskFilter(q=text))
            for name in ("unit", "level", "verdict", "requester", "flagged"):
                for wanted in spread(values[name], 3):
                    yield Case(f"search: {group}, filtered", joined(wanted, TaskFilter(q=text)))
