"""Asking for a run: whoever runs the installation asks, the scheduler does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, NotFound
from timethief.domain.jobs import RunState
from timethief.domain.people import Actor, Permission, ensure
from timethief.services import audit
from timethief.services.jobs.running import add_unless_there, new_run, places, present
from timethief.services.jobs.table import JOBS
from timethief.storage.tables import JobRun


def ask(session: Session, actor: Actor, name: str, now: datetime) -> int:
    """Have today's runs of a job made as soon as the scheduler looks: those missing, and those that failed.

    Returns:
        How many runs wait now.

    Raises:
        NotAllowed: the actor does not run the installation.
        NotFound: there is no such job.
        Conflict: reason `has_run`: every run of today has been made, and none is made twice.
    """
    ensure(actor, Permission.OPERATE)
    job = next((each for each in JOBS if each.name == name), None)
    if job is None:
        raise NotFound("job")
    slot = present(job, now)
    asked = 0
    for organisation_id in places(session, job):
        row = new_run(job.name, organisation_id, slot) | {"asked_at": now}
        asked += add_unless_there(session, row) is not None
    failed = session.scalars(
        select(JobRun).where(
            JobRun.job == job.name,
            JobRun.local_date == slot.local_date,
            JobRun.turn == slot.turn,
            JobRun.state == RunState.FAILED.value,
        )
    )
    for run in failed:
        run.state, run.asked_at, run.attempts = RunState.WAITING.value, now, 0
        asked += 1
    if not asked:
        raise Conflict("has_run")
    audit.record(session, actor, Act.JOB_ASKED_FOR, "job", reference=job.name, now=now)
    return asked
