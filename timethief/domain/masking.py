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
_CODE = re.compile(r"[0-9a-z_:.+TZ-]*")
_WORDS = frozenset(
    {
        *("title", "description", "legal_basis", "name", "requester_name", "text", "reason"),
        *("comment", "routed_reason"),
    }
)


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


def masked_deep(value: Any, part: str, name: str = "") -> Any:  # noqa: ANN401 - any value of JSON
    """The value with the mask in every text within it. Codes, days and identifiers stay: things are put back by them."""
    if isinstance(value, dict):
        return {key: masked_deep(each, part, key) for key, each in value.items()}
    if isinstance(value, list):
        return [masked_deep(each, part, name) for each in value]
    if isinstance(value, str) and (name in _WORDS or not _CODE.fullmatch(value)):
        return masked(value, part)
    return value


@cache
def _pattern(part: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in part.split()), re.IGNORECASE)
