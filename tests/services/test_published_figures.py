from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.anonymity import week_of
from timethief.domain.identifiers import to_text
from timethief.domain.vocabulary import Sector
from timethief.services.organisations import add_unit
from timethief.services.published_figures import publish
from timethief.storage.database import Database
from timethief.storage.tables import (
    AnonymousReport,
    Organisation,
    PublishedFigure,
    PublishedMonth,
    Unit,
)

FEBRUARY = "2026-W08"
MARCH = "2026-W11"
NINTH_OF_MARCH = datetime(2026, 3, 9, 5, 0, tzinfo=UTC)
NINTH_OF_APRIL = datetime(2026, 4, 9, 5, 0, tzinfo=UTC)


def _anonymous(session: Session) -> make.Place:
    place = make.organisation(session)
    session.get_one(Organisation, place.organisation_id).reporting_mode = "anonymous"
    for unit_id, count in (
        (place.top, 100),
        (place.north, 60),
        (place.ward, 30),
        (place.south, 30),
    ):
        session.get_one(Unit, unit_id).headcount = count
    session.flush()
    return place


def _report(
    session: Session,
    place: make.Place,
    week: str | None = FEBRUARY,
    **changes: Any,  # noqa: ANN401 - columns of the report
) -> None:
    told: dict[str, Any] = {
        "title": "Listan",
        "minutes": 60.0,
        "times": 1.0,
        "per": "week",
        "people": 1,
        "unit_id": place.ward,
        "staff_category_id": place.nurse,
        "requester_id": place.state,
        "use_answer": "nobody",
        "status": "received",
        "shown_status": "received",
    }
    organisation_id = place.organisation_id
    session.add(
        AnonymousReport(organisation_id=organisation_id, released_week=week, **(told | changes))
    )
    session.flush()


def _months(database: Database, place: make.Place) -> list[tuple[str, int | None, float | None]]:
    with database.reading(place.organisation_id) as session:
        rows = session.scalars(select(PublishedMonth).order_by(PublishedMonth.month)).all()
        return [(row.month, row.reports, row.hours) for row in rows]


def _figures(database: Database, place: make.Place, view: str) -> dict[str, tuple[Any, ...]]:
    with database.reading(place.organisation_id) as session:
        rows: Sequence[PublishedFigure] = session.scalars(
            select(PublishedFigure).where(PublishedFigure.view == view)
        ).all()
        return {row.key: (row.name, row.reports, row.hours) for row in rows}


def test_a_closed_month_is_published_in_four_views(database: Database) -> None:
    with database.writing_all() as session:
        place = _anonymous(session)
        for _ in range(6):
            _report(session, place)

    counted = publish(database, place.organisation_id, NINTH_OF_MARCH)

    hours = 260.0  # six times 44 weeks of an hour
    assert counted == {"months": 1}
    assert _months(database, place) == [("2026-02", 5, hours)]
    assert _figures(database, place, "unit") == {to_text(place.ward): ("Avdelning 1", 5, hours)}
    assert _figures(database, place, "level") == {"state": ("", 5, hours)}
    assert _figures(database, place, "verdict") == {"clear": ("", 5, hours)}
    assert _figures(database, place, "staff_category") == {
        to_text(place.nurse): ("Sjuksköterska", 5, hours)
    }


@pytest.mark.parametrize(
    ("employees", "reports", "shown"), [(4, 3, None), (12, 4, None), (12, 5, 5), (9, 50, None)]
)
def test_what_a_unit_shows_takes_employees_and_reports(
    database: Database, employees: int, reports: int, shown: int | None
) -> None:
    """D4."""
    with database.writing_all() as session:
        place = _anonymous(session)
        team = add_unit(
            session, place.organisation_id, "team", "Teamet", Sector.CARE, place.top, employees
        )
        for _ in range(reports):
            _report(session, place, unit_id=team)

    publish(database, place.organisation_id, NINTH_OF_MARCH)

    assert _figures(database, place, "unit").get(to_text(team), ("", None))[1] == shown


def test_a_month_is_published_once_whatever_comes_later(database: Database) -> None:
    """D6: a report that is added moves nothing; nor does one that is taken back."""
    with database.writing_all() as session:
        place = _anonymous(session)
        for _ in range(9):
            _report(session, place)
    publish(database, place.organisation_id, NINTH_OF_MARCH)
    before = _months(database, place), _figures(database, place, "unit")
    with database.writing(place.organisation_id) as session:
        for _ in range(9):
            _report(session, place)

    again = publish(database, place.organisation_id, NINTH_OF_MARCH)

    assert again == {"months": 0}
    assert (_months(database, place), _figures(database, place, "unit")) == before


def test_a_report_moves_no_figure_before_its_month_is_closed(database: Database) -> None:
    with database.writing_all() as session:
        place = _anonymous(session)
        for _ in range(9):
            _report(session, place, MARCH)
        _report(session, place, None)

    publish(database, place.organisation_id, NINTH_OF_MARCH)
    early = _months(database, place)
    publish(database, place.organisation_id, NINTH_OF_APRIL)

    assert early == [("2026-02", None, None)]
    assert _months(database, place)[1][:2] == ("2026-03", 10)


