"""An attacker who reads every number that leadership can reach, and reckons what the hidden ones must be.

Written apart from the rules that it attacks: it knows only what stands on the pages, and that parts add up to a whole.
To its favour it is told which parts have no reports at all, and which of the hidden numbers are under the threshold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Bounds = tuple[float, float]


@dataclass
class Attack:
    """What is known of some numbers, and which of them add up to which.

    Attributes:
        known: the least and the greatest that each can be.
        sums: a whole, and its parts.
    """

    known: dict[str, Bounds] = field(default_factory=dict)
    sums: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def learn(self, name: str, least: float, most: float) -> None:
        """The number lies between these."""
        low, high = self.known.get(name, (0.0, math.inf))
        self.known[name] = (max(low, least), min(high, most))

    def add_up(self, whole: str, parts: Iterable[str]) -> None:
        """The parts are all of the whole."""
        self.sums.append((whole, tuple(parts)))

    def conclude(self) -> Mapping[str, Bounds]:
        """Draw every conclusion, until nothing new follows."""
        moved = True
        while moved:
            moved = False
            for whole, parts in self.sums:
                for name, bounds in self._follows(whole, parts):
                    low, high = self.known.get(name, (0.0, math.inf))
                    narrowed = (max(low, bounds[0]), min(high, bounds[1]))
                    if narrowed[0] > low + 1e-9 or narrowed[1] < high - 1e-9:
                        self.known[name] = narrowed
                        moved = True
        return self.known

    def _follows(self, whole: str, parts: Sequence[str]) -> Iterable[tuple[str, Bounds]]:
        bounds = [self.known.get(part, (0.0, math.inf)) for part in parts]
        least, most = sum(low for low, _ in bounds), sum(high for _, high in bounds)
        yield whole, (least, most)
        low, high = self.known.get(whole, (0.0, math.inf))
        for place, part in enumerate(parts):
            others = [each for at, each in enumerate(bounds) if at != place]
            yield (
                part,
                (low - sum(each for _, each in others), high - sum(each for each, _ in others)),
            )


def is_pinned(bounds: Bounds) -> bool:
    """Whether only one whole number is left."""
    return math.floor(bounds[1] + 1e-9) - math.ceil(bounds[0] - 1e-9) <= 0
