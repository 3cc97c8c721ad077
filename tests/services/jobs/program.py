"""A scheduler for tests, as a process of its own whose clock the test turns.

    program.py URL CLOCK EFFECTS schedule|look

CLOCK is a file that holds the time; what the jobs do, they note in EFFECTS.
"""

from __future__ import annotations

import os
import signal
import sys
import time as machine
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from threading import Event, Thread

import time_machine

from tests.services.settings import CONFIG
from timethief.services.jobs import InstallationJob, Job, Surroundings
from timethief.services.jobs.running import Runner
from timethief.services.jobs.scheduler import Scheduler
from timethief.storage.database import Database

NIGHTLY = time(3, 0)


def jobs_noting_in(effects: Path) -> tuple[InstallationJob, Job]:
    """One job of every minute and one of every day, that note each time they are done."""

    def note(line: str) -> Mapping[str, int]:
        with effects.open("a") as file:
            file.write(line + "\n")
        return {"noted": 1}

    def each_minute(_surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
        return note(f"each_minute {now:%Y-%m-%dT%H:%M}")

    def nightly(_database: Database, organisation_id: int, now: datetime) -> Mapping[str, int]:
        return note(f"nightly {organisation_id} {now:%Y-%m-%d}")

    return InstallationJob("each_minute", None, each_minute), Job("nightly", NIGHTLY, nightly)


def _time_in(clock: Path) -> datetime:
    return datetime.fromisoformat(clock.read_text()).replace(tzinfo=UTC)


def _schedule(url: str, clock: Path, effects: Path) -> None:
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with time_machine.travel(_time_in(clock), tick=False) as traveller:
        surroundings = Surroundings(Database(url), replace(CONFIG, database_url=url), stop.is_set)
        scheduler = Scheduler(surroundings, jobs_noting_in(effects), stop, say=_say)

        def follow() -> None:
            shown = _time_in(clock)
            while not stop.is_set():
                wanted = _time_in(clock)
                if wanted != shown:
                    traveller.move_to(wanted, tick=False)
                    shown = wanted
                    if scheduler.triggered is not None:
                        scheduler.triggered.wakeup()
                machine.sleep(0.005)

        Thread(target=follow, daemon=True).start()
        scheduler.run()


def _look(url: str, clock: Path, effects: Path) -> None:
    database = Database(url)
    surroundings = Surroundings(database, replace(CONFIG, database_url=url))
    _, nightly = jobs_noting_in(effects)
    Runner(surroundings, lambda: _time_in(clock)).look(nightly)


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    {"schedule": _schedule, "look": _look}[sys.argv[4]](
        sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    )
