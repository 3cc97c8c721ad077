"""Everything that the page of one task shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.assessment import Assessment, assess, use_hours
from timethief.domain.errors import NotFound
from timethief.domain.explanation import Explanation, explain
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Permission
from timethief.domain.policy import Policy
from timethief.domain.ranges import Range
from timethief.domain.statements import Statement, differ, latest_by_source
from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use
from timethief.domain.vocabulary import Per
from timethief.queries.visible_units import visible_units
from timethief.storage.assumptions import policy_in_force, tariffs_in_force
from timethief.storage.facts import UseRows, facts_of, people_of, statement_of, use_of
from timethief.storage.tables import (
    AnonymousReport,
    AssessmentRow,
    Report,
    Requester,
    Requirement,
    StaffCategory,
    Task,
    TaskEvent,
    User,
)
from timethief.storage.uses import signals_of, uses_of

REPORTS_SHOWN = 20
EVENTS_SHOWN = 50
ACTS_OF_REVIEW = (
    "reviewed",
    "requester_answered",
    "gate_answered",
    "taken",
    "routed",
    "followed_up",
    "came_back",
    "confirmed_needed",
    "decided",
    "decision_undone",
    "merged",
    "split",
    "restructuring_undone",
    "carried_out",
)
"""Kinds of events that everybody may see; of the others there is one for each report."""


@dataclass(frozen=True, slots=True)
class StatedUse:
    """A use, what it counts for, and who says what.

    Attributes:
        hours: what it counts for, hours per year.
        statements: what each source says now, most authoritative first.
        differ: whether they disagree.
    """

    use: Use
    hours: Range
    statements: tuple[Statement, ...]
    differ: bool


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What one report said; never who wrote it. None where the person did not know."""

    description: str
    minutes: float | None
    frequency: Frequency | None
    people: int | Range | None
    use_answer: str
    sent_on: date


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of history; `name` only of acts of review."""

    happened_at: datetime
    role: str
    name: str | None
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task: what it costs and gives, why, and what could be done.

    Attributes:
        unit: as the reader sees it.
        reports: the single reports, for a reviewer; others are told how many, by `report_figures`.
        events: to all but a reviewer only the acts of review and decision, since the others would count the reports.
        exact_days: whether the days of reports may be told; else only their months.
    """

    id: str
    version: int
    title: str
    description: str
    unit: str
    requester: str
    requester_id: str
    level: str
    requirement: str | None
    grant_sek_per_year: float | None
    staff_category: str
    staff_category_en: str
    other_staff_category_id: int | None
    binding: str
    legal_basis: str
    status: str
    figures_by: str
    assumed: bool
    origin: str
    logged_on: date
    exact_days: bool
    signals: tuple[str, ...]
    facts: TaskFacts
    automation: Automation | None
    assessment: Assessment
    explanation: Explanation
    uses: tuple[StatedUse, ...]
    reports: tuple[ReportLine, ...]
    events: tuple[EventLine, ...]
    policy: Policy

    @property
    def bar_maximum(self) -> float:
        """The greatest figure among its cost and benefit: how long the longest bar is."""
        return max(self.assessment.cost_hours.high, self.assessment.benefit_hours.high)


def task_page(session: Session, actor: Actor, task_id: int) -> TaskPage:
    """One task of the organisation, as the actor may see it.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    organisation_id, reviews = actor.organisation_id, actor.may(Permission.REVIEW_TASKS)
    found = session.execute(
        select(Task, Requester, StaffCategory, AssessmentRow.assessed_on)
        .join(Requester, Requester.id == Task.requester_id)
        .join(StaffCategory, StaffCategory.id == Task.staff_category_id)
        .join(AssessmentRow, AssessmentRow.task_id == Task.id)
        .where(Task.id == task_id, Task.organisation_id == organisation_id)
    ).one_or_none()
    if found is None:
        raise NotFound("task")
    task, requester, category, assessed_on = found
    policy = policy_in_force(session, organisation_id)
    uses = uses_of(session, [task.id])[task.id]
    facts = facts_of(task, uses, tariffs_in_force(session, organisation_id, assessed_on))
    assessment = assess(facts, policy)
    requirement = _requirement(session, task)
    return TaskPage(
        id=to_text(task.id),
        version=task.version,
        title=task.title,
        description=task.description,
        unit=visible_units(session, actor).name(task.unit_id),
        requester=requester.name,
        requester_id=to_text(requester.id),
        level=requester.level,
        requirement=requirement.title if requirement else None,
        grant_sek_per_year=requirement.grant_sek_per_year if requirement else None,
        staff_category=category.name_sv,
        staff_category_en=category.name_en,
        other_staff_category_id=task.other_staff_category_id,
        binding=task.binding,
        legal_basis=task.legal_basis,
        status=task.status,
        figures_by=task.figures_by,
        assumed=task.assumed,
        origin=task.origin,
        logged_on=task.logged_on,
        exact_days=reviews,
        signals=tuple(sorted(signals_of(session, [task.id])[task.id])),
        facts=facts,
        automation=facts.automation,
        assessment=assessment,
        explanation=explain(facts, policy, assessment),
        uses=tuple(_stated(rows, facts, policy, assessment) for rows in uses),
        reports=_reports(session, task.id) if reviews else (),
        events=_events(session, task.id, of_reports=reviews),
        policy=policy,
    )


def _requirement(session: Session, task: Task) -> Requirement | None:
    return None if task.requirement_id is None else session.get(Requirement, task.requirement_id)


def _stated(rows: UseRows, facts: TaskFacts, policy: Policy, assessment: Assessment) -> StatedUse:
    row, said = rows
    statements = [statement_of(each) for each in said]
    use = use_of(row, said)
    return StatedUse(
        use=use,
        hours=use_hours(use, facts, policy, assessment.volume, assessment.cost_hours),
        statements=tuple(latest_by_source(statements).values()),
        differ=differ(statements),
    )


def _reports(session: Session, task_id: int) -> tuple[ReportLine, ...]:
    rows: Sequence[Report] = session.scalars(
        select(Report)
        .where(Report.task_id == task_id, Report.withdrawn.is_(False))
        .order_by(Report.sequence, Report.id)
        .limit(REPORTS_SHOWN)
    ).all()
    return tuple(
        ReportLine(
            description=row.description,
            minutes=row.minutes,
            frequency=frequency_of(row),
            people=None
            if row.people is None
            else people_of(row.people_low, row.people, row.people_high),
            use_answer=row.use_answer,
            sent_on=row.sent_on,
        )
        for row in rows
    )


def frequency_of(row: Report | AnonymousReport) -> Frequency | None:
    """How often a report says; None where the person did not know."""
    if row.times is None or row.per is None:
        return None
    return Frequency(row.times, Per(row.per))


def _events(session: Session, task_id: int, *, of_reports: bool) -> tuple[EventLine, ...]:
    wanted = TaskEvent.task_id == task_id
    if not of_reports:
        wanted &= TaskEvent.kind.in_(ACTS_OF_REVIEW)
    rows = session.execute(
        select(TaskEvent, User.name)
        .outerjoin(User, User.id == TaskEvent.user_id)
        .where(wanted)
        .order_by(TaskEvent.happened_at.desc(), TaskEvent.id)
        .limit(EVENTS_SHOWN)
    )
    return tuple(
        EventLine(event.happened_at, event.role, name, event.kind, event.before, event.after)
        for event, name in rows
    )
