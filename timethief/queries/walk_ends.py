"""Where walks through the inventory end, remembered for a while.

To count the way to such a place takes as long as to walk it. What is remembered decides how long a walk takes, and never
what is found: that the list has changed since costs at most a longer walk, or one that is given up in vain.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

Place = tuple[int, int]
"""A sort value and a task id."""
_SECONDS = 300.0
_MOST = 5_000
_TELLING_BITS = 4
_known: dict[tuple[object, ...], tuple[Place, float]] = {}


def end_of_walk(passes: int, find: Callable[[int], Place | None], *of: object) -> Place | None:
    """The place about so many tasks into a list; None where the list ends before.

    Args:
        passes: how many; rounded down a little, so that like walks share their end.
        find: looks it up.
        of: which list.
    """
    shift = max(0, passes.bit_length() - _TELLING_BITS)
    passes = passes >> shift << shift
    known = _known.get((passes, *of))
    if known is not None and known[1] > monotonic():
        return known[0]
    place = find(passes)
    if place is not None:
        if len(_known) >= _MOST:
            _known.clear()
        _known[passes, *of] = (place, monotonic() + _SECONDS)
    return place
