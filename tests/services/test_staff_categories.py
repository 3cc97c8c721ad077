from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import make
from timethief.domain.errors import Invalid, NotAllowed, NotFound
from timethief.domain.people import Role
from timethief.queries.totals import Scope, total
from timethief.queries.verification import differences
from timethief.services.staff_categories import NewTariff, adopt_tariff, category_or_default
from timethief.storage.database import Database
from timethief.storage.tables import Tariff, Task


def _tariff(place: make.Place, cost: float = 1_000.0) -> NewTariff:
    return NewTariff(place.nurse, make.TODAY, cost, "Löneavtal 2026")


def test_a_new_tariff_assesses_every_task_anew_and_the_totals_follow(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        for who in (place, place, other):
            make.task(session, who)
        make.task(session, place, staff_category_id=place.all_staff)
        before = total(session, Scope(place.organisation_id)).cost_ore
        old = make.assumptions(session, place).tariffs[place.nurse]

        count = adopt_tariff(
            session, make.actor(session, place, Role.ADMIN), _tariff(place), make.TODAY, make.NOW
        )

    with database.reading_all() as session:
        after = total(session, Scope(place.organisation_id)).cost_ore
        assert count == 3
        assert after - before == 2 * 44 * round((1_000 - old) * 100)
        assert list(differences(session)) == []


def test_a_tariff_of_the_same_day_is_replaced(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        for cost in (900.0, 950.0):
            adopt_tariff(session, admin, _tariff(place, cost), make.TODAY, make.NOW)

    with database.reading_all() as session:
        rows = session.scalars(select(Tariff).where(Tariff.valid_from == make.TODAY)).all()
        assert [(row.hourly_cost_sek, row.source) for row in rows] == [(950, "Löneavtal 2026")]
        assert not rows[0].estimated


def test_an_older_tariff_does_not_set_aside_the_newer(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task, admin = make.task(session, place), make.actor(session, place, Role.ADMIN)
        adopt_tariff(session, admin, _tariff(place, 950.0), make.TODAY, make.NOW)

        earlier = replace(_tariff(place, 5.0), valid_from=date(2024, 1, 1))
        adopt_tariff(session, admin, earlier, make.TODAY, make.NOW)

        assert make.assumptions(session, place).tariffs[place.nurse] == 950
        assert session.get_one(Task, task).version == 1
        assert list(differences(session)) == []


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"hourly_cost_sek": 0.5}, "hourly_cost_sek", "too_small"),
        ({"hourly_cost_sek": 100_001.0}, "hourly_cost_sek", "too_large"),
        ({"hourly_cost_sek": float("nan")}, "hourly_cost_sek", "unreadable"),
        ({"source": ""}, "source", "required"),
        ({"source": " \u200b "}, "source", "required"),
        ({"source": "x" * 201}, "source", "too_long"),
        ({"valid_from": make.TODAY + timedelta(days=733)}, "valid_from", "too_far_ahead"),
    ],
)
def test_a_tariff_that_cannot_be_is_refused(
    database: Database, changes: dict[str, Any], field: str, reason: str
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)

        with pytest.raises(Invalid) as refused:
            adopt_tariff(session, admin, replace(_tariff(place), **changes), make.TODAY, make.NOW)

    assert (refused.value.field, refused.value.reason) == (field, reason)


@pytest.mark.parametrize("role", [Role.STAFF, Role.SUPPORT, Role.LEADERSHIP])
def test_only_the_administrator_changes_tariffs(database: Database, role: Role) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)

        with pytest.raises(NotAllowed):
            adopt_tariff(
                session, make.actor(session, place, role), _tariff(place), make.TODAY, make.NOW
            )


def test_the_category_of_another_organisation_is_not_found(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")

        with pytest.raises(NotFound):
            adopt_tariff(
                session,
                make.actor(session, place, Role.ADMIN),
                _tariff(other),
                make.TODAY,
                make.NOW,
            )
        with pytest.raises(NotFound):
            category_or_default(session, place.organisation_id, other.nurse)


def test_who_has_not_said_what_they_work_as_counts_as_all_staff(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)

        task = make.task(session, place, staff_category_id=None)

        assert session.get_one(Task, task).staff_category_id == place.all_staff
        assert category_or_default(session, place.organisation_id, place.nurse) == place.nurse
