"""Tasks of the inventory: how reports make them, and how their figures follow the reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.intake import (
    DEFAULT_WORTH_SHARE,
    STATED_USES,
    UseAnswer,
    minutes_of_reports,
)
from timethief.domain.ranges import Range
from timethief.domain.statements import Statement
from timethief.domain.tasks import Use, Worth
from timethief.domain.vocabulary import Binding, Source, TaskStatus
from timethief.services.assessments import assess_task
from timethief.services.staff_categories import category_or_default
from timethief.storage import search
from timethief.storage.assumptions import Assumptions
from timethief.storage.facts import UseRows, use_of
from timethief.storage.merged import kept_in_place_of, merged_into
from timethief.storage.tables import (
    Report,
    Requester,
    Task,
    TaskSignal,
    TaskUse,
    UseStatement,
)
from timethief.storage.uses import signals_of, uses_of

_EPOCH_MICROSECONDS = 1_000_000


def owned(session: Session, organisation_id: int, task_id: int) -> Task:
    """A task of the organisation.

    Raises:
        NotFound: there is none, it is another organisation's, or it has been merged into another.
    """
    task = session.get(Task, task_id)
    if task is None or task.organisation_id != organisation_id or task.merged_into_id is not None:
        raise NotFound("task")
    return task


def owned_or_kept(session: Session, organisation_id: int, task_id: int) -> Task:
    """A task of the organisation, or the one that it has been merged into: for reports, which go on with it.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    return owned(session, organisation_id, kept_in_place_of(session, task_id))


def add_task(session: Session, report: Report, assumptions: Assumptions, now: datetime) -> Task:
    """A new task with the figures of its first report, which is complete."""
    task = Task(
        organisation_id=report.organisation_id,
        binding=Binding.UNKNOWN.value,
        status=TaskStatus.REPORTED.value,
        figures_by=Source.PERFORMER.value,
        logged_on=report.sent_on,
        version=0,
    )
    _take_figures(session, task, report)
    session.add(task)
    session.flush()
    join(session, task, report)
    _state_use(session, task, report)
    _take_signals(session, task, [report])
    settle(session, task, assumptions, int(now.timestamp() * _EPOCH_MICROSECONDS))
    return task


def join(session: Session, task: Task, report: Report) -> None:
    """Let the report be one of the task's, after those that it has."""
    last = session.scalar(select(func.max(Report.sequence)).where(Report.task_id == task.id))
    report.task_id, report.sequence = task.id, (last or 0) + 1


def refigure(session: Session, task: Task, assumptions: Assumptions) -> None:
    """Let the figures follow the reports, unless a reviewer has set them."""
    merged = [other.id for other in merged_into(session, [task.id])]
    kept = {signal for found in signals_of(session, merged).values() for signal in found}
    if task.figures_by == Source.PERFORMER.value:
        reports = reports_of(session, task)
        first = next((report for report in reports if is_complete(report)), None)
        if first is not None:
            _take_figures(session, task, first)
            _state_use(session, task, first)
        _take_signals(session, task, reports, kept)
        _spread_minutes(task, reports)
        _count_reporters(task, reports)
    else:
        # Signals are no figures: what somebody says makes it take time counts after a review too.
        kept |= signals_of(session, [task.id])[task.id]
        _take_signals(session, task, reports_of(session, task), kept)
    settle(session, task, assumptions)


def reports_of(session: Session, task: Task) -> Sequence[Report]:
    """The reports of a task that are not withdrawn, in the order in which they came to it."""
    return session.scalars(
        select(Report)
        .where(Report.task_id == task.id, Report.withdrawn.is_(False))
        .order_by(Report.sequence, Report.id)
    ).all()


def settle(session: Session, task: Task, assumptions: Assumptions, sequence: int = 0) -> None:
    """Everything that follows from a change of a task: version, assessment, totals, search."""
    task.version += 1
    assess_task(session, task, assumptions, sequence)
    requester = session.get_one(Requester, task.requester_id)
    document = search.Document(
        task.id, task.organisation_id, task.title, task.description, requester.name
    )
    search.index(session, [document])


def _take_figures(session: Session, task: Task, report: Report) -> None:
    """The figures of one complete report."""
    if report.minutes is None or report.times is None or report.per is None:
        message = "only a complete report makes a task"
        raise ValueError(message)
    task.title = report.title
    task.description = report.description
    task.unit_id = _known(report.unit_id)
    task.requester_id = _known(report.requester_id)
    task.staff_category_id = category_or_default(
        session, report.organisation_id, report.staff_category_id
    )
    task.minutes, task.minutes_low, task.minutes_high = report.minutes, None, None
    task.times, task.per = report.times, report.per
    task.people = _known(report.people)
    task.people_low, task.people_high = report.people_low, report.people_high
    task.achievable_minutes = report.achievable_minutes


