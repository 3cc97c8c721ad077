from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.decided import stopped
from tests.services.settings import CONFIG
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.jobs import RunState
from timethief.domain.people import Actor, Role
from timethief.domain.vocabulary import Binding
from timethief.queries.review_dates import due_rules, due_tasks
from timethief.queries.verification import differences
from timethief.services.following_up.review_dates import (
    JOB,
    confirm_rule,
    confirm_task,
    see_to_review_dates,
    undo_rule,
    undo_task,
)
from timethief.services.requirements import find_or_add_requirement
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database
from timethief.storage.tables import (
    AssessmentRow,
    AuditEvent,
    JobRun,
    OutboxMail,
    Requirement,
    Task,
    TaskEvent,
    User,
)

DUE = date(2027, 3, 10)
"""A year after the tasks were logged: nobody has confirmed their use."""


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, tzinfo=make.NOW.tzinfo)


def _rule(session: Session, place: make.Place, task_id: int) -> Requirement:
    key = find_or_add_requirement(
        session,
        place.organisation_id,
        place.requester,
        "Rutin för veckorapport",
        Binding.INTERNAL_RULE,
        "",
    )
    session.execute(update(Task).where(Task.id == task_id).values(requirement_id=key))
    session.execute(
        update(AssessmentRow).where(AssessmentRow.task_id == task_id).values(requirement_id=key)
    )
    return session.get_one(Requirement, key)


def _mails(database: Database) -> list[OutboxMail]:
    with database.reading_all() as session:
        query = select(OutboxMail).where(OutboxMail.kind == "review_date")
        return list(session.scalars(query.order_by(OutboxMail.key)))


