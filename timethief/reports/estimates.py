"""Estimates in words: a range, how often, what a use is worth."""

from __future__ import annotations

from timethief.domain.ranges import Range
from timethief.domain.tasks import Frequency, Worth
from timethief.i18n import gettext, number, percent, significant
from timethief.reports.labels import label

_UNCERTAIN = 1.05
"""Ranges whose ends differ by less than this factor are told as one number."""
_DASH = "\u2013"


def hours_text(hours: Range) -> str:
    """Hours as an estimate should be told: "170-920" with two digits, or one number where there is no spread."""
    low, high = significant(hours.low), significant(hours.high)
    if low == high or hours.high < hours.low * _UNCERTAIN:
        return significant(hours.likely)
    return f"{low}{_DASH}{high}"


def estimate_text(estimate: float | Range) -> str:
    """A number as it was given: "30", or "20-45" for a range."""
    if not isinstance(estimate, Range):
        return number(estimate, 2)
    if estimate.low == estimate.high:
        return number(estimate.likely, 2)
    return f"{number(estimate.low, 1)}{_DASH}{number(estimate.high, 1)}"


def frequency_text(frequency: Frequency) -> str:
    """How often: "2 times per week"."""
    per = label("per", frequency.per)
    if frequency.times == 1:
        return gettext("once %(per)s", per=per)
    return gettext("%(times)s times %(per)s", times=number(frequency.times, 2), per=per)


def worth_text(worth: Worth) -> str:
    """What a use is held to be worth."""
    if worth.share is not None:
        return gettext("worth %(share)s of the time", share=percent(worth.share))
    if worth.sek_per_year is not None:
        return gettext("worth %(sek)s kronor a year", sek=number(worth.sek_per_year))
    return gettext("worth %(minutes)s minutes each time", minutes=estimate_text(worth.minutes or 0))
