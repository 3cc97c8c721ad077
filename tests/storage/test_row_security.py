from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, select
from sqlalchemy.exc import ProgrammingError

from tests import make
from timethief.storage import row_security
from timethief.storage.database import Database, writable
from timethief.storage.schema import is_current, migrate
from timethief.storage.tables import Task

ROLES = (row_security.ORGANISATION_ROLE, row_security.INSTALLATION_ROLE)


@dataclass(frozen=True)
class Server:
    """A database as a careful administrator sets it up: one user owns it, another one serves the pages."""

    owner: str
    service: str


@pytest.fixture
def server(postgresql_url: str) -> Iterator[Server]:
    name = uuid.uuid4().hex[:12]
    owner, service = f"owner_{name}", f"service_{name}"
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        for each in (owner, service):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD 'x'").format(sql.Identifier(each))
            )
            for role in ROLES:
                admin = sql.SQL(" WITH ADMIN OPTION" if each == owner else "")
                connection.execute(
                    sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(each))
                    + admin
                )
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
        )
    url = make_url(postgresql_url).set(database=name, password="x")
    yield Server(
        owner=url.set(username=owner).render_as_string(hide_password=False),
        service=url.set(username=service).render_as_string(hide_password=False),
    )
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        for each in (owner, service):
            connection.execute(f'DROP ROLE "{each}"'.encode())


def test_a_user_who_owns_nothing_serves_what_another_has_migrated(server: Server) -> None:
    owner = Database(server.owner)
    migrate(owner)
    owner.close()
    service = Database(server.service)

    assert is_current(service)
    with service.writing_all() as session:
        places = [make.organisation(session, code) for code in ("egna", "andra")]
        tasks = [make.task(session, place) for place in places]
    with service.reading(places[0].organisation_id) as session:
        assert session.scalars(select(Task.id)).all() == tasks[:1]
    service.close()


def test_the_user_who_serves_cannot_change_the_schema(server: Server) -> None:
    owner = Database(server.owner)
    migrate(owner)
    owner.close()
    service = Database(server.service)

    with (
        pytest.raises(ProgrammingError, match="must be owner"),
        writable(service.engine).begin() as connection,
    ):
        connection.exec_driver_sql("ALTER TABLE task DISABLE ROW LEVEL SECURITY")
    service.close()


def test_the_owner_is_shown_nothing_without_a_role(server: Server) -> None:
    owner = Database(server.owner)
    migrate(owner)
    with owner.writing_all() as session:
        make.task(session, make.organisation(session))

    with owner.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM task").scalar_one()

    assert found == 0
    owner.close()
