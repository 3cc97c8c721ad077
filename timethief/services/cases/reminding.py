"""One mail a day: to functions whose deadlines are near, and to those who have been answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.cases import CaseState, days_left, is_reminded_of
from timethief.domain.people import GRANTS, Permission, Role
from timethief.i18n import TIME_ZONE, gettext, ngettext, number, speaking
from timethief.services.mail_preferences import queue_if_wanted
from timethief.services.outbox import Mail, MailKind
from timethief.services.people import as_actor
from timethief.services.surroundings import Surroundings
from timethief.storage.tables import (
    Case,
    CaseAnswer,
    FunctionMember,
    Organisation,
    Report,
    ReviewRequest,
    User,
)
from timethief.storage.unit_tree import units_of

_LOOKED_BACK = timedelta(days=3)
"""A missed night is caught up: the same mail queued again is sent once."""


@dataclass(frozen=True, slots=True)
class _Due:
    """How many cases of somebody are late, due today, or due soon."""

    late: int = 0
    today: int = 0
    soon: int = 0

    def __add__(self, other: _Due) -> _Due:
        return _Due(self.late + other.late, self.today + other.today, self.soon + other.soon)


def remind_of_deadlines(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Mail those whose cases nobody has answered: three days ahead, on the day, and each week after it."""
    today = now.astimezone(TIME_ZONE).date()
    base_url = surroundings.config.base_url
    reminded = 0
    for organisation_id in _organisations(surroundings):
        if surroundings.stopping():
            break
        with surroundings.database.writing(organisation_id) as session:
            for user, due in _to_remind(session, organisation_id, today):
                subject, text = _deadline_words(user, due, base_url + _place_of(user))
                mail = Mail(
                    organisation_id,
                    user.email,
                    MailKind.CASE,
                    f"deadlines-{today:%Y%m%d}",
                    subject,
                    text,
                )
                queue_if_wanted(session, user, MailKind.CASE, mail, now)
                reminded += 1
    return {"reminded": reminded} if reminded else {}


