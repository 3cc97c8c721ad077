"""What is to be looked at again: tasks past their date or close to it, and internal rules that may lapse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.measures import PER_HOUR
from timethief.domain.people import Actor
from timethief.domain.review_dates import SHOWN_AHEAD, may_confirm
from timethief.domain.vocabulary import Binding, TaskStatus
from timethief.queries.visible_units import visible_units
from timethief.storage.assumptions import lineage_of
from timethief.storage.tables import AssessmentRow, Requester, Requirement, Task

PAGE = 25


@dataclass(frozen=True, slots=True)
class DueTask:
    """A task to look at again.

    Attributes:
        days: until its date; below 0 once it has passed.
        cost_hours: what it takes, hours per year.
        confirmed: whether a receiver or a reviewer has confirmed a use.
        may_confirm: whether the reader may say that it is still needed.
    """

    id: str
    title: str
    unit: str
    requester: str
    review_on: date
    days: int
    cost_hours: float
    confirmed: bool
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class DueTasks:
    """One page of the list; `after` leads to the next, None at the end."""

    lines: tuple[DueTask, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class DueRule:
    """An internal rule to look at again; `tasks` that answer it take `cost_hours` a year."""

    id: str
    title: str
    requester: str
    requester_id: str
    review_on: date
    days: int
    tasks: int
    cost_hours: float
    may_confirm: bool

    @property
    def may_lapse(self) -> bool:
        """Whether its date has passed."""
        return self.days <= 0


@dataclass(frozen=True, slots=True)
class DueRules:
    """One page of the list; `after` leads to the next, None at the end."""

    lines: tuple[DueRule, ...]
    after: str | None


def due_tasks(session: Session, actor: Actor, today: date, after: str | None) -> DueTasks:
    """Tasks past their date of review, or due within 90 days, the oldest date first.

    Whoever leads one unit sees those of that unit and below it; everybody else those of the organisation.

    Raises:
        Invalid: the cursor cannot be read.
    """
    units = visible_units(session, actor)
    lineage = lineage_of({each.id: each.parent_id for each in units.tree.values()})
    query = (
        select(AssessmentRow, Task.title, Requester.name)
        .join(Task, Task.id == AssessmentRow.task_id)
        .join(Requester, Requester.id == AssessmentRow.requester_id)
        .where(
            AssessmentRow.organisation_id == actor.organisation_id,
            AssessmentRow.review_on <= today + SHOWN_AHEAD,
            AssessmentRow.status != TaskStatus.STOPPED.value,
        )
    )
    if units.opens_at is not None:
        query = query.where(AssessmentRow.unit_id.in_(units.with_those_below(units.opens_at)))
    place = tuple_(AssessmentRow.review_on, AssessmentRow.task_id)
    if after:
        query = query.where(place > tuple_(*_cursor(after)))
    query = query.order_by(AssessmentRow.review_on, AssessmentRow.task_id).limit(PAGE + 1)
    rows = session.execute(query).all()
    lines = tuple(
        DueTask(
            id=to_text(row.task_id),
            title=title,
            unit=units.name(row.unit_id),
            requester=requester,
            review_on=row.review_on,
            days=(row.review_on - today).days,
            cost_hours=row.cost_likely / PER_HOUR,
            confirmed=row.confirmed,
            may_confirm=may_confirm(actor, row.unit_id, lineage),
        )
        for row, title, requester in rows[:PAGE]
    )
    last = lines[-1] if len(rows) > PAGE else None
    return DueTasks(lines, None if last is None else f"{last.review_on.isoformat()}_{last.id}")


def due_rules(session: Session, actor: Actor, today: date, after: str | None) -> DueRules:
    """Internal rules past their date of review, or due within 90 days, the oldest date first; none that was refused.

    Raises:
        Invalid: the cursor cannot be read.
    """
    asked = (
        select(
            AssessmentRow.requirement_id.label("rule"),
            func.count().label("tasks"),
            func.sum(AssessmentRow.cost_likely).label("cost"),
        )
        .where(
            AssessmentRow.organisation_id == actor.organisation_id,
            AssessmentRow.requirement_id.is_not(None),
        )
        .group_by(AssessmentRow.requirement_id)
        .subquery()
    )
    query = (
        select(Requirement, Requester.name, asked.c.tasks, asked.c.cost)
        .join(Requester, Requester.id == Requirement.requester_id)
        .outerjoin(asked, asked.c.rule == Requirement.id)
        .where(
            Requirement.organisation_id == actor.organisation_id,
            Requirement.binding == Binding.INTERNAL_RULE.value,
            Requirement.refused_on.is_(None),
            Requirement.review_on <= today + SHOWN_AHEAD,
        )
    )
    if after:
        query = query.where(tuple_(Requirement.review_on, Requirement.id) > tuple_(*_cursor(after)))
    rows = session.execute(
        query.order_by(Requirement.review_on, Requirement.id).limit(PAGE + 1)
    ).all()
    lines = tuple(
        _rule(rule, requester, tasks, cost, actor, today)
        for rule, requester, tasks, cost in rows[:PAGE]
    )
    last = lines[-1] if len(rows) > PAGE else None
    return DueRules(lines, None if last is None else f"{last.review_on.isoformat()}_{last.id}")


def due_rule(session: Session, actor: Actor, requirement_id: int, today: date) -> DueRule:
    """One internal rule, whenever its date is.

    Raises:
        NotFound: the organisation has no such rule of its own.
    """
    found = session.execute(
        select(Requirement, Requester.name)
        .join(Requester, Requester.id == Requirement.requester_id)
        .where(
            Requirement.id == requirement_id,
            Requirement.organisation_id == actor.organisation_id,
            Requirement.binding == Binding.INTERNAL_RULE.value,
        )
    ).one_or_none()
    if found is None:
        raise NotFound("requirement")
    rule, requester = found
    tasks, cost = session.execute(
        select(func.count(), func.sum(AssessmentRow.cost_likely)).where(
            AssessmentRow.organisation_id == actor.organisation_id,
            AssessmentRow.requirement_id == rule.id,
        )
    ).one()
    return _rule(rule, requester, tasks, cost, actor, today)


def review_on(session: Session, organisation_id: int, task_id: int) -> date | None:
    """When somebody shall look again whether a task is needed; None for a stopped one."""
    return session.scalar(
        select(AssessmentRow.review_on).where(
            AssessmentRow.organisation_id == organisation_id,
            AssessmentRow.task_id == task_id,
            AssessmentRow.status != TaskStatus.STOPPED.value,
        )
    )


def may_confirm_task(session: Session, actor: Actor, task_id: int) -> bool:
    """Whether the reader may say that a task is still needed."""
    units = visible_units(session, actor)
    lineage = lineage_of({each.id: each.parent_id for each in units.tree.values()})
    unit_id = session.scalar(
        select(Task.unit_id).where(
            Task.organisation_id == actor.organisation_id, Task.id == task_id
        )
    )
    return unit_id is not None and may_confirm(actor, unit_id, lineage)


def _rule(
    rule: Requirement,
    requester: str,
    tasks: int | None,
    cost: int | None,
    actor: Actor,
    today: date,
) -> DueRule:
    date_of = rule.review_on or today
    return DueRule(
        id=to_text(rule.id),
        title=rule.title,
        requester=requester,
        requester_id=to_text(rule.requester_id),
        review_on=date_of,
        days=(date_of - today).days,
        tasks=tasks or 0,
        cost_hours=(cost or 0) / PER_HOUR,
        may_confirm=may_confirm(actor, None, {}),
    )


def _cursor(after: str) -> tuple[date, int]:
    day, _, identifier = after.partition("_")
    try:
        return date.fromisoformat(day), from_text(identifier)
    except (ValueError, NotFound) as error:
        raise Invalid("after", "unreadable") from error
