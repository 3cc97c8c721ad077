"""A day as it is typed."""

from __future__ import annotations

import re
from datetime import date

from timethief.domain.errors import Invalid

_DAY = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
"""Python itself takes 20260301 and the year 1 too."""


def read_day(text: str, field: str) -> date:
    """The day that the text means.

    Raises:
        Invalid: reason `not_a_date`.
    """
    plain = text.strip()
    try:
        return date.fromisoformat(plain if _DAY.fullmatch(plain) else "")
    except ValueError as error:
        raise Invalid(field, "not_a_date") from error
