"""D5: what can be reckoned from every number that leadership reaches, over 500 made-up organisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from tests.privacy.attack import Attack, is_pinned
from tests.privacy.organisations import VIEWS, Made, made
from timethief.domain.disclosure import shown_count, two_digits
from timethief.domain.publication import Publication, publication
from timethief.domain.small_units import SMALLEST_UNIT, employees, shown_as

ORGANISATIONS = 500
PARTS = 10
"""The organisations are attacked in so many tests, which workers share."""


def _some(part: int) -> Iterator[Made]:
    for seed in range(part, ORGANISATIONS, PARTS):
        yield made(seed)


parts = pytest.mark.parametrize("part", range(PARTS))


def _truth(given: Made, month: int, view: str) -> Counter[str]:
    return Counter(each.parts[view] for each in given.months[month])


def _read(attack: Attack, name: str, shown: int | None, truth: int, smallest: int) -> None:
    """What stands on the page, as rounded numbers are read: 10 is anything from 8 to 12."""
    if shown is not None:
        attack.learn(name, max(shown - 2, smallest), shown + 2 if shown > 5 else 7)
        if smallest > 5 and shown == 10:
            attack.known[name] = (smallest, 12)
    elif truth < smallest:
        attack.learn(name, 0, smallest - 1)
    else:
        attack.learn(name, smallest, float("inf"))


def _attacked(given: Made, month: int, found: Publication) -> Mapping[str, tuple[float, float]]:
    attack = Attack()
    _read(attack, "total", found.total.reports, len(given.months[month]), given.smallest)
    for view in VIEWS:
        truth = _truth(given, month, view)
        for key, count in truth.items():
            cell = found.views[view].get(key)
            _read(attack, f"{view}:{key}", cell.reports if cell else None, count, given.smallest)
        attack.add_up("total", [f"{view}:{key}" for key in truth])
    return attack.conclude()


@parts
def test_no_number_of_anonymous_reports_can_be_told(part: int) -> None:
    """No cell in 1-4, and none at all, comes down to one value; what is concluded is never untrue."""
    pinned, untrue, hidden = [], [], 0
    for given in _some(part):
        for month in range(len(given.months)):
            found = publication(given.months[month], VIEWS, given.smallest)
            known = _attacked(given, month, found)
            truths = {
                f"{view}:{key}": count
                for view in VIEWS
                for key, count in _truth(given, month, view).items()
            }
            hidden += sum(count < given.smallest for count in truths.values())
            pinned += [name for name in truths if is_pinned(known[name])]
            untrue += [n for n, count in truths.items() if not _lies_in(count, known[n])]

    assert hidden > 500
    assert pinned == []
    assert untrue == []


def _lies_in(count: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] - 1e-6 <= count <= bounds[1] + 1e-6


def test_the_attacker_finds_what_exact_numbers_give_away() -> None:
    """Else that it finds nothing would prove nothing: with exact cells and totals most hidden ones are found."""
    found, hidden = 0, 0
    for given in _some(0):
        for month in range(len(given.months)):
            attack = Attack()
            attack.learn("total", len(given.months[month]), len(given.months[month]))
            few = []
            for view in VIEWS:
                truth = _truth(given, month, view)
                for key, count in truth.items():
                    if count < given.smallest:
                        attack.learn(f"{view}:{key}", 1, given.smallest - 1)
                        few.append(f"{view}:{key}")
                    else:
                        attack.learn(f"{view}:{key}", count, count)
                attack.add_up("total", [f"{view}:{key}" for key in truth])
            known = attack.conclude()
            found += sum(is_pinned(known[name]) for name in few)
            hidden += len(few)

    assert found > 100
    assert found / hidden > 0.1


@parts
def test_no_hours_left_over_are_those_of_one_report(part: int) -> None:
    """A total less everything shown is as many reports, as evenly spread, as what is shown itself."""
    for given in _some(part):
        for month in given.months:
            found = publication(month, VIEWS, given.smallest)
            if found.total.hours is None:
                continue
            for view in VIEWS:
                shown = {key for key, cell in found.views[view].items() if cell.hours is not None}
                left = sorted(
                    each.hours
                    for each in month
                    if each.hours is not None and each.parts[view] not in shown
                )
                if left and shown:
                    assert len(left) >= given.smallest
                    assert left[-1] <= 0.5 * sum(left)
                    assert sum(left[-2:]) <= 0.8 * sum(left)


@parts
def test_no_small_units_own_tasks_can_be_told(part: int) -> None:
    """From the exact figures of every unit that may be chosen: hours, and counts of each verdict."""
    small = 0
    for given in _some(part):
        size, at = employees(given.units), shown_as(given.units)
        hidden = [u for u in given.units if at[u] != u and (size[u] or 0) < SMALLEST_UNIT]
        small += len(hidden)
        figures: list[Mapping[int, float]] = [given.hours]
        figures += [{u: given.tasks[u][v] for u in given.units} for v in given.tasks[1]]
        for own in figures:
            known = _attacked_tree(given, at, own)
            for unit in hidden:
                low, high = known[f"own:{unit}"]
                assert own[unit] == 0 or high - low > 1e-6, (unit, low, high)

    assert small > 50


def _attacked_tree(
    given: Made, at: Mapping[int, int | None], own: Mapping[int, float]
) -> Mapping[str, tuple[float, float]]:
    """Every unit that may be chosen tells its whole, with those below; the organisation tells all of it."""
    below = {unit: [u for u in given.units if _is_within(given, u, unit)] for unit in given.units}
    attack = Attack()
    for unit in given.units:
        attack.learn(f"own:{unit}", 0, float("inf"))
    chosen = [unit for unit in given.units if at[unit] == unit]
    for unit in chosen:
        whole = sum(own[each] for each in below[unit])
        attack.learn(f"with:{unit}", whole, whole)
    attack.learn("all", sum(own.values()), sum(own.values()))
    whole_and_chosen: list[int | None] = [None, *chosen]
    for place in whole_and_chosen:
        # The parts of a unit: itself, the units below it that are shown, and those shown within it.
        within = list(given.units) if place is None else below[place]
        inner = [
            each
            for each in chosen
            if each != place
            and each in within
            and not any(o not in (each, place) and o in within and each in below[o] for o in chosen)
        ]
        rest = [each for each in within if not any(each in below[shown] for shown in inner)]
        attack.add_up(
            "all" if place is None else f"with:{place}",
            [f"with:{each}" for each in inner] + [f"own:{each}" for each in rest],
        )
    return attack.conclude()


def _is_within(given: Made, unit: int | None, whole: int) -> bool:
    while unit is not None:
        if unit == whole:
            return True
        unit = given.units[unit].parent_id
    return False


@parts
def test_no_report_of_a_task_can_be_dated_or_counted(part: int) -> None:
    """From the rounded number of one month and the next: how many came between is never told."""
    for given in _some(part):
        for counts in given.joined:
            attack = Attack()
            for month, count in enumerate(counts):
                shown = shown_count(count, given.smallest)
                _read(attack, f"by:{month}", shown, count, given.smallest)
                before = f"by:{month - 1}" if month else "none"
                attack.add_up(f"by:{month}", [before, f"in:{month}"])
            attack.learn("none", 0, 0)
            known = attack.conclude()
            for month in range(1, len(counts)):
                came = counts[month] - counts[month - 1]
                assert came == 0 or not is_pinned(known[f"in:{month}"])


def test_figures_shown_are_rounded_whatever_they_are() -> None:
    for given in _some(1):
        for month in given.months:
            found = publication(month, VIEWS, given.smallest)
            cells = [found.total, *(c for view in found.views.values() for c in view.values())]
            counts = [cell.reports for cell in cells if cell.reports is not None]
            assert [count for count in counts if count % 5 or count < given.smallest] == []
            assert [
                c.hours for c in cells if c.hours is not None and c.hours != two_digits(c.hours)
            ] == []
