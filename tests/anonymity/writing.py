"""Anonymous reports for tests, and what can be found of them in a database's files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests import make
from timethief.domain.anonymity import ReportingMode
from timethief.domain.intake import ReportFacts
from timethief.services.anonymous import reports as anonymous_reports
from timethief.services.anonymous.receipts import receipt_hash
from timethief.storage.database import Database
from timethief.storage.scrubbing import scrub
from timethief.storage.tables import Organisation

SALT = "of the tests"


def place(database: Database, mode: ReportingMode = ReportingMode.ANONYMOUS) -> make.Place:
    """A small organisation that takes such reports."""
    with database.writing_all() as session:
        made = make.organisation(session)
        organisation = session.get_one(Organisation, made.organisation_id)
        organisation.reporting_mode = mode.value
        organisation.reporting_code = "orten-kod"
    return made


def send(
    database: Database,
    where: make.Place,
    receipt: str | None = None,
    **facts: Any,  # noqa: ANN401 - fields of the dataclass
) -> None:
    """One report."""
    told = ReportFacts(**{"title": "Skriver listan för hand", **facts})
    kept = None if receipt is None else receipt_hash(receipt, SALT)
    with database.writing(where.organisation_id) as session:
        anonymous_reports.send(session, where.organisation_id, told, make.key(), kept)


def files(database: Database) -> dict[str, bytes]:
    """Every byte of the database's own files: on PostgreSQL of the tables and indexes of this database."""
    if database.is_sqlite:
        file = Path(str(database.url.database))
        found = [file, *file.parent.glob(f"{file.name}-*")]
        return {each.name: each.read_bytes() for each in found}
    with database.engine.connect() as connection:
        folder = connection.execute(text("SHOW data_directory")).scalar_one()
        number = connection.execute(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        ).scalar_one()
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
    own = Path(folder) / "base" / str(number)
    return {each.name: each.read_bytes() for each in own.iterdir() if each.is_file()}


def holders_after_a_while(database: Database, marker: str) -> list[str]:
    """The files that hold the words although the tables have been written anew.

    A server that is busy with other tests keeps what was deleted for those who began before: then once more.
    """
    until = time.monotonic() + 60
    while (found := holders(database, marker)) and time.monotonic() < until:
        scrub(database, tasks=True)
    return found


def holders(database: Database, marker: str) -> list[str]:
    """The files that hold the words."""
    return [name for name, content in files(database).items() if marker.encode() in content]
