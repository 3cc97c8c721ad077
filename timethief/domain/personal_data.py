"""What in a text may point somebody out: numbers of the shape of a personal identity number, and first names.

A modest rule: it asks the writer, and refuses nothing. It finds neither everything nor only what is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

_COORDINATION = 60
"""Added to the day in a coordination number (samordningsnummer)."""
_LEAP_YEAR = 2000
_NUMBER = re.compile(
    r"(?<![\d.,])(?P<century>(?:18|19|20)\s?)?(?P<date>\d{6})(?P<sign>\s?[-+\u2010-\u2013\u2212]\s?|\s)?(?P<last>\d{4})(?![\d.,]?\d)"
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_SENTENCE_ENDS = ".!?:\u2013\u2022\n"
_AFTER_A_NAME = re.compile(r"\s+[A-ZÅÄÖÉ][a-zåäöéü]+")
_SURNAME = re.compile(r"[A-ZÅÄÖ][a-zåäöé]+(?:sson|qvist|kvist|ström|dotter)s?")
_ALSO_WORDS = frozenset(
    _WORD.findall(
        "alva ask bo bror dag gun hans jo klara liv lo love maj max mira my per rut saga siv sol sten stig storm "
        "sture svea sven tage tor vera viola åke björn"
    )
)
"""Names that are also ordinary words at the beginning of a sentence, as in "Max fem minuter"."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something of the shape of a personal identity number.

    Attributes:
        number: as Swedish registers write it, `YYMMDD-NNNN` or with the century, the day as it was typed.
        sure: the shape alone is enough: the century or the sign was written.
        coordination: the day is that of a coordination number.
    """

    number: str
    sure: bool
    coordination: bool


def identity_numbers(text: str) -> Iterator[Candidate]:
    """Everything of the shape of a personal identity number whose date there may be."""
    for found in _NUMBER.finditer(text):
        digits = found["date"]
        month, day = int(digits[2:4]), int(digits[4:6])
        coordination = day > _COORDINATION
        if not _is_day(month, day - _COORDINATION if coordination else day):
            continue
        century = (found["century"] or "").strip()
        sign = (found["sign"] or "").strip()
        plus = "+" if sign == "+" else "-"
        yield Candidate(
            f"{century}{digits}{plus}{found['last']}", bool(century or sign), coordination
        )


def _is_day(month: int, day: int) -> bool:
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


def names(text: str, first_names: Iterable[str]) -> tuple[str, ...]:
    """Words of the text that look like the name of a person, as they stand there, each once."""
    known = frozenset(first_names)
    found = [word.group() for word in _WORD.finditer(text) if _is_name(text, word, known)]
    return tuple(dict.fromkeys(found))


def _is_name(text: str, word: re.Match[str], known: frozenset[str]) -> bool:
    written = word.group()
    if not written[0].isupper():
        return False
    if _SURNAME.fullmatch(written):
        return True
    if written.isupper() and len(written) > 1:  # an abbreviation, such as IVA or ALMA
        return False
    folded = written.casefold()
    name = folded if folded in known else folded.removesuffix("s")
    parts = [part for part in re.split(r"[-'\u2019]", name) if part]
    if name not in known and not (parts and all(part in known for part in parts)):
        return False
    if name in _ALSO_WORDS and _begins_a_sentence(text, word.start()):
        return _AFTER_A_NAME.match(text, word.end()) is not None
    return True


def _begins_a_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\"'\u201d\u201c(")
    return not before or before[-1] in _SENTENCE_ENDS