def test_a_month_with_few_reports_is_published_like_one_with_none(database: Database) -> None:
    with database.writing_all() as session:
        few, none = _anonymous(session), make.organisation(session, "other")
        session.get_one(Organisation, none.organisation_id).reporting_mode = "anonymous"
        for _ in range(4):
            _report(session, few)

    for place in (few, none):
        publish(database, place.organisation_id, NINTH_OF_MARCH)

    assert _months(database, few) == _months(database, none) == [("2026-02", None, None)]
    assert [_figures(database, few, view) for view in ("unit", "level")] == [{}, {}]


def test_an_open_organisation_publishes_nothing(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)

    assert publish(database, place.organisation_id, NINTH_OF_MARCH) == {"months": 0}
    assert _months(database, place) == []


def test_months_go_on_after_the_organisation_has_gone_back_to_open(database: Database) -> None:
    """Else the last month would tell when it did."""
    with database.writing_all() as session:
        place = _anonymous(session)
    publish(database, place.organisation_id, NINTH_OF_MARCH)
    with database.writing(place.organisation_id) as session:
        session.get_one(Organisation, place.organisation_id).reporting_mode = "open"

    publish(database, place.organisation_id, NINTH_OF_APRIL)

    assert [month for month, _, _ in _months(database, place)] == ["2026-02", "2026-03"]


def test_a_unit_that_shrinks_is_shown_within_its_parent_from_the_next_month_on(
    database: Database,
) -> None:
    """D12: what has been published stays as it is."""
    with database.writing_all() as session:
        place = _anonymous(session)
        for week in (FEBRUARY, MARCH):
            for _ in range(6):
                _report(session, place, week, unit_id=place.south)
    publish(database, place.organisation_id, NINTH_OF_MARCH)
    with database.writing(place.organisation_id) as session:
        session.get_one(Unit, place.south).headcount = 9

    publish(database, place.organisation_id, NINTH_OF_APRIL)

    with database.reading(place.organisation_id) as session:
        rows = session.scalars(select(PublishedFigure).where(PublishedFigure.view == "unit")).all()
        assert {(row.month, row.key) for row in rows} == {
            ("2026-02", to_text(place.south)),
            ("2026-03", to_text(place.top)),
        }


def test_parts_of_a_split_unit_do_not_show_its_history(database: Database) -> None:
    """D12: figures of the whole less one part would be the other part."""
    with database.writing_all() as session:
        place = _anonymous(session)
        for _ in range(6):
            _report(session, place, unit_id=place.south)
    publish(database, place.organisation_id, NINTH_OF_MARCH)
    with database.writing(place.organisation_id) as session:
        parts = [
            add_unit(session, place.organisation_id, name, name, Sector.CARE, place.south, 15)
            for name in ("s1", "s2")
        ]
        for row in session.scalars(select(AnonymousReport)):
            row.unit_id = parts[0]

    publish(database, place.organisation_id, NINTH_OF_MARCH)

    assert _figures(database, place, "unit").keys() == {to_text(place.south)}


def test_what_is_not_known_of_a_report_is_a_part_of_its_own(database: Database) -> None:
    with database.writing_all() as session:
        place = _anonymous(session)
        for _ in range(8):
            _report(
                session,
                place,
                minutes=None,
                unit_id=None,
                staff_category_id=None,
                requester_id=None,
            )

    publish(database, place.organisation_id, NINTH_OF_MARCH)

    for view in ("unit", "level", "staff_category", "verdict"):
        assert _figures(database, place, view) == {"none": ("", 10, None)}


def test_no_published_figure_can_be_changed(database: Database) -> None:
    with database.writing_all() as session:
        place = _anonymous(session)
        for _ in range(6):
            _report(session, place)
    publish(database, place.organisation_id, NINTH_OF_MARCH)

    for table in (PublishedMonth, PublishedFigure):
        with (
            pytest.raises(DBAPIError),
            database.writing(place.organisation_id) as session,
        ):
            session.execute(update(table).values(reports=1))


def test_the_organisations_own_threshold_holds(database: Database) -> None:
    with database.writing_all() as session:
        place = _anonymous(session)
        session.get_one(Organisation, place.organisation_id).smallest_count = 7
        for _ in range(6):
            _report(session, place)

    publish(database, place.organisation_id, NINTH_OF_MARCH)

    assert _months(database, place) == [("2026-02", None, None)]


def test_one_organisation_is_published_without_the_reports_of_another(database: Database) -> None:
    with database.writing_all() as session:
        place, other = _anonymous(session), make.organisation(session, "other")
        for _ in range(20):
            _report(session, other, unit_id=other.ward)

    publish(database, place.organisation_id, NINTH_OF_MARCH)

    assert _months(database, place) == [("2026-02", None, None)]


def test_from_day_to_day_nothing_moves_but_when_a_month_is_closed(database: Database) -> None:
    """D5: whoever reads every day learns of no report when it came, closer than its month."""
    with database.writing_all() as session:
        place = _anonymous(session)
    moved = []
    seen: list[tuple[str, int | None, float | None]] = []
    for passed in range(75):
        now = datetime(2026, 1, 10, 5, 0, tzinfo=UTC) + timedelta(days=passed)
        with database.writing(place.organisation_id) as session:
            _report(session, place, week_of(now.date()))
        publish(database, place.organisation_id, now)
        found = _months(database, place)
        assert found[: len(seen)] == seen
        if found != seen:
            moved.append(f"{now:%Y-%m-%d}")
        seen = found

    assert moved == ["2026-01-10", "2026-02-08", "2026-03-08"]
    assert [month for month, _, _ in seen] == ["2025-12", "2026-01", "2026-02"]
