"""Jobs that have run or shall run, and which scheduler leads. They belong to the installation and hold no content."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, identifier, may_refer

_OF_ONE = text("organisation_id IS NOT NULL")
_OF_ALL = text("organisation_id IS NULL")


class JobRun(Base):
    """One run of a job, for one organisation or for the installation. The two unique keys make a second impossible.

    `turn` is 0 for a job that runs once a day; for one that runs all day, minutes since the day began. `holder`
    names the process that runs it and `beat` grows while that process lives. `error` is a kind, never a message.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        Index(
            "uq_job_run_of_organisation",
            *("job", "organisation_id", "local_date", "turn"),
            unique=True,
            sqlite_where=_OF_ONE,
            postgresql_where=_OF_ONE,
        ),
        Index(
            "uq_job_run_of_installation",
            *("job", "local_date", "turn"),
            unique=True,
            sqlite_where=_OF_ALL,
            postgresql_where=_OF_ALL,
        ),
        Index(None, "state", "job"),
    )
    id: Mapped[int] = identifier()
    job: Mapped[str] = mapped_column(Code)
    organisation_id: Mapped[int | None] = may_refer("organisation.id")
    local_date: Mapped[date]
    turn: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Code)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    counters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    holder: Mapped[str] = mapped_column(Code, default="")
    beat: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Code)


class SchedulerLease(Base):
    """Which scheduler leads; one row. `beat` grows while it lives, `seen_at` is for those who watch over it."""

    __tablename__ = "scheduler_lease"
    name: Mapped[str] = mapped_column(Code, primary_key=True)
    holder: Mapped[str] = mapped_column(Code)
    beat: Mapped[int]
    seen_at: Mapped[datetime]
