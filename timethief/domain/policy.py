"""The numbers that an organisation may change, and their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from timethief.domain.numbers import SHARE_OF_ONE, SMALLEST, Limits, check_number
from timethief.domain.ranges import Range
from timethief.domain.vocabulary import InUse, Per

_HOURS = Limits(least=0, most=100_000)
_POSITIVE = Limits(above=0, least=SMALLEST, most=100_000)
OCCASIONS = _POSITIVE
SHARES = SHARE_OF_ONE
LIMITS: Mapping[str, Limits] = MappingProxyType(
    {
        "fte_hours": _POSITIVE,
        "default_spread": Limits(least=0, most=0.99),
        "horizon_years": Limits(above=0, least=SMALLEST, most=100),
        "automation_base_hours": _HOURS,
        "automation_hours_per_system": _HOURS,
        "integration_hours": _HOURS,
        "unstable_factor": Limits(least=1, most=100),
        "maintenance_share": SHARE_OF_ONE,
    }
)
"""What each number may be; those of `occasions` and `usage` have theirs above."""


def _occasions() -> Mapping[Per, float]:
    return MappingProxyType(
        {
            Per.CALENDAR_DAY: 365.0,
            Per.WORKING_DAY: 220.0,
            Per.WEEK: 44.0,
            Per.MONTH: 12.0,
            Per.QUARTER: 4.0,
            Per.HALF_YEAR: 2.0,
            Per.YEAR: 1.0,
        }
    )


def _usage() -> Mapping[InUse, Range]:
    return MappingProxyType(
        {
            InUse.CONFIRMED: Range(1.0, 1.0, 1.0),
            InUse.BELIEVED: Range(0.5, 1.0, 1.0),
            InUse.UNKNOWN: Range(0.0, 0.5, 1.0),
            InUse.NOT_USED: Range(0.0, 0.0, 0.0),
        }
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """The assumptions under which an organisation assesses its tasks.

    Attributes:
        version: counts up with each change; an assessment keeps the version it was made under.
        occasions: occasions a year of each `Per`.
        fte_hours: working hours of a full-time equivalent a year.
        default_spread: a single number x is read as (1 - spread) x, x, (1 + spread) x.
        usage: how much of its worth a use counts for, by how sure it is that it is used.
        horizon_years: years over which one-off hours are spread.
        automation_base_hours: one-off hours of any automation.
        automation_hours_per_system: one-off hours for each system that it touches.
        unstable_factor: multiplies the one-off hours where the work keeps changing.
        integration_hours: one-off hours of registering once.
        maintenance_share: yearly hours of upkeep, as a share of the one-off hours.
    """

    version: int = 1
    occasions: Mapping[Per, float] = field(default_factory=_occasions)
    fte_hours: float = 1_760.0
    default_spread: float = 0.25
    usage: Mapping[InUse, Range] = field(default_factory=_usage)
    horizon_years: float = 3.0
    automation_base_hours: float = 40.0
    automation_hours_per_system: float = 40.0
    unstable_factor: float = 1.5
    integration_hours: float = 80.0
    maintenance_share: float = 0.15

    def __post_init__(self) -> None:
        """Refuse numbers that would make nonsense of the figures."""
        for per in Per:
            check_number(self.occasions.get(per), f"occasions.{per}", OCCASIONS)
        for in_use in InUse:
            factors = self.usage.get(in_use)
            highest = None if factors is None else factors.high
            check_number(highest, f"usage.{in_use}", SHARES)
        for name, limits in LIMITS.items():
            check_number(getattr(self, name), name, limits)


DEFAULT_POLICY = Policy()
