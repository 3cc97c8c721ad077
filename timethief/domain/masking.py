"""Masking: a part of a text is replaced, so that the rest can be kept and handed out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

MASK = "[maskat]"
"""What stands in the place of the words, in every language: it becomes a part of the text."""
SHORTEST = 2
"""Signs; a single letter stands in nearly every word."""
LONGEST = 500


class Maskable(StrEnum):
    """What texts can be masked of."""

    TASK = "task"
    REPORT = "report"
    ANONYMOUS_REPORT = "anonymous_report"


def masked(text: str, part: str) -> str:
    """The text with the mask wherever the part stands, in large letters or small, over line breaks too."""
    return _pattern(part).sub(MASK, text)


def masked_in(values: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Values with the mask in every text among them."""
    return {
        name: masked(value, part) if isinstance(value, str) else value
        for name, value in values.items()
    }


@cache
def _pattern(part: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in part.split()), re.IGNORECASE)
