from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from tests.services.jobs.conftest import HOUR, Night
from tests.services.settings import CONFIG
from timethief.services.jobs import InstallationJob, Surroundings
from timethief.services.jobs.scheduler import Scheduler

SPRING = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Half past one in Sweden; half an hour later it is three."""
AUTUMN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half past two in Sweden; half an hour later it is two."""


def _until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def _live_through(night: Night, minute: datetime) -> None:
    """Show the minute until its run is made: its beginning, and then as often as the scheduler looks again."""
    line = f"each_minute {minute:%Y-%m-%dT%H:%M}"
    for seconds in range(0, 60, 5):
        night.show(minute + timedelta(seconds=seconds))
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            if line in night.done():
                return
            time.sleep(0.01)
    assert line in night.done()


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """The schedulers that a test has started."""
    found: list[subprocess.Popen[str]] = []
    yield found
    for process in found:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("began", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_three_schedulers_in_an_hour_when_clocks_are_turned_do_everything_once(
    night: Night, started: list[subprocess.Popen[str]], began: datetime
) -> None:
    night.show(began)
    started += [night.start("schedule") for _ in range(2)]
    _until(lambda: bool(night.runs()), 90.0)
    minutes = [began + timedelta(minutes=number) for number in range(61)]
    for number, now in enumerate(minutes):
        if number == 10:
            started.append(night.start("schedule"))
        if number == 30:
            # The leader is asked to go, and another takes over in the middle of the hour.
            leader = next(process for process in started[:2] if _said(process) == "leads\n")
            leader.send_signal(signal.SIGTERM)
            assert leader.wait(20) == 0
        _live_through(night, now)
    _until(lambda: all(run.state == "done" for run in night.runs()))

    done = Counter(night.done())
    nightly = night.runs("nightly")
    assert {line: done[line] for line in done if line.startswith("each_minute")} == {
        f"each_minute {now:%Y-%m-%dT%H:%M}": 1 for now in minutes
    }
    # Of the night before, which was missed, and of this one; by organisation and local date, each once.
    assert sum(done.values()) - len(minutes) == len(nightly)
    assert {(run.organisation_id, run.local_date) for run in nightly} == {
        (organisation_id, began.date() - timedelta(days=ago))
        for organisation_id in night.organisations
        for ago in ((0, 1) if began == SPRING else (1,))
    }
    assert {run.attempts for run in night.runs()} == {1}


def test_those_who_wait_say_so_and_the_leader_that_is_killed_is_followed(
    night: Night, started: list[subprocess.Popen[str]]
) -> None:
    if night.database.is_sqlite:
        pytest.skip("there the follower waits for the lease, which is tested by a clock of its own")
    started.append(night.start("schedule"))
    assert _said(started[0]) == "leads\n"
    started.append(night.start("schedule"))
    assert _said(started[1]) == "waiting for the lock\n"

    started[0].kill()

    assert _said(started[1]) == "leads\n"
    _live_through(night, night.clock.now + HOUR)


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_run_under_way_is_finished_before_the_process_ends(night: Night) -> None:
    began, ended, stop = Event(), Event(), Event()

    def run(surroundings: Surroundings, _now: datetime) -> dict[str, int]:
        began.set()
        _until(surroundings.stopping)
        time.sleep(0.3)
        ended.set()
        return {"sent": 1}

    said: list[str] = []
    surroundings = Surroundings(night.database, CONFIG, stop.is_set)
    job = InstallationJob("slow", None, run)
    scheduler = Scheduler(surroundings, [job], stop, say=said.append)
    thread = Thread(target=scheduler.run)
    thread.start()
    assert began.wait(10)

    stop.set()
    thread.join(10)

    assert (ended.is_set(), said) == (True, ["leads", "stopped"])
    assert [(run.state, run.counters) for run in night.runs()] == [("done", {"sent": 1})]
