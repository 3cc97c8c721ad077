"""When a task or an internal rule shall be looked at again, so that nothing lives on only because nobody asked."""

from __future__ import annotations

from datetime import date

YEARS = 3
YEARS_UNCONFIRMED = 1
"""Where nobody has confirmed that the use is real."""


def next_review(looked_at: date, *, confirmed: bool) -> date:
    """The day on which somebody shall look again.

    Args:
        looked_at: when it was logged, or last looked at.
        confirmed: whether a receiver or a reviewer has confirmed a use.
    """
    year = looked_at.year + (YEARS if confirmed else YEARS_UNCONFIRMED)
    try:
        return looked_at.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)
