"""Many rows at once: an import stores a hundred thousand tasks, each in five tables.

The statement is written once and the driver is given plain values, since for so many rows the library's own
preparing takes longer than the storing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Dialect, Float, Integer, Table
from sqlalchemy.orm import Session

from timethief.storage.binding import check_owned
from timethief.storage.tables import Base

_CACHE_KIB = 64 * 1024
"""Of the database while many rows come in: what does not fit in is written several times."""


def insert_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows into a table.

    Args:
        session: writing.
        table: which.
        rows: of each, every column by name.

    Raises:
        Unbound: a row belongs to another organisation than the session does.
    """
    put_in(session, table, ready_rows(session, table, rows))


def ready_rows(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    """Rows as the driver takes them, for `put_in`: made before others must wait for the storing.

    Args:
        session: tells which database it is for; reading will do.
        table: which.
        rows: of each, every column by name.
    """
    if not rows:
        return []
    plan = _plan(cast("Table", table.__table__), session.get_bind().dialect)
    columns: list[Sequence[Any]] = list(zip(*map(plan.pick, rows), strict=True))
    for place, convert in plan.converters:
        # The same few values stand there again and again.
        as_taken = {None: None} | {
            value: convert(value) for value in set(columns[place]) if value is not None
        }
        columns[place] = list(map(as_taken.__getitem__, columns[place]))
    return list(zip(*columns, strict=True))


@dataclass(frozen=True, slots=True)
class Template:
    """A row as the driver takes it, with gaps: most of what a hundred thousand rows hold is the same.

    Attributes:
        values: in the order of the columns.
        gaps: places of the columns that each row has values of its own for.
    """

    values: list[Any]
    gaps: tuple[int, ...]

    def filled(self, *own: Any) -> tuple[Any, ...]:  # noqa: ANN401 - values of any kind
        """A row with these values in the gaps."""
        row = self.values.copy()
        for place, value in zip(self.gaps, own, strict=True):
            row[place] = value
        return tuple(row)


def template(session: Session, table: type[Base], row: Mapping[str, Any], *gaps: str) -> Template:
    """A row with gaps.

    Args:
        session: tells which database it is for; reading will do.
        table: which.
        row: every other column by name.
        gaps: columns whose values the driver takes as they are: whole numbers and texts.
    """
    plan = _plan(cast("Table", table.__table__), session.get_bind().dialect)
    values = list(plan.pick({**dict.fromkeys(gaps), **row}))
    for place, convert in plan.converters:
        if values[place] is not None:
            values[place] = convert(values[place])
    return Template(values, tuple(plan.places[name] for name in gaps))


def put_in(session: Session, table: type[Base], rows: Sequence[tuple[Any, ...]]) -> None:
    """Put rows into a table.

    Args:
        session: writing.
        table: which.
        rows: from `ready_rows`.

    Raises:
        Unbound: a row belongs to another organisation than the session does.
    """
    if not rows:
        return
    connection = session.connection()
    plan = _plan(cast("Table", table.__table__), connection.dialect)
    if plan.owner is not None:
        owners = {row[plan.owner] for row in rows}
        check_owned(session, plan.table, [{"organisation_id": each} for each in owners])
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(plan.statement, list(rows))
    else:
        by_column = [list(column) for column in zip(*rows, strict=True)]
        connection.exec_driver_sql(plan.statement, tuple(by_column))


@contextmanager
def room_for_many(session: Session) -> Iterator[None]:
    """Let the database hold more in memory while many rows are changed in this block."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {before}")


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows get into a table.

    Attributes:
        statement: for all rows at once.
        places: of the columns by name.
        pick: a row's values in the order of the columns.
        converters: place of a column, and what makes of its values what the driver takes.
        owner: place of the column with the organisation; None where there is none.
    """

    table: Table
    statement: str
    places: Mapping[str, int]
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    converters: Sequence[tuple[int, Callable[[Any], Any]]]
    owner: int | None


@lru_cache(maxsize=100)
def _plan(table: Table, dialect: Dialect) -> _Plan:
    quoted = dialect.identifier_preparer
    columns = list(table.columns)
    names = ", ".join(quoted.quote(column.name) for column in columns)
    head = f"INSERT INTO {quoted.quote(table.name)} ({names})"
    converters: list[tuple[int, Callable[[Any], Any]]] = []
    for place, column in enumerate(columns):
        convert = column.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            converters.append((place, convert))
        elif dialect.name != "sqlite" and isinstance(column.type, (Float, Integer)):
            # The driver takes no list of whole and broken numbers together.
            converters.append((place, float if isinstance(column.type, Float) else int))
    if dialect.name == "sqlite":
        statement = f"{head} VALUES ({', '.join('?' for _ in columns)})"
    else:
        # COPY does not go together with row-level security; arrays come near to it.
        types = (column.type.compile(dialect) for column in columns)
        arrays = ", ".join(f"%s::{kind}[]" for kind in types)
        statement = f"{head} SELECT * FROM unnest({arrays})"  # noqa: S608 - names and types of our own
    places = {column.name: place for place, column in enumerate(columns)}
    owner = places.get("organisation_id")
    return _Plan(table, statement, places, itemgetter(*places), tuple(converters), owner)
