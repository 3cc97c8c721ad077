"""What tests of jobs need: an installation of three organisations, and a clock that the test turns."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests import make
from tests.services.jobs import program
from tests.services.settings import CONFIG
from timethief.services.jobs import AnyJob, Surroundings
from timethief.services.jobs.running import Runner
from timethief.storage.database import Database
from timethief.storage.tables import JobRun, Organisation

ROOT = Path(__file__).parents[3]


@dataclass
class Clock:
    """Shows the time that the test says; the monotonic one too."""

    now: datetime = make.NOW
    seconds: float = 1000.0

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Night:
    """An installation whose jobs the test runs."""

    database: Database
    folder: Path
    organisations: list[int]
    clock: Clock = field(default_factory=Clock)

    def runner(self, stopping: Callable[[], bool] = lambda: False) -> Runner:
        surroundings = Surroundings(self.database, CONFIG, stopping)
        return Runner(surroundings, self.clock, self.clock.monotonic)

    def runs(self, job: str = "") -> list[JobRun]:
        wanted = select(JobRun).order_by(JobRun.local_date, JobRun.turn, JobRun.organisation_id)
        if job:
            wanted = wanted.where(JobRun.job == job)
        with self.database.reading_all() as session:
            return list(session.scalars(wanted))

    @property
    def url(self) -> str:
        return self.database.url.render_as_string(hide_password=False)

    @property
    def effects(self) -> Path:
        return self.folder / "effects"

    @property
    def shown(self) -> Path:
        """The file that the clocks of processes show."""
        return self.folder / "clock"

    def done(self) -> list[str]:
        return self.effects.read_text().splitlines() if self.effects.exists() else []

    def jobs(self) -> tuple[AnyJob, AnyJob]:
        return program.jobs_noting_in(self.effects)

    def show(self, now: datetime) -> None:
        self.clock.now = now
        new = self.folder / "clock.new"
        new.write_text(now.replace(tzinfo=None).isoformat())
        new.replace(self.shown)

    def start(self, what: str, **environment: str) -> subprocess.Popen[str]:
        """A process of its own."""
        return subprocess.Popen(
            [sys.executable, program.__file__, self.url, self.shown, self.effects, what],
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            stdout=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    """Three organisations, at ten in the morning."""
    with database.writing_all() as session:
        made = [make.organisation(session, code).organisation_id for code in ("a", "b", "c")]
    found = Night(database, tmp_path, sorted(made))
    found.show(make.NOW)
    return found


def close(night: Night, organisation_id: int) -> None:
    """The organisation is closed."""
    with night.database.writing_all() as session:
        session.get_one(Organisation, organisation_id).active = False


def change(night: Night, **values: Any) -> None:  # noqa: ANN401 - columns of the table
    """Every run is as if it had gone so."""
    with night.database.writing_all() as session:
        for run in session.scalars(select(JobRun)):
            for name, value in values.items():
                setattr(run, name, value)


HOUR = timedelta(hours=1)
