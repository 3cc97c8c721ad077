from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from timethief.domain.disclosure import ROUNDED_TO, two_digits
from timethief.domain.errors import Invalids
from timethief.domain.measures import PER_HOUR, PER_SEK, Measures
from timethief.domain.open_data import (
    Licence,
    OpenDataFacts,
    OpenFigure,
    OpenPart,
    Part,
    checked,
    from_stored,
    opened,
    to_store,
)

FTE = 1_700.0


def _part(key: str, tasks: int, *parts: Part, named: bool = True) -> Part:
    """Tasks of an hour and a hundred kronor each."""
    measures = Measures(tasks=tasks, cost_likely=tasks * PER_HOUR, cost_ore=tasks * 100 * PER_SEK)
    return Part(key, measures, parts, named)


def _keys(part: OpenPart | None) -> list[str]:
    return [] if part is None else [each.key for each in part.parts]


def test_figures_are_rounded() -> None:
    found = opened(_part("all", 128), 5, FTE)

    assert found is not None
    assert found.figure == OpenFigure(tasks=130, hours=130.0, sek=13_000.0, fte=0.075)


def test_too_few_are_not_told() -> None:
    assert opened(_part("all", 4), 5, FTE) is None
    assert opened(_part("all", 6), 7, FTE) is None
    assert opened(_part("all", 0), 5, FTE) is None


def test_parts_that_are_too_few_stay_together() -> None:
    found = opened(_part("all", 30, _part("a", 20), _part("b", 4), _part("c", 6)), 5, FTE)

    # Of a and c, b would follow; so c stays with it.
    assert _keys(found) == ["a"]
    assert found is not None
    assert found.rest is not None
    assert found.rest.tasks == 10


def test_nothing_is_left_where_every_part_is_told() -> None:
    found = opened(_part("all", 30, _part("a", 20), _part("b", 10)), 5, FTE)

    assert _keys(found) == ["a", "b"]
    assert found is not None
    assert found.rest is None


def test_what_is_in_no_part_is_left_too() -> None:
    found = opened(_part("all", 30, _part("a", 20), _part("b", 7)), 5, FTE)

    assert _keys(found) == ["a"]  # else three would be told
    assert found is not None
    assert found.rest is not None


def test_a_part_without_a_name_is_counted_and_not_told() -> None:
    found = opened(_part("all", 30, _part("a", 20), _part("b", 10, named=False)), 5, FTE)

    assert _keys(found) == ["a"]
    assert found is not None
    assert found.rest is not None
    assert found.rest.tasks == 10


def test_below_what_is_left_nothing_is_told() -> None:
    within = _part("b", 6, _part("b1", 6))
    found = opened(_part("all", 30, _part("a", 20), within, _part("c", 4)), 5, FTE)

    assert found is not None
    assert [each.key for each in found.within()] == ["a"]


def _made(chance: random.Random, key: str, depth: int) -> Part:
    parts = [
        _made(chance, f"{key}.{number}", depth - 1)
        for number in range(chance.randrange(6) if depth else 0)
    ]
    own = chance.choice((0, 0, 1, 2, 3, 4, 5, 9, 40))
    whole = sum(part.whole.tasks for part in parts) + own
    return _part(key, whole, *parts, named=chance.random() < 0.8)


def _told(part: OpenPart) -> Iterator[OpenPart]:
    yield part
    yield from part.within()


@pytest.mark.parametrize("smallest", [5, 7])
def test_every_difference_is_of_enough_tasks(smallest: int) -> None:
    """Even for one who knew every number exactly: a part less all that is told of it is nothing, or enough."""
    hidden, shown = 0, 0
    for seed in range(600):
        root = _made(random.Random(seed), "all", 3)  # noqa: S311 - chance that can be repeated
        found = opened(root, smallest, FTE)
        truth = {part.key: part for part in _all(root)}
        if found is None:
            assert root.whole.tasks < smallest
            continue
        told = list(_told(found))
        shown += len(told)
        hidden += len(truth) - len(told)
        for part in told:
            true = truth[part.key]
            assert true.whole.tasks >= smallest
            assert part.key == "all" or true.named
            left = true.whole.tasks - sum(truth[each.key].whole.tasks for each in part.parts)
            assert left == 0 or left >= smallest
            assert (part.rest is None) == (left == 0)
            assert part.figure.tasks % ROUNDED_TO == 0
            assert part.figure.hours == two_digits(part.figure.hours)

    assert shown > 500
    assert hidden > 500


def _all(part: Part) -> Iterator[Part]:
    yield part
    for each in part.parts:
        yield from _all(each)


def test_facts_are_stored_and_read_back() -> None:
    facts = OpenDataFacts("Registraturen", "oppna@kommun.se", "https://kommun.se/d", Licence.CC0)

    assert from_stored({"open_data": to_store(checked(facts)), "privacy": {}}) == facts
    assert facts.missing == ()
    assert from_stored({}) == OpenDataFacts()
    assert OpenDataFacts().missing == ("contact", "email", "address", "licence")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (OpenDataFacts(contact="x" * 201), "contact"),
        (OpenDataFacts(email="ingen"), "email"),
        (OpenDataFacts(email="a@b.se\nBcc: c@d.se"), "email"),
        (OpenDataFacts(address="kommun.se"), "address"),
        (OpenDataFacts(address="javascript:alert(1)"), "address"),
        (OpenDataFacts(address='https://a.se/"><script>'), "address"),
    ],
)
def test_facts_that_cannot_be_used_are_refused(facts: OpenDataFacts, field: str) -> None:
    with pytest.raises(Invalids) as refused:
        checked(facts)

    assert [each.field for each in refused.value.refusals] == [field]
