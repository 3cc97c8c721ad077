"""Rules of the runs of jobs: their states, and when one that failed is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class RunState(StrEnum):
    """How a run stands."""

    WAITING = "waiting"
    """Somebody asked for it; the scheduler will take it."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


MOST_ATTEMPTS = 3
RETRY_AFTER = timedelta(minutes=10)
BROKEN_OFF = "broken_off"
"""Error kind of a run whose process died each time."""


def may_retry(attempts: int, finished_at: datetime, now: datetime) -> bool:
    """Whether a failed run should be tried once more."""
    return attempts < MOST_ATTEMPTS and now - finished_at >= RETRY_AFTER * attempts
