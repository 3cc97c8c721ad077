"""What all tables share: their kinds of columns, and how constraints are named.

Identifiers are random 60-bit numbers (`timethief.domain.identifiers`). Enumerations are stored by value.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from timethief.domain.identifiers import new_identifier

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
Code = String(64)
Name = String(200)


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite would give it back without its zone, PostgreSQL in the server's own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As it is stored: in UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As it was stored: in UTC."""
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it stands
        int: BigInteger,
        float: Float(53),
        str: Text,
        bool: Boolean,
        date: Date,
        datetime: Moment,
        uuid.UUID: Uuid,
        dict[str, Any]: JSON,
    }


class Owned:
    """A table whose rows each belong to one organisation."""

    @declared_attr
    def organisation_id(cls) -> Mapped[int]:  # noqa: N805 - of the class
        """Whose row it is."""
        return mapped_column(BigInteger)


class Shared:
    """A table whose rows belong to one organisation or, where that is empty, to the registers of all."""

    @declared_attr
    def organisation_id(cls) -> Mapped[int | None]:  # noqa: N805 - of the class
        """Whose row it is."""
        return mapped_column(BigInteger)


def identifier() -> Mapped[int]:
    """A random identifier as primary key."""
    # INTEGER in SQLite makes it the row's own place in the table, without a second index.
    kind = BigInteger().with_variant(Integer, "sqlite")
    return mapped_column(kind, primary_key=True, default=new_identifier, autoincrement=False)


def refers(target: str, *, index: bool = False) -> Mapped[int]:
    """A reference that is always there."""
    return mapped_column(BigInteger, ForeignKey(target), index=index)


def may_refer(target: str, *, index: bool = False) -> Mapped[int | None]:
    """A reference that may be missing."""
    return mapped_column(BigInteger, ForeignKey(target), index=index)
