"""Every figure is an estimate, so every figure is a range: low, likely, high."""

from __future__ import annotations

import math
from dataclasses import dataclass

from timethief.domain.errors import Invalid
from timethief.domain.numbers import Limits, check_number


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate: 0 <= low <= likely <= high, finite. The unit is told by the one who holds it."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what is no range, so that an invalid one cannot exist."""
        if 0 <= self.low <= self.likely <= self.high < math.inf:
            return
        if not all(math.isfinite(bound) for bound in (self.low, self.likely, self.high)):
            raise Invalid("", "unreadable")
        raise Invalid("", "wrong_order")

    @classmethod
    def exactly(cls, value: float) -> Range:
        """A number without spread."""
        return cls(value, value, value)

    @classmethod
    def around(cls, value: float, spread: float) -> Range:
        """A single number x as a range: (1 - spread) x, x, (1 + spread) x."""
        return cls((1 - spread) * value, value, (1 + spread) * value)

    def times(self, other: Range) -> Range:
        """Low with low, likely with likely, high with high."""
        return Range(self.low * other.low, self.likely * other.likely, self.high * other.high)

    def scaled(self, factor: float) -> Range:
        """Each bound multiplied by `factor` >= 0."""
        return Range(self.low * factor, self.likely * factor, self.high * factor)

    def plus(self, other: Range) -> Range:
        """Bounds added, low with low and so on."""
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)


NOTHING = Range(0.0, 0.0, 0.0)


def check_range(low: object, likely: object, high: object, field: str, limits: Limits) -> Range:
    """Three numbers that some program gave, each within the limits and in order.

    Raises:
        Invalid: as `check_number` of `field.low`, `.likely`, `.high`, or `wrong_order` of `field`.
    """
    numbers = (
        check_number(low, f"{field}.low", limits),
        check_number(likely, f"{field}.likely", limits),
        check_number(high, f"{field}.high", limits),
    )
    try:
        return Range(*numbers)
    except Invalid as refusal:
        raise refusal.under(field) from None
