from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.make import NOW
from tests.services.jobs.conftest import Night, change, close
from timethief.domain.jobs import BROKEN_OFF
from timethief.domain.schedule import Slot
from timethief.services.jobs import InstallationJob, Job, Surroundings
from timethief.services.jobs.running import new_run
from timethief.services.jobs.watching import SILENT_AFTER
from timethief.storage.database import Database
from timethief.storage.tables import JobRun

TODAY = date(2026, 3, 10)


def _states(night: Night) -> set[tuple[str, int]]:
    return {(run.state, run.attempts) for run in night.runs()}


def _failing(times: int) -> tuple[Job, list[int]]:
    """A job that fails so many times, and for whom it was tried."""
    tried: list[int] = []

    def run(_database: Database, organisation_id: int, _now: datetime) -> Mapping[str, int]:
        tried.append(organisation_id)
        if len(tried) <= times:
            message = "rut@example.org wrote that"
            raise ValueError(message)
        return {"sent": 1}

    return Job("tried", time(3), run), tried


def test_a_job_is_done_once_a_day_for_each_organisation(night: Night) -> None:
    _, nightly = night.jobs()
    for hours in range(0, 48, 6):
        night.clock.now = NOW + timedelta(hours=hours)
        night.runner().look(nightly)

    days = ["2026-03-10", "2026-03-11", "2026-03-12"]
    assert sorted(night.done()) == sorted(
        f"nightly {organisation_id} {day}"
        for organisation_id in night.organisations
        for day in days
    )
    assert _states(night) == {("done", 1)}


def test_a_run_tells_what_it_did_and_when(night: Night) -> None:
    _, nightly = night.jobs()

    night.runner().look(nightly)

    run = night.runs()[0]
    assert (run.job, run.local_date, run.turn) == ("nightly", TODAY, 0)
    assert (run.counters, run.error) == ({"noted": 1}, None)
    assert (run.started_at, run.finished_at) == (NOW, NOW)


def test_a_closed_organisation_is_left_alone(night: Night) -> None:
    close(night, night.organisations[0])
    _, nightly = night.jobs()

    night.runner().look(nightly)

    assert [run.organisation_id for run in night.runs()] == night.organisations[1:]


