"""Whether what somebody changes is still as they saw it, for things that have no version of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from timethief.domain.errors import Conflict

_SYMBOLS = 24
"""96 bits: nobody meets two that are equal."""


def as_seen(values: Mapping[str, Any]) -> str:
    """A short print of the values, to stand in a form."""
    text = json.dumps(dict(values), sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_SYMBOLS]


def check_seen(values: Mapping[str, Any], seen: str) -> None:
    """Refuse where the values are not those that were seen.

    Raises:
        Conflict: reason `changed_meanwhile`.
    """
    if as_seen(values) != seen:
        raise Conflict("changed_meanwhile")
