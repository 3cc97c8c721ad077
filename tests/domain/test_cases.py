from __future__ import annotations

from datetime import date, timedelta

import pytest

from timethief.domain.cases import (
    Route,
    answer_due,
    is_reminded_of,
    may_undo,
    open_routes,
    week_begins,
)

DUE = date(2026, 3, 24)


def test_the_first_answer_comes_within_fourteen_days() -> None:
    assert answer_due(date(2026, 3, 10)) == DUE


@pytest.mark.parametrize(
    ("days", "reminded"), [(-4, False), (-3, True), (-1, False), (0, True), (1, False), (7, True)]
)
def test_owners_are_reminded_ahead_on_the_day_and_then_weekly(days: int, reminded: bool) -> None:  # noqa: FBT001
    assert is_reminded_of(DUE, DUE + timedelta(days=days)) is reminded


def test_a_week_is_told_by_its_monday() -> None:
    assert week_begins("2026-W11") == date(2026, 3, 9)


def test_only_tasks_have_a_requester_to_ask() -> None:
    assert set(open_routes(is_task=True)) == set(Route)
    assert Route.REQUESTER not in open_routes(is_task=False)


def test_what_was_handed_on_can_be_undone_for_thirty_days() -> None:
    assert may_undo(DUE, DUE + timedelta(days=30))
    assert not may_undo(DUE, DUE + timedelta(days=31))
    assert not may_undo(None, DUE)
