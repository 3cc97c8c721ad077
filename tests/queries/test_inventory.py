from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from tests import make
from tests.queries.conftest import EACH, IMPORT, OTHERS, TASKS, Stock
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.names import folded
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import Cursor, InventoryPage, lines_of, page
from timethief.storage.assumptions import lineage_of
from timethief.storage.tables import AssessmentRow, Requester, Task, Unit

PAGE = 7
SORTED_BY = {
    Sort.AVOIDABLE: "avoidable_hours",
    Sort.COST: "cost_likely",
    Sort.GAIN: "gain_hours",
    Sort.NEWEST: "sequence",
}
COLUMNS = {"requester": "requester_id", "requirement": "requirement_id"} | {
    "staff_category": "staff_category_id"
}
CONDITIONS = (
    "unit",
    "requester",
    "requirement",
    "staff_category",
    "level",
    "verdict",
    "flagged",
    "cause",
    "recommended",
    "signal",
    "status",
    "imported",
    "q",
)
Rows = Sequence[tuple[AssessmentRow, str, tuple[int, ...]]]
"""Each task with its words and with its unit and all above it."""


def _rows(session: Session, stock: Stock) -> Rows:
    mine = stock.place.organisation_id
    parents = {unit.id: unit.parent_id for unit in session.scalars(select(Unit))}
    found = session.execute(
        select(AssessmentRow, Task, Requester.name)
        .join(Task, Task.id == AssessmentRow.task_id)
        .join(Requester, Requester.id == Task.requester_id)
        .where(Task.organisation_id == mine)
    )
    lines = lineage_of(parents)
    return [
        (row, folded(f"{task.title} {task.description} {name}"), lines[task.unit_id])
        for row, task, name in found
    ]


def _values(stock: Stock) -> dict[str, list[Any]]:
    return {
        "unit": [stock.place.north, stock.place.south],
        "requester": [stock.place.requester, stock.place.state],
        "requirement": list(stock.requirements),
        "staff_category": [stock.place.nurse, stock.place.all_staff],
        "level": ["state", "municipality"],
        "verdict": ["probable", "possible"],
        "flagged": [True, False],
        "cause": ["unknown_use", "inefficient"],
        "recommended": ["simplify", "keep"],
        "signal": ["paper", "double_entry"],
        "status": ["in_review", "decided"],
        "imported": [IMPORT, IMPORT + 1],
        "q": ["rapporter papper", "saknas"],
    }


def _meets(row: AssessmentRow, words: str, units: tuple[int, ...], wanted: TaskFilter) -> bool:
    tests = {
        "unit": wanted.unit in units,
        "flagged": (row.verdict in ("clear", "probable", "partial")) == wanted.flagged,
        "signal": wanted.signal in row.signals.split(),
        "imported": row.task_id % EACH == 0 and wanted.imported == IMPORT,
        "q": all(_holds(words, word) for word in wanted.q.split()),
    }
    for name in wanted.conditions():
        column = COLUMNS.get(name, name)
        if not tests.get(name, getattr(row, column, None) == getattr(wanted, name)):
            return False
    return True


def _holds(words: str, wanted: str) -> bool:
    return any(word.startswith(wanted.removesuffix("er")) for word in words.split())


def _expected(rows: Rows, wanted: TaskFilter, by: Sort) -> list[str]:
    found = [
        (getattr(row, SORTED_BY[by]), row.task_id)
        for row, words, units in rows
        if _meets(row, words, units, wanted)
    ]
    return [to_text(task_id) for _, task_id in sorted(found, reverse=True)]


def _page(
    session: Session, stock: Stock, wanted: TaskFilter, by: Sort, cursor: Cursor | None = None
) -> InventoryPage:
    at = None if cursor is None else Cursor.read(str(cursor))
    return page(session, make.everything(session, stock.place), wanted, by, at, PAGE)


