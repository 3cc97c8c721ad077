from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import select

from timethief.domain.measures import MEASURES, Measures
from timethief.storage.database import Database
from timethief.storage.tables import AssessmentRow, Total
from timethief.storage.totals import DIMENSIONS, Ledger, Line, line_of

LINE = Line(7, (3, 2, 1), "state", (("verdict", "clear"), ("signal", "paper")), Measures(1, 1, 5))
PLAIN = {
    "task_id": 1,
    "organisation_id": 7,
    "unit_id": 3,
    "requester_id": 40,
    "requirement_id": None,
    "staff_category_id": 50,
    "level": "state",
    "status": "reported",
    "month": "2026-03",
    "signals": "meeting paper",
    "verdict": "clear",
    "cause": None,
    "recommended": "keep",
    "confirmed": False,
    **{name: 10 + n for n, name in enumerate(MEASURES[2:9])},
    "avoidable_hours": 20,
    "gain_hours": -5,
}


def _kept(database: Database) -> dict[tuple[int, str, str, str], Measures]:
    with database.reading_all() as session:
        return {
            (row.unit_id, row.level, row.dimension, row.key): Measures(
                *(getattr(row, name) for name in MEASURES)
            )
            for row in session.scalars(select(Total))
        }


def _store(database: Database, ledger: Ledger) -> None:
    with database.writing_all() as session:
        ledger.store(session)


def test_a_task_counts_in_its_unit_and_all_above_at_its_level_and_at_all() -> None:
    places = list(LINE.places())

    assert len(places) == len(set(places)) == 4 * 2 * 3
    assert {place[1] for place in places} == {0, 1, 2, 3}
    assert {place[2] for place in places} == {"", "state"}
    assert {place[3:] for place in places} == {("all", ""), *LINE.keys}


def test_a_line_has_every_dimension_that_the_task_has() -> None:
    row = AssessmentRow(**PLAIN | {"requirement_id": 60, "cause": "unused"})

    line = line_of(row, (3, 1), "care")

    assert {dimension for dimension, _ in line.keys} == set(DIMENSIONS) - {"all"}
    assert ("signal", "meeting") in line.keys
    assert ("signal", "paper") in line.keys
    assert ("requirement", "60") in line.keys


def test_hours_are_flagged_and_confirmed_only_where_the_task_is() -> None:
    plain = line_of(AssessmentRow(**PLAIN), (3,), "care").measures
    both = line_of(AssessmentRow(**PLAIN | {"cause": "unused", "confirmed": True}), (3,), "care")

    assert (plain.flagged_tasks, plain.flagged_hours, plain.confirmed_hours) == (0, 0, 0)
    assert both.measures == replace(
        plain, flagged_tasks=1, flagged_hours=plain.cost_likely, confirmed_hours=plain.cost_likely
    )


def test_what_is_added_is_kept_at_every_place(database: Database) -> None:
    ledger = Ledger()
    ledger.add(LINE)

    _store(database, ledger)

    assert _kept(database) == {place[1:]: LINE.measures for place in LINE.places()}


def test_adding_and_taking_in_one_ledger_stores_nothing(database: Database) -> None:
    ledger = Ledger()
    ledger.add(LINE)
    ledger.take(LINE)

    _store(database, ledger)

    assert _kept(database) == {}


def test_adding_and_taking_in_two_ledgers_leaves_nothing_but_zeros(database: Database) -> None:
    ledger = Ledger()
    ledger.add(LINE)
    _store(database, ledger)
    ledger.take(LINE)

    _store(database, ledger)

    assert set(_kept(database).values()) == {Measures()}


def test_a_ledger_that_is_stored_begins_anew(database: Database) -> None:
    ledger = Ledger()
    ledger.add(LINE)
    _store(database, ledger)

    _store(database, ledger)

    assert _kept(database)[0, "", "all", ""] == LINE.measures


def test_changes_are_what_each_place_changes_by_and_nothing_elsewhere() -> None:
    ledger = Ledger()
    negative = Measures(1, 0, 10**15, -3, 0, -(10**15))
    for _ in range(3):
        ledger.add(replace(LINE, measures=negative))
    ledger.take(replace(LINE, measures=Measures(0, 0, 1)))
    ledger.move((7, 3, "state", "all", ""), [0] * 12 + [-5])

    changes = ledger.changes

    expected = [3, 0, 3 * 10**15 - 1, -9, 0, -3 * 10**15, *[0] * 7]
    for place in LINE.places():
        more = -5 if place == (7, 3, "state", "all", "") else 0
        assert changes[place] == [*expected[:12], expected[12] + more]
    assert changes[7, 99, "", "all", ""] == [0] * 13


def test_units_that_share_one_above_them_are_summed_there(database: Database) -> None:
    ledger = Ledger()
    ledger.add(replace(LINE, units=(3, 1), measures=Measures(1, 0, 5)))
    ledger.add(replace(LINE, units=(4, 1), level="eu", measures=Measures(1, 0, 7)))

    _store(database, ledger)

    kept = _kept(database)
    assert kept[1, "", "all", ""] == kept[0, "", "all", ""] == Measures(2, 0, 12)
    assert kept[3, "", "all", ""] == kept[1, "state", "all", ""] == Measures(1, 0, 5)
    assert kept[4, "eu", "verdict", "clear"] == Measures(1, 0, 7)


def test_writers_at_once_sum_right_and_never_lock_each_other_out(database: Database) -> None:
    def work(seed: int) -> int:
        chance, added = random.Random(seed), 0  # noqa: S311 - chance that can be repeated
        for _ in range(10):
            ledger = Ledger()
            for unit in chance.sample(range(1, 20), 5):
                amount = chance.randrange(1, 1_000)
                ledger.add(replace(LINE, units=(unit,), measures=Measures(1, 0, amount)))
                added += amount
            _store(database, ledger)
        return added

    with ThreadPoolExecutor(6) as pool:
        amounts = list(pool.map(work, range(6)))

    kept = _kept(database)
    assert kept[0, "", "all", ""] == Measures(6 * 10 * 5, 0, sum(amounts))
    assert sum(kept[unit, "", "all", ""].cost_low for unit in range(1, 20)) == sum(amounts)
