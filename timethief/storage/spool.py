"""Values that are computed now and needed later, in a file without a name: they would not all fit in memory."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Spool(Generic[T]):
    """A list that is written once and read in order, any number of times."""

    def __init__(self) -> None:
        """Nothing is written yet. The file has no name, so that nobody else opens it, and ends with the process."""
        self._file = TemporaryFile(prefix="timethief-")  # noqa: SIM115 - closed by `__exit__`

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, value: T) -> None:
        """Add a value at the end."""
        self._file.seek(0, 2)
        pickle.dump(value, self._file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[T]:
        self._file.seek(0, 2)
        end, place = self._file.tell(), 0
        while place < end:
            self._file.seek(place)
            value: T = pickle.load(self._file)  # noqa: S301 - this process has written it
            place = self._file.tell()
            yield value