def _walk(session: Session, stock: Stock, wanted: TaskFilter, by: Sort) -> list[InventoryPage]:
    pages = [_page(session, stock, wanted, by)]
    while pages[-1].next is not None and len(pages) < TASKS:
        pages.append(_page(session, stock, wanted, by, pages[-1].next))
    return pages


def _ids(pages: Sequence[InventoryPage]) -> list[str]:
    return [line.id for each in pages for line in each.lines]


def _check(session: Session, rows: Rows, stock: Stock, wanted: TaskFilter, by: Sort) -> None:
    expected = _expected(rows, wanted, by)
    forward = _walk(session, stock, wanted, by)
    back = [forward[-1]]
    while (cursor := back[0].previous) is not None and len(back) < TASKS:
        back.insert(0, _page(session, stock, wanted, by, cursor))
    assert _ids(forward) == expected, (wanted, by)
    assert _ids(back) == expected, (wanted, by)
    assert {each.count for each in forward} <= {None, len(expected)}, (wanted, by)
    assert forward[0].previous is None
    assert all(len(each.lines) == PAGE for each in forward[:-1])


def _alone(stock: Stock) -> Iterator[TaskFilter]:
    yield TaskFilter()
    for name, values in _values(stock).items():
        for value in values:
            yield TaskFilter(**{name: value})


@pytest.mark.parametrize("by", Sort)
def test_every_filter_gives_each_task_once_in_order_forward_and_backward(
    stock: Stock, by: Sort
) -> None:
    with stock.database.reading_all() as session:
        rows = _rows(session, stock)

        for wanted in _alone(stock):
            _check(session, rows, stock, wanted, by)


@pytest.mark.parametrize("by", Sort)
def test_every_pair_of_filters_gives_each_task_once_in_order(stock: Stock, by: Sort) -> None:
    values = _values(stock)
    with stock.database.reading_all() as session:
        rows = _rows(session, stock)

        for one, other in itertools.combinations(CONDITIONS, 2):
            wanted = TaskFilter(**{name: values[name][0] for name in (one, other)})
            found = _walk(session, stock, wanted, by)
            assert _ids(found) == _expected(rows, wanted, by), wanted
            assert found[0].count in (None, len(_ids(found))), wanted


def test_the_filters_that_are_tried_find_something(stock: Stock) -> None:
    nothing: set[tuple[str, object]] = {
        ("level", "municipality"),
        ("status", "decided"),
        ("q", "saknas"),
    }
    nothing.add(("imported", IMPORT + 1))
    with stock.database.reading_all() as session:
        found = {
            (name, value)
            for name, values in _values(stock).items()
            for value in values
            if not _page(session, stock, TaskFilter(**{name: value}), Sort.COST).lines
        }

    assert found == nothing


def _crowd(connection: Connection) -> None:
    """Let there seem to be so many tasks that the order is walked instead of a few tasks gathered."""
    connection.execute(text("UPDATE total SET tasks = tasks + 6000 WHERE tasks > 0"))


@pytest.mark.parametrize("by", Sort)
def test_among_many_tasks_the_order_is_walked_and_gives_the_same(stock: Stock, by: Sort) -> None:
    with stock.database.writing_all() as session:
        _crowd(session.connection())
        rows = _rows(session, stock)

        for name, values in _values(stock).items():
            wanted = TaskFilter(**{name: values[0]})
            expected = _expected(rows, wanted, by)
            assert _ids(_walk(session, stock, wanted, by)) == expected, wanted

        session.rollback()


