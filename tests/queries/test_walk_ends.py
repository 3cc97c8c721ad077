from __future__ import annotations

import pytest

from timethief.queries import walk_ends
from timethief.queries.walk_ends import Place, end_of_walk

asked: list[int] = []


def _find(passes: int) -> Place | None:
    asked.append(passes)
    return None if passes > 1_000 else (7, passes)


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    asked.clear()
    monkeypatch.setattr(walk_ends, "_known", {})


def test_like_walks_share_their_end_and_others_do_not() -> None:
    first = end_of_walk(500, _find, "a list")

    assert end_of_walk(501, _find, "a list") == first
    assert len(asked) == 1
    assert end_of_walk(900, _find, "a list") != first
    assert end_of_walk(500, _find, "another list") == first
    assert len(asked) == 3
    assert all(450 <= passes <= 900 for passes in asked)


def test_that_a_list_ends_before_is_not_remembered() -> None:
    assert end_of_walk(5_000, _find, "a list") is None
    assert end_of_walk(5_000, _find, "a list") is None
    assert len(asked) == 2


def test_what_is_known_is_found_anew_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    end_of_walk(500, _find, "a list")
    known = dict(walk_ends._known)
    monkeypatch.setattr(
        walk_ends, "_known", {key: (place, 0.0) for key, (place, _) in known.items()}
    )

    end_of_walk(500, _find, "a list")

    assert len(asked) == 2


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_ends, "_MOST", 3)

    for number in range(10):
        end_of_walk(500, _find, number)

    assert len(walk_ends._known) <= 3
