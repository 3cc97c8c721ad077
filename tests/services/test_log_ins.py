from __future__ import annotations

from sqlalchemy.orm import Session

from tests import make
from timethief.domain.people import Role
from timethief.services.access import second_factor
from timethief.services.access.log_ins import accounts_of, accounts_with, opened
from timethief.services.organisations import NewUser, add_user
from timethief.storage.database import Database
from timethief.storage.tables import Organisation, SecondFactor, User

PASSWORD = "korrekt häst batteri"
OTHER = "en annan häst springer"


def _user(session: Session, code: str = "ort", password: str | None = PASSWORD) -> int:
    place = make.organisation(session, code)
    new = NewUser("Anna.Ö@Example.org", "Anna", Role.SUPPORT, place.ward, place.nurse, password)
    return add_user(session, place.organisation_id, new)


def _ids(session: Session, email: str, password: str) -> list[int]:
    return [account.user_id for account in opened(accounts_of(session, email), password)]


def test_address_and_password_open_the_account(database: Database) -> None:
    with database.writing_all() as session:
        user = _user(session)

        for address in ("Anna.Ö@Example.org", " anna.ö@example.ORG ", "anna.o\u0308@example.org"):
            assert _ids(session, address, PASSWORD) == [user]
        assert _ids(session, "anna.ö@example.org", OTHER) == []
        assert _ids(session, "nobody@example.org", PASSWORD) == []


def test_an_account_that_is_closed_or_has_no_password_opens_to_none(database: Database) -> None:
    with database.writing_all() as session:
        user = session.get_one(User, _user(session))
        user.active = False
        closed = _ids(session, user.email, PASSWORD)
        user.active, user.password_hash = True, None
        without = _ids(session, user.email, PASSWORD)

    assert (closed, without) == ([], [])


def test_an_organisation_that_is_closed_opens_nothing(database: Database) -> None:
    with database.writing_all() as session:
        user = session.get_one(User, _user(session))
        session.get_one(Organisation, user.organisation_id).active = False
        session.flush()

        assert _ids(session, user.email, PASSWORD) == []
        assert accounts_with(session, [user.id]) == []


def test_an_account_of_an_identity_provider_is_opened_by_no_password(database: Database) -> None:
    with database.writing_all() as session:
        user = session.get_one(User, _user(session))
        user.issuer, user.subject = "https://idp.example.org", "17"
        session.flush()

        assert _ids(session, user.email, PASSWORD) == []


def test_one_address_in_several_organisations_opens_those_whose_password_it_is(
    database: Database,
) -> None:
    with database.writing_all() as session:
        first, second = _user(session, "b"), _user(session, "a")
        third = _user(session, "c", OTHER)

        assert _ids(session, "anna.ö@example.org", PASSWORD) == [second, first]
        assert _ids(session, "anna.ö@example.org", OTHER) == [third]


def test_a_second_step_is_asked_for_once_it_has_been_confirmed(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        who = make.actor(session, place)
        second_factor.begin(session, who, "k" * 32)
        session.flush()
        (before,) = accounts_with(session, [who.user_id])
        row = session.get_one(SecondFactor, who.user_id)
        row.confirmed_on = make.TODAY
        session.flush()
        (after,) = accounts_with(session, [who.user_id])

    assert (before.second_factor, after.second_factor) == (False, True)
