from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from sqlalchemy import select

from tests import make
from timethief.domain.people import Role
from timethief.services import reports
from timethief.services.history import EventKind, note
from timethief.storage.database import Database
from timethief.storage.tables import Task, TaskEvent


def test_only_what_differs_is_kept(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = session.get_one(Task, make.task(session, place))
        anna = make.actor(session, place, Role.SUPPORT)
        before, after = {"same": 1, "changed": 2, "gone": 3}, {"same": 1, "changed": 4, "new": 5}

        note(session, anna, task, EventKind.REVIEWED, make.NOW, before, after)

    with database.reading_all() as session:
        event = session.scalars(select(TaskEvent).where(TaskEvent.kind == "reviewed")).one()
        assert (event.before, event.after) == ({"changed": 2, "gone": 3}, {"changed": 4, "new": 5})
        assert (event.user_id, event.organisation_id) == (anna.user_id, place.organisation_id)


NAMED = {
    EventKind.REVIEWED,
    EventKind.FROM_ANONYMOUS,
    EventKind.COMPLETED,
    EventKind.IMPORTED,
    EventKind.TAKEN,
    EventKind.ROUTED,
    EventKind.MERGED,
    EventKind.SPLIT,
    EventKind.RESTRUCTURING_UNDONE,
    EventKind.GATE_ANSWERED,
    EventKind.DECIDED,
    EventKind.DECISION_UNDONE,
    EventKind.CARRIED_OUT,
    EventKind.CONFIRMED_NEEDED,
}


@pytest.mark.parametrize("kind", EventKind)
def test_only_acts_of_review_bear_a_name(database: Database, kind: EventKind) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = session.get_one(Task, make.task(session, place))
        anna = make.actor(session, place, Role.SUPPORT)

        note(session, anna, task, kind, make.NOW + timedelta(days=1))

    with database.reading_all() as session:
        event = session.scalars(select(TaskEvent).order_by(TaskEvent.happened_at.desc())).first()
        assert event is not None
        assert (event.user_id is not None) == (kind in NAMED)
        assert event.role == "support"


def test_what_is_done_to_reports_is_told_without_a_name(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        rut, eva = make.actor(session, place), make.actor(session, place)
        first = make.sent(session, rut, make.report_facts(place))
        second = make.sent(session, eva, make.report_facts(place), same_as=first.task_id)
        reports.change(session, eva, second.report_id, make.report_facts(place), make.NOW)
        reports.withdraw(session, eva, second.report_id, make.NOW)

    with database.reading_all() as session:
        events = session.scalars(select(TaskEvent)).all()
        assert {event.kind for event in events} == {"logged", "joined", "changed", "withdrawn"}
        assert {event.user_id for event in events} == {None}


def test_times_are_kept_in_utc(database: Database) -> None:
    swedish = make.NOW.astimezone(timezone(timedelta(hours=2)))
    with database.writing_all() as session:
        make.task(session, make.organisation(session), now=swedish)

    with database.reading_all() as session:
        (happened,) = session.scalars(select(TaskEvent.happened_at))
        assert happened == make.NOW
        assert happened.utcoffset() == timedelta(0)
