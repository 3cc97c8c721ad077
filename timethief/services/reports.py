"""What staff do: send in a report, change it, withdraw it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.intake import ReportFacts
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.ranges import Range
from timethief.domain.tasks import check_yearly_time
from timethief.services import sent_forms
from timethief.services.cases.reports import follow_report
from timethief.services.emptied_tasks import remove_if_empty
from timethief.services.following_up.returns import notice
from timethief.services.history import EventKind, note
from timethief.services.requesters import find_or_add, requester_of
from timethief.services.staff_categories import owned_category
from timethief.services.tasks import add_task, join, owned_or_kept, refigure
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.tables import Report, Task, Unit
from timethief.storage.turns import take_turn


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a report: the task that it made or joined; None where it waits for what is missing."""

    report_id: uuid.UUID
    task_id: int | None


def submit(
    session: Session,
    actor: Actor,
    facts: ReportFacts,
    key: str,
    now: datetime,
    same_as: int | None = None,
) -> Sent:
    """Send in a report. A complete one makes a task at once, or joins the one that it is the same as.

    Args:
        session: writing.
        actor: who sends it.
        facts: as much as the person knows.
        key: of the form; the same form sent again gives the first result.
        now: time of sending.
        same_as: the task that the person said it is the same thing as.

    Raises:
        NotAllowed: the actor may not log tasks.
        NotFound: unit, requester, staff category or task are not of the actor's organisation, or the key is of
            somebody else's form.
        Invalid: it would take a person more than all hours of a year.
    """
    ensure(actor, Permission.LOG_TASKS)
    take_turn(session, actor.organisation_id)
    earlier = sent_forms.earlier_result(session, actor.organisation_id, key)
    if earlier is not None:
        return _sent_before(session, actor, earlier)
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    report = Report(
        id=uuid.uuid4(),
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        sent_on=now.date(),
        withdrawn=False,
    )
    write_facts(session, report, facts, assumptions)
    session.add(report)
    session.flush()
    if same_as is not None:
        task = owned_or_kept(session, actor.organisation_id, same_as)
        join(session, task, report)
        refigure(session, task, assumptions)
        note(session, actor, task, EventKind.JOINED, now)
    elif not facts.missing():
        _make_task(session, actor, report, assumptions, now)
    if same_as is None:
        notice(session, actor.organisation_id, report.id, report.title, now)
    follow_report(session, report, now)
    sent_forms.remember(session, actor.organisation_id, key, str(report.id), now)
    return Sent(report.id, report.task_id)


def change(
    session: Session, actor: Actor, report_id: uuid.UUID, facts: ReportFacts, now: datetime
) -> Sent:
    """Change one's own report; its task follows, comes to be, or goes back to waiting.

    Raises:
        NotAllowed: the actor may not log tasks.
        NotFound: it is not the actor's report, or it has been withdrawn.
        Invalid: as `submit`.
    """
    take_turn(session, actor.organisation_id)
    report = own_report(session, actor, report_id)
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    write_facts(session, report, facts, assumptions)
    session.flush()
    task = None if report.task_id is None else session.get_one(Task, report.task_id)
    if task is None:
        if not facts.missing():
            _make_task(session, actor, report, assumptions, now)
    elif not remove_if_empty(session, task, assumptions):
        refigure(session, task, assumptions)
        note(session, actor, task, EventKind.CHANGED, now)
    follow_report(session, report, now)
    return Sent(report.id, report.task_id)


def withdraw(session: Session, actor: Actor, report_id: uuid.UUID, now: datetime) -> None:
    """Take one's own report back: it leaves queue and figures at once.

    Raises:
        NotAllowed: the actor may not log tasks.
        NotFound: it is not the actor's report, or it has been withdrawn.
    """
    take_turn(session, actor.organisation_id)
    report = own_report(session, actor, report_id)
    report.withdrawn = True
    session.flush()
    follow_report(session, report, now)
    if report.task_id is None:
        return
    assumptions = load_assumptions(session, actor.organisation_id, now.date())
    task = session.get_one(Task, report.task_id)
    if not remove_if_empty(session, task, assumptions):
        refigure(session, task, assumptions)
        note(session, actor, task, EventKind.WITHDRAWN, now)


def own_report(session: Session, actor: Actor, report_id: uuid.UUID) -> Report:
    """The actor's own report that is not withdrawn.

    Raises:
        NotAllowed: the actor may not log tasks.
        NotFound: there is none, or it is somebody else's.
    """
    ensure(actor, Permission.LOG_TASKS)
    report = session.get(Report, report_id)
    if (
        report is None
        or report.organisation_id != actor.organisation_id
        or report.user_id != actor.user_id
        or report.withdrawn
    ):
        raise NotFound("report")
    return report


def _sent_before(session: Session, actor: Actor, result: str) -> Sent:
    """The report that a form led to the first time."""
    try:
        report = session.get(Report, uuid.UUID(result))
    except ValueError as error:
        raise NotFound("form") from error
    if report is None or report.user_id != actor.user_id:
        raise NotFound("form")
    return Sent(report.id, report.task_id)


def _make_task(
    session: Session, actor: Actor, report: Report, assumptions: Assumptions, now: datetime
) -> None:
    task = add_task(session, report, assumptions, now)
    note(session, actor, task, EventKind.LOGGED, now)


def write_facts(
    session: Session, report: Report, facts: ReportFacts, assumptions: Assumptions
) -> None:
    """Let the report hold what the person, or a reviewer in addition, knows.

    Raises:
        NotFound: unit, requester or staff category are not of the organisation.
        Invalid: it would take a person more than all hours of a year.
    """
    if facts.minutes is not None and facts.frequency is not None:
        check_yearly_time(facts.minutes, facts.frequency, assumptions.policy)
    report.title = facts.title
    report.description = facts.description
    report.minutes = facts.minutes
    report.times = facts.frequency.times if facts.frequency else None
    report.per = facts.frequency.per.value if facts.frequency else None
    report.people_low, report.people, report.people_high = _people(facts.people)
    report.unit_id = _unit(session, report.organisation_id, facts.unit_id)
    report.staff_category_id = _category(session, report.organisation_id, facts.staff_category_id)
    report.requester_id = _requester(session, report.organisation_id, facts)
    report.use_answer = facts.use.value
    report.worth_share = facts.worth_share
    report.achievable_minutes = facts.achievable_minutes
    report.signals = " ".join(sorted(facts.signals))


def _people(people: int | Range | None) -> tuple[int | None, int | None, int | None]:
    if isinstance(people, Range):
        return int(people.low), int(people.likely), int(people.high)
    return None, people, None


def _unit(session: Session, organisation_id: int, unit_id: int | None) -> int | None:
    if unit_id is None:
        return None
    unit = session.get(Unit, unit_id)
    if unit is None or unit.organisation_id != organisation_id:
        raise NotFound("unit")
    return unit.id


def _category(session: Session, organisation_id: int, category_id: int | None) -> int | None:
    return None if category_id is None else owned_category(session, organisation_id, category_id).id


def _requester(session: Session, organisation_id: int, facts: ReportFacts) -> int | None:
    if facts.requester_id is not None:
        return requester_of(session, organisation_id, facts.requester_id).id
    if facts.requester is not None:
        return find_or_add(session, organisation_id, facts.requester).id
    return None