def test_many_who_look_at_once_make_each_run_once(night: Night) -> None:
    each_minute, nightly = night.jobs()
    runners = [night.runner() for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        for job in (each_minute, nightly):
            list(pool.map(lambda runner, job=job: runner.look(job), runners))

    assert len(night.done()) == len(set(night.done())) == 4


@pytest.mark.parametrize("of_organisation", [True, False])
def test_the_table_itself_refuses_a_second_run(night: Night, *, of_organisation: bool) -> None:
    organisation_id = night.organisations[0] if of_organisation else None
    rows = [new_run("nightly", organisation_id, Slot(TODAY)) for _ in range(2)]

    with pytest.raises(IntegrityError), night.database.writing_all() as session:
        session.add_all(JobRun(**row) for row in rows)


def test_a_missed_night_is_made_up_for_once(night: Night) -> None:
    _, nightly = night.jobs()
    night.clock.now = datetime(2026, 3, 10, 1, 59, tzinfo=UTC)
    night.runner().look(nightly)
    night.runner().look(nightly)

    assert {run.local_date for run in night.runs()} == {date(2026, 3, 9)}
    assert len(night.done()) == 3


def test_what_was_missed_for_longer_than_a_day_is_left(night: Night) -> None:
    _, nightly = night.jobs()
    night.runner().look(nightly)
    night.clock.now = NOW + timedelta(days=5)

    night.runner().look(nightly)

    assert sorted({run.local_date for run in night.runs()}) == [TODAY, date(2026, 3, 15)]


def test_a_job_that_fails_for_one_organisation_is_done_for_the_others(night: Night) -> None:
    job, tried = _failing(1)

    night.runner().look(job)

    assert len(tried) == 3
    assert sorted(run.state for run in night.runs()) == ["done", "done", "failed"]


def test_a_failure_leaves_its_kind_and_nothing_of_what_it_said(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    job, _ = _failing(1)

    night.runner().look(job)

    [failed] = [run for run in night.runs() if run.state == "failed"]
    told = capsys.readouterr()
    assert failed.error == "ValueError"
    assert "ValueError" in told.out
    assert "rut@example.org" not in told.out + told.err + str(vars(failed))


def test_a_failure_is_tried_again_after_a_while_and_three_times_at_most(night: Night) -> None:
    job, tried = _failing(100)
    for organisation_id in night.organisations[1:]:
        close(night, organisation_id)
    attempts = []
    for minutes in range(0, 120, 5):
        night.clock.now = NOW + timedelta(minutes=minutes)
        night.runner().look(job)
        attempts.append(len(tried))

    assert attempts[:3] == [1, 1, 2]
    assert attempts[-1] == 3
    assert _states(night) == {("failed", 3)}


def test_a_failure_that_goes_away_is_done_in_the_end(night: Night) -> None:
    job, _ = _failing(1)
    night.runner().look(job)
    night.clock.now = NOW + timedelta(minutes=10)

    night.runner().look(job)

    assert _states(night) == {("done", 1), ("done", 2)}
    assert {run.error for run in night.runs()} == {None}


def test_what_runs_every_minute_is_not_tried_again_but_done_the_next(night: Night) -> None:
    tried: list[datetime] = []

    def run(_surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
        tried.append(now)
        raise OSError

    job = InstallationJob("each_minute", None, run)
    for seconds in range(0, 180, 15):
        night.clock.now = NOW + timedelta(seconds=seconds)
        night.runner().look(job)

    assert tried == [NOW + timedelta(minutes=number) for number in range(3)]


def test_the_run_of_a_dead_process_is_taken_over_when_it_has_been_silent(night: Night) -> None:
    _, nightly = night.jobs()
    night.runner().look(nightly)
    change(night, state="running", holder="dead", finished_at=None)
    heir = night.runner()

    assert heir.look(nightly) == []
    night.clock.seconds += SILENT_AFTER - 1
    assert heir.look(nightly) == []
    night.clock.seconds += 1
    assert len(heir.look(nightly)) == 3

    assert _states(night) == {("done", 2)}


def test_the_run_of_a_living_process_is_left_to_it_however_long_it_takes(night: Night) -> None:
    _, nightly = night.jobs()
    night.runner().look(nightly)
    change(night, state="running", holder="alive", finished_at=None)
    waiting = night.runner()
    for beat in range(10):
        change(night, beat=beat)
        night.clock.seconds += SILENT_AFTER - 1
        assert waiting.look(nightly) == []


def test_turning_the_clock_of_the_machine_makes_nobody_dead(night: Night) -> None:
    _, nightly = night.jobs()
    night.runner().look(nightly)
    change(night, state="running", holder="alive", finished_at=None)
    waiting = night.runner()
    waiting.look(nightly)

    night.clock.now = NOW + timedelta(hours=1)

    assert waiting.look(nightly) == []


def test_a_run_that_kills_its_process_each_time_is_given_up(night: Night) -> None:
    _, nightly = night.jobs()
    night.runner().look(nightly)
    change(night, state="running", holder="dead", finished_at=None, attempts=3)
    heir = night.runner()
    heir.look(nightly)
    night.clock.seconds += SILENT_AFTER

    assert heir.look(nightly) == []
    assert {(run.state, run.error) for run in night.runs()} == {("failed", BROKEN_OFF)}


def test_a_process_that_runs_something_beats(night: Night) -> None:
    runner, beats = night.runner(), []

    def run(_database: Database, _organisation_id: int, _now: datetime) -> Mapping[str, int]:
        runner.beat()
        beats.append([row.beat for row in night.runs() if row.state == "running"])
        return {}

    runner.look(Job("beating", time(3), run))
    runner.beat()

    assert beats == [[1], [1], [1]]
    assert runner.is_idle


def test_who_could_not_note_the_end_of_a_run_does_it_again(night: Night) -> None:
    _, nightly = night.jobs()
    runner = night.runner()
    runner.look(nightly)
    change(night, state="running", finished_at=None)

    assert len(runner.look(nightly)) == 3


def test_a_process_that_is_to_end_begins_no_more_runs(night: Night) -> None:
    _, nightly = night.jobs()
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(True)
        return len(asked) > 1

    assert len(night.runner(stopping).look(nightly)) == 1


@pytest.mark.parametrize(
    ("point", "done_first", "done_in_all"),
    [("job.claimed", 0, 3), ("job.done", 1, 4), ("job.stored", 1, 3)],
)
def test_killed_in_a_run_no_organisation_is_skipped(
    night: Night, point: str, done_first: int, done_in_all: int
) -> None:
    died = night.start("look", TIMETHIEF_TEST_CRASH_POINT=point)
    died.communicate(timeout=30)
    assert (died.returncode, len(night.done())) == (-9, done_first)

    _, nightly = night.jobs()
    heir = night.runner()
    heir.look(nightly)
    night.clock.seconds += SILENT_AFTER
    heir.look(nightly)

    assert len(night.done()) == done_in_all
    assert {run.state for run in night.runs()} == {"done"}
    assert [run.organisation_id for run in night.runs()] == night.organisations


def test_who_asks_before_the_time_has_come_gets_todays_run_and_the_clock_makes_no_other(
    night: Night,
) -> None:
    _, nightly = night.jobs()
    night.clock.now = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)  # half past one in Sweden
    night.runner().look(nightly)

    early = night.runner().look(nightly, early=True)

    night.clock.now = NOW
    assert (len(early), night.runner().look(nightly)) == (3, [])
    assert sorted({run.local_date for run in night.runs()}) == [date(2026, 3, 9), TODAY]
