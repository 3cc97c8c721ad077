from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import make
from tests.queries.conftest import Stock
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.measures import millionths
from timethief.domain.people import Role
from timethief.domain.ranges import Range
from timethief.domain.tasks import Frequency
from timethief.domain.vocabulary import Per, Signal
from timethief.queries.tasks import EVENTS_SHOWN, REPORTS_SHOWN, task_page
from timethief.services import reports, reviews
from timethief.services.history import EventKind, note
from timethief.storage.database import Database
from timethief.storage.tables import AssessmentRow, Task


def test_a_page_shows_what_is_kept_of_every_task(stock: Stock) -> None:
    organisation_id = stock.place.organisation_id
    with stock.database.reading_all() as session:
        mine = AssessmentRow.organisation_id == organisation_id
        for row in session.scalars(select(AssessmentRow).where(mine).limit(40)).all():
            found = task_page(session, make.reviewer(stock.place), row.task_id)

            assert found.id == to_text(row.task_id)
            assert millionths(found.assessment.cost_hours.likely) == row.cost_likely
            assert found.assessment.verdict == row.verdict
            assert found.assessment.cause == row.cause
            assert " ".join(found.signals) == row.signals


def test_a_page_tells_where_it_is_done_by_whom_and_for_whom(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = make.task(session, place, signals={Signal.PAPER, Signal.MEETING}, people=2)

    with database.reading_all() as session:
        found = task_page(session, make.reviewer(place), task)

    assert (found.title, found.unit, found.requester) == (
        "Statusrapport",
        "Avdelning 1",
        "Personalenheten",
    )
    assert (found.staff_category, found.level, found.version) == (
        "Sjuksköterska",
        "own_organisation",
        1,
    )
    assert found.signals == ("meeting", "paper")
    assert found.bar_maximum == max(found.assessment.cost_hours.high, 44 * 1.25 * 1.25)
    assert (found.requirement, found.grant_sek_per_year, found.automation) == (None, None, None)


def test_reports_are_told_without_who_wrote_them(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = make.task(session, place)
        incomplete = make.report_facts(
            place, minutes=None, frequency=None, people=Range(2, 3, 5), description="Mer"
        )
        eva = make.actor(session, place, name="Eva")
        make.sent(session, eva, incomplete, same_as=task)
        gone = make.sent(session, eva, incomplete, same_as=task)
        reports.withdraw(session, eva, gone.report_id, make.NOW)

    with database.reading_all() as session:
        told = task_page(session, make.reviewer(place), task).reports

    assert [(line.minutes, line.description) for line in told] == [(30, ""), (None, "Mer")]
    assert (told[0].frequency, told[1].frequency) == (Frequency(1.0, Per.WEEK), None)
    assert told[1].people == Range(2, 3, 5)
    assert "Eva" not in repr(told)


def test_the_history_comes_newest_first_and_names_reviewers_only(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = make.task(session, place)
        anna = make.actor(session, place, Role.SUPPORT, "Anna")
        later = make.NOW + timedelta(hours=1)
        reviews.store(session, anna, task, make.review(), 1, make.key(), later)

    with database.reading_all() as session:
        events = task_page(session, make.reviewer(place), task).events

    assert [(event.kind, event.name) for event in events] == [
        ("reviewed", "Anna"),
        ("logged", None),
    ]
    assert (events[0].happened_at, events[1].happened_at) == (later, make.NOW)


def test_no_more_reports_and_events_are_shown_than_a_page_holds(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task, rut = make.task(session, place), make.actor(session, place)
        for _ in range(REPORTS_SHOWN):
            make.sent(session, rut, make.report_facts(place, minutes=None), same_as=task)
        for _ in range(EVENTS_SHOWN - REPORTS_SHOWN):
            note(session, rut, session.get_one(Task, task), EventKind.JOINED, make.NOW)

    with database.reading_all() as session:
        found = task_page(session, make.reviewer(place), task)

    assert (len(found.reports), len(found.events)) == (REPORTS_SHOWN, EVENTS_SHOWN)


def test_the_task_of_another_organisation_is_not_found(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        foreign = make.task(session, other)

    with database.reading_all() as session:
        for unknown in (foreign, 1):
            with pytest.raises(NotFound):
                task_page(session, make.reviewer(place), unknown)
