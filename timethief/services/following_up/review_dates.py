"""Dates of review: saying that something is still needed, keeping the dates of rules, and reminding of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.jobs import RunState
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.review_dates import (
    LONGEST_REASON,
    REMINDED_DAYS_AHEAD,
    UNDO_WITHIN,
    may_confirm,
    next_review,
)
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Binding, TaskStatus
from timethief.i18n import TIME_ZONE
from timethief.services import audit
from timethief.services.following_up.letters import Writer
from timethief.services.following_up.managers import managers
from timethief.services.history import EventKind, note
from timethief.services.sent_forms import earlier_result, remember
from timethief.services.surroundings import Surroundings
from timethief.services.tasks import owned, settle
from timethief.storage.assumptions import lineage_of, load_assumptions
from timethief.storage.tables import (
    AssessmentRow,
    AuditEvent,
    JobRun,
    Organisation,
    Requirement,
    Task,
    TaskEvent,
    Unit,
    User,
)
from timethief.storage.turns import take_turn

JOB = "review_dates"
SUBJECT = "requirement"
_MADE_UP_FOR = timedelta(days=30)
"""Days on which the job did not run are reminded of on the next, back so far."""


def confirm_task(
    session: Session, actor: Actor, task_id: int, reason: str, key: str, now: datetime
) -> None:
    """Say that a task is still needed, and why: its next date of review is counted from today.

    Args:
        session: writing.
        actor: who may decide of the task.
        task_id: which.
        reason: why; needed.
        key: of the form; sent again it changes nothing.
        now: time of the act.

    Raises:
        NotAllowed: the actor may not decide.
        NotFound: there is no such task within the actor's reach.
        Invalid: of `reason`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    task = _task_in_reach(session, actor, task_id)
    said = read_text(reason, "reason", LONGEST_REASON, required=True)
    if earlier_result(session, actor.organisation_id, key) == str(task.id):
        return
    before = {"reviewed_on": _written(task.reviewed_on)}
    task.reviewed_on = _day(now)
    settle(session, task, load_assumptions(session, actor.organisation_id, now.date()))
    session.flush()
    after = {"reviewed_on": _written(task.reviewed_on), "reason": said}
    note(session, actor, task, EventKind.CONFIRMED_NEEDED, now, before, after)
    remember(session, actor.organisation_id, key, str(task.id), now)