def tell_of_answers(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Mail those who have been answered, once for each day: how many answers there are, and where."""
    today = now.astimezone(TIME_ZONE).date()
    address = f"{surroundings.config.base_url}/log/mine"
    told = 0
    for organisation_id in _organisations(surroundings):
        if surroundings.stopping():
            break
        with surroundings.database.writing(organisation_id) as session:
            for back in range(_LOOKED_BACK.days, 0, -1):
                answered_on = today - timedelta(days=back)
                for user, count in _answered(session, organisation_id, answered_on):
                    subject, text = _answer_words(user, count, address)
                    mail = Mail(
                        organisation_id,
                        user.email,
                        MailKind.DECISION,
                        f"answers-{answered_on:%Y%m%d}",
                        subject,
                        text,
                    )
                    queue_if_wanted(session, user, MailKind.DECISION, mail, now)
                    told += back == 1
    return {"mailed": told} if told else {}


def _organisations(surroundings: Surroundings) -> list[int]:
    if surroundings.config.mail_server is None:
        return []
    with surroundings.database.reading_all() as session:
        active = select(Organisation.id).where(Organisation.active.is_(True))
        return list(session.scalars(active.order_by(Organisation.id)))


def _to_remind(session: Session, organisation_id: int, today: date) -> Iterable[tuple[User, _Due]]:
    """Whom to mail: everybody of an owner one of whose cases is due a reminder, with all that is due."""
    rows = session.execute(
        select(Case.function_id, Case.unit_id, Case.user_id, Case.answer_due).where(
            Case.organisation_id == organisation_id,
            Case.state != CaseState.CLOSED.value,
            Case.first_answered_on.is_(None),
            Case.answer_due <= today + timedelta(days=3),
        )
    ).all()
    due: Counter[tuple[int | None, int | None, int | None]] = Counter()
    sums: dict[tuple[int | None, int | None, int | None], _Due] = {}
    for row in rows:
        owner = (row.function_id, row.unit_id, row.user_id)
        due[owner] += is_reminded_of(row.answer_due, today)
        sums[owner] = sums.get(owner, _Due()) + _counted(row.answer_due, today)
    of_people: dict[int, _Due] = {}
    reminded: set[int] = set()
    for owner, what in sums.items():
        for user_id in _people(session, organisation_id, *owner):
            of_people[user_id] = of_people.get(user_id, _Due()) + what
            if due[owner]:
                reminded.add(user_id)
    users = session.scalars(select(User).where(User.id.in_(reminded)).order_by(User.id)).all()
    return [(user, of_people[user.id]) for user in users]


def _place_of(user: User) -> str:
    """The page on which somebody finds the cases: the intake is open to reviewers alone."""
    return "/intake?which=mine" if as_actor(user).may(Permission.REVIEW_TASKS) else "/cases"


def _counted(answer_due: date, today: date) -> _Due:
    left = days_left(answer_due, today)
    return _Due(int(left < 0), int(left == 0), int(left > 0))


def _people(
    session: Session,
    organisation_id: int,
    function_id: int | None,
    unit_id: int | None,
    user_id: int | None,
) -> list[int]:
    """Who sees to a case: who has taken it, else the members of its function or the manager of its unit, else
    everybody who reviews.
    """  # noqa: D205 - one sentence
    active = select(User.id).where(User.organisation_id == organisation_id, User.active.is_(True))
    wanted = [] if user_id is None else [active.where(User.id == user_id)]
    if function_id is not None:
        members = select(FunctionMember.user_id).where(FunctionMember.function_id == function_id)
        wanted.append(active.where(User.id.in_(members)))
    elif unit_id is not None:
        managed = active.where(
            User.role == Role.LEADERSHIP.value,
            User.unit_id.in_(_unit_and_above(session, organisation_id, unit_id)),
        )
        wanted.append(managed)
    roles = [role.value for role in GRANTS[Permission.REVIEW_TASKS]]
    wanted.append(active.where(User.role.in_(roles)))
    for query in wanted:
        found = list(session.scalars(query.order_by(User.id)))
        if found:
            return found
    return []


def _unit_and_above(session: Session, organisation_id: int, unit_id: int) -> list[int]:
    parents = {unit.id: unit.parent_id for unit in units_of(session, organisation_id)}
    found: list[int] = []
    at: int | None = unit_id
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found


def _answered(session: Session, organisation_id: int, day: date) -> Iterable[tuple[User, int]]:
    """Who was answered on that day, and in how many matters."""
    begins = datetime.combine(day, time.min, TIME_ZONE)
    rows = session.execute(
        select(Case.id, Case.report_id, Case.task_id)
        .join(CaseAnswer, CaseAnswer.case_id == Case.id)
        .where(
            CaseAnswer.organisation_id == organisation_id,
            CaseAnswer.answered_at >= begins,
            CaseAnswer.answered_at < datetime.combine(day + timedelta(days=1), time.min, TIME_ZONE),
        )
        .distinct()
    ).all()
    reports = {row.report_id for row in rows if row.report_id}
    tasks = {row.task_id for row in rows if row.task_id}
    matters: dict[int, set[object]] = {}
    asked = select(ReviewRequest.user_id, ReviewRequest.task_id).where(
        ReviewRequest.case_id.in_([row.id for row in rows]), ReviewRequest.withdrawn.is_(False)
    )
    wrote = select(Report.user_id, Report.task_id, Report.id).where(
        Report.organisation_id == organisation_id,
        Report.user_id.is_not(None),
        Report.withdrawn.is_(False),
        Report.id.in_(reports) | Report.task_id.in_(tasks),
    )
    for request in session.execute(asked):
        matters.setdefault(request.user_id or 0, set()).add(request.task_id)
    for report in session.execute(wrote):
        matters.setdefault(report.user_id or 0, set()).add(report.task_id or report.id)
    users = session.scalars(
        select(User).where(User.id.in_(matters), User.active.is_(True)).order_by(User.id)
    ).all()
    return [(user, len(matters[user.id])) for user in users]


def _deadline_words(user: User, due: _Due, address: str) -> tuple[str, str]:
    with speaking(user.language or ""):
        lines = [
            ngettext(
                "%(num)s has waited too long for an answer.",
                "%(num)s have waited too long for an answer.",
                due.late,
                num=number(due.late),
            )
            if due.late
            else "",
            ngettext(
                "%(num)s shall have an answer today.",
                "%(num)s shall have an answer today.",
                due.today,
                num=number(due.today),
            )
            if due.today
            else "",
            ngettext(
                "%(num)s shall have an answer within three days.",
                "%(num)s shall have an answer within three days.",
                due.soon,
                num=number(due.soon),
            )
            if due.soon
            else "",
        ]
        parts = [
            gettext("Hello %(name)s.", name=user.name),
            gettext("This waits for you or your function:"),
            "\n".join(line for line in lines if line),
            address,
        ]
        return gettext("Those who wrote wait for an answer"), "\n\n".join(parts)


def _answer_words(user: User, count: int, address: str) -> tuple[str, str]:
    with speaking(user.language or ""):
        parts = [
            gettext("Hello %(name)s.", name=user.name),
            ngettext(
                "There is an answer to something that you have written.",
                "There are answers to %(num)s things that you have written.",
                count,
                num=number(count),
            ),
            address,
        ]
        return gettext("You have got an answer"), "\n\n".join(parts)
