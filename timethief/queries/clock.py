"""What those who run the installation see of the clock and the mail: states, numbers and times, never content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from timethief.domain.jobs import RunState
from timethief.domain.mail import UNSENT, MailState, masked
from timethief.storage.tables import JobRun, Organisation, OutboxMail, SchedulerLease

DAYS_SHOWN = 7
MOST_MAILS = 100
SEEN_LATELY = timedelta(minutes=5)
LONG_IN_QUEUE = timedelta(minutes=30)
"""Mail that is due and has waited for so long is a sign that nobody sends it."""


@dataclass(frozen=True, slots=True)
class DayOfJob:
    """What a job did on one day, over all organisations.

    Attributes:
        states: how many runs stand how.
        failed_for: the organisations of failed runs, by name.
        errors: kinds of what went wrong.
    """

    local_date: date
    states: dict[RunState, int]
    counters: dict[str, int]
    started_at: datetime | None
    took: timedelta | None
    failed_for: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def state(self) -> RunState:
        """The state that matters most."""
        order = (RunState.FAILED, RunState.RUNNING, RunState.WAITING)
        return next((each for each in order if self.states.get(each)), RunState.DONE)


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail as operators see it."""

    id: int
    kind: str
    recipient: str
    organisation: str
    state: MailState
    queued_at: datetime
    next_try_at: datetime
    attempts: int
    error: str | None
    answer: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The mail: how many stand how, and those that have not arrived."""

    states: dict[MailState, int]
    lines: tuple[MailLine, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """Whether the clock and the mail do what they should."""

    scheduler_seen: bool
    mail_moves: bool


def scheduler_seen(session: Session) -> datetime | None:
    """When a leading scheduler last showed that it lives."""
    return session.scalars(select(func.max(SchedulerLease.seen_at))).one()


def watched(session: Session, now: datetime) -> Watched:
    """What is to be warned of."""
    seen = scheduler_seen(session)
    stuck = session.scalars(
        select(OutboxMail.id)
        .where(OutboxMail.state.in_(UNSENT), OutboxMail.next_try_at < now - LONG_IN_QUEUE)
        .limit(1)
    ).first()
    return Watched(seen is not None and now - seen < SEEN_LATELY, stuck is None)


def days_of(session: Session, job: str, today: date) -> tuple[DayOfJob, ...]:
    """What the job did on the last days, the newest first."""
    rows = session.execute(
        select(JobRun, Organisation.name)
        .outerjoin(Organisation, Organisation.id == JobRun.organisation_id)
        .where(JobRun.job == job, JobRun.local_date > today - timedelta(days=DAYS_SHOWN))
    ).all()
    by_day: dict[date, list[tuple[JobRun, str | None]]] = {}
    for run, name in rows:
        by_day.setdefault(run.local_date, []).append((run, name))
    return tuple(_day(day, by_day[day]) for day in sorted(by_day, reverse=True))


def _day(local_date: date, runs: Sequence[tuple[JobRun, str | None]]) -> DayOfJob:
    counters: Counter[str] = Counter()
    for run, _ in runs:
        counters.update(run.counters)
    failed = [(run, name) for run, name in runs if run.state == RunState.FAILED]
    took = [
        run.finished_at - run.started_at for run, _ in runs if run.finished_at and run.started_at
    ]
    return DayOfJob(
        local_date=local_date,
        states=dict(Counter(RunState(run.state) for run, _ in runs)),
        counters=dict(counters),
        started_at=min((run.started_at for run, _ in runs if run.started_at), default=None),
        took=sum(took, timedelta()) if took else None,
        failed_for=tuple(sorted({name for _, name in failed if name})),
        errors=tuple(sorted({run.error for run, _ in failed if run.error})),
    )


def queue(session: Session) -> Queue:
    """The mail by state; those given up first, then those that have waited longest."""
    states = session.execute(
        select(OutboxMail.state, func.count()).group_by(OutboxMail.state)
    ).all()
    rows = session.execute(
        select(OutboxMail, Organisation.name)
        .join(Organisation, Organisation.id == OutboxMail.organisation_id)
        .where(or_(OutboxMail.state.in_(UNSENT), OutboxMail.state == MailState.GIVEN_UP.value))
        .order_by(OutboxMail.state, OutboxMail.queued_at, OutboxMail.id)
        .limit(MOST_MAILS)
    ).all()
    return Queue(
        {MailState(state): count for state, count in states},
        tuple(_line(mail, name) for mail, name in rows),
    )


def _line(mail: OutboxMail, organisation: str) -> MailLine:
    return MailLine(
        id=mail.id,
        kind=mail.kind,
        recipient=masked(mail.recipient),
        organisation=organisation,
        state=MailState(mail.state),
        queued_at=mail.queued_at,
        next_try_at=mail.next_try_at,
        attempts=mail.attempts,
        error=mail.error,
        answer=mail.answer,
    )
