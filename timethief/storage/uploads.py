"""Files that somebody has sent in, and what is known of them while they are worked on. Kept for a day.

They lie in the instance folder under random names. Whether somebody works on one is told by a lock that the system
takes back when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.import_runs import Likeness, SimilarRow
from timethief.domain.sheet_tasks import Fault


def _wake_nobody(_uploads: Uploads) -> None:
    """For tests, and for whoever does the work at once."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work on a file has come.

    Attributes:
        state: of the import, that this is said of.
        rows: done in that state.
        percent: of the work in that state; it never falls.
    """

    state: str = ""
    rows: int = 0
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Uploads:
    """The folder of uploaded files.

    Attributes:
        folder: where they lie; the processes of the installation share it.
        database_url: of the installation, for the process that works on them.
        wake: sees to it that a process works on what waits.
        mail_from: address of the pages, that mail may lead to; empty where the installation sends none.
    """

    folder: Path
    database_url: str = field(repr=False)
    wake: Callable[[Uploads], None] = field(default=_wake_nobody, repr=False, compare=False)
    mail_from: str = ""

    def source(self, import_id: int) -> Path:
        """The file as it came. Its ending tells nothing: the reading library wants one."""
        return self._file(import_id, "xlsx")

    def staged(self, import_id: int) -> Path:
        """What the reading process found in it."""
        return self._file(import_id, "rows")

    def take_in(self, import_id: int, file: Path) -> None:
        """Make the file ours; it is no longer where it was."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self.source(import_id)
        shutil.move(file, target)
        target.chmod(0o600)

    def remove(self, import_id: int) -> None:
        """Delete the file, and all that is known of it."""
        for file in self.folder.glob(f"{to_text(import_id)}.*"):
            file.unlink(missing_ok=True)

    def identifiers(self) -> dict[int, datetime]:
        """Imports of which there are files, with when one of them was last written."""
        newest: dict[int, float] = {}
        for file in self.folder.glob("*.*") if self.folder.is_dir() else ():
            with suppress(NotFound, FileNotFoundError):
                import_id = from_text(file.name.partition(".")[0])
                newest[import_id] = max(newest.get(import_id, 0.0), file.stat().st_mtime)
        return {
            import_id: datetime.fromtimestamp(changed, UTC) for import_id, changed in newest.items()
        }

    def tell(self, import_id: int, progress: Progress) -> None:
        """Say how far the work has come. Not in the database, where it would wait for what it tells of."""
        furthest = self.progress(import_id)
        if furthest.state == progress.state:
            rows, percent = progress.rows, progress.percent
            progress = Progress(
                progress.state, max(rows, furthest.rows), max(percent, furthest.percent)
            )
        self._replace(import_id, "progress", [asdict(progress)])

    def progress(self, import_id: int) -> Progress:
        """How far the work has come."""
        for told in self._lines(import_id, "progress"):
            return Progress(**told)
        return Progress()

    def keep_faults(self, import_id: int, faults: Iterable[Fault]) -> None:
        """Keep every fault, to be shown and marked in the file."""
        self._replace(import_id, "faults", (_as_line(each) for each in faults))

    def faults(self, import_id: int, most: int | None = None) -> list[Fault]:
        """The first faults in the order of the rows, or all of them; none when the file is gone."""
        return [
            Fault(row, column, shown, Invalid(name, reason, **values))
            for row, column, shown, name, reason, values in islice(
                self._lines(import_id, "faults"), most
            )
        ]

    def keep_similar(self, import_id: int, rows: Iterable[SimilarRow]) -> None:
        """Keep which rows look like what exists."""
        self._replace(import_id, "similar", (asdict(each) for each in rows))

    def similar(self, import_id: int, most: int | None = None) -> list[SimilarRow]:
        """The first rows that look like what exists, or all of them; none when the file is gone."""
        return [
            SimilarRow(**{**each, "likeness": Likeness(each["likeness"])})
            for each in islice(self._lines(import_id, "similar"), most)
        ]

    @contextmanager
    def locked(self, name: str) -> Iterator[bool]:
        """Hold the lock of that name within the block, if nobody does; whether it is held.

        It ends with the process at the latest, so what is locked has somebody who lives.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / f"{name}.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _file(self, import_id: int, ending: str) -> Path:
        return self.folder / f"{to_text(import_id)}.{ending}"

    def _replace(self, import_id: int, ending: str, lines: Iterable[Any]) -> None:
        """Write whole or not at all: who reads meanwhile sees what stood there before."""
        target, new = self._file(import_id, ending), self._file(import_id, f"{ending}.new")
        with new.open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(json.dumps(line, default=str) + "\n")
        new.replace(target)

    def _lines(self, import_id: int, ending: str) -> Iterator[Any]:
        with (
            suppress(FileNotFoundError),
            self._file(import_id, ending).open(encoding="utf-8") as file,
        ):
            for line in file:
                yield json.loads(line)


def _as_line(fault: Fault) -> list[Any]:
    refusal = fault.refusal
    told = (fault.row, fault.column, fault.shown)
    return [*told, refusal.field, refusal.reason, refusal.values]
