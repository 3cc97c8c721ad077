from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests import make
from tests.make import NOW
from tests.services.jobs.conftest import Night
from tests.services.settings import CONFIG
from timethief.domain.errors import Conflict, NotAllowed, NotFound
from timethief.domain.people import Actor, Role
from timethief.domain.schedule import Slot, check_time
from timethief.reports.operation import _COUNTERS, _JOBS
from timethief.services import outbox
from timethief.services.jobs import JOBS, Surroundings, own
from timethief.services.jobs.asking import ask
from timethief.services.jobs.running import new_run
from timethief.storage import checking
from timethief.storage.checking import Damaged
from timethief.storage.database import Database, writable
from timethief.storage.tables import JobRun, UserSession


def _around(night: Night) -> Surroundings:
    return Surroundings(night.database, CONFIG)


def _actor(night: Night, role: Role) -> Actor:
    with night.database.writing_all() as session:
        return make.actor(session, make.organisation(session, role.value), role)


def test_every_job_has_a_name_of_its_own_words_and_a_time_that_is_once_a_day() -> None:
    names = [job.name for job in JOBS]

    assert len(names) == len(set(names))
    assert set(names) <= set(_JOBS)
    for job in JOBS:
        if job.at is not None:
            check_time(job.at)


def test_a_whole_database_is_told_to_be_whole(night: Night) -> None:
    counted = own.check_database(_around(night), NOW)

    assert counted["tables"] > 30
    assert set(counted) <= set(_COUNTERS)


def test_a_damaged_page_is_found(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    file = Path(str(database.url.database))
    with database.engine.connect() as connection:
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    database.close()
    whole = bytearray(file.read_bytes())
    for page in range(2, len(whole) // size):
        whole[page * size : page * size + 8] = b"\xff" * 8
    file.write_bytes(whole)

    with pytest.raises(Exception, match=r"quick_check|malformed"):
        checking.check(database)

    database.close()


def test_a_schema_of_another_version_is_found(night: Night) -> None:
    with writable(night.database.engine).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    with pytest.raises(Damaged, match="schema"):
        checking.check(night.database)


def test_log_ins_that_are_over_are_removed_and_others_stay(night: Night) -> None:
    actor = _actor(night, Role.STAFF)
    ages = {"idle": (1, 0.6), "old": (13, 0.1), "fresh": (11, 0.1)}
    with night.database.writing_all() as session:
        for name, (started, seen) in ages.items():
            log_in = UserSession(
                token_hash=name,
                organisation_id=actor.organisation_id,
                user_id=actor.user_id,
                role="staff",
                started_at=NOW - timedelta(hours=started),
                seen_at=NOW - timedelta(hours=seen),
            )
            session.add(log_in)

    counted = own.tidy(_around(night), NOW)

    with night.database.reading_all() as session:
        left = [each.token_hash for each in session.query(UserSession)]
    assert (counted, left) == ({"log_ins": 2, "runs": 0, "api_requests": 0}, ["fresh"])


def test_lines_of_every_minute_are_kept_for_two_days_and_those_of_a_night_for_a_year(
    night: Night,
) -> None:
    kept = {("send_mail", 1): 1, ("send_mail", 2): 3, ("tidy", 0): 300, ("check_database", 0): 401}
    with night.database.writing_all() as session:
        for (job, turn), days in kept.items():
            ended = NOW - timedelta(days=days)
            row = new_run(job, None, Slot(ended.date(), turn))
            session.add(JobRun(**row | {"state": "done", "finished_at": ended}))

    assert own.tidy(_around(night), NOW)["runs"] == 2

    assert {(run.job, run.turn) for run in night.runs()} == {("send_mail", 1), ("tidy", 0)}


def test_only_who_runs_the_installation_may_ask_for_a_run_or_try_mail_again(night: Night) -> None:
    for role in set(Role) - {Role.OPERATOR}:
        actor = _actor(night, role)
        with night.database.writing_all() as session:
            with pytest.raises(NotAllowed):
                ask(session, actor, "tidy", NOW)
            with pytest.raises(NotAllowed):
                outbox.try_again(session, actor, NOW)


def test_a_run_asked_for_of_every_organisation_waits_and_is_made_once(night: Night) -> None:
    actor, before_its_time = _actor(night, Role.OPERATOR), datetime(2026, 3, 10, 0, 30, tzinfo=UTC)
    job = next(each for each in JOBS if each.name == "retention")
    with night.database.writing_all() as session:
        asked = ask(session, actor, job.name, before_its_time)
    with pytest.raises(Conflict), night.database.writing_all() as session:
        ask(session, actor, job.name, before_its_time)

    night.clock.now = before_its_time
    night.runner().look(job)
    night.clock.now = NOW
    night.runner().look(job)

    runs = [run for run in night.runs(job.name) if run.local_date == date(2026, 3, 10)]
    assert asked == len(runs) == 4
    assert {(run.state, run.attempts) for run in runs} == {("done", 1)}


def test_a_job_that_there_is_not_cannot_be_asked_for(night: Night) -> None:
    actor = _actor(night, Role.OPERATOR)

    with pytest.raises(NotFound), night.database.writing_all() as session:
        ask(session, actor, "nonsense", NOW)
