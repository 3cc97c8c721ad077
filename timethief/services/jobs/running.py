"""Runs what is due, each run once, whoever else tries at the same time and whatever died in the middle.

A run is claimed by its row: the unique keys of the table let one process have it. The row of a process that died
stops beating and is taken over. So a run happens at least once, and twice only where the first was broken off.
"""

from __future__ import annotations

import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Any

import structlog
from sqlalchemy import CursorResult, Insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from timethief.domain.identifiers import new_identifier
from timethief.domain.jobs import BROKEN_OFF, MOST_ATTEMPTS, RunState, may_retry
from timethief.domain.schedule import Slot, daily, minute
from timethief.i18n import TIME_ZONE
from timethief.services.jobs.job import AnyJob, Counters, Job
from timethief.services.jobs.watching import BEAT_EVERY, SILENT_AFTER, Watch
from timethief.services.surroundings import Surroundings
from timethief.storage.crash_points import crash_point
from timethief.storage.tables import JobRun, Organisation

_OPEN = (RunState.WAITING.value, RunState.RUNNING.value, RunState.FAILED.value)
_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Claim:
    """A run that is ours."""

    run_id: int
    organisation_id: int | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was made.

    Attributes:
        error: kind of what went wrong; None where nothing did.
    """

    job: str
    organisation_id: int | None
    counters: Counters
    error: str | None


def due(job: AnyJob, now: datetime) -> list[Slot]:
    """The runs that the job should have begun by now."""
    return [minute(now, TIME_ZONE)] if job.at is None else daily(job.at, now, TIME_ZONE)


def present(job: AnyJob, now: datetime) -> Slot:
    """The run that somebody means who wants the job done now: today's, though its time has not come."""
    return minute(now, TIME_ZONE) if job.at is None else Slot(now.astimezone(TIME_ZONE).date())


class Runner:
    """Runs jobs on behalf of one process.

    Attributes:
        holder: names the process in the rows of its runs.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.surroundings = surroundings
        self.holder = uuid.uuid4().hex
        self._under_way: set[int] = set()
        self._clock = clock
        self._watch = Watch(monotonic)
        self._counting = Lock()

    @property
    def is_idle(self) -> bool:
        """Whether none of its runs is under way."""
        return not self._under_way

    def look(self, job: AnyJob, *, early: bool = False) -> list[Run]:
        """Run what is due of the job, what was asked for, and what failed or was broken off.

        Args:
            job: what to run.
            early: today's run too, if its time has not come, and failed ones without waiting.
        """
        return [self._run(job, claim) for claim in self._claims(job, early=early)]

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Within the block, the runs of this process show that they go on."""
        over = Event()

        def beat() -> None:
            while not over.wait(BEAT_EVERY):
                try:
                    self.beat()
                except SQLAlchemyError as fault:
                    _LOG.warning("no beat", kind=type(fault).__name__)

        thread = Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def beat(self) -> None:
        """Show that the runs of this process go on."""
        under_way = self._listed()
        if not under_way:
            return
        with self.surroundings.database.writing_all() as session:
            session.execute(
                update(JobRun)
                .where(JobRun.id.in_(under_way), JobRun.holder == self.holder)
                .values(beat=JobRun.beat + 1)
            )

    def _claims(self, job: AnyJob, *, early: bool) -> Iterator[_Claim]:
        """Runs to be made, each claimed just before it is given out."""
        database, now = self.surroundings.database, self._clock()
        slots = {*due(job, now), *([present(job, now)] if early else [])}
        with database.reading_all() as session:
            missing = _missing(session, job, sorted(slots))
            unfinished = list(
                session.scalars(
                    select(JobRun)
                    .where(JobRun.job == job.name, JobRun.state.in_(_OPEN))
                    .order_by(JobRun.local_date, JobRun.turn, JobRun.organisation_id)
                )
            )
        for organisation_id, slot in missing:
            if self.surroundings.stopping():
                return
            claim = self._claim_new(job, organisation_id, slot)
            if claim is not None:
                yield claim
        for row in unfinished:
            if self.surroundings.stopping():
                return
            if self._is_free(job, row, early=early):
                claim = self._claim_again(row)
                if claim is not None:
                    yield claim

    def _claim_new(self, job: AnyJob, organisation_id: int | None, slot: Slot) -> _Claim | None:
        row = new_run(job.name, organisation_id, slot) | {
            "state": RunState.RUNNING.value,
            "attempts": 1,
            "holder": self.holder,
            "started_at": self._clock(),
        }
        with self.surroundings.database.writing_all() as session:
            run_id = add_unless_there(session, row)
        return None if run_id is None else _Claim(run_id, organisation_id, 1)

    def _is_free(self, job: AnyJob, row: JobRun, *, early: bool) -> bool:
        """Whether an unfinished run is for us to take."""
        if row.state == RunState.WAITING.value:
            return True
        if row.state == RunState.RUNNING.value:
            if row.holder == self.holder:
                return row.id not in self._listed()  # it could not note how the run ended
            still = self._watch.still(row.id, (row.holder, row.attempts, row.beat))
            return still >= SILENT_AFTER
        finished_at = row.finished_at
        # What runs every minute does next time what it could not do now.
        return (
            job.at is not None
            and finished_at is not None
            and (early or may_retry(row.attempts, finished_at, self._clock()))
        )

    def _claim_again(self, row: JobRun) -> _Claim | None:
        hopeless = row.state == RunState.RUNNING.value and row.attempts >= MOST_ATTEMPTS
        taken = {
            "state": RunState.RUNNING.value,
            "attempts": row.attempts + 1,
            "holder": self.holder,
            "beat": 0,
            "started_at": self._clock(),
            "finished_at": None,
            "error": None,
        }
        ended = {
            "state": RunState.FAILED.value,
            "finished_at": self._clock(),
            "error": BROKEN_OFF,
        }
        with self.surroundings.database.writing_all() as session:
            won = _changed(
                session,
                (
                    JobRun.id == row.id,
                    JobRun.state == row.state,
                    JobRun.attempts == row.attempts,
                    JobRun.beat == row.beat,
                ),
                ended if hopeless else taken,
            )
        if hopeless or not won:
            return None
        return _Claim(row.id, row.organisation_id, row.attempts + 1)

    def _run(self, job: AnyJob, claim: _Claim) -> Run:
        with self._counted(claim.run_id):
            crash_point("job.claimed")
            counters: Counters = {}
            kind: str | None = None
            try:
                counters = self._do(job, claim.organisation_id)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs go on
                tell_fault(job, error)
                kind = type(error).__name__[:64]
            crash_point("job.done")
            state = RunState.DONE if kind is None else RunState.FAILED
            with self.surroundings.database.writing_all() as session:
                _changed(
                    session,
                    (
                        JobRun.id == claim.run_id,
                        JobRun.holder == self.holder,
                        JobRun.attempts == claim.attempts,
                    ),
                    {
                        "state": state.value,
                        "error": kind,
                        "counters": dict(counters),
                        "finished_at": self._clock(),
                    },
                )
            crash_point("job.stored")
            return Run(job.name, claim.organisation_id, counters, kind)

    def _do(self, job: AnyJob, organisation_id: int | None) -> Counters:
        if isinstance(job, Job):
            if organisation_id is None:
                raise ValueError(f"{job.name} is done for an organisation")
            return job.run(self.surroundings.database, organisation_id, self._clock())
        return job.run(self.surroundings, self._clock())

    @contextmanager
    def _counted(self, run_id: int) -> Iterator[None]:
        with self._counting:
            self._under_way.add(run_id)
        try:
            yield
        finally:
            with self._counting:
                self._under_way.discard(run_id)

    def _listed(self) -> set[int]:
        with self._counting:
            return set(self._under_way)


