"""The only door to translated text, numbers and dates.

English is the language of the source; Swedish comes from the catalogue. The language in use belongs to the
request (or the command) at hand, so that one page or text can be had in either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.support import LazyProxy, NullTranslations, Translations

LANGUAGES = ("sv", "en")
LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}
DEFAULT_LANGUAGE = "sv"
TIME_ZONE = ZoneInfo("Europe/Stockholm")
_CATALOGUES = Path(__file__).parent / "translations"
_LOCALES = {"sv": Locale("sv", "SE"), "en": Locale("en", "GB")}

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block, texts are in this language."""
    token = _language.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


def set_language(language: str) -> None:
    """From now on in this context, texts are in this language."""
    _language.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def language() -> str:
    """The language in use: "sv" or "en"."""
    return _language.get()


def locale() -> Locale:
    """How numbers and dates are written in the language in use."""
    return _LOCALES[language()]


@cache
def _catalogue(code: str) -> NullTranslations:
    return Translations.load(str(_CATALOGUES), [code])


def gettext(message: str, **values: object) -> str:
    """The text in the language in use; `%(name)s` in it stands for a value."""
    text: str = _catalogue(language()).ugettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The text in the form that the number takes; `%(num)s` in it is the number as given in `values`, or itself."""
    text: str = _catalogue(language()).ungettext(one, many, number)
    return text % ({"num": number} | values)


def lazy_gettext(message: str) -> str:
    """A text that is translated when it is shown: for labels that are written down before anybody asks."""
    return cast("str", LazyProxy(gettext, message, enable_cache=False))


def N_(message: str) -> str:  # noqa: N802 - the name that extraction of messages knows
    """Mark a text that is translated later, where it is used."""
    return message


def number(value: float, decimals: int = 0) -> str:
    """A number with grouped thousands and at most so many decimals: 1 204 and 12,5 in Swedish."""
    rounded = _rounded(value, decimals)
    if rounded == int(rounded):
        text = f"{int(rounded):,}"
    else:
        text = f"{rounded:,.{decimals}f}".rstrip("0")
    if language() == "en":
        return text
    return text.replace(",", "\u00a0").replace(".", ",")


def significant(value: float, digits: int = 2) -> str:
    """A number with so many significant digits, as an estimate should be shown: 917 becomes 920."""
    return number(to_digits(value, digits), digits)


def to_digits(value: float, digits: int = 2) -> float:
    """The number that `significant` shows: with so many digits in all, or behind the point where it is below one."""
    size = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return _rounded(value, digits - size)


def _rounded(value: float, decimals: int) -> float:
    """Rounded as people do, halves upwards: 165 to two digits is 170."""
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(str(value)).quantize(step, ROUND_HALF_UP))


def percent(share: float) -> str:
    """A share of one as whole per cent: 58 % in Swedish, 58% in English."""
    return f"{number(share * 100)}%" if language() == "en" else f"{number(share * 100)}\u00a0%"


def to_percent(share: float) -> float:
    """The share of one that `percent` shows."""
    return _rounded(share * 100, 0) / 100


def day(value: date) -> str:
    """A date in words: 1 mars 2026."""
    return format_date(value, format="long", locale=locale())


def month(value: date) -> str:
    """A month in words: mars 2026."""
    return format_date(value, format="MMMM y", locale=locale())


def moment(value: datetime) -> str:
    """A time in Sweden: 1 mars 2026 10:32."""
    return format_datetime(value, "d MMM y HH:mm", tzinfo=TIME_ZONE, locale=locale())


def time_of_day(value: datetime) -> str:
    """The time of the day in Sweden: 10:32."""
    return format_datetime(value, "HH:mm", tzinfo=TIME_ZONE, locale=locale())
