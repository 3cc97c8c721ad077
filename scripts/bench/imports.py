"""An import of 100,000 tasks as the pages do it, from the upload to done, and what others notice meanwhile.

    .venv/bin/python -m scripts.bench.imports [--rows N] [--postgresql URL]

Makes an installation of its own in a temporary folder. While the process that works on imports reads and puts in,
somebody else opens pages and stores something small, again and again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from openpyxl import Workbook
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from scripts.bench.measure import Measured, against
from scripts.bench.spreadsheets import HEADINGS, bare_read, rows
from timethief.app import create_app
from timethief.config import Config, read_config
from timethief.domain.import_runs import BUSY, ImportState
from timethief.domain.people import Actor, Role
from timethief.domain.vocabulary import OrganisationKind, Sector
from timethief.queries.import_runs import ImportRun, import_run
from timethief.services import registers
from timethief.services.access import sessions
from timethief.services.importing import runs as import_runs
from timethief.services.importing.runner import uploads_of
from timethief.services.organisations import NewUser, add_organisation, add_unit, add_user
from timethief.storage.database import Database
from timethief.storage.schema import migrate
from timethief.web.gate import LOGIN_KEY

GOAL_PAGE, GOAL_IMPORT = 500.0, 1.6
_PAUSE = 0.05


def measure(count: int, folder: Path, address: str) -> None:
    """Import, and look over others' shoulders."""
    config = read_config({"TIMETHIEF_INSTANCE": str(folder / "instance")})
    config = replace(config, database_url=address or config.database_url)
    database = Database(config.database_url)
    migrate(database)
    importer, reader = _people(database)
    file = folder / "tasks.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Uppgifter")
    for row in (HEADINGS, *rows(count)):
        sheet.append(list(row))
    book.save(file)
    bare = bare_read(file)
    pages, writes = Measured("a page of somebody else"), Measured("a small write of somebody else")
    stop = Event()
    watchers = [
        Thread(target=_open_pages, args=(config, database, reader, pages, stop)),
        Thread(target=_write, args=(database, reader, writes, stop)),
    ]
    for each in watchers:
        each.start()
    begun = time.perf_counter()
    run = _import(config, database, importer, file)
    took = time.perf_counter() - begun
    stop.set()
    for each in watchers:
        each.join()
    print(f"{run.state}: {run.added} added in {took:.1f} s")
    print(f"  {took / bare:.2f} times the bare reading: {against(took / bare, GOAL_IMPORT)}")
    print(pages.line(GOAL_PAGE))
    print(writes.line())
    database.close()


def _people(database: Database) -> tuple[Actor, Actor]:
    with database.writing_all() as session:
        registers.load_registers(session)
        made = add_organisation(session, "ort", "Ort", OrganisationKind.REGION, date.today())  # noqa: DTZ011
        for number in range(50):
            add_unit(session, made, f"E{number}", f"Enhet {number}", Sector.CARE)
        found = []
        for name in ("anna", "bo"):
            new = NewUser(f"{name}@ort.example", name, Role.SUPPORT, None, None, None)
            user_id = add_user(session, made, new)
            found.append(Actor(user_id, made, Role.SUPPORT, None, None, name))
    return found[0], found[1]


def _import(config: Config, database: Database, actor: Actor, file: Path) -> ImportRun:
    uploads = uploads_of(config)
    with database.writing(actor.organisation_id) as session:
        import_id = import_runs.receive(session, uploads, actor, file.name, file, "sv", _now())

    def until_idle() -> ImportRun:
        told = ""
        begun = time.perf_counter()
        while True:
            with database.reading(actor.organisation_id) as session:
                run = import_run(session, uploads, actor, import_id, _now())
            if told != f"{run.state} {run.percent // 20}":
                told = f"{run.state} {run.percent // 20}"
                print(f"  {time.perf_counter() - begun:6.1f} s  {run.state} {run.percent} %")
            if run.state not in BUSY:
                return run
            time.sleep(0.2)

    if until_idle().state is ImportState.PREVIEW:
        with database.writing(actor.organisation_id) as session:
            import_runs.choose(session, uploads, actor, import_id, _now())
    return until_idle()


def _open_pages(
    config: Config, database: Database, reader: Actor, pages: Measured, stop: Event
) -> None:
    """Pages that themselves want to note that their reader is there."""
    client = create_app(config).test_client()
    with database.writing_all() as session:
        token = sessions.start(session, reader.user_id, _now(), sessions.Lifetimes())
    with client.session_transaction() as kept:
        kept[LOGIN_KEY] = token
    addresses = ("/inventory", "/dashboard", "/requesters")

    def look(number: int) -> None:
        answer = client.get(addresses[number % len(addresses)])
        if answer.status_code >= 400:  # noqa: PLR2004
            raise SystemExit(f"{addresses[number % len(addresses)]}: {answer.status}")

    _again(look, pages, stop)


def _write(database: Database, reader: Actor, writes: Measured, stop: Event) -> None:
    def write(_number: int) -> None:
        while True:
            try:
                with database.writing_all() as session:
                    # Also lets the next page want to note that its reader is there.
                    session.execute(
                        text("UPDATE user_session SET seen_at = started_at WHERE user_id = :id"),
                        {"id": reader.user_id},
                    )
            except OperationalError:
                print("  a small write was refused: the database was busy for 5 seconds")
            else:
                return

    _again(write, writes, stop)


def _again(act: Callable[[int], None], measured: Measured, stop: Event) -> None:
    number = 0
    while not stop.wait(_PAUSE):
        begun = time.perf_counter()
        act(number)
        measured.times.append((time.perf_counter() - begun) * 1_000)
        number += 1


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--postgresql", default="", help="address of an empty database to use")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        measure(given.rows, Path(folder), given.postgresql)


if __name__ == "__main__":
    main()
