"""Reference data as JSON documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any


def listed(lines: Sequence[Any], following: str | None) -> dict[str, Any]:
    """A part of a list; `next` is the cursor of the following part, null for the last."""
    return {"items": [document(line) for line in lines], "next": following}


def document(facts: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass of a query
    """What is known of one thing, with days as JSON writes them."""
    return {name: _plain(value) for name, value in asdict(facts).items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value that JSON can hold
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value