def _known(value: int | None) -> int:
    if value is None:
        message = "only a complete report makes a task"
        raise ValueError(message)
    return value


def is_complete(report: Report) -> bool:
    """Whether all is known that a task needs."""
    needed = (report.minutes, report.times, report.people, report.unit_id, report.requester_id)
    return None not in needed


def _spread_minutes(task: Task, reports: Sequence[Report]) -> None:
    estimate = minutes_of_reports([r.minutes for r in reports if r.minutes is not None])
    if estimate is not None:
        task.minutes_low, task.minutes, task.minutes_high = (
            estimate.low,
            estimate.likely,
            estimate.high,
        )


def _count_reporters(task: Task, reports: Sequence[Report]) -> None:
    """`people` is at least the number of those who have reported the task signed in."""
    reporters = len({report.user_id for report in reports if report.user_id is not None})
    task.people = max(task.people, reporters)
    if task.people_low is not None and task.people_high is not None:
        task.people_low = max(task.people_low, reporters)
        task.people_high = max(task.people_high, reporters)


def _take_signals(
    session: Session, task: Task, reports: Sequence[Report], kept: Iterable[str] = ()
) -> None:
    """The signals of all reports together, and those that are kept whatever the reports say."""
    told = {signal for report in reports for signal in report.signals.split()}
    session.execute(delete(TaskSignal).where(TaskSignal.task_id == task.id))
    for signal in sorted(told | set(kept)):
        session.add(
            TaskSignal(task_id=task.id, signal=signal, organisation_id=task.organisation_id)
        )


def _state_use(session: Session, task: Task, report: Report) -> None:
    """What the first report says of the use, as the performer's statement, in the first place.

    Where a receiver or a reviewer has said anything, the uses are no longer the report's to change.
    """
    uses = select(TaskUse.id).where(TaskUse.task_id == task.id)
    others = select(UseStatement.id).where(
        UseStatement.use_id.in_(uses), UseStatement.source != Source.PERFORMER.value
    )
    if session.scalars(others.limit(1)).first() is not None:
        return
    said = _said_of_use(report)
    known = next(
        (rows for rows in uses_of(session, [task.id])[task.id] if rows[0].position == 1), None
    )
    if known is not None:
        if said is not None and _says(known, said, report.sent_on):
            return
        session.execute(delete(UseStatement).where(UseStatement.use_id == known[0].id))
        session.execute(delete(TaskUse).where(TaskUse.id == known[0].id))
    if said is not None:
        add_use(session, task, said, position=1, source=Source.PERFORMER, said_on=report.sent_on)


def _said_of_use(report: Report) -> Use | None:
    stated = STATED_USES[UseAnswer(report.use_answer)]
    if stated is None:
        return None
    share = DEFAULT_WORTH_SHARE if report.worth_share is None else report.worth_share
    return Use(stated.beneficiary, stated.purpose, stated.in_use, Worth(share=share))


def _says(known: UseRows, said: Use, on: date) -> bool:
    row, statements = known
    return use_of(row, statements) == said and [each.said_on for each in statements] == [on]


def add_use(
    session: Session, task: Task, use: Use, *, position: int, source: Source, said_on: date
) -> TaskUse:
    """A new use of a task, with the first thing said of it."""
    row = TaskUse(
        organisation_id=task.organisation_id,
        task_id=task.id,
        position=position,
        beneficiary=use.beneficiary.value,
        purpose=use.purpose.value,
    )
    session.add(row)
    session.flush()
    add_statement(session, row, Statement(source, use.in_use, use.worth, said_on), sequence=1)
    return row


def add_statement(session: Session, use: TaskUse, said: Statement, *, sequence: int) -> None:
    """One more thing said of a use; what was said before is kept."""
    minutes = said.worth.minutes
    spread = (minutes.low, minutes.high) if isinstance(minutes, Range) else (None, None)
    session.add(
        UseStatement(
            organisation_id=use.organisation_id,
            use_id=use.id,
            source=said.source.value,
            in_use=said.in_use.value,
            worth_share=said.worth.share,
            worth_minutes=minutes.likely if isinstance(minutes, Range) else minutes,
            worth_minutes_low=spread[0],
            worth_minutes_high=spread[1],
            worth_sek_per_year=said.worth.sek_per_year,
            said_on=said.said_on,
            sequence=sequence,
        )
    )
