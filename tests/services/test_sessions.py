from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import make
from timethief.domain.errors import NotFound
from timethief.domain.people import Role
from timethief.services.access import sessions
from timethief.services.access.sessions import Lifetimes
from timethief.storage.database import Database
from timethief.storage.tables import Organisation, User, UserSession

USUAL = Lifetimes()
SECOND = timedelta(seconds=1)


@pytest.fixture
def user(database: Database) -> int:
    with database.writing_all() as session:
        return make.actor(session, make.organisation(session)).user_id


def _start(database: Database, user: int) -> str:
    with database.writing_all() as session:
        return sessions.start(session, user, make.NOW, USUAL)


def _of(database: Database, token: str, later: timedelta = timedelta()) -> sessions.LogIn | None:
    with database.reading_all() as session:
        return sessions.of_token(session, token, make.NOW + later, USUAL)


def test_a_log_in_tells_who_it_is_and_in_which_role_right_now(
    database: Database, user: int
) -> None:
    token = _start(database, user)
    with database.writing_all() as session:
        session.get_one(User, user).role = Role.ADMIN.value

    found = _of(database, token)

    assert found is not None
    assert (found.actor.user_id, found.actor.role, found.organisation) == (user, Role.ADMIN, "Ort")
    assert (found.stale, found.outgrown) == (False, True)


def test_a_new_role_takes_a_new_token_and_the_old_one_opens_nothing(
    database: Database, user: int
) -> None:
    token = _start(database, user)
    with database.writing_all() as session:
        session.get_one(User, user).role = Role.ADMIN.value
        session.flush()
        renewed = sessions.renew(session, token)
        again = sessions.renew(session, token)

    assert renewed is not None
    assert again is None
    assert _of(database, token) is None
    found = _of(database, renewed)
    assert found is not None
    assert not found.outgrown


def test_the_token_is_not_stored_nor_the_second_of_the_log_in(
    database: Database, user: int
) -> None:
    at = make.NOW + timedelta(seconds=17)
    with database.writing_all() as session:
        tokens = {sessions.start(session, user, at, USUAL) for _ in range(3)}

    with database.reading_all() as session:
        rows = session.scalars(select(UserSession)).all()
    assert len(tokens) == len(rows) == 3
    assert tokens & {row.token_hash for row in rows} == set()
    assert {(row.started_at, row.seen_at) for row in rows} == {(make.NOW, make.NOW)}


def test_a_log_in_ends_when_it_is_ended(database: Database, user: int) -> None:
    first, second = _start(database, user), _start(database, user)

    with database.writing_all() as session:
        sessions.end(session, first)

    assert _of(database, first) is None
    assert _of(database, second) is not None
    assert _of(database, "") is None


@pytest.mark.parametrize("table", [User, Organisation])
def test_who_is_closed_is_out(
    database: Database, user: int, table: type[User | Organisation]
) -> None:
    token = _start(database, user)

    with database.writing_all() as session:
        account = session.get_one(User, user)
        if table is User:
            account.active = False
        else:
            session.get_one(Organisation, account.organisation_id).active = False

    assert _of(database, token) is None


def test_a_log_in_that_is_not_used_ends(database: Database, user: int) -> None:
    token = _start(database, user)

    assert _of(database, token, USUAL.idle) is not None
    assert _of(database, token, USUAL.idle + SECOND) is None


def test_a_log_in_that_is_used_ends_after_a_working_day_all_the_same(
    database: Database, user: int
) -> None:
    token = _start(database, user)
    with database.writing_all() as session:
        sessions.mark_seen(session, token, make.NOW + USUAL.absolute)

    assert _of(database, token, USUAL.absolute) is not None
    assert _of(database, token, USUAL.absolute + SECOND) is None


def test_how_long_a_log_in_lasts_is_a_setting(database: Database, user: int) -> None:
    token = _start(database, user)
    long = replace(USUAL, idle=timedelta(hours=8))

    with database.reading_all() as session:
        found = sessions.of_token(session, token, make.NOW + timedelta(hours=7), long)

    assert found is not None


def test_a_log_in_is_to_be_marked_as_seen_once_a_minute(database: Database, user: int) -> None:
    token = _start(database, user)
    later = timedelta(minutes=1, seconds=1)

    before = _of(database, token, later)
    with database.writing_all() as session:
        sessions.mark_seen(session, token, make.NOW + later)
    after = _of(database, token, later)

    assert before is not None
    assert after is not None
    assert (before.stale, after.stale) == (True, False)


def test_of_the_account_only_the_month_is_kept(database: Database, user: int) -> None:
    token = _start(database, user)
    with database.reading_all() as session:
        first = session.get_one(User, user).last_seen_month
    with database.writing_all() as session:
        sessions.mark_seen(session, token, make.NOW + timedelta(days=30))
        sessions.end(session, token)

    with database.reading_all() as session:
        second = session.get_one(User, user).last_seen_month

    assert (first, second) == ("2026-03", "2026-04")


def test_log_ins_that_have_ended_are_cleared_away(database: Database, user: int) -> None:
    with database.writing_all() as session:
        sessions.start(session, user, make.NOW - USUAL.absolute - SECOND, USUAL)
        session.flush()

        sessions.start(session, user, make.NOW, USUAL)

    with database.reading_all() as session:
        assert session.scalars(select(UserSession.started_at)).all() == [make.NOW]


def test_everybody_sees_and_ends_own_log_ins_only(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        rut, ali = make.actor(session, place), make.actor(session, place, name="Ali")
        here, there = (sessions.start(session, rut.user_id, make.NOW, USUAL) for _ in range(2))
        foreign = sessions.start(session, ali.user_id, make.NOW, USUAL)

    with database.writing(place.organisation_id) as session:
        shown = sessions.own(session, rut, here, make.NOW, USUAL)
        (alis,) = sessions.own(session, ali, foreign, make.NOW, USUAL)
        with pytest.raises(NotFound):
            sessions.end_own(session, rut, alis.id)
        sessions.end_own(session, rut, next(each.id for each in shown if not each.this))

    assert sorted(each.this for each in shown) == [False, True]
    assert [_of(database, token) is not None for token in (here, there, foreign)] == [
        True,
        False,
        True,
    ]


def test_all_log_ins_of_an_account_end_but_one(database: Database, user: int) -> None:
    kept, *others = (_start(database, user) for _ in range(3))

    with database.writing_all() as session:
        ended = sessions.end_all(session, user, but=kept)

    assert ended == 2
    assert _of(database, kept) is not None
    assert [_of(database, token) for token in others] == [None, None]