def test_among_many_found_by_words_the_order_is_walked_and_gives_the_same(stock: Stock) -> None:
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20001) "
    rows_of = {
        True: "INSERT INTO task_search (rowid, title) SELECT i, 'rapport' FROM n",
        False: "INSERT INTO task_search (task_id, organisation_id, document) "
        "SELECT i, 0, to_tsvector('swedish', 'rapport') FROM n",
    }
    with stock.database.writing_all() as session:
        insert = rows_of[stock.database.is_sqlite]
        session.execute(text(insert.replace("INSERT", f"{numbers}INSERT", 1)))
        rows = _rows(session, stock)

        for wanted in (TaskFilter(q="rapporter"), TaskFilter(q="rapporter", flagged=True)):
            expected = _expected(rows, wanted, Sort.COST)
            assert _ids(_walk(session, stock, wanted, Sort.COST)) == expected

        session.rollback()


def test_the_count_is_told_where_kept_totals_know_it(stock: Stock) -> None:
    place = stock.place
    with stock.database.reading_all() as session:
        found = [
            _page(session, stock, wanted, Sort.COST).count
            for wanted in (
                TaskFilter(),
                TaskFilter(unit=place.top),
                TaskFilter(unit=place.top, level="state", verdict="probable"),
                TaskFilter(flagged=False),
                TaskFilter(unit=place.ward, signal="paper"),
            )
        ]

    assert found[:2] == [TASKS, TASKS]
    assert None not in found


def test_the_tasks_of_another_organisation_are_never_seen(stock: Stock) -> None:
    other = stock.other
    with stock.database.reading_all() as session:
        mine = make.everything(session, stock.place)
        theirs = page(session, make.everything(session, other), TaskFilter(), limit=200).lines

        for unit in (other.top, 0):
            with pytest.raises(NotFound):
                page(session, mine, TaskFilter(unit=unit))
        for wanted in (
            TaskFilter(requester=other.requester),
            TaskFilter(staff_category=other.nurse),
        ):
            assert page(session, mine, wanted) == InventoryPage((), 0, None, None)
        assert lines_of(session, mine, [from_text(line.id) for line in theirs]) == ()

    assert len(theirs) == OTHERS


def test_a_line_tells_what_the_task_is(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        (line, *_) = _page(session, stock, TaskFilter(), Sort.COST).lines
        task = session.get_one(Task, from_text(line.id))
        row = session.get_one(AssessmentRow, task.id)

        assert (line.title, line.status, line.verdict) == (task.title, row.status, row.verdict)
        assert line.unit == session.get_one(Unit, task.unit_id).name
        assert line.requester == session.get_one(Requester, task.requester_id).name
        assert line.cost_hours.likely == pytest.approx(row.cost_likely / 1_000_000)
        assert line.avoidable_hours == pytest.approx(row.avoidable_hours / 1_000_000)
        assert (line.level, line.cause, line.recommended) == (row.level, row.cause, row.recommended)


@pytest.mark.parametrize("value", [0, 5, -5, 2**63 - 1, -(2**63) + 1])
def test_a_cursor_is_read_back_as_it_was(value: int) -> None:
    for backwards in (False, True):
        cursor = Cursor(value, 12_345, backwards)

        assert Cursor.read(str(cursor)) == cursor


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "a",
        "a5",
        "a5.",
        "5.000000000001",
        "c5.000000000001",
        "a.000000000001",
        "ax.000000000001",
        "a5.00000000000",
        "a5.00000000000u",
        "a1.5.000000000001",
        f"a{2**63}.000000000001",
        f"a-{2**63}.000000000001",
        f"a{'9' * 5_000}.000000000001",
        "a\uff15.000000000001",
        "a\x00.000000000001",
        "a5.000000000001' OR 1=1--",
    ],
)
def test_a_malformed_cursor_is_invalid(malformed: str) -> None:
    with pytest.raises(Invalid) as refused:
        Cursor.read(malformed)

    assert (refused.value.field, refused.value.reason) == ("cursor", "unreadable")


def test_an_empty_organisation_has_an_empty_inventory(stock: Stock) -> None:
    with stock.database.writing_all() as session:
        empty = make.organisation(session, "empty")

        found = page(session, make.everything(session, empty), TaskFilter())
        session.rollback()

    assert found == InventoryPage((), 0, None, None)
