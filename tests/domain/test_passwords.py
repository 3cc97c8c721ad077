from __future__ import annotations

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.passwords import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    check_new_password,
    is_too_long,
)

COMMON = frozenset({"sommaren", "lösenord", "password", "iloveyou", "sverige"})
KNOWN = ("Åsa Öberg", "asa.oberg@norrkommun.se", "Norrkommunens äldreomsorg", "norrkommun")


def check(password: str) -> str:
    return check_new_password(password, "new_password", COMMON, KNOWN)


@pytest.mark.parametrize(
    "password",
    [
        "korrekt häst batteri",
        "tidstjuv-2026",
        "x7#Kp!qL9vRz",
        "åäöåäöabcdfghj",
        "Jag dricker kaffe klockan tre",
        "norrkommun är inte en hemlighet för grisar",
        "        långa mellanrum        ",
    ],
)
def test_long_and_uncommon_is_enough(password: str) -> None:
    assert check(password) == password


def test_it_is_composed_before_it_is_measured_and_kept() -> None:
    assert check("a\u030a" * 2 + "korrekt häst") == "åå" + "korrekt häst"
    assert not is_too_long("a\u030a" * (LONGEST_PASSWORD // 2))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "password_too_short"),
        ("x7#Kp!qL9vR", "password_too_short"),
        ("o\u0308" * (SHORTEST_PASSWORD - 1), "password_too_short"),
        ("ab9" * 85 + "xy", "password_too_long"),
        ("å" * 129, "password_too_long"),
        ("korrekt\x00häst batteri", "bad_characters"),
        ("korrekt\nhäst batteri", "bad_characters"),
        ("korrekt häst \ud800 batteri", "bad_characters"),
        ("Sommaren2026!", "password_common"),
        ("!!!lösenord2026", "password_common"),
        ("P4ssw0rd!!!!!!", "password_common"),
        ("password1234567", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("abcabcabcabcab", "password_common"),
        ("hejhej-hejhej-hejhej", "password_common"),
        ("123456789012", "password_common"),
        ("qwertyuiopåasdfg", "password_common"),
        ("abcdefghijklm", "password_common"),
        ("0987654321qwerty", "password_common"),
        ("ÅsaÖberg2026!", "password_about_you"),
        ("asa.oberg@norrkommun.se", "password_about_you"),
        ("Norrkommun2026", "password_about_you"),
        ("äldreomsorg-99-x", "password_about_you"),
    ],
)
def test_what_others_would_try_first_is_refused(password: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(password)

    assert (refused.value.field, refused.value.reason) == ("new_password", reason)


@pytest.mark.parametrize("size", [SHORTEST_PASSWORD, LONGEST_PASSWORD])
def test_the_limits_themselves_may_be(size: int) -> None:
    password = "".join(chr(ord("a") + i * i * 7 % 23) for i in range(size))

    assert check(password) == password
