"""The process that runs jobs by the clock. Several may run; one leads, the others wait for the lock."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from timethief.i18n import TIME_ZONE
from timethief.services.jobs.job import AnyJob
from timethief.services.jobs.leading import Lease, lead_of
from timethief.services.jobs.running import Runner, tell_fault
from timethief.services.surroundings import Surroundings

LONGEST_GOODBYE = 30.0
"""Seconds that a run has to finish when the process is to end."""
_LOOK_EVERY = 15
"""Seconds between looks for what was missed, failed or asked for."""
_WAIT = 1.0
_THREADS = 4
_LOG = structlog.get_logger()


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass
class Scheduler:
    """One scheduler process.

    Attributes:
        surroundings: what jobs work with.
        jobs: what it runs.
        stop: set from outside, it ends the process.
        clock: tells the time.
        say: tells those who watch over the process what it does.
    """

    surroundings: Surroundings
    jobs: Sequence[AnyJob]
    stop: Event
    clock: Callable[[], datetime] = _utc
    say: Callable[[str], None] = print
    triggered: BackgroundScheduler | None = field(default=None, init=False)

    def run(self) -> bool:
        """Wait for the lead, lead, and again, until told to stop; whether every run had finished at the end."""
        lead = lead_of(self.surroundings.database, self.clock)
        finished = True
        told = False
        while not self.stop.is_set() and finished:
            if self._take(lead):
                self.say("leads")
                finished = self._lead(lead)
                told = False
                continue
            if not told:
                self.say("waiting for the lock")
                told = True
            self.stop.wait(_WAIT)
        self.say("stopped")
        return finished

    def _take(self, lead: Lease) -> bool:
        try:
            return lead.take()
        except SQLAlchemyError as fault:
            _LOG.warning("no lead", kind=type(fault).__name__)
            return False

    def _lead(self, lead: Lease) -> bool:
        runner = Runner(self.surroundings, self.clock)
        with runner.beating():
            triggered = self._start(runner)
            kept = True
            while kept and not self.stop.wait(_WAIT):
                kept = lead.keep()
            if not kept:
                self.say("lost the lock")
            triggered.shutdown(wait=False)
            finished = _see_off(runner, lead if kept else None)
        if kept and finished:
            _release(lead)
        return finished

    def _start(self, runner: Runner) -> BackgroundScheduler:
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        # In UTC: within a zone the library compares times by the wall, and falls silent when clocks are turned back.
        triggered = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(_THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in self.jobs:
            at = (
                CronTrigger(minute="*", timezone=UTC)
                if job.at is None
                else CronTrigger(hour=job.at.hour, minute=job.at.minute, timezone=TIME_ZONE)
            )
            missed = IntervalTrigger(seconds=_LOOK_EVERY, timezone=UTC)
            triggered.add_job(
                self._look,
                OrTrigger([at, missed]),
                (runner, job),
                id=job.name,
                next_run_time=self.clock(),
            )
        triggered.start()
        self.triggered = triggered
        return triggered

    @staticmethod
    def _look(runner: Runner, job: AnyJob) -> None:
        try:
            runner.look(job)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the next look comes
            tell_fault(job, fault)


def _see_off(runner: Runner, lead: Lease | None) -> bool:
    """Let what runs finish, and keep the lead meanwhile."""
    until = time.monotonic() + LONGEST_GOODBYE
    while not runner.is_idle and time.monotonic() < until:
        time.sleep(0.05)
        if lead is not None:
            lead.keep()
    return runner.is_idle


def _release(lead: Lease) -> None:
    try:
        lead.release()
    except SQLAlchemyError as fault:
        _LOG.warning("lock not released", kind=type(fault).__name__)
