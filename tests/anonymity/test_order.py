"""T2: what stands in the database, and where, does not tell in which order it came."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select, text

from tests import make
from tests.anonymity.writing import files, place, send
from timethief.domain.anonymity import week_of
from timethief.services.anonymous.release import release
from timethief.storage.database import Database
from timethief.storage.tables import AnonymousForm, AnonymousReport, JobRun, OutboxMail

NUMBER = 100
TITLES = [f"uppgift-nummer-{number:03}" for number in range(NUMBER)]
CHANCE = 15
"""Reports beside the one that came before or after: 99 in the order of coming, 2 by chance, 15 once in ten million."""


def _neighbours(order: list[int]) -> int:
    """How many stand beside the one that came just before or after them: also where pages are filled backwards."""
    return sum(abs(one - other) == 1 for one, other in pairwise(order))


def _in_the_files(database: Database) -> list[int]:
    """The neighbours in each of the database's files that holds all reports, as their bytes first stand there."""
    kept = []
    for content in files(database).values():
        found = {number: content.find(title.encode()) for number, title in enumerate(TITLES)}
        if min(found.values()) >= 0:
            kept.append(_neighbours(sorted(found, key=found.__getitem__)))
    assert kept
    return kept


def _by_row(database: Database, order: str) -> list[int]:
    with database.engine.connect() as connection:
        rows = connection.execute(text(f"SELECT title FROM anonymous_report ORDER BY {order}"))  # noqa: S608 - of this test
        return [TITLES.index(title) for (title,) in rows]


def _hundred(database: Database) -> make.Place:
    where = place(database)
    for title in TITLES:
        send(database, where, title=title)
    return where


def test_before_the_batch_the_order_can_be_read_which_shows_that_we_would_see_it(
    database: Database,
) -> None:
    _hundred(database)

    assert max(_in_the_files(database)) > CHANCE


def test_after_the_batch_no_order_is_left_in_the_files(database: Database) -> None:
    where = _hundred(database)

    release(database, where.organisation_id, make.NOW)

    assert max(_in_the_files(database)) < CHANCE


def test_postgresql_gives_all_rows_of_a_week_the_same_transaction_and_random_places(
    postgresql_url: str,
) -> None:
    database = Database(postgresql_url)
    where = place(database)
    for day, titles in enumerate((TITLES[:50], TITLES[50:])):
        for title in titles:
            send(database, where, title=title)
        release(database, where.organisation_id, make.NOW + timedelta(days=day))

    assert _neighbours(_by_row(database, "ctid")) < CHANCE
    with database.engine.connect() as connection:
        transactions = connection.execute(text("SELECT DISTINCT xmin::text FROM anonymous_report"))
        assert len(transactions.all()) == 1
    database.close()


def test_each_report_is_dated_by_the_week_of_its_batch_and_forms_are_forgotten(
    database: Database,
) -> None:
    where = _hundred(database)

    release(database, where.organisation_id, make.NOW)

    with database.reading(where.organisation_id) as session:
        weeks = set(session.scalars(select(AnonymousReport.released_week)))
        titles = sorted(session.scalars(select(AnonymousReport.title)))
        assert weeks == {week_of(make.TODAY)} == {"2026-W11"}
        assert titles == TITLES
        assert session.scalars(select(AnonymousForm)).all() == []


def test_a_batch_counts_nothing_and_sends_no_mail(database: Database) -> None:
    where = _hundred(database)

    counted = release(database, where.organisation_id, make.NOW)

    assert counted == {}
    with database.reading_all() as session:
        assert session.scalars(select(OutboxMail)).all() == []
        assert session.scalars(select(JobRun)).all() == []


def test_near_equal_reports_are_one_cluster(database: Database) -> None:
    where = place(database)
    for number in range(50):
        send(
            database,
            where,
            title=f"Skriver rapporten till förvaltningen varje fredag{'!' * (number % 3)}",
        )
    send(database, where, title="Väntar på nycklar")

    release(database, where.organisation_id, make.NOW)

    with database.reading(where.organisation_id) as session:
        clusters = session.execute(select(AnonymousReport.cluster_id, AnonymousReport.title)).all()
    assert len({cluster for cluster, _ in clusters}) == 2


def test_cases_that_nobody_has_touched_are_written_anew_in_random_order(database: Database) -> None:
    where = place(database)
    for day, titles in enumerate((TITLES[:50], TITLES[50:])):
        for title in titles:
            send(database, where, title=title)
        release(database, where.organisation_id, make.NOW + timedelta(days=day))

    with database.engine.connect() as connection:
        place_of_row = "rowid" if database.is_sqlite else "ctid"
        rows = connection.execute(text(f"SELECT report_id FROM task_case ORDER BY {place_of_row}"))  # noqa: S608 - of this test
        ids = list(rows.scalars())
        titles_of = dict(
            tuple(row) for row in connection.execute(text("SELECT id, title FROM anonymous_report"))
        )
        order = [TITLES.index(titles_of[each]) for each in ids]
        facts = connection.execute(text("SELECT DISTINCT opened_on, version FROM task_case"))
        assert len(facts.all()) == 1
        if not database.is_sqlite:
            transactions = connection.execute(text("SELECT DISTINCT xmin::text FROM task_case"))
            assert len(transactions.all()) == 1

    assert len(order) == NUMBER
    assert _neighbours(order) < CHANCE
    halves = [number < NUMBER // 2 for number in order]
    assert sum(one != other for one, other in pairwise(halves)) > CHANCE
