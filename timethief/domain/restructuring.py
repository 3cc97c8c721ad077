"""Merging tasks that are the same, and splitting the part that is the thief from the part that is needed."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

UNDONE_WITHIN = timedelta(days=30)


class RestructuringKind(StrEnum):
    """What was done."""

    MERGE = "merge"
    SPLIT = "split"
