"""The code on the poster: short, can be said aloud, and is not guessed."""

from __future__ import annotations

import re

CONSONANTS = "bdfgklmnprstv"
VOWELS = "aeiou"
SYLLABLES = 6
_SHAPE = re.compile(r"[a-z0-9]{2,20}(?:-[a-z0-9]{2,20}){0,3}", re.ASCII)


def reporting_code_of(number: int) -> str:
    """The code for a number: two words of three syllables, as `bakimo-retasu`."""
    syllables = []
    for _ in range(SYLLABLES):
        number, vowel = divmod(number, len(VOWELS))
        number, consonant = divmod(number, len(CONSONANTS))
        syllables.append(CONSONANTS[consonant] + VOWELS[vowel])
    half = SYLLABLES // 2
    return f"{''.join(syllables[:half])}-{''.join(syllables[half:])}"


def number_of_codes() -> int:
    """How many codes there are."""
    number: int = (len(CONSONANTS) * len(VOWELS)) ** SYLLABLES
    return number


def read_reporting_code(text: str) -> str:
    """The code that somebody typed or scanned; empty where it can be none."""
    code = "-".join(text.lower().split())
    return code if _SHAPE.fullmatch(code) else ""
