"""Statements compiled once for all databases of a run, as a running service compiles them once for all pages.

SQLAlchemy keeps what it has compiled by engine and dialect, and nearly every test has a database of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from timethief.storage import database

STATEMENTS = 5_000


@contextmanager
def once() -> Iterator[None]:
    """Within the block all engines of a kind have one cache."""
    caches: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def create(*arguments: Any, **more: Any) -> Engine:  # noqa: ANN401 - as the library takes them
        engine = create_engine(*arguments, **more)
        engine._compiled_cache = caches
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", create)
        for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patch.setattr(kind, "__eq__", _equal)
            patch.setattr(kind, "__hash__", lambda dialect: hash(_way(dialect)))
        yield


def _equal(dialect: Dialect, other: object) -> bool:
    return isinstance(other, Dialect) and _way(dialect) == _way(other)


def _way(dialect: Dialect) -> tuple[object, ...]:
    """What decides how a dialect writes a statement."""
    return type(dialect), dialect.statement_compiler
