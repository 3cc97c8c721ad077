"""Units too small to be shown: each is shown within its nearest ancestor that is large enough.

A threshold on reports alone protects nobody, since five reports may all be one person's: a unit must have ten
employees. Below that line even what is about work, such as hours of tasks, would be about persons. Hiding one unit
alone hides nothing, since it is what its parent has beside the others; then its smallest sibling is hidden too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

SMALLEST_UNIT = 10
"""Employees; fewer know too well who of them wrote. Chosen: twice the least number of reports."""


class Sized(Protocol):
    """A unit in the tree, with what is known of its size."""

    @property
    def parent_id(self) -> int | None:
        """The unit right above; None at the top."""

    @property
    def headcount(self) -> int | None:
        """Employees of the unit and of those below it; None where nobody has said."""


@dataclass(frozen=True, slots=True)
class UnitSize:
    """The least that a unit needs to be one."""

    parent_id: int | None
    headcount: int | None


def employees(units: Mapping[int, Sized]) -> dict[int, int | None]:
    """How many each unit has together with those below it; None where that is not known.

    A unit's own figure counts those below it too. Where they add up to more, or the unit has none of its own, their
    sum is what is known. It is unknown only where neither the unit nor any below it has a figure.
    """
    return _employees(units, _from_the_top(_children(units)))


def _employees(units: Mapping[int, Sized], order: Sequence[int]) -> dict[int, int | None]:
    found = {unit_id: unit.headcount for unit_id, unit in units.items()}
    below: dict[int, int] = defaultdict(int)
    for unit_id in reversed(order):
        own = found[unit_id]
        if unit_id in below:
            found[unit_id] = max(own or 0, below[unit_id])
        count, parent_id = found[unit_id], units[unit_id].parent_id
        if count is not None and parent_id is not None:
            below[parent_id] += count
    return found


def shown_as(units: Mapping[int, Sized]) -> dict[int, int | None]:
    """The unit that each is shown as: itself, an ancestor, or None for the whole organisation.

    The top of the organisation is always shown. Among the units right below another, those that are too small are
    hidden; then the smallest of the others, until at least two are hidden and those who work in the parent but in
    none of its shown units are at least ten.
    """
    below = _children(units)
    size = _employees(units, _from_the_top(below))
    found: dict[int, int | None] = dict.fromkeys(units)
    if len(below.get(None, ())) == 1:
        top = below[None][0]
        found[top] = top
        waiting: list[int | None] = [top]
    else:
        waiting = [None]
    while waiting:
        parent_id = waiting.pop()
        if parent_id is None:
            whole = sum(size[each] or 0 for each in below.get(None, ()))
        else:
            whole = size[parent_id] or 0
        siblings = below.get(parent_id, [])
        shown = _shown(siblings, size, whole)
        for unit_id in siblings:
            if unit_id in shown:
                found[unit_id] = unit_id
                waiting.append(unit_id)
            else:
                _hide(unit_id, parent_id, below, found)
    return found


def _shown(siblings: Sequence[int], size: Mapping[int, int | None], whole: int) -> set[int]:
    """Which of the units right below one are shown; `whole` is what that one has in all."""
    enough = {each for each in siblings if (size[each] or 0) >= SMALLEST_UNIT}
    hidden = sum(1 for each in siblings if each not in enough)
    left = whole - sum(size[each] or 0 for each in enough)
    while hidden and enough and (hidden == 1 or left < SMALLEST_UNIT):
        smallest = min(enough, key=lambda each: (size[each] or 0, each))
        enough.remove(smallest)
        hidden += 1
        left += size[smallest] or 0
    return enough


def _hide(
    unit_id: int,
    within: int | None,
    below: Mapping[int | None, list[int]],
    found: dict[int, int | None],
) -> None:
    """The unit and all below it are shown as another."""
    waiting = [unit_id]
    while waiting:
        each = waiting.pop()
        found[each] = within
        waiting.extend(below.get(each, ()))


def _children(units: Mapping[int, Sized]) -> dict[int | None, list[int]]:
    """The units right below each; under None those at the top."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for unit_id, unit in units.items():
        below[unit.parent_id].append(unit_id)
    return below


def _from_the_top(below: Mapping[int | None, list[int]]) -> Sequence[int]:
    """Every unit, those above before those below."""
    found = list(below.get(None, ()))
    for unit_id in found:
        found.extend(below.get(unit_id, ()))
    return found
