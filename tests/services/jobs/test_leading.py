from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.make import NOW
from tests.services.jobs.conftest import Clock, Night
from timethief.services.jobs.leading import Lease, ServerLock, lead_of
from timethief.services.jobs.watching import BEAT_EVERY, SILENT_AFTER
from timethief.storage.database import Database
from timethief.storage.tables import SchedulerLease


def _lead(night: Night) -> tuple[Lease, Clock]:
    """Somebody who wants to lead, with a clock of its own."""
    clock = Clock()
    return lead_of(night.database, clock, clock.monotonic), clock


def _seen(night: Night) -> SchedulerLease:
    with night.database.reading_all() as session:
        return session.query(SchedulerLease).one()


def test_one_leads_and_the_others_wait(night: Night) -> None:
    leads = [_lead(night)[0] for _ in range(3)]

    assert [lead.take() for lead in leads] == [True, False, False]
    assert leads[0].keep()
    for lead in leads:
        lead.release()


def test_who_gives_the_lead_up_is_followed_at_once(night: Night) -> None:
    first, second = _lead(night)[0], _lead(night)[0]
    first.take()
    assert not second.take()

    first.release()

    assert second.take()
    assert not first.keep() or isinstance(first, Lease)
    second.release()


def test_who_leads_shows_when_it_was_last_seen(night: Night) -> None:
    lead, clock = _lead(night)
    lead.take()
    assert _seen(night).seen_at == NOW
    clock.now, clock.seconds = NOW + timedelta(minutes=1), clock.seconds + BEAT_EVERY

    assert lead.keep()

    assert _seen(night).seen_at == NOW + timedelta(minutes=1)
    lead.release()


@pytest.fixture
def lease(sqlite_url: str) -> tuple[Database, Lease, Clock, Lease, Clock]:
    """On SQLite: somebody who leads, and somebody who waits."""
    database, first, second = Database(sqlite_url), Clock(), Clock()
    leader = lead_of(database, first, first.monotonic)
    waiting = lead_of(database, second, second.monotonic)
    assert leader.take()
    assert not waiting.take()
    return database, leader, first, waiting, second


def test_a_lease_whose_holder_is_silent_is_taken_over_within_two_minutes(
    lease: tuple[Database, Lease, Clock, Lease, Clock],
) -> None:
    _, leader, first, waiting, second = lease
    second.seconds += SILENT_AFTER - 1
    assert not waiting.take()
    second.seconds += 1

    assert waiting.take()

    assert SILENT_AFTER <= 120
    first.seconds += BEAT_EVERY
    assert not leader.keep()


def test_a_lease_whose_holder_beats_is_left_to_it(
    lease: tuple[Database, Lease, Clock, Lease, Clock],
) -> None:
    _, leader, first, waiting, second = lease
    for _ in range(20):
        first.seconds += BEAT_EVERY
        second.seconds += SILENT_AFTER - 1
        assert leader.keep()
        assert not waiting.take()


@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(hours=-5)])
def test_a_clock_that_jumps_moves_no_lease(
    lease: tuple[Database, Lease, Clock, Lease, Clock], jump: timedelta
) -> None:
    _, leader, first, waiting, second = lease
    first.now += jump
    second.now += jump

    assert not waiting.take()
    first.seconds += BEAT_EVERY
    assert leader.keep()
    assert not waiting.take()


def test_of_two_who_take_over_at_once_one_gets_it(
    lease: tuple[Database, Lease, Clock, Lease, Clock],
) -> None:
    database, _, _, second, clock = lease
    third = lead_of(database, clock, clock.monotonic)
    third.take()
    clock.seconds += SILENT_AFTER

    assert [second.take(), third.take()] == [True, False]


def test_a_leader_that_cannot_write_for_a_minute_steps_back_before_another_takes_over(
    lease: tuple[Database, Lease, Clock, Lease, Clock],
) -> None:
    database, leader, first, _, _ = lease
    with database.writing_all() as session:
        session.execute(text("ALTER TABLE scheduler_lease RENAME TO gone"))
    kept = []
    for _ in range(6):
        first.seconds += BEAT_EVERY
        kept.append(leader.keep())

    lasted = kept.count(True) * BEAT_EVERY
    assert kept == sorted(kept, reverse=True)
    assert BEAT_EVERY < lasted < SILENT_AFTER


def test_a_server_lock_whose_connection_is_cut_is_lost_and_free(postgresql_url: str) -> None:
    database, clock = Database(postgresql_url), Clock()
    first, second = (lead_of(database, clock, clock.monotonic) for _ in range(2))
    assert isinstance(first, ServerLock)
    assert first.take()
    assert not second.take()
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            )
        )

    assert not first.keep()
    assert second.take()
    assert not first.take()
    first.release()
    second.release()
    database.close()
