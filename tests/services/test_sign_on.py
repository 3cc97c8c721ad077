"""Accounts of a provider, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW, Place
from timethief.domain.people import Role
from timethief.domain.sign_on import Identity, Rights, SignOnRefused
from timethief.services.access import sign_on
from timethief.storage.database import Database
from timethief.storage.tables import User

ANNA = Identity("https://id.kommun.se", "anna-1", "Anna Öberg", "anna@kommun.se")


def _place(database: Database, code: str = "ort") -> Place:
    with database.writing_all() as session:
        return make.organisation(session, code)


def _enter(database: Database, place: Place, person: Identity, given: Rights) -> int | None:
    with database.writing(place.organisation_id) as session:
        return sign_on.enter(session, place.organisation_id, person, given)


def _user(database: Database, user_id: int | None) -> User:
    with database.reading_all() as session:
        return session.get_one(User, user_id)


def test_the_same_person_in_two_organisations_has_two_accounts(database: Database) -> None:
    first, second = _place(database), _place(database, "annan")

    one = _enter(database, first, ANNA, Rights(Role.STAFF))
    other = _enter(database, second, ANNA, Rights(Role.LEADERSHIP))

    assert one != other
    assert _enter(database, first, ANNA, Rights(Role.SUPPORT)) == one
    assert (_user(database, one).role, _user(database, other).role) == ("support", "leadership")


def test_the_same_subject_of_another_provider_is_somebody_else(database: Database) -> None:
    place = _place(database)
    other = Identity("https://id.region.se", ANNA.subject, "Anna Ek", "anna@region.se")

    assert _enter(database, place, ANNA, Rights(Role.STAFF)) != _enter(
        database, place, other, Rights(Role.STAFF)
    )


def test_several_accounts_of_a_provider_may_have_one_address_or_none(database: Database) -> None:
    place = _place(database)
    people = [
        Identity(ANNA.issuer, subject, "Anna", email)
        for subject, email in (("1", "a@b.se"), ("2", "a@b.se"), ("3", ""), ("4", ""))
    ]

    accounts = {_enter(database, place, person, Rights(Role.STAFF)) for person in people}

    assert len(accounts) == 4


def test_an_account_with_a_password_is_not_taken_over(database: Database) -> None:
    place = _place(database)
    with database.writing_all() as session:
        who = make.actor(session, place, Role.ADMIN)
        email = session.get_one(User, who.user_id).email

    with pytest.raises(SignOnRefused, match="address_taken"):
        _enter(
            database,
            place,
            Identity(ANNA.issuer, "x", "Rut", email.upper()),
            Rights(Role.STAFF),
        )

    assert _user(database, who.user_id).issuer is None


def test_a_unit_holds_until_the_provider_decides_on_units(database: Database) -> None:
    place = _place(database)
    user_id = _enter(database, place, ANNA, Rights(Role.STAFF, place.ward, units_are_given=True))
    assert _user(database, user_id).unit_id == place.ward

    _enter(database, place, ANNA, Rights(Role.STAFF))
    assert _user(database, user_id).unit_id == place.ward

    _enter(database, place, ANNA, Rights(Role.STAFF, None, units_are_given=True))
    assert _user(database, user_id).unit_id is None


def test_without_a_role_no_account_is_made(database: Database) -> None:
    place = _place(database)

    assert _enter(database, place, ANNA, Rights(None)) is None
    with database.reading_all() as session:
        assert session.query(User).filter_by(subject=ANNA.subject).all() == []


def test_an_answer_is_spent_once_and_forgotten_after_an_hour(database: Database) -> None:
    with database.writing_all() as session:
        sign_on.spend_answer(session, "nonce", NOW)
    with database.writing_all() as session, pytest.raises(SignOnRefused, match="answer_used"):
        sign_on.spend_answer(session, "nonce", NOW + timedelta(minutes=59))
    with database.writing_all() as session:
        sign_on.spend_answer(session, "nonce", NOW + timedelta(minutes=61))
