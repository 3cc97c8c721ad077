from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from timethief.domain.errors import Conflict, Invalid
from timethief.domain.people import Role
from timethief.queries.verification import differences
from timethief.services import staff_categories as categories
from timethief.services.staff_categories import CategoryNames, NewTariff
from timethief.storage.database import Database
from timethief.storage.tables import AssessmentRow, StaffCategory, Tariff

COMING = make.TODAY + timedelta(days=10)
ON_THE_DAY = datetime(COMING.year, COMING.month, COMING.day, 3, tzinfo=UTC)


def test_a_tariff_of_a_coming_day_changes_nothing_until_then(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin, task = make.actor(session, place, Role.ADMIN), make.task(session, place)
        before = session.get_one(AssessmentRow, task).cost_ore
        tariff = NewTariff(place.nurse, COMING, 9_999.0, "Avtal")
        assert categories.adopt_tariff(session, admin, tariff, make.TODAY, make.NOW) == 0
    org = place.organisation_id
    early = categories.assess_changed_tariffs(database, org, make.NOW)
    with database.reading_all() as session:
        assert session.get_one(AssessmentRow, task).cost_ore == before

    on_the_day = [categories.assess_changed_tariffs(database, org, ON_THE_DAY) for _ in range(2)]

    with database.reading_all() as session:
        assert [early, *on_the_day] == [{"assessed": 0}, {"assessed": 1}, {"assessed": 0}]
        assert session.get_one(AssessmentRow, task).cost_ore > before
        assert list(differences(session)) == []


def test_a_new_category_can_be_used_at_once(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin, key = make.actor(session, place, Role.ADMIN), make.key()
        names = CategoryNames("Fritidsledare", "")
        made = [
            categories.add_category(session, admin, names, (310.0, "Lönestatistik"), key, make.NOW)
            for _ in range(2)
        ]
        make.task(session, place, staff_category_id=made[0])

        row = session.get_one(StaffCategory, made[0])
        assert made[0] == made[1]
        assert (row.name_sv, row.name_en, row.code) == (
            "Fritidsledare",
            "Fritidsledare",
            "fritidsledare",
        )
        assert session.query(Tariff).filter_by(staff_category_id=made[0]).count() == 1
        assert list(differences(session)) == []


def test_two_categories_have_two_names(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        names = CategoryNames(session.get_one(StaffCategory, place.nurse).name_sv.upper())

        with pytest.raises(Invalid) as refused:
            categories.add_category(session, admin, names, (1.0, "x"), make.key(), make.NOW)

    assert refused.value.reason == "category_taken"


def test_a_rename_that_met_another_is_told(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        row = session.get_one(StaffCategory, place.nurse)
        seen = categories.seen_category(row)
        theirs, mine = CategoryNames("Deras", "Theirs"), CategoryNames("Min", "Mine")
        for _ in range(2):  # sent twice
            categories.rename_category(session, admin, place.nurse, theirs, seen, make.NOW)

        with pytest.raises(Conflict):
            categories.rename_category(session, admin, place.nurse, mine, seen, make.NOW)
        assert row.name_sv == "Deras"
