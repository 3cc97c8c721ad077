from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.errors import Conflict, Invalid
from timethief.domain.people import Actor
from timethief.services.access import second_factor
from timethief.services.access.second_factor import RECOVERY_CODES
from timethief.storage.database import Database
from timethief.storage.tables import RecoveryCode, SecondFactor

KEY = "of the tests, and long enough to sign with"
STEP = timedelta(seconds=30)


class Phone:
    """Somebody with an app."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing_all() as session:
            self.who: Actor = make.actor(session, make.organisation(session))
        self.do(lambda session: second_factor.begin(session, self.who, KEY))
        found = self.do(lambda session: second_factor.unconfirmed(session, self.who, KEY))
        assert found is not None
        self.secret, self.address = found

    def do(self, act: Callable[[Session], object]):  # type: ignore[no-untyped-def]  # noqa: ANN201
        with self.database.writing(self.who.organisation_id) as session:
            return act(session)

    def code(self, now: datetime) -> str:
        return pyotp.TOTP(self.secret).at(now)

    def confirm(self, now: datetime = make.NOW) -> list[str]:
        found: list[str] = self.do(
            lambda session: second_factor.confirm(session, self.who, KEY, self.code(now), now)
        )
        return found

    def opens(self, code: str, now: datetime, key: str = KEY) -> bool:
        return bool(
            self.do(
                lambda session: second_factor.is_right(session, self.who.user_id, key, code, now)
            )
        )


@pytest.fixture
def phone(database: Database) -> Phone:
    return Phone(database)


def test_the_app_is_told_whose_account_it_is(phone: Phone) -> None:
    parts = urlsplit(phone.address)

    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query)["secret"] == [phone.secret]
    assert parse_qs(parts.query)["issuer"] == ["Timethief"]


def test_before_it_is_confirmed_no_code_opens_anything(phone: Phone) -> None:
    assert not phone.opens(phone.code(make.NOW), make.NOW)


def test_a_wrong_code_does_not_turn_it_on(phone: Phone) -> None:
    with pytest.raises(Invalid, match="wrong_code"):
        phone.do(lambda session: second_factor.confirm(session, phone.who, KEY, "000000", make.NOW))

    assert not phone.opens(phone.code(make.NOW), make.NOW)


def test_once_confirmed_each_code_opens_once(phone: Phone) -> None:
    phone.confirm()
    later = make.NOW + 2 * STEP
    code = phone.code(later)

    assert not phone.opens(phone.code(make.NOW), make.NOW)
    assert [phone.opens(code, later), phone.opens(code, later)] == [True, False]
    assert not phone.opens(phone.code(later - STEP), later)


def test_of_many_who_send_the_same_code_at_once_one_gets_in(phone: Phone) -> None:
    phone.confirm()
    later = make.NOW + 2 * STEP

    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: phone.opens(phone.code(later), later), range(8)))

    assert sum(opened) == 1


@pytest.mark.parametrize("steps", range(-3, 4))
def test_clocks_may_differ_by_half_a_minute(phone: Phone, steps: int) -> None:
    phone.confirm(make.NOW - 10 * STEP)

    assert phone.opens(phone.code(make.NOW + steps * STEP), make.NOW) is (steps in {-1, 0, 1})


@pytest.mark.parametrize(
    "code",
    [
        "",
        "12345",
        "1234567",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "abcdef",
        "\x00",
        "'",
        "9" * 40,
    ],
)
def test_what_is_no_code_opens_nothing(phone: Phone, code: str) -> None:
    phone.confirm()

    assert not phone.opens(code, make.NOW + 2 * STEP)


def test_a_code_may_be_written_with_spaces(phone: Phone) -> None:
    phone.confirm()
    later = make.NOW + 2 * STEP
    code = phone.code(later)

    assert phone.opens(f" {code[:3]} {code[3:]} ", later)


def test_each_recovery_code_opens_once_as_people_write_it(phone: Phone) -> None:
    codes = phone.confirm()
    spoken = codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")

    assert len(set(codes)) == RECOVERY_CODES
    assert [phone.opens(spoken, make.NOW), phone.opens(codes[0], make.NOW)] == [True, False]
    assert phone.opens(codes[1], make.NOW)


def test_recovery_codes_stay_when_the_installation_gets_another_key(phone: Phone) -> None:
    codes = phone.confirm()
    later = make.NOW + 2 * STEP
    other = "another key, which is long enough too"

    assert not phone.opens(phone.code(later), later, other)
    assert phone.opens(codes[0], later, other)


def test_what_is_stored_opens_nothing(phone: Phone) -> None:
    codes = phone.confirm()

    with phone.database.reading_all() as session:
        stored = session.scalars(select(SecondFactor.secret)).one()
        hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert phone.secret not in stored
    assert not any(phone.opens(each, make.NOW) for each in hashes)
    assert not set(hashes) & set(codes)


def test_new_recovery_codes_take_the_place_of_the_old(phone: Phone) -> None:
    old = phone.confirm()
    new = phone.do(
        lambda session: second_factor.renew_codes(session, phone.who, KEY, old[0], make.NOW)
    )

    assert not phone.opens(old[1], make.NOW)
    assert phone.opens(new[0], make.NOW)


def test_it_is_turned_off_by_a_code_and_by_nothing_else(phone: Phone) -> None:
    phone.confirm()
    later = make.NOW + 2 * STEP
    with pytest.raises(Invalid, match="wrong_code"):
        phone.do(lambda session: second_factor.turn_off(session, phone.who, KEY, "000000", later))
    with pytest.raises(Conflict):
        phone.do(lambda session: second_factor.begin(session, phone.who, KEY))

    phone.do(
        lambda session: second_factor.turn_off(session, phone.who, KEY, phone.code(later), later)
    )

    with phone.database.reading_all() as session:
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(RecoveryCode)).all() == []
