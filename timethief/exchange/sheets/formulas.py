"""Text that a spreadsheet program would take for a formula, and run."""

from __future__ import annotations

FORMULA_SIGNS = frozenset("=+-@\t\r＝＋－＠")  # noqa: RUF001 - the full-width ones are meant
"""What such text begins with."""


def inert(text: str) -> str:
    """The text as it may stand in a CSV file: an apostrophe before what would be run. Never for numbers.

    Text that begins with such an apostrophe itself gets one more, so that reading takes off what writing put on.
    """
    first = text.lstrip("'")[:1]
    return f"'{text}" if first in FORMULA_SIGNS and first else text


def as_written(text: str) -> str:
    """The text that `inert` was given."""
    first = text.lstrip("'")[:1]
    return text[1:] if text.startswith("'") and first and first in FORMULA_SIGNS else text
