"""The jobs of the clock itself: sending mail, looking whether the database is whole, tidying up after others."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from timethief.domain.jobs import RunState
from timethief.services import api_requests
from timethief.services.access import sessions
from timethief.services.jobs.job import Counters
from timethief.services.mail import sending
from timethief.services.surroundings import Surroundings
from timethief.storage import checking
from timethief.storage.tables import JobRun

_RUNS_KEPT = timedelta(days=400)
_SHORT_RUNS_KEPT = timedelta(days=2)
"""Of what runs every minute."""
_ENDED = (RunState.DONE.value, RunState.FAILED.value)


def send_mail(surroundings: Surroundings, now: datetime) -> Counters:
    """Send the mail that is due."""
    return sending.send_waiting(surroundings, now)


def check_database(surroundings: Surroundings, _now: datetime) -> Counters:
    """Fail if the database is not whole."""
    return {"tables": checking.check(surroundings.database)}


def tidy(surroundings: Surroundings, now: datetime) -> Counters:
    """Remove log-ins that have ended, and what is noted of runs and of requests long ago."""
    config = surroundings.config
    lifetimes = sessions.Lifetimes(config.session_idle, config.session_length)
    with surroundings.database.writing_all() as session:
        return {
            "log_ins": sessions.remove_ended(session, now, lifetimes),
            "runs": _forget_runs(session, now),
            "api_requests": api_requests.forget_old(session, now),
        }


def _forget_runs(session: Session, now: datetime) -> int:
    short = delete(JobRun).where(
        JobRun.turn > 0, JobRun.state.in_(_ENDED), JobRun.finished_at < now - _SHORT_RUNS_KEPT
    )
    all_of_them = delete(JobRun).where(
        JobRun.state.in_(_ENDED), JobRun.finished_at < now - _RUNS_KEPT
    )
    results: list[Any] = [session.execute(each) for each in (short, all_of_them)]
    return sum(int(each.rowcount) for each in results)
