from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.domain.strategies import LAW
from timethief.domain.names import alphabetical, folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u00c5tg\u00e4rd", "A\u030atga\u0308rd"),
        ("\u00c5TG\u00c4RD", "\u00e5tg\u00e4rd"),
        ("\ufb01nans", "finans"),
        ("\uff26\uff49\uff4e", "fin"),
        ("  Norra \u00a0 skolan\n", "norra skolan"),
        ("Stra\u00dfe", "STRASSE"),
        ("\u1e9e", "\u00df"),
        ("\u00df\u0301", "S\u015a"),
    ],
)
def test_two_ways_to_write_a_name_are_one_name(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("\u00e5r", "ar"), ("\u00e4r", "ar"), ("\u00f6r", "or"), ("a", "\u0430"), ("a b", "ab")],
)
def test_other_letters_make_another_name(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@LAW
@given(st.text(max_size=40))
@example("\u00df\u0301")
@example("\u0390")
def test_a_folded_name_is_folded(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_names_stand_in_the_order_of_the_swedish_alphabet() -> None:
    names = ["\u00f6", "Z", "\u00c5", "a", "\u00e4", "\u00e9b", "ea", "ec", "A\u030ab"]

    assert sorted(names, key=alphabetical) == [
        *("a", "ea", "\u00e9b", "ec", "Z", "\u00c5", "A\u030ab", "\u00e4", "\u00f6")
    ]
