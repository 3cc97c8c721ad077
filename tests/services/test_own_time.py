from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import make
from timethief.domain.errors import Invalid
from timethief.domain.own_time import MARK, Activity, check_not_own
from timethief.domain.people import Role
from timethief.domain.restructuring import Merge
from timethief.queries.verification import differences
from timethief.services import own_time
from timethief.services.restructuring.merging import merge
from timethief.storage.database import Database
from timethief.storage.own_time import own_cost
from timethief.storage.tables import Organisation, OwnTime, PublishedMonth, Requester, Task


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


def _count(
    database: Database,
    place: make.Place,
    seconds: float | None,
    activity: Activity = Activity.LOG,
    now: datetime = make.NOW,
) -> None:
    with database.writing(place.organisation_id) as session:
        own_time.count(session, place.organisation_id, activity, seconds, now)


def _rows(database: Database) -> set[tuple[object, ...]]:
    with database.reading_all() as session:
        return {
            (row.month, row.activity, row.seconds, row.occasions)
            for row in session.scalars(select(OwnTime))
        }


def _run(database: Database, place: make.Place) -> dict[str, int]:
    return dict(own_time.keep_own_task(database, place.organisation_id, make.NOW))


def test_only_the_month_the_activity_and_the_interval_are_kept(
    database: Database, place: make.Place
) -> None:
    for seconds in (41, 44.9, 200):
        _count(database, place, seconds)
    _count(database, place, 41, Activity.REVIEW)
    _count(database, place, 41, now=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))

    assert _rows(database) == {
        ("2026-03", "log", 45, 2),
        ("2026-03", "log", 300, 1),
        ("2026-03", "review", 45, 1),
        ("2026-04", "log", 45, 1),
    }


@pytest.mark.parametrize("seconds", [None, 1801, -5])
def test_what_was_left_open_is_not_counted(
    database: Database, place: make.Place, seconds: float | None
) -> None:
    _count(database, place, seconds)

    assert _rows(database) == set()


def test_what_is_written_without_a_log_in_is_never_timed(
    database: Database, place: make.Place
) -> None:
    _count(database, place, 40, Activity.ANONYMOUS)

    assert _rows(database) == set()


def test_reports_without_a_log_in_cost_a_fixed_time_once_their_month_is_published(
    database: Database, place: make.Place
) -> None:
    with database.writing_all() as session:
        session.add(
            PublishedMonth(
                organisation_id=place.organisation_id,
                month="2026-01",
                published_on=make.TODAY,
                smallest_count=5,
                reports=30,
                hours=None,
            )
        )
    with database.reading(place.organisation_id) as session:
        found = own_cost(session, place.organisation_id, make.TODAY)

    assert found.occasions == 30
    assert found.hours == pytest.approx(0.5)


def test_the_service_is_a_task_like_any_other_with_what_it_takes(
    database: Database, place: make.Place
) -> None:
    for _ in range(4):
        _count(database, place, 50)
    with database.writing_all() as session:
        name = session.get_one(Organisation, place.organisation_id).name

    assert [_run(database, place), _run(database, place)] == [{"tasks": 1}, {}]

    with database.reading_all() as session:
        [task] = session.scalars(select(Task))
        assert task.origin == MARK
        assert (task.times, task.per, task.people) == (4.0, "year", 1)
        assert task.minutes == pytest.approx(52.5 / 60, abs=0.01)
        assert session.get_one(Requester, task.requester_id).name == name
        assert list(differences(session)) == []


def test_its_figures_follow(database: Database, place: make.Place) -> None:
    _count(database, place, 50)
    _run(database, place)
    _count(database, place, 1000, Activity.DECIDE)

    assert _run(database, place) == {"tasks": 1}

    with database.reading_all() as session:
        [task] = session.scalars(select(Task))
        assert task.times == 2.0
        assert task.minutes == pytest.approx((52.5 + 1200) / 120, abs=0.01)
        assert list(differences(session)) == []


def test_who_has_sent_nothing_has_no_such_task(database: Database, place: make.Place) -> None:
    _count(database, place, 50, now=make.NOW - timedelta(days=400))

    assert _run(database, place) == {}

    with database.reading_all() as session:
        assert session.scalars(select(Task)).all() == []


def test_it_can_neither_be_merged_nor_split(database: Database, place: make.Place) -> None:
    with pytest.raises(Invalid) as refused:
        check_not_own(MARK)

    assert (refused.value.field, refused.value.reason) == ("task", "kept_by_the_service")
    check_not_own("")
    _count(database, place, 50)
    _run(database, place)
    with database.writing_all() as session:
        support = make.actor(session, place, Role.SUPPORT)
        other = make.task(session, place)
        own = session.scalars(select(Task.id).where(Task.origin == MARK)).one()
        versions = {each: session.get_one(Task, each).version for each in (own, other)}
    for kept, gone in ((own, other), (other, own)):
        with pytest.raises(Invalid), database.writing(place.organisation_id) as session:
            merge(session, support, Merge(kept, (gone,), versions), make.key(), make.NOW)
