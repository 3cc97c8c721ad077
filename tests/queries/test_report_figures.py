from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Role
from timethief.domain.publication import Cell
from timethief.queries.report_figures import (
    ReportCount,
    months_of_reports,
    reports_of_task,
    smallest_count,
)
from timethief.queries.tasks import task_page
from timethief.queries.visible_units import visible_units
from timethief.services import reports, reviews
from timethief.storage.database import Database
from timethief.storage.tables import Organisation, PublishedFigure, PublishedMonth, Unit

LAST_MONTH = make.NOW - timedelta(days=30)


def _joined(session: Session, place: make.Place, count: int) -> int:
    task = make.task(session, place, now=LAST_MONTH)
    for number in range(count - 1):
        eva = make.actor(session, place, name=f"Eva{number}")
        make.sent(session, eva, make.report_facts(place), LAST_MONTH, same_as=task)
    return task


def _count(session: Session, place: make.Place, task: int, today: date = make.TODAY) -> ReportCount:
    return reports_of_task(session, place.organisation_id, task, today)


@pytest.mark.parametrize(("count", "shown"), [(1, None), (4, None), (5, 5), (8, 10)])
def test_the_reports_of_a_task_are_counted_in_fives(
    database: Database, count: int, shown: int | None
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = _joined(session, place, count)

        assert _count(session, place, task) == ReportCount(shown, 5)


def test_a_report_of_the_present_month_moves_no_number(database: Database) -> None:
    """D6."""
    with database.writing_all() as session:
        place = make.organisation(session)
        task = _joined(session, place, 7)
        before = _count(session, place, task)
        make.sent(session, make.actor(session, place), make.report_facts(place), same_as=task)

        assert _count(session, place, task) == before
        assert _count(session, place, task, make.TODAY + timedelta(days=31)).shown == 10


def test_an_organisation_may_raise_the_threshold_but_not_lower_it(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        row = session.get_one(Organisation, place.organisation_id)
        found = []
        for stored in (7, 1):
            row.smallest_count = stored
            session.flush()
            found.append(smallest_count(session, place.organisation_id))

    assert found == [7, 5]


@pytest.mark.parametrize("role", [Role.STAFF, Role.LEADERSHIP, Role.ADMIN])
def test_only_a_reviewer_sees_single_reports_and_their_traces(
    database: Database, role: Role
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = _joined(session, place, 3)
        gone = make.sent(
            session, make.actor(session, place), make.report_facts(place), same_as=task
        )
        rut = make.actor(session, place)
        changed = make.sent(session, rut, make.report_facts(place), same_as=task)
        reports.change(session, rut, changed.report_id, make.report_facts(place), make.NOW)
        reports.withdraw(session, rut, changed.report_id, make.NOW)
        anna = make.actor(session, place, Role.SUPPORT, "Anna")
        version = task_page(session, anna, task).version
        reviews.store(session, anna, task, make.review(), version, make.key(), make.NOW)

        other = Actor(0, place.organisation_id, role, place.ward, None, "Eva")
        seen, theirs = task_page(session, other, task), task_page(session, anna, task)

    assert gone.task_id == task
    assert (seen.reports, [event.kind for event in seen.events]) == ((), ["reviewed"])
    assert (len(theirs.reports), len(theirs.events)) == (4, 8)
    assert (seen.exact_days, theirs.exact_days) == (False, True)


def test_the_page_of_a_task_is_the_same_with_one_and_with_four_reports(
    database: Database,
) -> None:
    """D7: nothing that follows the number of reports but the hours themselves."""
    with database.writing_all() as session:
        place = make.organisation(session)
        eva = Actor(0, place.organisation_id, Role.LEADERSHIP, None, None, "Eva")
        one, four = (
            task_page(session, eva, _joined_by_many_people(session, place, count))
            for count in (1, 4)
        )

    assert (one.reports, one.events, one.facts.people) == (four.reports, four.events, 10)
    assert one.facts.people == four.facts.people


def _joined_by_many_people(session: Session, place: make.Place, count: int) -> int:
    task = make.task(session, place, now=LAST_MONTH, people=10)
    for number in range(count - 1):
        eva = make.actor(session, place, name=f"Eva{number}")
        make.sent(session, eva, make.report_facts(place, people=10), LAST_MONTH, same_as=task)
    return task


def _published(session: Session, place: make.Place) -> None:
    for unit_id in (place.top, place.north, place.south):
        session.get_one(Unit, unit_id).headcount = 60
    session.add(
        PublishedMonth(
            organisation_id=place.organisation_id,
            month="2026-01",
            published_on=make.TODAY,
            smallest_count=5,
            reports=30,
            hours=900.0,
        )
    )
    for view, key, count in (
        ("unit", to_text(place.north), 10),
        ("unit", to_text(place.south), 20),
        ("level", "state", 15),
    ):
        session.add(
            PublishedFigure(
                organisation_id=place.organisation_id,
                month="2026-01",
                view=view,
                key=key,
                name="",
                reports=count,
                hours=None,
            )
        )
    session.flush()


def _months(session: Session, place: make.Place, role: Role, unit_id: int | None = None) -> object:
    actor = Actor(0, place.organisation_id, role, unit_id, None, "Eva")
    return months_of_reports(session, actor, visible_units(session, actor))


def test_what_is_published_is_read_as_it_was_published(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        _published(session, place)
        actor = Actor(0, place.organisation_id, Role.LEADERSHIP, None, None, "Karin")
        found = months_of_reports(session, actor, visible_units(session, actor))

    assert found is not None
    (month,) = found
    assert (month.month, month.total) == ("2026-01", Cell(30, 900.0))
    assert [line.cell.reports for line in month.views["unit"]] == [20, 10]
    assert [line.key for line in month.views["level"]] == ["state"]


def test_a_unit_manager_sees_only_the_own_unit_and_no_total(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        _published(session, place)
        actor = Actor(0, place.organisation_id, Role.LEADERSHIP, place.north, None, "Eva")
        found = months_of_reports(session, actor, visible_units(session, actor))

    assert found is not None
    (month,) = found
    assert month.total is None
    assert {view: [line.key for line in lines] for view, lines in month.views.items()} == {
        "unit": [to_text(place.north)]
    }


def test_staff_are_told_nothing_of_anonymous_reports(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        _published(session, place)

        assert _months(session, place, Role.STAFF, place.north) is None


def test_where_nobody_can_report_anonymously_nothing_is_said_of_it(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        before = _months(session, place, Role.ADMIN)
        session.get_one(Organisation, place.organisation_id).reporting_mode = "anonymous"
        session.flush()

        assert (before, _months(session, place, Role.ADMIN)) == (None, ())
