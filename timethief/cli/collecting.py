"""How often Python looks for values that nobody holds any more."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (50_000, 20, 100)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """For a command that makes millions of plain values, which nothing but their holder refers to.

    What the program itself consists of is not gone through again and again in the block.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
