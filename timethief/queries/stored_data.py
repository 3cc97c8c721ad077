"""What is stored, in words: every table and every column, from one written dictionary.

A test holds the dictionary equal to the data model. The page "What is stored" is made of it, and so is what is
handed over to an archive.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "data" / "stored_data.json"
_LANGUAGES = ("en", "sv")


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column.

    Attributes:
        secret: it opens something, or is emptied: it is never handed out.
    """

    name: str
    meaning: str
    secret: bool


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table.

    Attributes:
        left_out: why it is not handed over to an archive; empty where it is.
    """

    name: str
    group: str
    meaning: str
    left_out: str
    columns: tuple[StoredColumn, ...]


def stored_tables(language: str) -> tuple[StoredTable, ...]:
    """Every table, group by group."""
    place = _LANGUAGES.index(language)
    written = _written()
    return tuple(
        StoredTable(
            name=name,
            group=written["groups"][table["group"]][place],
            meaning=table["means"][place],
            left_out="" if table["archive"] is True else table["archive"][place],
            columns=tuple(
                StoredColumn(
                    column,
                    (own or written["columns"][column])[place],
                    column in table.get("secret", ()),
                )
                for column, own in table["columns"].items()
            ),
        )
        for name, table in written["tables"].items()
    )


@cache
def _written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found
