"""What may be told of reports without telling who reported: thresholds, rounding, dominance, closed months.

Tasks are about work: their hours are shown as they are. What is guarded is how many reported, small units
(`timethief.domain.small_units`) and single anonymous reports (`timethief.domain.publication`). Every rule names
where it comes from; the numbers are chosen within what the sources do, not derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

SMALLEST_COUNT = 5
"""Reports; fewer are never told apart from none. Swedish staff surveys hide below 5 answers."""
RECOMMENDED_SMALLEST_COUNT = 7
"""Where reports are anonymous. NHS Digital hides 1-7."""
ROUNDED_TO = 5
"""Every number of reports is rounded to a multiple of this, as NHS Digital does: with exact numbers beside hidden
ones, 94 of 100 hidden numbers could be computed; with all rounded, none."""
AVERAGE_FROM = 10
"""Reports; an average of fewer tells too much of each."""
LARGEST_SHARE = 0.5
"""Of the hours, that one report may make up; official statistics call it dominance."""
TWO_LARGEST_SHARE = 0.8
"""Of the hours, that two reports may make up together."""
CLOSED_AFTER = timedelta(days=7)
"""From the end of a month until its figures are published; a running total dates single reports to the day."""
FEWEST_ORGANISATIONS = 3
"""In a joint figure: of two, each can take away its own part."""
LARGEST_ORGANISATION_SHARE = 0.7
"""Of a joint figure, that one organisation may make up."""


def lowest_shown(smallest: int) -> int:
    """The least number that is ever shown: the threshold, rounded up."""
    return -(-smallest // ROUNDED_TO) * ROUNDED_TO


def shown_count(count: int, smallest: int) -> int | None:
    """A number of reports as it is shown; None where it is under the threshold, whatever it is.

    Rounded to the nearest multiple of 5, and never below what the threshold comes to: else 5 could only be 7 where
    7 is the threshold.
    """
    if count < smallest:
        return None
    nearest = (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO
    return max(nearest, lowest_shown(smallest))


def counts_behind(shown: int, smallest: int) -> tuple[int, int]:
    """The least and the greatest number that is shown like this: what a reader can conclude from it."""
    half = ROUNDED_TO // 2
    least = smallest if shown == lowest_shown(smallest) else max(shown - half, smallest)
    return least, shown + half


def two_digits(value: float) -> float:
    """A figure with two significant digits: 917 becomes 920."""
    if value == 0:
        return 0.0
    exact = Decimal(repr(value))
    step = Decimal(1).scaleb(exact.adjusted() - 1)
    return float(exact.quantize(step, ROUND_HALF_UP))


def is_dominated(amounts: Sequence[float]) -> bool:
    """Whether one of them makes up more than half of the sum, or two more than four fifths."""
    largest = sorted(amounts, reverse=True)
    whole = sum(largest)
    return sum(largest[:1]) > LARGEST_SHARE * whole or sum(largest[:2]) > TWO_LARGEST_SHARE * whole


def may_show_sum(amounts: Sequence[float], smallest: int) -> bool:
    """Whether the sum of these tells nothing of any one of them."""
    return len(amounts) >= smallest and not is_dominated(amounts)


def shown_sum(amounts: Sequence[float], smallest: int) -> float | None:
    """Hours or kronor of some reports in all; None where that would tell of one of them."""
    return two_digits(sum(amounts)) if may_show_sum(amounts, smallest) else None


def shown_average(amounts: Sequence[float]) -> float | None:
    """What a report comes to on average; None where there are too few.

    Never beside both number and sum of the same reports: together they tell the number exactly.
    """
    if len(amounts) < AVERAGE_FROM or is_dominated(amounts):
        return None
    return two_digits(sum(amounts) / len(amounts))


def joint_figure(amounts: Sequence[float]) -> float | None:
    """A figure over several organisations, from what each comes to; None where it would tell of one of them."""
    part_of_it = [amount for amount in amounts if amount > 0]
    whole = sum(part_of_it)
    if len(part_of_it) < FEWEST_ORGANISATIONS:
        return None
    return None if max(part_of_it) > LARGEST_ORGANISATION_SHARE * whole else two_digits(whole)


def month_of_week(week: str) -> str:
    """The month of an ISO week, `2026-W09` to `2026-02`: the one that most of its days are in."""
    year, number = week.split("-W")
    return f"{date.fromisocalendar(int(year), int(number), 4):%Y-%m}"


def first_day(month: str) -> date:
    """The day a month begins."""
    return date.fromisoformat(f"{month}-01")


def next_month(month: str) -> str:
    """The month after."""
    return f"{first_day(month) + timedelta(days=31):%Y-%m}"


def last_closed_month(today: date) -> str:
    """The latest month that ended long enough ago for its figures to be published."""
    return f"{(today - CLOSED_AFTER).replace(day=1) - timedelta(days=1):%Y-%m}"


def months_to_publish(published: str | None, first: str | None, today: date) -> Iterator[str]:
    """The months that are closed and not yet published, in order.

    Args:
        published: the latest that has been.
        first: of the first report; None where there is none.
        today: the day in Sweden.
    """
    last = last_closed_month(today)
    month = next_month(published) if published is not None else min(first or last, last)
    while month <= last:
        yield month
        month = next_month(month)
