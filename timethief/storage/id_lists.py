"""Long lists of identifiers in a query: one value for all of them.

A placeholder for each of thousands takes longer to write down than the rows take to be found.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, column, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import TextualSelect

_QUERIES = {
    "sqlite": "SELECT value FROM json_each(:{name})",
    "postgresql": "SELECT unnest(CAST(:{name} AS BIGINT[])) AS value",
}


def dialect_of(session: Session) -> str:
    """Which database the session is of."""
    return session.get_bind().dialect.name


def identifiers_in(dialect: str, name: str) -> TextualSelect:
    """What a column is to be in; `name`: of the value, which is made by `as_value`."""
    return text(_QUERIES[dialect].format(name=name)).columns(column("value", BigInteger))


def as_value(dialect: str, identifiers: Iterable[int]) -> Any:  # noqa: ANN401 - as the database takes it
    """The identifiers as one value."""
    if dialect == "sqlite":
        return f"[{','.join(map(str, identifiers))}]"
    return list(identifiers)
