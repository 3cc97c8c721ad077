from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.people import Role
from timethief.services import accounts
from timethief.services.accounts import ABSOLUTE, IDLE, user_with_password
from timethief.services.organisations import NewUser, add_user
from timethief.storage.database import Database
from timethief.storage.tables import User, UserSession

PASSWORD = "korrekt häst batteri"
SECOND = timedelta(seconds=1)


def _user(session: Session, password: str | None = PASSWORD) -> int:
    place = make.organisation(session)
    new = NewUser("Anna.Ö@Example.org", "Anna", Role.SUPPORT, place.ward, place.nurse, password)
    return add_user(session, place.organisation_id, new)


def test_address_and_password_open_the_account(database: Database) -> None:
    with database.writing_all() as session:
        user = _user(session)

        for address in ("Anna.Ö@Example.org", " anna.ö@example.ORG ", "anna.o\u0308@example.org"):
            assert user_with_password(session, address, PASSWORD) == user
        for password in ("", PASSWORD.upper(), f"{PASSWORD} ", "\x00", "å" * 5_000):
            assert user_with_password(session, "anna.ö@example.org", password) is None


def test_a_password_is_stored_as_an_argon2id_hash_only(database: Database) -> None:
    with database.writing_all() as session:
        _user(session)

    with database.reading_all() as session:
        (stored,) = session.scalars(select(User.password_hash))
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_an_account_that_is_closed_or_has_no_password_opens_to_none(database: Database) -> None:
    with database.writing_all() as session:
        user = session.get_one(User, _user(session))
        user.active = False
        closed = user_with_password(session, user.email, PASSWORD)
        user.active, user.password_hash = True, None
        without = user_with_password(session, user.email, PASSWORD)

    assert (closed, without) == (None, None)


def test_an_unknown_address_takes_the_same_work(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str | bytes, password: str | bytes) -> bool:
        checked.append(str(stored).rpartition("$")[0].rpartition("$")[0])
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    with database.writing_all() as session:
        _user(session)
        for address in ("anna.ö@example.org", "nobody@example.org"):
            assert user_with_password(session, address, "wrong") is None

    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_a_log_in_tells_who_it_is_and_in_which_role_right_now(database: Database) -> None:
    with database.writing_all() as session:
        user = _user(session)
        token = accounts.start_session(session, user, make.NOW)
    with database.writing_all() as session:
        session.get_one(User, user).role = Role.STAFF.value

    with database.reading_all() as session:
        found = accounts.log_in_of(session, token, make.NOW)

    assert found is not None
    assert (found.actor.user_id, found.actor.role, found.organisation) == (user, Role.STAFF, "Ort")
    assert not found.stale


def test_the_token_is_not_stored(database: Database) -> None:
    with database.writing_all() as session:
        user = _user(session, None)
        tokens = {accounts.start_session(session, user, make.NOW) for _ in range(3)}

    with database.reading_all() as session:
        stored = set(session.scalars(select(UserSession.token_hash)))
    assert len(tokens) == len(stored) == 3
    assert tokens & stored == set()


def test_a_log_in_ends_when_it_is_ended_or_the_account_closed(database: Database) -> None:
    with database.writing_all() as session:
        user = _user(session, None)
        first, second = (accounts.start_session(session, user, make.NOW) for _ in range(2))
        accounts.end_session(session, first)
        session.flush()

        assert accounts.log_in_of(session, first, make.NOW) is None
        assert accounts.log_in_of(session, second, make.NOW) is not None
        session.get_one(User, user).active = False
        session.flush()
        assert accounts.log_in_of(session, second, make.NOW) is None
        assert accounts.log_in_of(session, "", make.NOW) is None


def test_a_log_in_that_is_not_used_ends(database: Database) -> None:
    with database.writing_all() as session:
        token = accounts.start_session(session, _user(session, None), make.NOW)

    with database.reading_all() as session:
        assert accounts.log_in_of(session, token, make.NOW + IDLE) is not None
        assert accounts.log_in_of(session, token, make.NOW + IDLE + SECOND) is None


def test_a_log_in_that_is_used_ends_after_a_working_day_all_the_same(database: Database) -> None:
    with database.writing_all() as session:
        token = accounts.start_session(session, _user(session, None), make.NOW)
        accounts.mark_seen(session, token, make.NOW + ABSOLUTE)

    with database.reading_all() as session:
        assert accounts.log_in_of(session, token, make.NOW + ABSOLUTE) is not None
        assert accounts.log_in_of(session, token, make.NOW + ABSOLUTE + SECOND) is None


def test_a_log_in_is_to_be_marked_as_seen_once_a_minute(database: Database) -> None:
    later = make.NOW + timedelta(minutes=1, seconds=1)
    with database.writing_all() as session:
        token = accounts.start_session(session, _user(session, None), make.NOW)
        session.flush()
        before = accounts.log_in_of(session, token, later)
        accounts.mark_seen(session, token, later)
        session.expire_all()
        after = accounts.log_in_of(session, token, later)

    assert before is not None
    assert after is not None
    assert (before.stale, after.stale) == (True, False)


def test_log_ins_that_have_ended_are_cleared_away(database: Database) -> None:
    with database.writing_all() as session:
        user = _user(session, None)
        accounts.start_session(session, user, make.NOW - ABSOLUTE - SECOND)
        session.flush()

        accounts.start_session(session, user, make.NOW)

    with database.reading_all() as session:
        assert session.scalars(select(UserSession.started_at)).all() == [make.NOW]
