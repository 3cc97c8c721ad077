"""What stands in the columns of a file that has been read: enough to tell what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from pathlib import Path

from timethief.exchange.row_cells import Cell, shown
from timethief.exchange.sheets.reading import table_of
from timethief.exchange.task_columns import heading_key
from timethief.exchange.task_rows import read_header
from timethief.i18n import number

SAMPLES = 3
_LOOKED_AT = 50
"""Rows."""
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class SeenColumns:
    """The columns of a file.

    Attributes:
        known: codes of those that are known by their headings.
        samples: some of what stands under a heading, by its key.
    """

    known: frozenset[str]
    samples: Mapping[str, Sequence[str]]


def seen_columns(staged: Path) -> SeenColumns:
    """The columns of a file, from what the reading process wrote."""
    table = table_of(staged)
    header, _ = read_header(table.headings)
    samples: dict[str, list[str]] = {}
    for _, cells in islice(table.rows, _LOOKED_AT):
        for heading, cell in zip(table.headings, cells, strict=False):
            stands, found = _stands(cell), samples.setdefault(heading_key(str(heading or "")), [])
            if stands and stands not in found and len(found) < SAMPLES:
                found.append(stands)
    return SeenColumns(
        known=frozenset(header.places),
        samples=samples,
    )


def _stands(cell: Cell) -> str:
    """What stands in the cell; a number as it is written in the language in use."""
    if isinstance(cell, float) and isfinite(cell):
        return number(cell, _DECIMALS)
    return shown(cell)
