"""What a new password must be: long, and none of those that everybody tries first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from timethief.domain.errors import Invalid
from timethief.domain.names import folded

SHORTEST_PASSWORD = 12
"""Characters."""
LONGEST_PASSWORD = 256
"""Bytes, once composed."""
_LONGEST_PART = 6
_FEWEST_OWN = 6
"""Characters that must be left when the words that everybody knows of the person are taken away."""
_SHORTEST_WORD = 3
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_READ_AS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"})
_ROWS = ("1234567890", "qwertyuiopå", "asdfghjklöä", "zxcvbnm", "abcdefghijklmnopqrstuvwxyzåäö")


def composed(password: str) -> str:
    """The password as it is hashed, however the keyboard made its letters (NFC)."""
    return unicodedata.normalize("NFC", password)


def is_too_long(password: str) -> bool:
    """Whether no account can have it, so that hashing it would be work for nothing."""
    return len(composed(password).encode("utf-8", "surrogatepass")) > LONGEST_PASSWORD


def check_new_password(
    password: str, field: str, common: Collection[str], known: Iterable[str]
) -> str:
    """The new password, composed.

    Args:
        password: as typed or pasted; spaces count like other characters.
        field: the name that refusals are told of.
        common: passwords that everybody tries first, in small letters.
        known: what others know of the person: name, e-mail address, organisation.

    Raises:
        Invalid: reason `bad_characters`, `password_too_short`, `password_too_long`, `password_common` or
            `password_about_you`.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        raise Invalid(field, "bad_characters")
    plain = composed(password)
    if is_too_long(plain):
        raise Invalid(field, "password_too_long", limit=LONGEST_PASSWORD)
    if len(plain) < SHORTEST_PASSWORD:
        raise Invalid(field, "password_too_short", limit=SHORTEST_PASSWORD)
    small = folded(plain)
    if _is_common(small, common):
        raise Invalid(field, "password_common")
    if _is_about(small, known):
        raise Invalid(field, "password_about_you")
    return plain


def _is_common(small: str, common: Collection[str]) -> bool:
    """Whether it is a common one, as it stands or dressed up with digits, signs and repetition."""
    core = _ENDS.sub("", small)
    forms = {small, core, small.translate(_READ_AS), _ENDS.sub("", core.translate(_READ_AS))}
    if any(form in common for form in forms if form):
        return True
    letters = "".join(character for character in small if character.isalnum())
    return _repeats(small) or _repeats(letters) or _runs(letters)


def _repeats(text: str) -> bool:
    """Whether it is a short part again and again: aaaaaaaaaaaa, abcabcabcabc."""
    return any(
        text == (text[:size] * (len(text) // size + 1))[: len(text)]
        for size in range(1, min(_LONGEST_PART, len(text) // 2) + 1)
    )


def _runs(text: str) -> bool:
    """Whether it only follows rows of the keyboard or the alphabet, forwards or backwards."""
    left = text
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for size in range(len(row), 3, -1):
            for start in range(len(row) - size + 1):
                left = left.replace(row[start : start + size], "")
    return len(left) < _SHORTEST_WORD


def _is_about(small: str, known: Iterable[str]) -> bool:
    """Whether little is left when what others know of the person is taken away."""
    words = {
        word
        for text in known
        for word in re.split(r"[\W_]+", folded(text))
        if len(word) >= _SHORTEST_WORD
    }
    left = small
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    own = "".join(character for character in left if character.isalpha())
    return left != small and len(own) < _FEWEST_OWN
