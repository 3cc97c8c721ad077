"""What is added up over tasks, in whole numbers, so that adding and taking away leaves no remainder.

Hours are kept in millionths and kronor in hundredths (ore): a total that has lived through a million changes
is still equal, to the digit, to one that is computed anew.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from timethief.domain.assessment import Assessment

PER_HOUR = 1_000_000
PER_SEK = 100
MOST = 10**15
"""One task counts for no more (a thousand million hours): a database can hold the sum of thousands of such."""


def millionths(hours: float) -> int:
    """Hours as whole millionths."""
    return _whole(hours * PER_HOUR)


def _whole(amount: float) -> int:
    return round(max(-MOST, min(MOST, amount)))


@dataclass(frozen=True, slots=True)
class Measures:
    """Totals over some tasks. Hours (per year) in millionths, SEK (per year) in hundredths.

    Attributes:
        tasks: how many.
        flagged_tasks: how many of them are time thieves, wholly, probably or in part.
        cost_low: sum of low cost hours; `cost_likely`, `cost_high` and the benefits likewise.
        cost_ore: sum of cost in SEK, hundredths.
        flagged_hours: likely cost hours of the flagged tasks.
        confirmed_hours: likely cost hours of tasks with at least one use that is confirmed.
        avoidable_hours: see `Assessment.avoidable_hours`.
        gain_hours: see `Assessment.gain_hours`.
    """

    tasks: int = 0
    flagged_tasks: int = 0
    cost_low: int = 0
    cost_likely: int = 0
    cost_high: int = 0
    cost_ore: int = 0
    benefit_low: int = 0
    benefit_likely: int = 0
    benefit_high: int = 0
    flagged_hours: int = 0
    confirmed_hours: int = 0
    avoidable_hours: int = 0
    gain_hours: int = 0

    def plus(self, other: Measures) -> Measures:
        """Both together."""
        return Measures(*(getattr(self, n) + getattr(other, n) for n in MEASURES))

    def minus(self, other: Measures) -> Measures:
        """What is left when the other is taken away."""
        return Measures(*(getattr(self, n) - getattr(other, n) for n in MEASURES))


MEASURES = tuple(field.name for field in fields(Measures))


def measures_of(assessment: Assessment, *, confirmed: bool) -> Measures:
    """One task's contribution to the totals; `confirmed`: at least one of its uses is confirmed."""
    cost = millionths(assessment.cost_hours.likely)
    return Measures(
        tasks=1,
        flagged_tasks=int(assessment.flagged),
        cost_low=millionths(assessment.cost_hours.low),
        cost_likely=cost,
        cost_high=millionths(assessment.cost_hours.high),
        cost_ore=_whole(assessment.cost_sek * PER_SEK),
        benefit_low=millionths(assessment.benefit_hours.low),
        benefit_likely=millionths(assessment.benefit_hours.likely),
        benefit_high=millionths(assessment.benefit_hours.high),
        flagged_hours=cost if assessment.flagged else 0,
        confirmed_hours=cost if confirmed else 0,
        avoidable_hours=millionths(assessment.avoidable_hours),
        gain_hours=millionths(assessment.gain_hours),
    )
