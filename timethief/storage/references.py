"""Which rows refer to a row, whatever table they stand in: tables that come later are asked too."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, cast

from sqlalchemy import Table, exists, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.storage.tables import Base

Reference = tuple[type[Base], InstrumentedAttribute[Any]]
"""A mapped class and its attribute that refers."""
_AT_ONCE = 500
"""Identifiers that are asked for by one query."""


def references_to(table: str) -> Iterator[Reference]:
    """Every reference to the identifiers of a table, in one order for all."""
    found: list[tuple[str, str, Reference]] = []
    for mapper in Base.registry.mappers:
        own = cast("Table", mapper.local_table)
        for column in own.columns:
            if any(key.column.table.name == table for key in column.foreign_keys):
                attribute = getattr(mapper.class_, mapper.get_property_by_column(column).key)
                found.append((own.name, column.name, (mapper.class_, attribute)))
    for _, _, reference in sorted(found, key=lambda each: each[:2]):
        yield reference


def is_referred_to(session: Session, table: str, identifier: int) -> bool:
    """Whether any row that the session can see refers to it."""
    return any(
        session.scalar(select(exists(select(attribute).where(attribute == identifier))))
        for _, attribute in references_to(table)
    )


def not_referred_to(session: Session, table: str, identifiers: Collection[int]) -> set[int]:
    """Those to which no row that the session can see refers."""
    free, waiting = set(identifiers), list(identifiers)
    for start in range(0, len(waiting), _AT_ONCE):
        part = waiting[start : start + _AT_ONCE]
        for _, attribute in references_to(table):
            free -= set(session.scalars(select(attribute).where(attribute.in_(part)).distinct()))
    return free


def point_at(
    session: Session, table: str, identifier: int, other: int, *, but: frozenset[str] = frozenset()
) -> None:
    """Let every row that refers to one refer to the other.

    Args:
        session: writing.
        table: whose identifiers they are.
        identifier: what is referred to now.
        other: what is referred to from now on.
        but: names of tables whose rows the caller sees to.
    """
    session.flush()
    for owner, attribute in references_to(table):
        if cast("Table", owner.__table__).name not in but:
            session.execute(
                update(owner).where(attribute == identifier).values({attribute: other}),
                execution_options={"synchronize_session": False},
            )
