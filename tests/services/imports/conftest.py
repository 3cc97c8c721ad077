"""What tests of imports need: an organisation, somebody who imports, and a folder for files."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests import make
from tests.exchange.test_sheet_files import HEADINGS, MORE
from timethief.domain.import_runs import ImportState
from timethief.domain.people import Actor, Role
from timethief.exchange import import_runner
from timethief.queries.import_runs import ImportRun, import_run
from timethief.services.importing import runs as import_runs
from timethief.storage.database import Database
from timethief.storage.tables import Task, TaskImport
from timethief.storage.uploads import Uploads

ROW = ("Fyller i listan", "Avdelning 1", "nurse", 10, 1, "week", 3, "state", "Skolverket")
ALL_HEADINGS = (*HEADINGS, *MORE, "external_id")


def row(number: int, **changes: Any) -> tuple[Any, ...]:  # noqa: ANN401 - cells of any kind
    """A row that can be imported."""
    cells = dict(zip(ALL_HEADINGS, (*ROW, ""), strict=True))
    return tuple((cells | {"title": f"Fyller i lista {number}"} | changes).values())


def table(*rows: Sequence[Any], headings: Sequence[str] = ALL_HEADINGS) -> bytes:
    """The rows as a file."""
    return "\n".join(";".join(str(cell) for cell in each) for each in (headings, *rows)).encode()


@dataclass
class House:
    """An organisation into which the test imports."""

    database: Database
    folder: Path
    place: make.Place
    actor: Actor
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def uploads(self) -> Uploads:
        """Wakes nobody: the test does the work itself."""
        url = self.database.url.render_as_string(hide_password=False)
        return Uploads(self.folder / "uploads", url)

    def send(self, content: bytes | Path, name: str = "lista.csv", by: Actor | None = None) -> int:
        """Somebody sends a file; nobody has read it yet."""
        file = content if isinstance(content, Path) else self.folder / "sent"
        if isinstance(content, bytes):
            file.write_bytes(content)
        actor = by or self.actor
        with self.database.writing(actor.organisation_id) as session:
            return import_runs.receive(session, self.uploads, actor, name, file, "sv", self.now)

    def work(self) -> None:
        """Do all that waits."""
        import_runner.work(self.database, self.uploads)
        with self.database.reading_all() as session:
            for about in session.scalars(select(TaskImport.about)):
                assert about.get("error", "NotAllowed").startswith("NotAllowed")

    def die_at(self, point: str) -> None:
        """Do the work in a process that is killed at the point."""
        child = os.fork()
        if child == 0:
            os.environ["TIMETHIEF_TEST_CRASH_POINT"] = point
            try:
                import_runner.work(Database(self.uploads.database_url), self.uploads)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"{point} is never reached"
        assert os.WTERMSIG(status) == signal.SIGKILL

    def previewed(self, content: bytes, by: Actor | None = None) -> int:
        """A file that has been read and waits for the choice."""
        import_id = self.send(content, by=by)
        self.work()
        assert self.run(import_id, by).state is ImportState.PREVIEW
        return import_id

    def imported(self, content: bytes, by: Actor | None = None) -> int:
        """A file that has been put in."""
        import_id = self.previewed(content, by)
        self.choose(import_id, by)
        self.work()
        return import_id

    def choose(self, import_id: int, by: Actor | None = None) -> None:
        actor = by or self.actor
        with self.database.writing(actor.organisation_id) as session:
            import_runs.choose(session, self.uploads, actor, import_id, self.now)

    def cancel(self, import_id: int, by: Actor | None = None) -> None:
        actor = by or self.actor
        with self.database.writing(actor.organisation_id) as session:
            import_runs.cancel(session, self.uploads, actor, import_id, self.now)

    def undo(self, import_id: int, by: Actor | None = None) -> None:
        actor = by or self.actor
        with self.database.writing(actor.organisation_id) as session:
            import_runs.undo(session, self.uploads, actor, import_id, self.now)

    def map_columns(self, import_id: int, mapping: dict[str, str], by: Actor | None = None) -> None:
        actor = by or self.actor
        with self.database.writing(actor.organisation_id) as session:
            import_runs.map_columns(session, self.uploads, actor, import_id, mapping, self.now)

    def run(self, import_id: int, by: Actor | None = None) -> ImportRun:
        actor = by or self.actor
        with self.database.reading(actor.organisation_id) as session:
            return import_run(session, self.uploads, actor, import_id, self.now)

    def stands(self, import_id: int) -> TaskImport:
        """The row itself."""
        with self.database.reading_all() as session:
            return session.get_one(TaskImport, import_id)

    def titles(self) -> list[str]:
        """The inventory."""
        with self.database.reading(self.place.organisation_id) as session:
            return sorted(session.scalars(select(Task.title)))

    def person(self, role: Role, name: str) -> Actor:
        """Somebody else of the organisation."""
        with self.database.writing(self.place.organisation_id) as session:
            return make.actor(session, self.place, role, name)

    def stranger(self) -> Actor:
        """Somebody with every right in another organisation."""
        with self.database.writing_all() as session:
            other = make.organisation(session, "other")
            return make.actor(session, other, Role.SUPPORT, "Olle")

    def later(self, **passed: float) -> House:
        """The same house, when that time has passed."""
        self.now += timedelta(**passed)
        return self


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """An organisation with somebody who imports."""
    with database.writing_all() as session:
        place = make.organisation(session)
        actor = make.actor(session, place, Role.SUPPORT, "Anna")
    return House(database, tmp_path, place, actor)
