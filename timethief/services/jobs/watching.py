"""Whether another process still lives, by what it writes and by one's own clock that nobody can turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

SILENT_AFTER = 90.0
"""Seconds without a beat after which a process counts as dead."""
BEAT_EVERY = 15.0
"""Seconds between beats."""


class Watch:
    """Tells for how long a value has stood still, as seen from here."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._seen: dict[Hashable, tuple[Hashable, float]] = {}

    def still(self, key: Hashable, value: Hashable) -> float:
        """Seconds since the value of the key was first seen as it is now."""
        now = self._monotonic()
        before = self._seen.get(key)
        if before is None or before[0] != value:
            self._seen[key] = (value, now)
            return 0.0
        return now - before[1]

    def forget_all_but(self, keys: set[Hashable]) -> None:
        """Drop what need not be watched any more."""
        self._seen = {key: seen for key, seen in self._seen.items() if key in keys}
