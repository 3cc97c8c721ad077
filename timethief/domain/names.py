"""When two names are the same name."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """The name as it is compared and looked up: NFKC, case folded, single spaces.

    `Åtgärd` composed or decomposed, `ÅTGÄRD` and `åtgärd` are one; å, ä and ö stay letters of their own.
    """
    cased = unicodedata.normalize("NFKC", name).casefold()
    # Folding takes some letters apart, and what it leaves may join anew.
    return " ".join(unicodedata.normalize("NFKC", cased).split())


_LAST_LETTERS = str.maketrans({"å": "{", "ä": "|", "ö": "}", "é": "e", "ü": "y"})
"""The signs behind z, in the order of the Swedish alphabet."""


def alphabetical(name: str) -> str:
    """A key that sorts names as a Swedish reader expects: å, ä and ö last, in that order."""
    return folded(name).translate(_LAST_LETTERS)
