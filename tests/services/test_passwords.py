from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from timethief.domain.errors import Invalid
from timethief.services import demonstration
from timethief.services.passwords import fits, hash_password, new_password

PASSWORD = "korrekt häst batteri"


def test_a_password_is_stored_as_an_argon2id_hash_of_its_own() -> None:
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)

    assert first.startswith("$argon2id$")
    assert first != second
    assert PASSWORD not in first


def test_it_fits_however_its_letters_were_made_and_not_otherwise() -> None:
    stored = hash_password(PASSWORD)

    assert fits(stored, PASSWORD)
    assert fits(stored, "korrekt ha\u0308st batteri")
    for wrong in ("", PASSWORD.upper(), f"{PASSWORD} ", "\x00", "\ud800", "å" * 5_000):
        assert not fits(stored, wrong)


def test_where_nothing_is_stored_nothing_fits_and_the_work_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str | bytes, password: str | bytes) -> bool:
        checked.append(str(stored).rpartition("$")[0].rpartition("$")[0])
        return verify(self, stored, password)

    stored = hash_password(PASSWORD)
    monkeypatch.setattr(PasswordHasher, "verify", counted)

    assert [fits(None, "wrong"), fits(stored, "wrong")] == [False, False]
    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_what_is_longer_than_any_password_is_not_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bool:
        pytest.fail("it was hashed")

    monkeypatch.setattr(PasswordHasher, "verify", never)

    assert not fits(None, "x" * 1_000_000)


@pytest.mark.parametrize(
    "common", ["1234567890123", "Sommaren2026!", "sjukskoterska1", "Losenord-2026", "Göteborg2026"]
)
def test_common_passwords_of_swedes_are_known(common: str) -> None:
    with pytest.raises(Invalid, match="password_common"):
        new_password(common, "new_password", ())


def test_the_password_of_the_demonstration_may_be_used() -> None:
    known = ("Rut", "sjukskoterska@exempel.se", "Exempelkommunen")

    assert fits(new_password(demonstration.PASSWORD, "new_password", known), demonstration.PASSWORD)
