"""What in a text may point somebody out, told to the writer before it is sent. Nothing of it is kept or noted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from stdnum import luhn
from stdnum.se import personnummer

from timethief.domain.personal_data import Candidate, identity_numbers, names
from timethief.services.registers import DATA


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What was found.

    Attributes:
        numbers: how many personal identity numbers.
        names: words that look like names of persons, as they stand in the text.
    """

    numbers: int
    names: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is anything to ask about."""
        return bool(self.numbers or self.names)


def personal_data_in(texts: Iterable[str]) -> PersonalData:
    """What in these texts may point somebody out."""
    given = [text for text in texts if text]
    numbers = sum(_is_number(each) for text in given for each in identity_numbers(text))
    found = [name for text in given for name in names(text, _first_names())]
    return PersonalData(numbers, tuple(dict.fromkeys(found)))


def _is_number(candidate: Candidate) -> bool:
    """Ten digits alone may be a telephone number: then its last digit must fit too."""
    if candidate.sure:
        return True
    if candidate.coordination:
        return bool(luhn.is_valid(candidate.number.replace("-", "").replace("+", "")))
    return bool(personnummer.is_valid(candidate.number))


@cache
def _first_names() -> frozenset[str]:
    return frozenset((DATA / "first_names.txt").read_text(encoding="utf-8").split())
