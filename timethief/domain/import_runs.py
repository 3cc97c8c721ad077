"""An import of a spreadsheet as it goes: its states, what may be done in each, and how long things last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ImportState(StrEnum):
    """How an import stands."""

    RECEIVED = "received"
    """The file is here; nobody has looked into it."""
    READING = "reading"
    COLUMNS = "columns"
    """It has headings that are not known, and somebody must say what they mean."""
    PREVIEW = "preview"
    """It has been read and waits for the choice; nothing is stored."""
    WAITING = "waiting"
    """Chosen; another import of the organisation goes first."""
    IMPORTING = "importing"
    DONE = "done"
    REFUSED = "refused"
    """The file cannot be used."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Nobody chose in time."""
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    """Broken off for good; nothing is stored."""


BUSY = frozenset(
    {
        ImportState.RECEIVED,
        ImportState.READING,
        ImportState.WAITING,
        ImportState.IMPORTING,
        ImportState.UNDOING,
    }
)
"""States in which the service works, or is about to."""
CANCELLABLE = frozenset(
    {
        ImportState.RECEIVED,
        ImportState.READING,
        ImportState.COLUMNS,
        ImportState.PREVIEW,
        ImportState.WAITING,
    }
)
"""States before anything is put in."""
PUTTING_IN = frozenset({ImportState.WAITING, ImportState.IMPORTING, ImportState.UNDOING})
"""States of which an organisation has one import at a time, the others wait."""
SHARED = frozenset({ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE})
"""States that everybody sees who may import. Before it is done, an import is only its maker's."""

PREVIEW_LASTS = timedelta(hours=24)
"""From when the file came. So long the file is kept too, whatever becomes of it."""
UNDO_LASTS = timedelta(days=30)
MOST_ATTEMPTS = 3
"""So often the work is begun anew after its process died."""
MOST_OPEN = 20
"""Files of an organisation that wait for a choice."""
FAULTS_SHOWN = 100
LONGEST_NAME = 120
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


class Likeness(StrEnum):
    """In which way a row looks like what exists."""

    UPDATES = "updates"
    """A task has its reference, and will be changed to what the row says."""
    MERGED = "merged"
    """The task that has its reference was merged into another: the row changes nothing."""
    EXISTS = "exists"
    """A task of the same unit has the same title; the row will be a second one."""
    TWICE = "twice"
    """An earlier row of the file has the same unit and title."""


@dataclass(frozen=True, slots=True)
class SimilarRow:
    """A row that looks like something.

    Attributes:
        row: its place in the sheet.
        title: what it is called there.
        task_id: the task that it looks like; None for `TWICE`.
        other_row: the row that it looks like; 0 but for `TWICE`.
    """

    row: int
    title: str
    likeness: Likeness
    task_id: int | None = None
    other_row: int = 0


def shown_name(file_name: str) -> str:
    """The name of an uploaded file as it is kept and shown: no folders, nothing unseen, not too long."""
    last = re.split(r"[/\\]", file_name)[-1]
    name = _UNSEEN.sub("", last).encode("utf-8", "ignore").decode().strip()
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def has_expired(made_at: datetime, now: datetime) -> bool:
    """Whether it is too late to choose."""
    return now - made_at >= PREVIEW_LASTS
