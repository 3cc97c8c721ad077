"""Make an instance folder with a large inventory: the same one each time, for the other benchmarks.

    .venv/bin/python -m scripts.bench.build TASKS FOLDER

One organisation holds all TASKS, three small ones a hundredth of that each. The rows go straight into the real
schema, much faster than the services would write them, but every assessment is the domain's own; `verify`
finds nothing to say of the result.
"""

# ruff: noqa: S311, PLR2004 - chances are seeded and no secrets, and stand where they are used

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from scripts.bench import words
from scripts.bench.measure import ADMIN, LEADERSHIP, PASSWORD, STAFF, SUPPORT
from timethief.config import read_config
from timethief.domain.assessment import assess
from timethief.domain.identifiers import BITS
from timethief.domain.intake import RequesterName, UseAnswer
from timethief.domain.measures import MEASURES, measures_of
from timethief.domain.names import folded
from timethief.domain.people import Role
from timethief.domain.ranges import Range
from timethief.domain.statements import Statement, authoritative
from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use, Worth
from timethief.domain.vocabulary import (
    Beneficiary,
    Binding,
    InUse,
    Level,
    OrganisationKind,
    Per,
    Purpose,
    Sector,
    Signal,
    Source,
    TaskStatus,
)
from timethief.services.history import EventKind
from timethief.services.organisations import NewUser, add_organisation, add_unit, add_user
from timethief.services.registers import load_registers
from timethief.services.requesters import find_or_add
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.database import Database
from timethief.storage.schema import migrate
from timethief.storage.tables import Requester, Requirement, StaffCategory, Tariff
from timethief.storage.totals import ALL_LEVELS, NO_KEY, WHOLE_ORGANISATION, row_of

ROLES = (Role.STAFF, Role.SUPPORT, Role.LEADERSHIP, Role.ADMIN)
"""In the order of their addresses."""
SEED = 20261101
TODAY = date(2026, 11, 1)
FIRST_DAY = date(2023, 11, 1)
BATCH = 10_000
UNITS = 200
SMALL_ORGANISATIONS = 3
REQUESTERS = {
    Level.OWN_ORGANISATION: 40,
    Level.STATE: 80,
    Level.MUNICIPALITY: 45,
    Level.REGION: 15,
    Level.OTHER: 20,
}
"""How many of each level; those of OTHER that begin with EU become the EU's."""
STATUSES = {
    TaskStatus.REPORTED: 600,
    TaskStatus.IN_REVIEW: 130,
    TaskStatus.KEPT: 120,
    TaskStatus.DECIDED: 80,
    TaskStatus.DONE: 60,
    TaskStatus.STOPPED: 10,
}
MINUTES: dict[Per, tuple[float, ...]] = {
    Per.WORKING_DAY: (1, 2, 5, 10, 15, 20, 30, 45),
    Per.WEEK: (5, 10, 15, 20, 30, 45, 60, 90, 120),
    Per.MONTH: (10, 15, 30, 45, 60, 90, 120, 240),
    Per.YEAR: (30, 60, 120, 240, 480, 960),
    Per.QUARTER: (15, 30, 60, 120, 240, 480),
    Per.CALENDAR_DAY: (1, 2, 5, 10, 15),
    Per.HALF_YEAR: (30, 60, 120, 240, 480),
}
PEOPLE = (1, 1, 1, 2, 3, 4, 5, 8, 11, 20, 35, 60, 140)

T = TypeVar("T")
Row = dict[str, Any]


