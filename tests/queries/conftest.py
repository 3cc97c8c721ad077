"""A database of each kind with so many tasks that lists have pages; tests only read it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, update
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.intake import UseAnswer
from timethief.domain.names import folded
from timethief.domain.people import Actor, Role
from timethief.domain.ranges import Range
from timethief.domain.tasks import Automation, Frequency, Use, Worth
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Level, Per, Purpose, Signal
from timethief.services import reviews
from timethief.services.tasks import settle
from timethief.storage.database import Database
from timethief.storage.tables import Requirement, Task

TASKS = 150
IMPORT, EACH = 7, 3
"""An import that seems to have added each task whose identifier can be divided by three."""
OTHERS = 20
WORDS = ("Rapport", "Blankett", "Schema", "Inköp", "Ärende", "Åtgärd")
LEVELS = (Level.STATE, Level.STATE, Level.REGION, Level.EU, Level.OWN_ORGANISATION)


@dataclass(frozen=True, slots=True)
class Stock:
    """The database and its organisations: `place` has the many tasks, `other` a few of the same names."""

    database: Database
    place: make.Place
    other: make.Place
    requirements: tuple[int, ...]


@pytest.fixture(scope="session")
def stocked_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stock]:
    file = tmp_path_factory.mktemp("stocked") / "stocked.sqlite3"
    shutil.copy(sqlite_template, file)
    yield from _stocked(Database(f"sqlite:///{file}"))


@pytest.fixture(scope="session")
def stocked_postgresql(postgresql_template: str, postgresql_server: str) -> Iterator[Stock]:
    server = postgresql_server.format("postgres")
    if server == postgresql_server:
        server = f"{server}/postgres"
    name = f"stocked_{postgresql_template}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgresql_template}"'.encode())
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    yield from _stocked(Database(url))


def _stocked(database: Database) -> Iterator[Stock]:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        requirements = tuple(_requirement(session, place, title) for title in ("Årlig", "Extra"))
        fill(session, place, TASKS, requirements)
        fill(session, other, OTHERS, ())
        session.execute(update(Task).where(Task.id % EACH == 0).values(import_id=IMPORT))
    yield Stock(database, place, other, requirements)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def stock(request: pytest.FixtureRequest) -> Stock:
    found: Stock = request.getfixturevalue(f"stocked_{request.param}")
    return found


def _requirement(session: Session, place: make.Place, title: str) -> int:
    row = Requirement(
        organisation_id=place.organisation_id,
        requester_id=place.state,
        title=title,
        folded_title=folded(title),
        binding=Binding.LAW.value,
    )
    session.add(row)
    session.flush()
    return row.id


def fill(session: Session, place: make.Place, count: int, requirements: tuple[int, ...]) -> None:
    """So many tasks, by chance that is the same each time."""
    chance = random.Random(count)  # noqa: S311 - chance that can be repeated
    rut, anna = make.actor(session, place), make.actor(session, place, Role.SUPPORT)
    asking = [place.requester, place.state]
    asking += [
        make.requester(session, place.organisation_id, f"Beställare {n}", level)
        for n, level in enumerate(LEVELS)
    ]
    for number in range(count):
        task = _report(session, place, rut, chance, chance.choice(asking), number)
        if chance.random() < 0.3:
            _review(session, anna, task, chance)
        if requirements and chance.random() < 0.3:
            row = session.get_one(Task, task)
            row.requirement_id = chance.choice(requirements)
            settle(session, row, make.assumptions(session, place))


def _report(
    session: Session,
    place: make.Place,
    rut: Actor,
    chance: random.Random,
    requester: int,
    number: int,
) -> int:
    return make.task(
        session,
        place,
        rut,
        # Every other one is sent in at the same moment as the one before.
        make.NOW - timedelta(days=40 - number // 4, seconds=number // 2),
        title=" ".join(chance.sample(WORDS, 2)),
        description=chance.choice(("", "På papper", "Två gånger om")),
        minutes=float(chance.choice((5, 10, 10, 60, 240))),
        frequency=Frequency(1.0, chance.choice((Per.WEEK, Per.MONTH, Per.YEAR))),
        people=chance.choice((1, 2, Range(2, 3, 5))),
        unit_id=chance.choice((place.top, place.north, place.ward, place.ward, place.south)),
        staff_category_id=chance.choice((place.nurse, place.all_staff, None)),
        requester_id=requester,
        use=chance.choice(list(UseAnswer)),
        worth_share=chance.choice((None, 0.25, 1.0, 2.0)),
        achievable_minutes=chance.choice((None, None, 1.0)),
        signals=frozenset(chance.sample(list(Signal)[:6], chance.randrange(4))),
    )


def _review(session: Session, anna: Actor, task: int, chance: random.Random) -> None:
    use = Use(
        Beneficiary.CITIZEN,
        Purpose.SAFETY,
        chance.choice(list(InUse)),
        Worth(share=chance.choice((0.0, 0.5, 1.0, 3.0))),
    )
    review = make.review(
        binding=chance.choice(list(Binding)),
        duplicate_share=chance.choice((0.0, 0.6)),
        automation=chance.choice((None, Automation(1.0, 0.9, 0.0))),
        uses=(use,) * chance.randrange(3),
    )
    version = session.get_one(Task, task).version
    reviews.store(session, anna, task, review, version, make.key(), make.NOW)