def undo_task(session: Session, actor: Actor, task_id: int, now: datetime) -> None:
    """Take back that a task is still needed, within 30 days: its date of review is what it was.

    Raises:
        NotAllowed, NotFound: as `confirm_task`.
        Conflict: reason `nothing_to_undo`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    take_turn(session, actor.organisation_id)
    task = _task_in_reach(session, actor, task_id)
    event = session.scalars(
        select(TaskEvent)
        .where(
            TaskEvent.organisation_id == actor.organisation_id,
            TaskEvent.task_id == task.id,
            TaskEvent.kind == EventKind.CONFIRMED_NEEDED.value,
            TaskEvent.happened_at >= now - UNDO_WITHIN,
        )
        .order_by(TaskEvent.happened_at.desc(), TaskEvent.id.desc())
        .limit(1)
    ).one_or_none()
    if event is None or "reason" not in event.after or task.reviewed_on is None:
        raise Conflict("nothing_to_undo")
    shown = _written(task.reviewed_on)
    earlier = event.before.get("reviewed_on", shown)
    task.reviewed_on = date.fromisoformat(earlier) if earlier else None
    settle(session, task, load_assumptions(session, actor.organisation_id, now.date()))
    session.flush()
    after = {"reviewed_on": _written(task.reviewed_on)}
    note(session, actor, task, EventKind.CONFIRMED_NEEDED, now, {"reviewed_on": shown}, after)


def confirm_rule(
    session: Session, actor: Actor, requirement_id: int, reason: str, key: str, now: datetime
) -> None:
    """Say that an internal rule is still needed, and why.

    Raises:
        NotAllowed: the actor may not decide for the whole organisation.
        NotFound: the organisation has no such rule of its own.
        Invalid: of `reason`.
    """
    take_turn(session, actor.organisation_id)
    rule = _rule(session, actor, requirement_id)
    said = read_text(reason, "reason", LONGEST_REASON, required=True)
    if earlier_result(session, actor.organisation_id, key) == str(rule.id):
        return
    _set_reviewed(session, actor, rule, _day(now), said, now)
    remember(session, actor.organisation_id, key, str(rule.id), now)


def undo_rule(session: Session, actor: Actor, requirement_id: int, now: datetime) -> None:
    """Take back that a rule is still needed, within 30 days.

    Raises:
        NotAllowed, NotFound: as `confirm_rule`.
        Conflict: reason `nothing_to_undo`.
    """
    take_turn(session, actor.organisation_id)
    rule = _rule(session, actor, requirement_id)
    event = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.organisation_id == actor.organisation_id,
            AuditEvent.act == Act.RULE_CONFIRMED.value,
            AuditEvent.reference == to_text(rule.id),
            AuditEvent.happened_at >= now - UNDO_WITHIN,
        )
        .order_by(AuditEvent.happened_at.desc(), AuditEvent.id.desc())
        .limit(1)
    ).one_or_none()
    if event is None or not event.after.get("reason"):
        raise Conflict("nothing_to_undo")
    earlier = event.before.get("reviewed_on", _written(rule.reviewed_on))
    reviewed_on = date.fromisoformat(earlier) if earlier else None
    _set_reviewed(session, actor, rule, reviewed_on, "", now)


def see_to_review_dates(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Keep the dates of internal rules, and remind 90, 30 and 0 days before what comes to its date."""
    today = now.astimezone(TIME_ZONE).date()
    with surroundings.database.reading_all() as session:
        since = _last_run(session, today)
        organisations = session.scalars(
            select(Organisation.id).where(Organisation.active.is_(True)).order_by(Organisation.id)
        ).all()
    dated = written = 0
    for organisation_id in organisations:
        if surroundings.stopping():
            break
        with surroundings.database.writing(organisation_id) as session:
            take_turn(session, organisation_id)
            dated += date_rules(session, organisation_id, today)
            session.flush()
            writer = Writer.of(session, organisation_id, surroundings.config, now)
            written += _remind(session, writer, since, today)
    return {"dated": dated, "reminded": written} if dated or written else {}


def _task_in_reach(session: Session, actor: Actor, task_id: int) -> Task:
    task = owned(session, actor.organisation_id, task_id)
    units = session.execute(
        select(Unit.id, Unit.parent_id).where(Unit.organisation_id == actor.organisation_id)
    )
    lineage = lineage_of({unit_id: parent_id for unit_id, parent_id in units})  # noqa: C416 - rows are no pairs to the type checker
    if not may_confirm(actor, task.unit_id, lineage) or task.merged_into_id is not None:
        raise NotFound("task")
    return task


def _rule(session: Session, actor: Actor, requirement_id: int) -> Requirement:
    """An internal rule of the organisation; a unit's manager decides of no rule that holds for others.

    Raises:
        NotAllowed, NotFound: as `confirm_rule`.
    """
    ensure(actor, Permission.DECIDE_TASKS)
    rule = session.get(Requirement, requirement_id)
    if (
        rule is None
        or rule.organisation_id != actor.organisation_id
        or rule.binding != Binding.INTERNAL_RULE.value
        or not may_confirm(actor, None, {})
    ):
        raise NotFound("requirement")
    return rule


def _set_reviewed(
    session: Session,
    actor: Actor,
    rule: Requirement,
    reviewed_on: date | None,
    reason: str,
    now: datetime,
) -> None:
    before = {"reviewed_on": rule.reviewed_on}
    rule.reviewed_on = reviewed_on
    session.flush()
    date_rules(session, actor.organisation_id, _day(now), rule.id)
    audit.record(
        session,
        actor,
        Act.RULE_CONFIRMED,
        SUBJECT,
        reference=to_text(rule.id),
        before=before,
        after={"reviewed_on": reviewed_on, "reason": reason},
        now=now,
    )


