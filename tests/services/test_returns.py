from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.decided import stopped
from timethief.domain.anonymity import IntakeStatus
from timethief.domain.cases import CaseOrigin, CaseState
from timethief.domain.errors import NotAllowed, NotFound
from timethief.domain.follow_ups import ReturnState
from timethief.domain.intake import UseAnswer
from timethief.domain.people import Role
from timethief.queries.returns import came_back_on, open_signs, signs_of_report
from timethief.services.anonymous.release import release
from timethief.services.following_up.returns import settle_sign
from timethief.services.reports import withdraw
from timethief.storage.database import Database
from timethief.storage.tables import AnonymousReport, Case, ReturnSign, TaskEvent

LATER = make.NOW + timedelta(days=30)


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


def _report(session: Session, place: make.Place, title: str, **facts: object) -> uuid.UUID:
    sender = make.actor(session, place)
    return make.sent(
        session, sender, make.report_facts(place, title=title, **facts), LATER
    ).report_id


def test_a_report_like_a_stopped_task_is_noticed(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        task_id = stopped(session, place, title="Veckorapport till nämnden")
        report_id = _report(session, place, "Veckorapport till nämnden igen")
        (sign,) = signs_of_report(session, make.reviewer(place), report_id)

    assert (sign.title, sign.stopped_on, sign.state) == (
        "Veckorapport till nämnden",
        make.TODAY,
        "open",
    )
    assert (sign.noticed_on, sign.anonymous) == (LATER.date(), False)
    assert task_id


@pytest.mark.parametrize("title", ["Tvätta bilen", "Nämnden"])
def test_other_reports_are_not(database: Database, place: make.Place, title: str) -> None:
    with database.writing(place.organisation_id) as session:
        stopped(session, place, title="Veckorapport om sjukfrånvaro")
        report_id = _report(session, place, title)

        assert signs_of_report(session, make.reviewer(place), report_id) == ()


def test_a_task_that_lives_is_no_sign(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        make.task(session, place, title="Veckorapport till nämnden")
        report_id = _report(session, place, "Veckorapport till nämnden")

        assert signs_of_report(session, make.reviewer(place), report_id) == ()


def test_what_came_back_has_a_case_until_that_is_undone(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        task_id = stopped(session, place, title="Veckorapport till nämnden")
        _report(session, place, "Veckorapport till nämnden")
        support = make.actor(session, place, Role.SUPPORT)
        (sign,) = session.scalars(select(ReturnSign)).all()

        settle_sign(session, support, sign.id, ReturnState.CAME_BACK.value, LATER)
        case = session.scalars(
            select(Case).where(Case.task_id == task_id, Case.state == CaseState.OPEN.value)
        ).one()
        assert case.origin == CaseOrigin.RETURNED.value
        assert came_back_on(session, place.organisation_id, task_id) == LATER.date()
        assert open_signs(session, support) == ()

        settle_sign(session, support, sign.id, ReturnState.OPEN.value, LATER)
        session.refresh(case)
        assert case.state == CaseState.CLOSED.value
        assert len(open_signs(session, support)) == 1
        events = session.scalars(
            select(TaskEvent.after).where(
                TaskEvent.task_id == task_id, TaskEvent.kind == "came_back"
            )
        ).all()
        assert {event["returned"] for event in events} == {"came_back", "open"}


def test_something_else_opens_nothing(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        task_id = stopped(session, place)
        _report(session, place, "Statusrapport")
        support = make.actor(session, place, Role.SUPPORT)
        (sign,) = session.scalars(select(ReturnSign)).all()
        settle_sign(session, support, sign.id, ReturnState.SOMETHING_ELSE.value, LATER)
        open_cases = session.scalars(
            select(Case).where(Case.task_id == task_id, Case.state != CaseState.CLOSED.value)
        ).all()

    assert open_cases == []


def test_only_reviewers_of_the_organisation_say(database: Database, place: make.Place) -> None:
    with database.writing_all() as session:
        elsewhere = make.organisation(session, "annan")
        foreign = make.actor(session, elsewhere, Role.SUPPORT)
    with database.writing(place.organisation_id) as session:
        stopped(session, place)
        _report(session, place, "Statusrapport")
        (sign,) = session.scalars(select(ReturnSign)).all()
        with pytest.raises(NotAllowed):
            settle_sign(
                session, make.actor(session, place), sign.id, ReturnState.CAME_BACK.value, LATER
            )
        with pytest.raises(NotFound):
            settle_sign(session, foreign, sign.id, ReturnState.CAME_BACK.value, LATER)


def test_a_report_that_is_taken_back_tells_nothing(database: Database, place: make.Place) -> None:
    with database.writing(place.organisation_id) as session:
        stopped(session, place)
        sender = make.actor(session, place)
        sent = make.sent(session, sender, make.report_facts(place), LATER)
        assert len(open_signs(session, make.reviewer(place))) == 1
        withdraw(session, sender, sent.report_id, LATER)

        assert open_signs(session, make.reviewer(place)) == ()


def test_anonymous_reports_are_looked_at_by_week_when_their_batch_is_shown(
    database: Database, place: make.Place
) -> None:
    with database.writing(place.organisation_id) as session:
        stopped(session, place)
        for _ in range(2):
            session.add(
                AnonymousReport(
                    organisation_id=place.organisation_id,
                    title="Statusrapport",
                    use_answer=UseAnswer.UNKNOWN.value,
                    status=IntakeStatus.RECEIVED.value,
                    shown_status=IntakeStatus.RECEIVED.value,
                )
            )
        assert open_signs(session, make.reviewer(place)) == ()
    for days in (0, 1):
        release(database, place.organisation_id, LATER + timedelta(days=days))

    with database.reading(place.organisation_id) as session:
        signs = open_signs(session, make.reviewer(place))
    assert [(sign.anonymous, sign.noticed_on) for sign in signs] == [
        (True, date(2026, 4, 6)),
        (True, date(2026, 4, 6)),
    ]