class Chance:
    """Seeded choices."""

    def __init__(self, seed: int) -> None:
        """Begin anew."""
        self.random = random.Random(seed)
        self._falling: dict[int, list[float]] = {}

    def happens(self, share: float) -> bool:
        """True that often."""
        return self.random.random() < share

    def one(self, of: Sequence[T]) -> T:
        """One of them, each as likely."""
        return of[int(self.random.random() * len(of))]

    def early(self, of: Sequence[T]) -> T:
        """One of them, the n-th chosen 1/n as often as the first."""
        weights = self._falling.get(len(of))
        if weights is None:
            weights = list(accumulate(1 / (place + 1) for place in range(len(of))))
            self._falling[len(of)] = weights
        return self.random.choices(of, cum_weights=weights)[0]

    def ascending(self, count: int) -> Iterator[int]:
        """At most `count` random identifiers, each greater than the one before: rows are then only appended."""
        step = 2**BITS // (count + 1)
        for place in range(count):
            yield place * step + 1 + int(self.random.random() * (step - 1))


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation that tasks are made for.

    Attributes:
        units: the ones with most tasks first.
        requesters: id, level and name, the ones that ask for most first.
        requirements: ids by requester.
        categories: ids of staff categories, the commonest first.
    """

    assumptions: Assumptions
    units: list[int]
    requesters: list[tuple[int, Level, str]]
    requirements: dict[int, list[int]]
    categories: list[int]


def make_place(session: Session, chance: Chance, code: str, units: int) -> Place:
    """A new organisation with units, requesters, requirements and four people."""
    name = f"Organisationen {code}"
    organisation_id = add_organisation(session, code, name, OrganisationKind.REGION, TODAY)
    unit_ids = _units(session, chance, organisation_id, units)
    requesters = _requesters(session, chance, organisation_id)
    requirements = _requirements(session, chance, organisation_id, requesters)
    categories = list(
        session.scalars(
            select(StaffCategory.id)
            .join(Tariff, Tariff.staff_category_id == StaffCategory.id)
            .where(StaffCategory.organisation_id == organisation_id)
            .order_by(StaffCategory.code)
        )
    )
    emails = (STAFF, SUPPORT, LEADERSHIP, ADMIN)
    for role, email in zip(ROLES, emails, strict=True):
        address = email.replace("stora", code)
        new = NewUser(address, f"Person {role}", role, unit_ids[0], categories[0], PASSWORD)
        add_user(session, organisation_id, new)
    session.flush()
    assumptions = load_assumptions(session, organisation_id, TODAY)
    return Place(assumptions, unit_ids, requesters, requirements, categories)


def _units(session: Session, chance: Chance, organisation_id: int, count: int) -> list[int]:
    """A tree of up to four floors: each unit lies below one of the first third."""
    made: list[int] = []
    depths: dict[int, int] = {}
    for number in range(count):
        above = None if number == 0 else chance.one(made[: max(1, len(made) // 3)])
        if above is not None and depths[above] == 3:
            above = made[0]
        unit = add_unit(
            session,
            organisation_id,
            f"e{number}",
            f"{chance.one(words.OFFICES)} {number}".replace("_", " "),
            chance.one(list(Sector)),
            above,
            5 + int(200 * chance.random.random()),
        )
        depths[unit] = 0 if above is None else depths[above] + 1
        made.append(unit)
    chance.random.shuffle(made)
    return made


def _requesters(
    session: Session, chance: Chance, organisation_id: int
) -> list[tuple[int, Level, str]]:
    found: list[Requester] = []
    for level, count in REQUESTERS.items():
        if level is Level.OWN_ORGANISATION:
            names = words.OFFICES[:count]
        elif level is Level.OTHER:
            names = words.OTHERS[:count]
        else:
            shared = session.scalars(
                select(Requester)
                .where(Requester.organisation_id.is_(None), Requester.level == level.value)
                .order_by(Requester.folded_name)
            ).all()
            found += chance.random.sample(shared, count)
            continue
        for word in names:
            own = Level.EU if word.startswith("EU:") else level
            meant = RequesterName(words.text(word), own)
            found.append(find_or_add(session, organisation_id, meant))
    chance.random.shuffle(found)
    return [(each.id, Level(each.level), each.name) for each in found]


def _requirements(
    session: Session,
    chance: Chance,
    organisation_id: int,
    requesters: list[tuple[int, Level, str]],
) -> dict[int, list[int]]:
    made: dict[int, list[int]] = {}
    for requester_id, _, name in requesters[::2]:
        rows = []
        for what in chance.random.sample(words.OBJECTS, 4):
            title = f"Redovisning av {words.text(what)} till {name}"[:200]
            rows.append(
                Requirement(
                    organisation_id=organisation_id,
                    requester_id=requester_id,
                    title=title,
                    folded_title=folded(title),
                    binding=chance.one(list(Binding)).value,
                )
            )
        session.add_all(rows)
        session.flush()
        made[requester_id] = [row.id for row in rows]
    return made


class Totals:
    """The kept totals, counted where the tasks are and then carried up the tree.

    The product's own ledger books each task in every place above it at once; this comes to the same.
    """

    def __init__(self, assumptions: Assumptions) -> None:
        """Nothing is counted yet."""
        self.assumptions = assumptions
        self.counted: dict[tuple[int, str, str, str], list[int]] = defaultdict(self._nothing)

    @staticmethod
    def _nothing() -> list[int]:
        return [0] * len(MEASURES)

    def add(self, row: Row, amounts: list[int]) -> None:
        """Count a task, given as its assessment."""
        unit, level = row["unit_id"], row["level"]
        keys = [("all", NO_KEY), ("sector", self.assumptions.sectors[unit])]
        keys += [
            (name, str(row[name if name in row else f"{name}_id"]))
            for name in ("level", "requester", "requirement", "staff_category", "status", "month")
        ]
        keys += [(name, str(row[name])) for name in ("verdict", "cause", "recommended")]
        keys += [("signal", signal) for signal in row["signals"].split()]
        for dimension, key in keys:
            if key != "None":
                sums = self.counted[unit, level, dimension, key]
                for place, amount in enumerate(amounts):
                    sums[place] += amount

    def rows(self) -> list[Row]:
        """All totals."""
        kept: dict[tuple[int, int, str, str, str], list[int]] = defaultdict(self._nothing)
        organisation = self.assumptions.organisation_id
        for (unit, level, dimension, key), amounts in self.counted.items():
            for above in (WHOLE_ORGANISATION, *self.assumptions.lineage[unit]):
                for of_level in (ALL_LEVELS, level):
                    sums = kept[organisation, above, of_level, dimension, key]
                    for place, amount in enumerate(amounts):
                        sums[place] += amount
        return [row_of(key, kept[key]) for key in sorted(kept)]


class Maker:
    """Makes tasks, as rows of every table that a task has rows in."""

    def __init__(self, place: Place, chance: Chance, ids: dict[str, Iterator[int]]) -> None:
        """Begin.

        Args:
            place: whose tasks.
            chance: seeded.
            ids: identifiers to use, by table.
        """
        self.place = place
        self.chance = chance
        self.ids = ids
        self.totals = Totals(place.assumptions)
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.days = [FIRST_DAY + timedelta(days=day) for day in range((TODAY - FIRST_DAY).days)]
        self.organisation_id = place.assumptions.organisation_id

    def make(self) -> None:
        """One task with all that belongs to it."""
        chance, place = self.chance, self.place
        task_id = next(self.ids["task"])
        requester_id, level, requester = chance.early(place.requesters)
        logged_on = chance.one(self.days)
        task = self._task(task_id, requester_id, level, logged_on)
        signals = {chance.early(list(Signal)) for _ in range(chance.early((0, 1, 2, 3)))}
        uses = self._uses(task_id, logged_on)
        self.rows["task"].append(task)
        for signal in sorted(signals):
            row = {"task_id": task_id, "signal": signal.value}
            self.rows["task_signal"].append(row | {"organisation_id": self.organisation_id})
        self._assess(task, level, signals, uses, logged_on)
        self._report(task, logged_on)
        self.rows["task_search"].append(
            {
                "rowid": task_id,
                "title": folded(task["title"]),
                "description": folded(task["description"]),
                "requester": folded(requester),
            }
        )

    def _task(self, task_id: int, requester_id: int, level: Level, logged_on: date) -> Row:
        chance, place = self.chance, self.place
        per = chance.early(tuple(MINUTES))
        minutes = chance.one(MINUTES[per])
        spread = chance.happens(0.15)
        looked_at = chance.happens(0.1)
        own = level in (Level.OWN_ORGANISATION, Level.OTHER)
        binding = chance.one((Binding.INTERNAL_RULE, Binding.CUSTOM, Binding.UNKNOWN))
        if not own:
            binding = chance.one((Binding.LAW, Binding.LAW, Binding.AGREEMENT, Binding.UNKNOWN))
        requirements = place.requirements.get(requester_id)
        with_requirement = requirements is not None and chance.happens(0.4)
        status = chance.random.choices(list(STATUSES), weights=list(STATUSES.values()))[0]
        return {
            "id": task_id,
            "organisation_id": self.organisation_id,
            "unit_id": chance.early(place.units),
            "requester_id": requester_id,
            "requirement_id": chance.early(requirements or ()) if with_requirement else None,
            "staff_category_id": chance.early(place.categories),
            "title": self._title(),
            "description": self._description(),
            "minutes": minutes,
            "minutes_low": minutes * 0.5 if spread else None,
            "minutes_high": minutes * 1.5 if spread else None,
            "times": 1 if chance.happens(0.7) else chance.one((2, 3, 5)),
            "per": per.value,
            "people": chance.one(PEOPLE),
            "people_low": None,
            "people_high": None,
            "hourly_cost_sek": None,
            "binding": binding.value,
            "legal_basis": "",
            "achievable_minutes": minutes * 0.4 if chance.happens(0.25) else None,
            "sufficient_times": 1 if looked_at and chance.happens(0.5) else None,
            "sufficient_per": Per.MONTH.value,
            "other_staff_category_id": chance.one(place.categories)
            if chance.happens(0.08)
            else None,
            "other_hourly_cost_sek": None,
            "duplicate_share": chance.one((0.2, 0.5, 0.9)) if chance.happens(0.1) else 0.0,
            "rule_based": chance.one((0.5, 0.8, 1.0)) if looked_at else None,
            "digital_input": chance.one((0.5, 0.8, 1.0)) if looked_at else None,
            "exceptions": chance.one((0.0, 0.1, 0.3)) if looked_at else None,
            "stable": chance.happens(0.8),
            "systems": chance.one((1, 1, 2, 3)),
            "needs_judgement": chance.happens(0.2),
            "status": status.value,
            "figures_by": (
                Source.PERFORMER if status is TaskStatus.REPORTED else Source.REVIEWER
            ).value,
            "assumed": False,
            "origin": "",
            "logged_on": logged_on.isoformat(),
            "version": 1,
        }

    def _title(self) -> str:
        early = self.chance.early
        written = f"{early(words.VERBS)} {early(words.OBJECTS)} {early(words.PLACES)}"
        return words.text(written[0].upper() + written[1:])

    def _description(self) -> str:
        if self.chance.happens(0.6):
            return ""
        return words.text(" ".join(self.chance.random.sample(words.REASONS, 2)))

    def _uses(self, task_id: int, logged_on: date) -> tuple[Use, ...]:
        chance = self.chance
        uses = []
        for position in range(1, 1 + chance.early((1, 1, 2, 0))):
            use_id = next(self.ids["task_use"])
            beneficiary, purpose = chance.one(list(Beneficiary)), chance.one(list(Purpose))
            row = {"id": use_id, "organisation_id": self.organisation_id, "task_id": task_id}
            said = {"beneficiary": beneficiary.value, "purpose": purpose.value}
            self.rows["task_use"].append(row | said | {"position": position})
            counts = authoritative(self._statements(use_id, logged_on))
            uses.append(Use(beneficiary, purpose, counts.in_use, counts.worth))
        return tuple(uses)

    def _statements(self, use_id: int, logged_on: date) -> list[Statement]:
        chance = self.chance
        unsure = (InUse.BELIEVED, InUse.UNKNOWN, InUse.NOT_USED)
        said = [Statement(Source.PERFORMER, chance.early(unsure), self._worth(), logged_on)]
        sure = (InUse.CONFIRMED, InUse.NOT_USED)
        for source, share in ((Source.RECEIVER, 0.12), (Source.REVIEWER, 0.08)):
            if chance.happens(share):
                said.append(Statement(source, chance.early(sure), self._worth(), logged_on))
        for sequence, each in enumerate(said, start=1):
            self.rows["use_statement"].append(
                {
                    "id": next(self.ids["use_statement"]),
                    "organisation_id": self.organisation_id,
                    "use_id": use_id,
                    "source": each.source.value,
                    "in_use": each.in_use.value,
                    "worth_share": each.worth.share,
                    "worth_minutes": each.worth.minutes,
                    "worth_minutes_low": None,
                    "worth_minutes_high": None,
                    "worth_sek_per_year": each.worth.sek_per_year,
                    "said_on": each.said_on.isoformat(),
                    "sequence": sequence,
                }
            )
        return said

    def _worth(self) -> Worth:
        if self.chance.happens(0.1):
            return Worth(minutes=self.chance.one((1.0, 5.0, 15.0, 30.0, 60.0)))
        if self.chance.happens(0.05):
            return Worth(sek_per_year=self.chance.one((1_000.0, 10_000.0, 100_000.0)))
        return Worth(share=self.chance.one((0.0, 0.25, 0.5, 1.25, 1.25, 1.25, 2.0, 2.0, 4.0)))

    def _assess(
        self,
        task: Row,
        level: Level,
        signals: set[Signal],
        uses: tuple[Use, ...],
        logged_on: date,
    ) -> None:
        facts = self._facts(task, uses)
        found = assess(facts, self.place.assumptions.policy)
        confirmed = any(use.in_use is InUse.CONFIRMED for use in uses)
        measures = measures_of(found, confirmed=confirmed)
        amounts = [getattr(measures, name) for name in MEASURES]
        moment = datetime.combine(logged_on, datetime.min.time(), UTC).timestamp()
        row = {
            "task_id": task["id"],
            "level": level.value,
            "month": f"{logged_on:%Y-%m}",
            "signals": " ".join(sorted(signals)),
            "verdict": found.verdict.value,
            "cause": found.cause.value if found.cause else None,
            "recommended": found.recommended.value,
            "within_own_mandate": found.within_own_mandate.value,
            "confirmed": confirmed,
            "policy_version": found.policy_version,
            "assessed_on": TODAY.isoformat(),
            "sequence": int((moment + 86_400 * self.chance.random.random()) * 1_000_000),
        }
        row |= {
            name: task[name]
            for name in (
                "organisation_id",
                "unit_id",
                "requester_id",
                "requirement_id",
                "staff_category_id",
                "status",
            )
        }
        self.totals.add(row, amounts)
        kept = ("cost", "benefit", "avoidable", "gain")
        row |= {
            name: amount
            for name, amount in zip(MEASURES, amounts, strict=True)
            if name.startswith(kept)
        }
        self.rows["assessment"].append(row)

    def _facts(self, task: Row, uses: tuple[Use, ...]) -> TaskFacts:
        tariffs = self.place.assumptions.tariffs
        minutes = task["minutes"]
        if task["minutes_low"] is not None:
            minutes = Range(task["minutes_low"], minutes, task["minutes_high"])
        enough = task["sufficient_times"]
        other = task["other_staff_category_id"]
        return TaskFacts(
            minutes=minutes,
            frequency=Frequency(task["times"], Per(task["per"])),
            people=task["people"],
            hourly_cost_sek=tariffs[task["staff_category_id"]],
            binding=Binding(task["binding"]),
            uses=uses,
            achievable_minutes=task["achievable_minutes"],
            sufficient_frequency=None if enough is None else Frequency(enough, Per.MONTH),
            other_hourly_cost_sek=None if other is None else tariffs[other],
            duplicate_share=task["duplicate_share"],
            automation=None
            if task["rule_based"] is None
            else Automation(
                task["rule_based"],
                task["digital_input"],
                task["exceptions"],
                stable=task["stable"],
                systems=task["systems"],
                needs_judgement=task["needs_judgement"],
            ),
        )

    def _report(self, task: Row, logged_on: date) -> None:
        of_task = (
            "organisation_id",
            "unit_id",
            "requester_id",
            "staff_category_id",
            "title",
            "description",
            "minutes",
            "times",
            "per",
            "people",
        )
        report = {name: task[name] for name in of_task}
        report |= {
            "id": f"{self.chance.random.getrandbits(128):032x}",
            "task_id": task["id"],
            "use_answer": self.chance.one(list(UseAnswer)).value,
            "signals": "",
            "sent_on": logged_on.isoformat(),
            "sequence": 1,
            "withdrawn": False,
        }
        self.rows["report"].append(report)
        self.rows["task_event"].append(
            {
                "id": next(self.ids["task_event"]),
                "organisation_id": self.organisation_id,
                "task_id": task["id"],
                "happened_at": f"{logged_on.isoformat()} 12:00:00.000000",
                "role": Role.STAFF.value,
                "kind": EventKind.LOGGED.value,
                "before": "{}",
                "after": "{}",
            }
        )


def store(connection: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    """Insert the rows, which all have the same columns."""
    for columns, alike in groupby(rows, key=tuple):
        names = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        # The names are those above and of the product's own tables.
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", alike)  # noqa: S608


def fill(connection: sqlite3.Connection, maker: Maker, count: int) -> None:
    """Make so many tasks of an organisation, and its totals."""
    begun = time.perf_counter()
    for start in range(0, count, BATCH):
        done = min(start + BATCH, count)
        for _ in range(start, done):
            maker.make()
        for table, rows in maker.rows.items():
            store(connection, table, rows)
        maker.rows.clear()
        connection.commit()
        print(f"\r{done:>9,} tasks  {time.perf_counter() - begun:6.0f} s", end="", flush=True)
    store(connection, "total", maker.totals.rows())
    connection.commit()
    print()


def without_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop every index, since making one at the end is faster; how to make them again."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def build(tasks: int, folder: Path) -> None:
    """Make the folder and its database.

    Raises:
        SystemExit: there is a database already.
    """
    config = read_config({"TIMETHIEF_INSTANCE": str(folder)})
    file = folder / "timethief.sqlite3"
    if file.exists():
        raise SystemExit(f"{file} is there already")
    database = Database(config.database_url)
    migrate(database)
    chance = Chance(SEED)
    units = {"stora": UNITS}
    units |= {f"lilla{number}": UNITS // 10 for number in range(1, SMALL_ORGANISATIONS + 1)}
    with database.writing_all() as session:
        load_registers(session)
        places = [make_place(session, chance, code, many) for code, many in units.items()]
    database.close()
    few = max(10, tasks // 100)
    most = {"task": 1, "task_event": 1, "task_use": 2, "use_statement": 6}
    count = tasks + SMALL_ORGANISATIONS * few
    ids = {table: chance.ascending(count * of_each) for table, of_each in most.items()}
    connection = sqlite3.connect(file)
    for pragma in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -500000"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = without_indexes(connection)
    for place, many in zip(places, [tasks] + [few] * SMALL_ORGANISATIONS, strict=True):
        fill(connection, Maker(place, chance, ids), many)
    for sql in indexes:
        connection.execute(sql)
    connection.commit()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    print(f"{file}: {file.stat().st_size / 1e6:,.0f} MB")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("tasks", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    build(given.tasks, given.folder.absolute())


if __name__ == "__main__":
    main()
