"""When two names are the same name."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """The name as it is compared and looked up: NFKC, case folded, single spaces.

    `Åtgärd` composed or decomposed, `ÅTGÄRD` and `åtgärd` are one; å, ä and ö stay letters of their own.
    """
    if name.isascii():
        return " ".join(name.casefold().split())
    cased = unicodedata.normalize("NFKC", name).casefold()
    # Folding takes some letters apart, and what it leaves may join anew.
    return " ".join(unicodedata.normalize("NFKC", cased).split())


_LAST_LETTERS = str.maketrans({"å": "{", "ä": "|", "ö": "}", "é": "e", "ü": "y"})
"""The signs behind z, in the order of the Swedish alphabet."""


def alphabetical(name: str) -> str:
    """A key that sorts names as a Swedish reader expects: å, ä and ö last, in that order."""
    return folded(name).translate(_LAST_LETTERS)


_LOOK_ALIKES = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0441\u0458\u0455\u0501\u04bb\u0261\u03bf\u03b1\u03bd\u03c1\u03c4\u03c5\u03b9\u03ba01",
    "abekmhopctyxicjsdhgoavptuikol",
)
"""Cyrillic and Greek letters, and digits, with the Latin letter that they are taken for."""


def outline(name: str) -> str:
    """What of a name the eye sees: letters that look alike are one, and signs and spaces are none.

    Two names of one outline are not the same name, but somebody should look at them.
    """
    seen = folded(name).translate(_LOOK_ALIKES)
    return "".join(sign for sign in seen if sign.isalnum())