def new_run(job: str, organisation_id: int | None, slot: Slot) -> dict[str, Any]:
    """The row of a run that has not begun."""
    return {
        "id": new_identifier(),
        "job": job,
        "organisation_id": organisation_id,
        "local_date": slot.local_date,
        "turn": slot.turn,
        "state": RunState.WAITING.value,
        "attempts": 0,
        "counters": {},
        "holder": "",
        "beat": 0,
    }


def add_unless_there(session: Session, row: Mapping[str, Any]) -> int | None:
    """The identifier of the row if it was added; None where that run has a row already."""
    insert: Insert
    if session.get_bind().dialect.name == "sqlite":
        insert = sqlite.insert(JobRun).on_conflict_do_nothing()
    else:
        insert = postgresql.insert(JobRun).on_conflict_do_nothing()
    return session.scalars(insert.returning(JobRun.id), [dict(row)]).one_or_none()


def places(session: Session, job: AnyJob) -> list[int | None]:
    """For whom the job is done: each organisation that is active, or the installation."""
    if not isinstance(job, Job):
        return [None]
    active = (
        select(Organisation.id).where(Organisation.active.is_(True)).order_by(Organisation.code)
    )
    return list(session.scalars(active))


def _missing(session: Session, job: AnyJob, slots: Sequence[Slot]) -> list[tuple[int | None, Slot]]:
    if not slots:
        return []
    known = {
        (organisation_id, Slot(local_date, turn))
        for organisation_id, local_date, turn in session.execute(
            select(JobRun.organisation_id, JobRun.local_date, JobRun.turn).where(
                JobRun.job == job.name, JobRun.local_date.in_({slot.local_date for slot in slots})
            )
        )
    }
    everywhere = [(place, slot) for slot in slots for place in places(session, job)]
    return [each for each in everywhere if each not in known]


def _changed(session: Session, conditions: Iterable[Any], values: Mapping[str, Any]) -> bool:
    done = session.execute(update(JobRun).where(*conditions).values(**values))
    return isinstance(done, CursorResult) and done.rowcount == 1


def tell_fault(job: AnyJob, error: Exception) -> None:
    """A line in the log: what kind of fault, and where. Never its message, which may hold content."""
    _LOG.error(
        "job failed",
        job=job.name,
        kind=type(error).__qualname__,
        where=[
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    )
