"""One way to read a number, for forms, API, command line and import alike.

Python's own `float()` takes `NaN`, `1e309`, `1_000` and full-width digits; people write `12,5` and `1 000`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from timethief.domain.errors import Invalid

LONGEST_NUMBER = 40
"""Characters; longer text is no number that anybody means."""

_SPACES = re.compile("[ \u00a0\u2009\u202f]")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?", re.ASCII)
_THOUSAND_OR_DECIMAL = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)


SMALLEST = 0.001
"""The least that counts as more than nothing: what is divided by it stays a number that can be written."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a number may be. `above` is exclusive, `least` and `most` are inclusive."""

    most: float
    least: float | None = None
    above: float | None = None
    whole: bool = False


MINUTES = Limits(above=0, least=SMALLEST, most=1_440)
ACHIEVABLE_MINUTES = Limits(least=0, most=1_440)
TIMES = Limits(above=0, least=SMALLEST, most=1_000_000)
PEOPLE = Limits(least=1, most=1_000_000, whole=True)
SHARE_OF_ONE = Limits(least=0, most=1)
WORTH_SHARE = Limits(least=0, most=1_000)
WORTH_MINUTES = Limits(least=0, most=1_000_000)
SEK_PER_YEAR = Limits(least=0, most=1e12)
HOURLY_COST_SEK = Limits(least=1, most=100_000)
SYSTEMS = Limits(least=1, most=1_000, whole=True)
HOURS_IN_A_YEAR = 8_784
"""24 hours x 366 days: no person spends more on one task."""


def read_number(text: str, field: str, limits: Limits, suffixes: tuple[str, ...] = ()) -> float:
    """The number that a person wrote.

    Takes `12,5`, `12.5`, ` 12 `, `1 000` and `1 000,5` with ordinary, no-break or thin spaces, and one of the
    `suffixes` ("kr", "st") behind it. `1.000` and `1,000` are asked about, never guessed.

    Raises:
        Invalid: reason `unreadable`, `ambiguous` (values `small` and `large`), or one of `check_number`.
    """
    plain = _SPACES.sub(" ", text).strip()
    if len(plain) > LONGEST_NUMBER:
        raise Invalid(field, "unreadable")
    for suffix in suffixes:
        plain = plain.removesuffix(suffix).rstrip()
    if _THOUSAND_OR_DECIMAL.fullmatch(plain):
        small = float(plain.replace(",", "."))
        large = float(re.sub("[.,]", "", plain))
        raise Invalid(field, "ambiguous", small=small, large=large)
    if not (_PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)):
        raise Invalid(field, "unreadable")
    return check_number(float(plain.replace(" ", "").replace(",", ".")), field, limits)


def check_number(value: object, field: str, limits: Limits) -> float:
    """A number that some program gave, within the limits.

    Raises:
        Invalid: reason `unreadable` (no number, or NaN), `too_large`, `not_above`, `too_small`, `not_whole`;
            the limit that was passed is in `values`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid(field, "unreadable")
    try:
        number = float(value)
    except OverflowError:  # an integer with more than 308 digits
        number = math.inf if value > 0 else -math.inf
    if math.isnan(number):
        raise Invalid(field, "unreadable")
    if number > limits.most:
        raise Invalid(field, "too_large", limit=limits.most)
    if limits.above is not None and number <= limits.above:
        raise Invalid(field, "not_above", limit=limits.above)
    if limits.least is not None and number < limits.least:
        raise Invalid(field, "too_small", limit=limits.least)
    if limits.whole and number != int(number):
        raise Invalid(field, "not_whole")
    return number
