from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.strategies import LAW
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import (
    BITS,
    LENGTH,
    from_text,
    identifiers,
    new_identifier,
    to_text,
)


@LAW
@given(st.integers(0, 2**BITS - 1))
def test_an_identifier_survives_being_written(identifier: int) -> None:
    text = to_text(identifier)

    assert len(text) == LENGTH == 12
    assert from_text(text) == identifier


@pytest.mark.parametrize(
    ("identifier", "text"),
    [(0, "0" * 12), (31, "00000000000z"), (32, "000000000010"), (2**60 - 1, "z" * 12)],
)
def test_an_identifier_is_written_in_twelve_symbols(identifier: int, text: str) -> None:
    assert to_text(identifier) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "-1", "1e5", "null", "../1", "%2e%2e", "0" * 11, "0" * 13, "z" * 10_000),
        *("00000000000i", "00000000000l", "00000000000o", "00000000000u", "00000000000Z"),
        *("00000000000 ", "00000000000\x00", "0000000000\u00e4\u00e4", "00000000000\n"),
        *("\uff10" * 12, "\u0660" * 12, "\ud800" * 12, "0_0_0_0_0_00"),
    ],
)
def test_what_is_no_identifier_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        from_text(text)


def test_new_identifiers_are_random_and_fit_a_database() -> None:
    found = {new_identifier() for _ in range(1_000)}

    assert len(found) == 1_000
    assert all(0 < identifier < 2**BITS for identifier in found)


def test_many_identifiers_are_random_and_fit_a_database() -> None:
    found = list(islice(identifiers(), 20_000))

    assert len(set(found)) == len(found)
    assert all(0 < identifier < 2**BITS for identifier in found)
    assert found != sorted(found)
