from __future__ import annotations

import pytest
from sqlalchemy import text

from tests import make
from tests.decided import decided
from timethief.domain.identifiers import to_text
from timethief.domain.people import Role
from timethief.domain.vocabulary import Signal
from timethief.queries.verification import differences
from timethief.services.staff_categories import NewTariff, adopt_tariff
from timethief.storage.database import Database

MEASURES_OF_ONE = "1" + ", 0" * 12
TAMPERED = {
    "cost": ("UPDATE assessment SET cost_likely = cost_likely + 1", "cost_likely is"),
    "verdict": ("UPDATE assessment SET verdict = 'justified'", "verdict is justified"),
    "cause": ("UPDATE assessment SET cause = 'unused'", "cause is unused, should be"),
    "confirmed": ("UPDATE assessment SET confirmed = NOT confirmed", "confirmed is"),
    "level": ("UPDATE assessment SET level = 'eu'", "level is eu, should be own_organisation"),
    "signals": ("UPDATE assessment SET signals = ''", "signals is , should be paper"),
    "unit": ("UPDATE assessment SET unit_id = 1", "unit_id is 1"),
    "organisation": ("UPDATE assessment SET organisation_id = 1", "organisation_id is 1"),
    "policy": ("UPDATE assessment SET policy_version = 9", "policy_version is 9"),
    "day": ("UPDATE assessment SET assessed_on = '1999-01-01'", "cannot be assessed as of 1999"),
    "no assessment": ("DELETE FROM assessment", "no assessment"),
    "task": ("UPDATE task SET minutes = 31", "cost_likely is"),
    "impossible task": ("UPDATE task SET minutes = -1", "cannot be assessed"),
    "signal": ("DELETE FROM task_signal", "signals is paper, should be"),
    "total": ("UPDATE total SET gain_hours = gain_hours + 1 WHERE unit_id = 0", "gain_hours is"),
    "no total": ("DELETE FROM total WHERE dimension = 'verdict'", "tasks is 0, should be 1"),
    "extra total": (
        f"INSERT INTO total SELECT organisation_id, 77, '', 'all', '', {MEASURES_OF_ONE} FROM total LIMIT 1",  # noqa: S608 - fixed words
        "total of unit 77, level all, all all: tasks is 1, should be 0",
    ),
    "total of nobody": (
        f"INSERT INTO total SELECT 1, unit_id, level, dimension, key, {MEASURES_OF_ONE} FROM total",  # noqa: S608 - fixed words
        "totals of an organisation that does not exist: 000000000001",
    ),
    "no words": ("DELETE FROM task_search", "cannot be searched by the words that it has now"),
    "other words": ("UPDATE task SET title = 'Annat'", "cannot be searched by the words"),
    "words of no task": (
        "UPDATE task_search SET {id} = 1",
        "search: words of a task that does not exist: 000000000001",
    ),
}


FREED = {
    "hours": ("UPDATE freed_time SET hours = hours + 1", "counts as freed"),
    "share": ("UPDATE freed_time SET quality = 2", "counts as freed"),
    "told": ("UPDATE freed_time SET told = NOT told", "counts as freed"),
    "not counted": ("DELETE FROM freed_time", "counts as freed nothing, should be"),
    "decision": ("UPDATE decision SET expected_likely = 7", "'hours': 7.0"),
    "undone": ("UPDATE decision SET state = 'undone'", "should be nothing"),
    "answer": ("UPDATE follow_up SET confirmed_hours = 3 WHERE months = 12", "'hours': 3.0"),
}


def _task(database: Database) -> int:
    with database.writing_all() as session:
        place = make.organisation(session)
        return make.task(session, place, signals=frozenset({Signal.PAPER}))


def _found(database: Database) -> list[str]:
    with database.reading_all() as session:
        return list(differences(session))


def test_what_the_services_store_agrees(database: Database) -> None:
    _task(database)

    assert _found(database) == []


def test_an_empty_database_agrees(database: Database) -> None:
    assert _found(database) == []


@pytest.mark.parametrize(("statement", "told"), TAMPERED.values(), ids=TAMPERED.keys())
def test_what_was_tampered_with_is_told(database: Database, statement: str, told: str) -> None:
    _task(database)
    row = "rowid" if database.is_sqlite else "task_id"

    with database.writing_all() as session:
        session.execute(text(statement.replace("{id}", row)))

    assert [line for line in _found(database) if told in line] != []


@pytest.mark.parametrize(("statement", "told"), FREED.values(), ids=FREED.keys())
def test_freed_hours_that_do_not_agree_with_the_decisions_are_told(
    database: Database, statement: str, told: str
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        decided(session, make.actor(session, place, Role.SUPPORT), make.task(session, place))
    assert _found(database) == []

    with database.writing_all() as session:
        session.execute(text(statement))

    (line,) = _found(database)
    assert line.startswith("ort: decision ")
    assert told in line


def test_only_the_task_that_differs_is_named(database: Database) -> None:
    task = _task(database)
    with database.writing_all() as session:
        make.task(session, make.organisation(session, "other"))
        session.execute(
            text("UPDATE assessment SET cost_ore = 5 WHERE task_id = :task"), {"task": task}
        )

    (line,) = _found(database)

    assert line.startswith(f"ort: task {to_text(task)}: cost_ore is 5, should be ")


def test_an_assessment_is_held_against_the_tariffs_of_its_day(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        make.task(session, place)
        admin = make.actor(session, place, Role.ADMIN)
        tariff = NewTariff(place.nurse, make.TODAY, 999.0, "Avtal")

        adopt_tariff(session, admin, tariff, make.TODAY, make.NOW)

    assert _found(database) == []
