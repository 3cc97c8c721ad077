"""Keeps organisations apart, the first layer: a session of an organisation asks for its rows and no others.

Every query of mapped classes gets the organisation as a condition on each table that it names, in joins and
subqueries too. What cannot be given one (plain SQL, tables by themselves) is refused, unless it says what binds
it. What is added must belong to the organisation. The second layer is `timethief.storage.row_security`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Insert, Table, TextClause, event, or_
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    Session,
    SessionTransaction,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors

from timethief.storage import row_security
from timethief.storage.tables import Base, Organisation
from timethief.storage.tables.base import Owned, Shared

BOUND_BY = "timethief_bound_by"
"""Execution option of a statement that the session cannot bind: names what binds it instead."""


class Unbound(Exception):
    """A query that is not bound to the session's organisation: a fault of ours, never the user's."""


@lru_cache(maxsize=1_000)
def _conditions(organisation_id: int) -> tuple[LoaderCriteriaOption, ...]:
    """What every query of the organisation gets beside its own conditions."""
    return (
        with_loader_criteria(
            Owned, lambda table: table.organisation_id == organisation_id, include_aliases=True
        ),
        with_loader_criteria(
            Shared,
            lambda table: or_(
                table.organisation_id == organisation_id, table.organisation_id.is_(None)
            ),
            include_aliases=True,
        ),
        with_loader_criteria(
            Organisation, Organisation.id == organisation_id, include_aliases=True
        ),
    )


class OrganisationSession(Session):
    """A session that reads and writes the rows of one organisation."""

    def __init__(self, bind: Any, organisation_id: int, **options: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(bind, **options)
        self.organisation_id = organisation_id
        self.conditions = _conditions(organisation_id)


class InstallationSession(Session):
    """A session over all organisations: for log-in, commands and checks."""


@cache
def _keyed() -> frozenset[str]:
    """The tables whose rows belong to an organisation."""
    return frozenset(
        cast("Table", mapper.local_table).name
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, (Owned, Shared, Organisation))
    )


@event.listens_for(OrganisationSession, "do_orm_execute")
def _bind(state: ORMExecuteState) -> None:
    session = cast("OrganisationSession", state.session)
    statement = state.statement
    if BOUND_BY in state.execution_options:
        return
    if isinstance(statement, TextClause):
        message = "plain SQL is bound by nothing"
        raise Unbound(message)
    if isinstance(statement, Insert):
        _check_rows(statement, state.parameters, session.organisation_id)
    elif state.is_orm_statement:
        state.statement = statement.options(*session.conditions)
    else:
        _check_tables(visitors.iterate(cast("Any", statement)))


def _check_tables(parts: Iterable[Any]) -> None:
    """Nothing but tables that belong to nobody may be asked for outside the mapped classes."""
    named = {part.name for part in parts if isinstance(part, Table)}
    if named & _keyed():
        message = f"ask for the mapped classes of {sorted(named & _keyed())}"
        raise Unbound(message)


def _check_rows(statement: Insert, parameters: Any, organisation_id: int) -> None:  # noqa: ANN401 - rows of any kind
    if isinstance(statement.table, Table):
        rows = parameters if isinstance(parameters, list) else [parameters or {}]
        _check_owners(statement.table, rows, organisation_id)


def check_owned(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuse rows that are put in past the session, if one belongs to another organisation than the session.

    Raises:
        Unbound: one does.
    """
    if isinstance(session, OrganisationSession):
        _check_owners(table, rows, session.organisation_id)


def _check_owners(table: Table, rows: Sequence[Mapping[str, Any]], organisation_id: int) -> None:
    if table.name not in _keyed():
        return
    given = {row.get("organisation_id") for row in rows}
    if given != {organisation_id}:
        message = f"a row of {table.name} belongs to another organisation, or does not say to which"
        raise Unbound(message)


@event.listens_for(OrganisationSession, "before_flush")
def _check_objects(session: OrganisationSession, *_: object) -> None:
    for each in (*session.new, *session.dirty):
        if isinstance(each, (Owned, Shared)):
            owner = each.organisation_id
        elif isinstance(each, Organisation):
            owner = each.id
        else:
            continue
        if owner != session.organisation_id:
            message = f"a row of {type(each).__name__} belongs to another organisation"
            raise Unbound(message)


@event.listens_for(OrganisationSession, "after_begin")
def _take_on_the_organisation(
    session: OrganisationSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    _take_on(connection, row_security.ORGANISATION_ROLE, str(session.organisation_id))


@event.listens_for(InstallationSession, "after_begin")
def _take_on_the_installation(
    _session: InstallationSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    _take_on(connection, row_security.INSTALLATION_ROLE, "")


def _take_on(connection: Connection, role: str, organisation: str) -> None:
    """For this transaction only: a pooled connection passes nothing on."""
    if connection.dialect.name == "sqlite":
        return
    # As the driver takes it: this goes before every transaction.
    connection.exec_driver_sql(
        "SELECT set_config('role', %s, true), set_config(%s, %s, true)",
        (role, row_security.SETTING, organisation),
    )
