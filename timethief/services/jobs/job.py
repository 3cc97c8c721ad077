"""What a job is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from timethief.domain.schedule import check_time
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database

Counters = Mapping[str, int]
"""What a run did, by the names of `timethief.reports.operation`: numbers, never content."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done once a day for each organisation.

    A run that was broken off is begun again, so a job must be able to do again what it has done.

    Attributes:
        name: also the key of its runs and of its words in `timethief.reports.operation`.
        at: local time of day; never between 02 and 03.
        run: does it for one organisation, and counts.
    """

    name: str
    at: time
    run: Callable[[Database, int, datetime], Counters]

    def __post_init__(self) -> None:
        """Refuse a time that clock changes make unsure."""
        check_time(self.at)


@dataclass(frozen=True, slots=True)
class InstallationJob:
    """Something done for the whole installation: once a day, or every minute where `at` is None."""

    name: str
    at: time | None
    run: Callable[[Surroundings, datetime], Counters]

    def __post_init__(self) -> None:
        """Refuse a time that clock changes make unsure."""
        if self.at is not None:
            check_time(self.at)


AnyJob = Job | InstallationJob
