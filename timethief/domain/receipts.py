"""The receipt of an anonymous report: 100 bits that only its writer has.

Twenty signs of Crockford's base 32 (https://www.crockford.com/base32.html) in five groups: no letter that is
taken for a digit, and small letters, spaces and O for 0 are read as they were meant.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS = 20
BITS = 5 * SIGNS
GROUP = 4
_MEANT = str.maketrans("OIL", "011")
_GLUE = re.compile(r"[\s\-\u2010-\u2015\u2212_.]+")
_GROUPS = re.compile(
    r"(?<![^\W_])[0-9A-Za-z]{4}(?:[\s\-\u2010-\u2015\u2212_.]?[0-9A-Za-z]{4}){4}(?![^\W_])"
)
_FEWEST_DIGITS = 2
"""A code has fewer digits once in two hundred times; five ordinary words of four letters always have."""


def receipt_of(number: int) -> str:
    """The receipt for a number below 2 to the 100th, as `K7QM-2TXV-9HNC-4WRD-JB83`."""
    signs = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(SIGNS)))
    return "-".join(signs[at : at + GROUP] for at in range(0, SIGNS, GROUP))


def read_receipt(text: str) -> str:
    """The twenty signs of what somebody typed; of what is no receipt, whatever is left of it, at most 64 signs."""
    return _GLUE.sub("", text).upper().translate(_MEANT)[:64]


def holds_receipt(text: str, receipt: str = "") -> bool:
    """Whether a text holds this receipt, or anything of the shape of one."""
    if receipt and read_receipt(receipt) in _all_signs(text):
        return True
    return any(_is_receipt(found.group()) for found in _GROUPS.finditer(text))


def _all_signs(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum()).translate(_MEANT)


def _is_receipt(text: str) -> bool:
    signs = read_receipt(text)
    digits = sum(sign.isdigit() for sign in text)
    return len(signs) == SIGNS and set(signs) <= set(ALPHABET) and digits >= _FEWEST_DIGITS
