"""Summaries against sums of the tasks, one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.queries import naive
from tests.queries.conftest import TASKS, Stock
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.measures import Measures
from timethief.domain.people import Role
from timethief.domain.vocabulary import Verdict
from timethief.queries import adding_up
from timethief.queries.filters import TaskFilter
from timethief.queries.summary import GroupBy, Summary, summary
from timethief.queries.visible_units import visible_units
from timethief.storage.assumptions import load_assumptions
from timethief.storage.tables import Task

LATER = make.TODAY + timedelta(days=60)
"""All months are closed."""


def _summary(
    session: Session,
    stock: Stock,
    group_by: GroupBy,
    role: Role = Role.SUPPORT,
    **conditions: Any,  # noqa: ANN401 - of a filter
) -> Summary:
    units = visible_units(session, make.actor(session, stock.place, role))
    wanted = TaskFilter(**conditions)
    return summary(session, units, wanted, group_by, today=LATER, language="sv")


Told = list[tuple[Task, str, list[tuple[str, str]], Measures]]
"""Each task with its level, the rows that it counts in and what it counts."""
_TOLD: dict[str, Told] = {}


def _told(session: Session, stock: Stock) -> Told:
    """What each task says, looked at one by one, and once for all tests."""
    kind = stock.database.url.get_backend_name()
    if kind not in _TOLD:
        today = load_assumptions(session, stock.place.organisation_id, make.TODAY)
        query = select(Task).where(Task.organisation_id == stock.place.organisation_id)
        _TOLD[kind] = []
        for task in session.scalars(query):
            level, dimensions, measures = naive._figures(session, task, today)
            units = [("unit", str(unit)) for unit in naive._above(session, task.unit_id)]
            _TOLD[kind].append((task, level, [*dimensions, *units], measures))
        session.expunge_all()
    return _TOLD[kind]


def _expected(
    told: Told, group_by: GroupBy, conditions: dict[str, Any]
) -> tuple[dict[str, Measures], Measures]:
    """The rows and the total of the tasks that meet the conditions."""
    rows: dict[str, Measures] = {}
    whole = Measures()
    for task, level, keys, measures in told:
        if not _meets(task, level, keys, conditions):
            continue
        whole = whole.plus(measures)
        for dimension, key in keys:
            if dimension == group_by:
                rows[key] = rows.get(key, Measures()).plus(measures)
    return rows, whole


def _meets(task: Task, level: str, keys: list[tuple[str, str]], conditions: dict[str, Any]) -> bool:
    for name, value in conditions.items():
        if name == "flagged":
            flagged = any(
                dimension == "verdict" and Verdict(key).flagged for dimension, key in keys
            )
            if flagged != value:
                return False
        elif name == "q":
            if value.casefold() not in f"{task.title} {task.description}".casefold():
                return False
        elif (name, str(value)) not in keys and not (name == "level" and level == value):
            return False
    return True


COMBINED: list[dict[str, Any]] = [
    {},
    {"level": "state"},
    {"flagged": True},
    {"flagged": False},
    {"verdict": "clear"},
    {"verdict": "clear", "flagged": True},
    {"verdict": "clear", "flagged": False},
    {"cause": "unused"},
    {"cause": "unused", "flagged": True},
    {"cause": "unused", "flagged": False},
    {"recommended": "remove"},
    {"signal": "paper", "level": "eu"},
    {"status": "reported", "verdict": "possible"},
    {"q": "blankett"},
    {"q": "blankett", "verdict": "clear"},
]


@pytest.mark.parametrize("conditions", COMBINED, ids=str)
def test_every_combination_is_the_sum_of_its_tasks(
    stock: Stock, conditions: dict[str, Any]
) -> None:
    with stock.database.writing_all() as session:
        told = _told(session, stock)
        today = load_assumptions(session, stock.place.organisation_id, make.TODAY)
        hours = today.policy.fte_hours
        north = stock.place.north
        below = {str(unit) for unit in (north, stock.place.ward)}
        places: tuple[dict[str, Any], ...] = ({}, {"unit": north})
        for within in places:
            for group_by in GroupBy:
                found = _summary(session, stock, group_by, **conditions, **within)
                rows, whole = _expected(told, group_by, conditions | within)
                if group_by is GroupBy.UNIT and within:
                    rows = {key: total for key, total in rows.items() if key in below}
                assert (found.total, found.fte_hours) == (whole, hours)
                assert {_key(row.key, rows): row.total for row in found.rows} == rows
        session.rollback()


def _key(key: str, rows: Iterable[str]) -> str:
    """As the totals have it: a number for what has an identifier."""
    return key if key in rows else str(from_text(key))


@pytest.mark.parametrize(
    ("group_by", "conditions", "field", "reason"),
    [
        (GroupBy.REQUESTER, {"verdict": "clear"}, "group_by", "not_combined"),
        (GroupBy.LEVEL, {"verdict": "clear", "signal": "paper"}, "group_by", "several_conditions"),
        (GroupBy.LEVEL, {"q": "blankett"}, "q", "not_kept"),
    ],
)
def test_what_would_take_adding_up_too_many_tasks_is_refused(
    stock: Stock,
    monkeypatch: pytest.MonkeyPatch,
    group_by: GroupBy,
    conditions: dict[str, Any],
    field: str,
    reason: str,
) -> None:
    monkeypatch.setattr(adding_up, "MOST_ADDED_UP", 0)

    with stock.database.writing_all() as session, pytest.raises(Invalid) as refused:
        _summary(session, stock, group_by, **conditions)

    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_kept_totals_look_at_no_task(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding_up, "MOST_ADDED_UP", 0)
    alone: tuple[dict[str, Any], ...] = (
        {},
        {"verdict": "clear"},
        {"flagged": True},
        {"signal": "paper"},
    )

    with stock.database.writing_all() as session:
        for conditions in alone:
            for group_by in (GroupBy.UNIT, GroupBy.LEVEL):
                found = _summary(session, stock, group_by, **conditions)
                assert found.total.tasks > 0
        assert _summary(session, stock, GroupBy.MONTH).total.tasks == TASKS
        session.rollback()


def test_a_month_is_shown_when_it_is_closed(stock: Stock) -> None:
    with stock.database.writing_all() as session:
        units = visible_units(session, make.actor(session, stock.place, Role.SUPPORT))
        latest = max(row.key for row in _summary(session, stock, GroupBy.MONTH).rows if row.total)
        at = {"today": make.TODAY, "language": "sv"}
        found = summary(session, units, TaskFilter(), GroupBy.MONTH, **at)  # type: ignore[arg-type]
        session.rollback()

    shown = {row.key: row.total is not None for row in found.rows}
    assert not shown[latest]
    assert list(shown) == sorted(shown)


def test_units_too_small_are_told_of_without_their_names(stock: Stock) -> None:
    with stock.database.writing_all() as session:
        everything = _summary(session, stock, GroupBy.UNIT)
        found = _summary(session, stock, GroupBy.UNIT, Role.LEADERSHIP)
        small = visible_units(session, make.actor(session, stock.place, Role.LEADERSHIP))
        hidden = [unit_id for unit_id, at in small.shown.items() if at != unit_id]
        session.rollback()

    assert hidden
    assert all(row.total is not None for row in everything.rows)
    assert (found.rows[-1].key, found.rows[-1].name, found.rows[-1].total) == ("", None, None)
    assert len(found.rows) - 1 == len(everything.rows) - len(hidden)
    assert found.total == everything.total


def test_a_unit_that_may_not_be_chosen_is_not_there(stock: Stock) -> None:
    with stock.database.writing_all() as session, pytest.raises(NotFound):
        _summary(session, stock, GroupBy.LEVEL, unit=stock.other.ward)
