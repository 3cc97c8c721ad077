from __future__ import annotations

from datetime import date, timedelta

from tests import make
from tests.queries.conftest import Stock
from timethief.domain.identifiers import to_text
from timethief.domain.names import alphabetical
from timethief.domain.vocabulary import Level
from timethief.queries import choices
from timethief.storage.database import Database
from timethief.storage.tables import Tariff


def test_units_and_categories_are_the_organisations_own(stock: Stock) -> None:
    place, other = stock.place, stock.other
    with stock.database.reading_all() as session:
        units = choices.units(session, place.organisation_id)
        categories = choices.staff_categories(session, place.organisation_id)

    assert [unit.id for unit in units] == [place.top, place.north, place.ward, place.south]
    ids = {category.id for category in categories}
    assert {to_text(place.nurse), to_text(place.all_staff)} <= ids
    assert to_text(other.nurse) not in ids
    names = [category.name("sv") for category in categories]
    assert names == sorted(names, key=alphabetical)


def test_a_category_has_a_name_in_each_language(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        found = choices.staff_categories(session, stock.place.organisation_id)

    (nurse,) = [category for category in found if category.code == "nurse"]
    assert (nurse.name("sv"), nurse.name("en")) == ("Sjuksköterska", "Nurse")


def test_the_requesters_most_named_are_offered_the_own_organisations_first(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        rut = make.actor(session, place)
        for number in range(choices.NAMED_REQUESTERS + 1):
            name = f"Beställare {number}"
            asking = make.requester(session, place.organisation_id, name, Level.STATE)
            for _ in range(number + 1):
                make.task(session, place, rut, requester_id=asking)
        for _ in range(3):
            make.task(session, place, rut)

        found = choices.most_named_requesters(session, place.organisation_id)

    names = ["Personalenheten", *(f"Beställare {number}" for number in (6, 5, 4, 3))]
    assert [each.name for each in found][:5] == names
    assert len(found) == choices.NAMED_REQUESTERS


def test_names_are_offered_of_the_organisations_own_and_of_those_its_tasks_name(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        make.requester(session, place.organisation_id, "Ängsverket", Level.STATE)
        make.requester(session, other.organisation_id, "Deras", Level.STATE)

    with database.reading_all() as session:
        found = choices.requester_names(session, place.organisation_id)

    assert found == ("Personalenheten", "Tillsynsmyndigheten", "Ängsverket")


def test_of_the_tariffs_of_a_category_the_newest_valid_one_is_in_force(
    database: Database,
) -> None:
    tomorrow = make.TODAY + timedelta(days=1)
    with database.writing_all() as session:
        place = make.organisation(session)
        for day in (make.TODAY, date(2025, 1, 1), tomorrow):
            session.add(
                Tariff(
                    organisation_id=place.organisation_id,
                    staff_category_id=place.nurse,
                    valid_from=day,
                    hourly_cost_sek=500.0,
                    source="Avtal",
                    estimated=False,
                )
            )

    with database.reading_all() as session:
        lines = choices.tariffs(session, place.organisation_id, make.TODAY)

    nurse = [line for line in lines if line.staff_category.id == to_text(place.nurse)]
    assert [line.valid_from for line in nurse][:3] == [tomorrow, make.TODAY, date(2025, 1, 1)]
    assert [line.valid_from for line in nurse if line.in_force] == [make.TODAY]