def test_what_is_still_needed_gets_a_new_date_and_says_why(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        task_id = make.task(session, place)
        support = make.actor(session, place, Role.SUPPORT)
        key = make.key()
        for _ in range(2):
            confirm_task(session, support, task_id, "IVO läser den.", key, _at(DUE))
        row = session.get_one(AssessmentRow, task_id)
        assert row.review_on == date(2028, 3, 10)
        events = session.scalars(
            select(TaskEvent).where(TaskEvent.kind == "confirmed_needed")
        ).all()
        assert [(e.user_id, e.after["reason"]) for e in events] == [
            (support.user_id, "IVO läser den.")
        ]

        undo_task(session, support, task_id, _at(DUE))
        assert session.get_one(AssessmentRow, task_id).review_on == DUE
        with pytest.raises(Conflict):
            undo_task(session, support, task_id, _at(DUE))
    with database.reading_all() as session:
        assert list(differences(session)) == []


def test_undoing_twice_confirmed_goes_back_one_step(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        task_id = make.task(session, place)
        support = make.actor(session, place, Role.SUPPORT)
        confirm_task(session, support, task_id, "Ja.", make.key(), _at(DUE))
        later = DUE + timedelta(days=10)
        confirm_task(session, support, task_id, "Ja, än.", make.key(), _at(later))
        undo_task(session, support, task_id, _at(later))

        assert session.get_one(Task, task_id).reviewed_on == DUE


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_who_may_not_decide_may_not_say(database: Database, place: make.Place, role: Role) -> None:
    with database.writing(place.organisation_id) as session:
        task_id = make.task(session, place)
        with pytest.raises(NotAllowed):
            confirm_task(
                session, make.actor(session, place, role), task_id, "Ja.", make.key(), make.NOW
            )


def test_a_manager_says_it_of_the_own_unit_only(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        manager = make.actor(session, place, Role.LEADERSHIP)
        elsewhere = make.task(session, place, unit_id=place.south)
        with pytest.raises(NotFound):
            confirm_task(session, manager, elsewhere, "Ja.", make.key(), make.NOW)
        own = make.task(session, place)
        confirm_task(session, manager, own, "Ja.", make.key(), make.NOW)
        rule = _rule(session, place, own)
        with pytest.raises(NotFound):
            confirm_rule(session, manager, rule.id, "Ja.", make.key(), make.NOW)


def test_a_reason_is_needed(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        task_id = make.task(session, place)
        support = make.actor(session, place, Role.SUPPORT)
        for reason in (" ", "x" * 1_001):
            with pytest.raises(Invalid):
                confirm_task(session, support, task_id, reason, make.key(), make.NOW)


def test_the_list_holds_what_is_due_within_ninety_days_but_nothing_stopped(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        stopped(session, place)
        make.task(session, place, unit_id=place.south)
        reader = make.reviewer(place)
        early = due_tasks(session, reader, DUE - timedelta(days=91), None)
        soon = due_tasks(session, reader, DUE - timedelta(days=90), None)
        past = due_tasks(session, reader, DUE + timedelta(days=1), None)
        manager = Actor(0, place.organisation_id, Role.LEADERSHIP, place.ward, None, "Chef")
        others = due_tasks(session, manager, DUE, None)

    assert early.lines == ()
    # So small a unit is shown within the one above; its manager says nothing of what others do there.
    assert [line.may_confirm for line in others.lines] == [False]
    assert [line.days for line in soon.lines] == [90]
    assert [line.days for line in past.lines] == [-1]


def test_managers_are_reminded_90_30_and_0_days_before_once_a_day(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        for _ in range(3):
            make.task(session, place)
        make.actor(session, place, Role.LEADERSHIP)
        stopped(session, place)
    surroundings = Surroundings(database, CONFIG)
    day = DUE - timedelta(days=100)
    reminded: list[date] = []
    while day <= DUE + timedelta(days=10):
        for _ in range(2):
            see_to_review_dates(surroundings, _at(day))
        if len(_mails(database)) > len(reminded):
            reminded.append(day)
        assert len(_mails(database)) == len(reminded)
        day += timedelta(days=1)

    assert reminded == [DUE - timedelta(days=ahead) for ahead in (90, 30, 0)]
    assert all("3" in mail.text and "Statusrapport" not in mail.text for mail in _mails(database))


def test_days_on_which_the_clock_stood_still_are_made_up_for(
    database: Database, place: make.Place
) -> None:
    with database.writing_all() as session:
        make.task(session, place)
        make.actor(session, place, Role.LEADERSHIP)
        session.add(
            JobRun(
                job=JOB,
                local_date=DUE - timedelta(days=5),
                turn=0,
                state=RunState.DONE.value,
            )
        )
    surroundings = Surroundings(database, CONFIG)
    see_to_review_dates(surroundings, _at(DUE + timedelta(days=3)))

    assert len(_mails(database)) == 1


def test_rules_of_our_own_get_a_date_and_may_lapse(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        rule_id = _rule(session, place, make.task(session, place)).id
    surroundings = Surroundings(database, CONFIG)
    assert see_to_review_dates(surroundings, make.NOW)["dated"] == 1
    assert see_to_review_dates(surroundings, make.NOW) == {}

    with database.writing(place.organisation_id) as session:
        rule = session.get_one(Requirement, rule_id)
        assert (rule.added_on, rule.review_on) == (make.TODAY, DUE)
        (line,) = due_rules(session, make.reviewer(place), DUE, None).lines
        assert (line.may_lapse, line.tasks, round(line.cost_hours)) == (True, 1, 44)

        support = make.actor(session, place, Role.SUPPORT)
        confirm_rule(session, support, rule_id, "Vi behöver den.", make.key(), _at(DUE))
        assert rule.review_on == date(2028, 3, 10)
        assert due_rules(session, make.reviewer(place), DUE, None).lines == ()
        undo_rule(session, support, rule_id, _at(DUE))
        assert (rule.reviewed_on, rule.review_on) == (None, DUE)
        acts = session.scalars(
            select(AuditEvent.user_id).where(AuditEvent.act == "rule_confirmed")
        ).all()
        assert acts == [support.user_id, support.user_id]


def test_a_confirmed_use_gives_a_rule_three_years(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        task_id = make.task(session, place)
        rule_id = _rule(session, place, task_id).id
        session.execute(
            update(AssessmentRow).where(AssessmentRow.task_id == task_id).values(confirmed=True)
        )
    see_to_review_dates(Surroundings(database, CONFIG), make.NOW)

    with database.reading(place.organisation_id) as session:
        assert session.get_one(Requirement, rule_id).review_on == date(2029, 3, 10)


def test_what_others_own_is_not_found(database: Database, place: make.Place) -> None:
    with database.writing_all() as session:
        elsewhere = make.organisation(session, "annan")
        foreign = make.actor(session, elsewhere, Role.SUPPORT)
        task_id = make.task(session, place)
        rule_id = _rule(session, place, task_id).id
        assert session.get(User, foreign.user_id) is not None
    with database.writing(elsewhere.organisation_id) as session:
        with pytest.raises(NotFound):
            confirm_task(session, foreign, task_id, "Ja.", make.key(), make.NOW)
        with pytest.raises(NotFound):
            confirm_rule(session, foreign, rule_id, "Ja.", make.key(), make.NOW)
