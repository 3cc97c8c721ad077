"""Random identifiers: they tell nothing of order, number or time, and stay short in an address."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator

from timethief.domain.errors import NotFound

BITS = 60
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in small letters: no i, l, o or u to mix up."""
_DIGITS = {symbol: value for value, symbol in enumerate(_ALPHABET)}
LENGTH = BITS // 5
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
"""Two symbols at a time: lists write hundreds of identifiers."""
_HALF, _LAST = 2**30, 2**10 - 1


def new_identifier() -> int:
    """A random whole number of 60 bits, never 0."""
    while True:
        if found := secrets.randbits(BITS):
            return found


def identifiers() -> Iterator[int]:
    """As many as are wanted, as `new_identifier` makes them: chance comes cheaper by the thousand."""
    while True:
        beginning = secrets.randbits(_ALIKE) << BITS - _ALIKE
        for (found,) in struct.iter_unpack("Q", secrets.token_bytes(_AT_ONCE * 8)):
            if identifier := beginning | found >> 64 - BITS + _ALIKE:
                yield identifier


_AT_ONCE, _ALIKE = 3_000, 8


def to_text(identifier: int) -> str:
    """The identifier as it stands in addresses and JSON: twelve symbols of base 32."""
    high, low = divmod(identifier, _HALF)
    return (
        f"{_PAIRS[high >> 20 & _LAST]}{_PAIRS[high >> 10 & _LAST]}{_PAIRS[high & _LAST]}"
        f"{_PAIRS[low >> 20]}{_PAIRS[low >> 10 & _LAST]}{_PAIRS[low & _LAST]}"
    )


def from_text(text: str) -> int:
    """The identifier behind twelve symbols.

    Raises:
        NotFound: it is no identifier, which answers just like one that is unknown.
    """
    if len(text) != LENGTH or any(symbol not in _DIGITS for symbol in text):
        raise NotFound(text[:LENGTH])
    identifier = 0
    for symbol in text:
        identifier = identifier * 32 + _DIGITS[symbol]
    return identifier
