"""Time of adding up what decisions free, of 100,000 decisions in a database of its own.

    .venv/bin/python -m scripts.bench.freed FOLDER [--postgresql URL]

FOLDER is empty or not there; URL names an empty PostgreSQL database that takes its place.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy import insert, select

from scripts.bench.measure import Stopwatch
from tests import make
from tests.loop import decision
from timethief.queries.freed import freed
from timethief.storage.database import Database
from timethief.storage.freed_time import counted
from timethief.storage.schema import migrate
from timethief.storage.tables import Decision, FreedTime, Unit

GOAL = 50
DECISIONS = 100_000
TIMES = 40


def fill(database: Database) -> int:
    """Add an organisation with its decisions, half of them told of; which organisation."""
    with database.writing_all() as session:
        place = make.organisation(session)
        tasks = [make.task(session, place, unit_id=unit) for unit in (place.ward, place.south)]
        rows, sums = [], []
        for number in range(DECISIONS):
            row = decision(
                place.organisation_id,
                tasks[number % 2],
                f"2026-{number}",
                id=number + 1,
                allotment={"core_work": 12.0, "quality": 3.0},
                answers_told=True,
            )
            rows.append({name: value for name, value in vars(row).items() if name[0] != "_"})
            sums.append((counted(row, ()) or {}) | {"told": number % 4 < 2})  # noqa: PLR2004 - half of each task's
        session.execute(insert(Decision), rows)
        session.execute(insert(FreedTime), sums)
        return place.organisation_id


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--postgresql", metavar="URL")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    own = f"sqlite:///{given.folder.absolute() / 'timethief.sqlite3'}"
    database = Database(given.postgresql or own)
    migrate(database)
    organisation_id = fill(database)
    watch = Stopwatch()
    with database.reading(organisation_id) as session:
        every = set(session.scalars(select(Unit.id)))
        for _ in range(TIMES):
            watch.time("the whole organisation", "", lambda: freed(session, organisation_id))
            watch.time(
                "some units, all there are", "", lambda: freed(session, organisation_id, every)
            )
    watch.tell(GOAL)


if __name__ == "__main__":
    main()
