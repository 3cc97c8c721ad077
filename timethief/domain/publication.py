"""What is published of one month's anonymous reports, and that nothing hidden follows from what is shown.

A month is shown in a few fixed views, each of one kind of part (unit, requester level, staff category, verdict);
parts are never crossed. All views and the total count the same reports, so a reader may subtract. Therefore the
month is read as an attacker would, before it is published: from every number shown follows between which bounds each
number lies. Where a hidden one could be told too closely, the smallest shown number of its view is hidden too, and so
on until nothing follows. Hidden for either reason looks the same, and the same as nothing at all.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from timethief.domain.disclosure import counts_behind, may_show_sum, shown_count, two_digits

FEWEST_VALUES_HIDDEN = 3
"""A hidden number must be able to be at least so many different ones."""
FEWEST_VALUES_SHOWN = 2
"""And one that is shown, rounded, may not be told exactly."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one report adds to a month.

    Attributes:
        parts: what it counts in, by the name of the view.
        hours: a year; None where the report does not say enough.
    """

    parts: Mapping[str, str]
    hours: float | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown of some reports: a rounded number, hours with two digits; None is not shown."""

    reports: int | None
    hours: float | None


@dataclass(frozen=True, slots=True)
class Publication:
    """A month as it is published: the total, and in each view only the parts of which something is shown."""

    total: Cell
    views: Mapping[str, Mapping[str, Cell]]


@dataclass(slots=True)
class _Part:
    """Some reports, and whether their number and their hours are to be shown."""

    count: int = 0
    hours: list[float] = field(default_factory=list)
    counted: bool = False
    summed: bool = False

    def add(self, given: Contribution) -> None:
        self.count += 1
        if given.hours is not None:
            self.hours.append(given.hours)

    def cell(self, smallest: int) -> Cell:
        return Cell(
            shown_count(self.count, smallest) if self.counted else None,
            two_digits(sum(self.hours)) if self.summed else None,
        )


_Views = Mapping[str, Mapping[str, _Part]]


def publication(given: Sequence[Contribution], views: Sequence[str], smallest: int) -> Publication:
    """What is shown of these reports, all of one month.

    Args:
        given: every report of the month.
        views: their names; each report has a part in each.
        smallest: the number of reports below which nothing is shown.
    """
    total = _Part()
    parts: dict[str, dict[str, _Part]] = {view: defaultdict(_Part) for view in views}
    for each in given:
        total.add(each)
        for view in views:
            parts[view][each.parts[view]].add(each)
    _choose_counts(total, parts, smallest)
    _choose_sums(total, parts, smallest)
    return Publication(
        total.cell(smallest),
        {
            view: {key: part.cell(smallest) for key, part in sorted(of.items()) if part.counted}
            for view, of in parts.items()
        },
    )


def _choose_counts(total: _Part, views: _Views, smallest: int) -> None:
    """Show every number that is large enough, then hide until nothing hidden follows from the rest."""
    for part in (total, *_all(views)):
        part.counted = part.count >= smallest
    while True:
        told = _first_told(total, views, smallest)
        if told is None:
            return
        _hide_one(total, views, told)


def _hide_one(total: _Part, views: _Views, view: str) -> None:
    """Hide the smallest number that is shown in the view; where there is none, the total; else in another view."""
    shown = [part for _, part in sorted(views[view].items()) if part.counted]
    if not shown and total.counted:
        shown = [total]
    if not shown:
        shown = [part for part in _all(views) if part.counted]
    min(shown, key=lambda part: part.count).counted = False


def _first_told(total: _Part, views: _Views, smallest: int) -> str | None:
    """The first view with a number that follows too closely from what is shown."""
    if not any(part.counted for part in (total, *_all(views))):
        return None
    bounds = {view: [_bounds(part, smallest) for part in of.values()] for view, of in views.items()}
    whole = _narrow(_bounds(total, smallest), bounds)
    for view, of in views.items():
        for part, (least, most) in zip(of.values(), bounds[view], strict=True):
            if most - least + 1 < (FEWEST_VALUES_SHOWN if part.counted else FEWEST_VALUES_HIDDEN):
                return view
    if whole[1] - whole[0] + 1 < FEWEST_VALUES_SHOWN:
        return next(iter(views))
    return None


def _bounds(part: _Part, smallest: int) -> tuple[float, float]:
    """What a reader knows of the number by itself: one who even knows why it is hidden."""
    if part.counted:
        shown = shown_count(part.count, smallest)
        return (0, math.inf) if shown is None else counts_behind(shown, smallest)
    return (0, smallest - 1) if part.count < smallest else (smallest, math.inf)


def _narrow(
    whole: tuple[float, float], views: Mapping[str, list[tuple[float, float]]]
) -> tuple[float, float]:
    """Draw every conclusion: the parts of each view add up to the whole. Changes `views`; gives the whole's bounds."""
    while True:
        before = (whole, {view: list(bounds) for view, bounds in views.items()})
        for bounds in views.values():
            least, most = sum(low for low, _ in bounds), sum(high for _, high in bounds)
            whole = (max(whole[0], least), min(whole[1], most))
            for place, (low, high) in enumerate(bounds):
                others_least = least - low
                others_most = sum(each for at, (_, each) in enumerate(bounds) if at != place)
                bounds[place] = (
                    max(low, whole[0] - others_most),
                    min(high, whole[1] - others_least),
                )
        if before == (whole, dict(views)):
            return whole


def _choose_sums(total: _Part, views: _Views, smallest: int) -> None:
    """Show hours where no report dominates them, and where those left over are as safe."""
    for part in (total, *_all(views)):
        part.summed = part.counted and may_show_sum(part.hours, smallest)
    if not total.summed:
        return
    for of in views.values():
        while True:
            left = [hours for part in of.values() if not part.summed for hours in part.hours]
            shown = [part for part in of.values() if part.summed]
            if not left or not shown or may_show_sum(left, smallest):
                break
            min(shown, key=lambda part: sum(part.hours)).summed = False


def _all(views: _Views) -> Iterator[_Part]:
    for of in views.values():
        yield from of.values()
