from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests import make
from timethief.domain.errors import NotFound
from timethief.domain.people import Role
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.vocabulary import OrganisationKind, Sector
from timethief.services.organisations import NewUser, add_organisation, add_unit, add_user
from timethief.services.registers import default_tariffs
from timethief.storage.assumptions import load_assumptions
from timethief.storage.database import Database
from timethief.storage.tables import StaffCategory, Unit, User


def test_a_new_organisation_has_the_default_policy_and_tariffs(database: Database) -> None:
    with database.writing_all() as session:
        new = add_organisation(session, "ny", "Ny", OrganisationKind.REGION, make.TODAY)

    with database.reading_all() as session:
        found = load_assumptions(session, new, make.TODAY)
        codes = {
            category.code: found.tariffs[category.id]
            for category in session.scalars(select(StaffCategory))
        }
    assert found.policy == DEFAULT_POLICY
    assert codes == default_tariffs()


def test_two_organisations_may_use_the_same_codes_of_units(database: Database) -> None:
    with database.writing_all() as session:
        places = [make.organisation(session, code) for code in ("one", "two")]

    assert places[0].ward != places[1].ward


def test_a_code_of_an_organisation_is_used_once(database: Database) -> None:
    with database.writing_all() as session:
        make.organisation(session)

    with pytest.raises(IntegrityError), database.writing_all() as session:
        make.organisation(session)


def test_a_unit_is_placed_below_another(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)

        unit = add_unit(session, place.organisation_id, "x", "X", Sector.CARE, place.ward, 12)

        row = session.get_one(Unit, unit)
        assert (row.parent_id, row.sector, row.headcount) == (place.ward, "care", 12)


def test_a_unit_or_account_may_not_refer_to_another_organisation(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        organisation_id = place.organisation_id

        with pytest.raises(NotFound):
            add_unit(session, organisation_id, "x", "X", Sector.CARE, other.ward)
        for unit, category in ((other.ward, place.nurse), (place.ward, other.nurse)):
            new = NewUser("a@example.org", "A", Role.STAFF, unit, category, None)
            with pytest.raises(NotFound):
                add_user(session, organisation_id, new)


def test_an_address_belongs_to_one_account(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        new = NewUser("A@example.org", "A", Role.STAFF, None, None, None)
        user = add_user(session, place.organisation_id, new)
        assert session.get_one(User, user).password_hash is None

    again = NewUser("a@EXAMPLE.org", "B", Role.STAFF, None, None, None)
    with pytest.raises(IntegrityError), database.writing_all() as session:
        add_user(session, place.organisation_id, again)