def date_rules(session: Session, organisation_id: int, today: date, only: int | None = None) -> int:
    """Set the dates of the organisation's own internal rules anew; how many changed."""
    uses = (
        select(
            AssessmentRow.requirement_id.label("rule"),
            func.max(case((AssessmentRow.confirmed.is_(True), 1), else_=0)).label("confirmed"),
        )
        .where(
            AssessmentRow.organisation_id == organisation_id,
            AssessmentRow.requirement_id.is_not(None),
        )
        .group_by(AssessmentRow.requirement_id)
        .subquery()
    )
    rows = session.execute(
        select(Requirement, uses.c.confirmed)
        .outerjoin(uses, uses.c.rule == Requirement.id)
        .where(
            Requirement.organisation_id == organisation_id,
            Requirement.binding == Binding.INTERNAL_RULE.value,
            *([] if only is None else [Requirement.id == only]),
        )
    ).all()
    changed = 0
    for rule, confirmed in rows:
        rule.added_on = rule.added_on or _first_asked(session, rule) or today
        review_on = next_review(rule.reviewed_on or rule.added_on, confirmed=bool(confirmed))
        if rule.review_on != review_on:
            rule.review_on = review_on
            changed += 1
    return changed


def _first_asked(session: Session, rule: Requirement) -> date | None:
    return session.scalar(
        select(func.min(Task.logged_on)).where(
            Task.organisation_id == rule.organisation_id, Task.requirement_id == rule.id
        )
    )


def _last_run(session: Session, today: date) -> date:
    """The day up to which reminders have been sent."""
    last = session.scalar(
        select(func.max(JobRun.local_date)).where(
            JobRun.job == JOB, JobRun.state == RunState.DONE.value, JobRun.local_date < today
        )
    )
    return max(last or today - timedelta(days=1), today - _MADE_UP_FOR)


def _remind(session: Session, writer: Writer, since: date, today: date) -> int:
    """One letter to each manager; of rules, and of tasks where nobody leads, to the support functions."""
    organisation_id = writer.organisation.id
    counts = _counts(session, organisation_id, since, today)
    rules = _lapsing(session, organisation_id, since, today)
    if not counts and not rules:
        return 0
    leading = managers(session, organisation_id)
    people: dict[int, User] = {}
    told: dict[int, list[int]] = defaultdict(lambda: [0] * len(REMINDED_DAYS_AHEAD))
    for unit_id, numbers in counts.items():
        for user in leading.of(unit_id) or leading.support:
            people[user.id] = user
            told[user.id] = [a + b for a, b in zip(told[user.id], numbers, strict=True)]
    about_rules = {user.id: user for user in leading.support} if rules else {}
    for user_id, user in sorted({**people, **about_rules}.items()):
        writer.remind(user, told[user_id], rules if user_id in about_rules else 0)
    return len(people.keys() | about_rules.keys())


def _counts(
    session: Session, organisation_id: int, since: date, today: date
) -> dict[int, list[int]]:
    """How many tasks of each unit come to their date after each of the spans."""
    spans = [
        AssessmentRow.review_on.between(
            since + timedelta(days=ahead + 1), today + timedelta(days=ahead)
        )
        for ahead in REMINDED_DAYS_AHEAD
    ]
    found: dict[int, list[int]] = defaultdict(lambda: [0] * len(REMINDED_DAYS_AHEAD))
    for place, span in enumerate(spans):
        rows: Any = session.execute(
            select(AssessmentRow.unit_id, func.count())
            .where(
                AssessmentRow.organisation_id == organisation_id,
                AssessmentRow.status != TaskStatus.STOPPED.value,
                span,
            )
            .group_by(AssessmentRow.unit_id)
        )
        for unit_id, count in rows:
            found[unit_id][place] = count
    return found


def _lapsing(session: Session, organisation_id: int, since: date, today: date) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                Requirement.organisation_id == organisation_id,
                Requirement.binding == Binding.INTERNAL_RULE.value,
                Requirement.refused_on.is_(None),
                Requirement.review_on.between(since + timedelta(days=1), today),
            )
        )
        or 0
    )


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(now: datetime) -> date:
    return now.astimezone(TIME_ZONE).date()
