from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tests import make
from timethief.services.access import lock_outs
from timethief.services.access.lock_outs import (
    ALL_TRIES,
    ALL_WINDOW,
    FIRST_WAIT,
    FREE_TRIES,
    LONGEST_WAIT,
    MEMORY,
    WINDOW,
    TooManyTries,
)
from timethief.storage.database import Database
from timethief.storage.tables import WrongTries

NAME = lock_outs.namer("k" * 32)
ANNA = NAME("password anna@example.org")
SECOND = timedelta(seconds=1)


def _try(database: Database, now: datetime, subject: str = ANNA) -> timedelta | None:
    """How long one must wait; None where the try was made, in vain."""
    try:
        with database.writing_all() as session:
            lock_outs.begin(session, subject, now)
    except TooManyTries as refusal:
        return refusal.until - now
    with database.writing_all() as session:
        lock_outs.was_wrong(session, now)
    return None


def test_after_ten_wrong_tries_one_waits(database: Database) -> None:
    waits = [_try(database, make.NOW) for _ in range(FREE_TRIES + 1)]

    assert waits == [None] * FREE_TRIES + [FIRST_WAIT]


def test_tries_that_lie_far_apart_are_not_added_up(database: Database) -> None:
    step = WINDOW / (FREE_TRIES - 2)

    assert {_try(database, make.NOW + step * each) for each in range(40)} == {None}


def test_each_wait_is_twice_as_long_up_to_an_hour_and_every_one_ends(database: Database) -> None:
    now = make.NOW
    for _ in range(FREE_TRIES):
        _try(database, now)
    waits = []
    for _ in range(9):
        wait = _try(database, now)
        assert wait is not None
        waits.append(wait)
        now += wait
        assert _try(database, now - SECOND) == SECOND
        assert _try(database, now) is None

    assert [wait / timedelta(minutes=1) for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert max(waits) == LONGEST_WAIT


def test_tries_while_one_waits_make_it_no_longer(database: Database) -> None:
    for _ in range(FREE_TRIES + 50):
        _try(database, make.NOW)

    assert _try(database, make.NOW + FIRST_WAIT) is None


def test_the_owner_who_gets_in_begins_anew(database: Database) -> None:
    for _ in range(FREE_TRIES):
        _try(database, make.NOW)
    later = make.NOW + FIRST_WAIT
    with database.writing_all() as session:
        lock_outs.begin(session, ANNA, later)
        lock_outs.was_right(session, ANNA)

    assert [_try(database, later) for _ in range(FREE_TRIES)] == [None] * FREE_TRIES


def test_a_day_after_the_last_wait_all_is_forgotten(database: Database) -> None:
    for _ in range(FREE_TRIES):
        _try(database, make.NOW)
    later = make.NOW + FIRST_WAIT + MEMORY + SECOND

    assert [_try(database, later) for _ in range(FREE_TRIES)] == [None] * FREE_TRIES


def test_one_account_waits_for_itself_alone(database: Database) -> None:
    for _ in range(FREE_TRIES):
        _try(database, make.NOW)

    assert _try(database, make.NOW, NAME("password ali@example.org")) is None


def test_of_many_tries_at_once_no_more_are_made_than_one_after_the_other(
    database: Database,
) -> None:
    def attempt(_: int) -> bool:
        try:
            with database.writing_all() as session:
                lock_outs.begin(session, ANNA, make.NOW)
        except TooManyTries:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(attempt, range(3 * FREE_TRIES)))

    assert sum(made) == FREE_TRIES


def test_a_thousand_wrong_tries_of_all_together_make_all_wait_for_five_minutes(
    database: Database,
) -> None:
    with database.writing_all() as session:
        for _ in range(ALL_TRIES - 1):
            lock_outs.was_wrong(session, make.NOW)
    before = _try(database, make.NOW, NAME("password one"))
    after = _try(database, make.NOW, NAME("password two"))
    later = _try(database, make.NOW + ALL_WINDOW, NAME("password two"))

    assert (before, after, later) == (None, ALL_WINDOW, None)


def test_the_table_names_nobody_and_forgets(database: Database) -> None:
    for number in range(5):
        _try(database, make.NOW, NAME(f"password {number}@example.org"))
    _try(database, make.NOW + WINDOW + SECOND)

    with database.reading_all() as session:
        rows = session.scalars(select(WrongTries.subject)).all()
        count = session.scalar(select(func.count()).select_from(WrongTries))
    assert set(rows) == {"all", ANNA}
    assert count == 2
    assert "anna" not in "".join(rows)
    assert lock_outs.namer("another key, of another service")("password anna@example.org") != ANNA
