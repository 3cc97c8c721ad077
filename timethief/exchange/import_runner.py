"""The process that works on imports: reads files, tells what is in them, puts them in, takes them back.

    python -m timethief.exchange.import_runner

Woken by whoever changes an import (`timethief.services.importing.runner`), it takes one after the other until none
waits. It may be killed at any point: its locks end with it, and the next one begins the step anew. Reading and
computing come after everything else that the processor has to do; only the one transaction of putting in, for which
others may have to wait, has their rank.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import to_text
from timethief.domain.import_runs import ImportState
from timethief.domain.intake import RequesterName
from timethief.domain.policy import Policy
from timethief.domain.sheet_tasks import Fault, SheetTask
from timethief.exchange.sheets.checking import checked
from timethief.exchange.sheets.reading import Staged, read_again, read_file, unknown_headings
from timethief.exchange.task_columns import BY_CODE
from timethief.exchange.task_rows import told_key
from timethief.queries.import_runs import remembered_columns
from timethief.queries.similar_rows import Rows
from timethief.reports import import_letters
from timethief.services.importing import steps as import_steps
from timethief.services.importing.letters import tell_of_slow_import
from timethief.services.importing.places import Places, places_of
from timethief.services.importing.steps import Counts, Step
from timethief.services.requesters import unknown_names
from timethief.storage.assumptions import policy_in_force
from timethief.storage.crash_points import crash_point
from timethief.storage.database import Database
from timethief.storage.uploads import Progress, Uploads

SLOTS = 2
"""So many of these processes work at once in an installation, whoever wakes them."""
_TELL_EVERY = 1.0
_READ = 40
"""Per cent of a preview that reading the file takes; the rest is checking its rows."""
_LIKELY_SIZE = 3
"""The bytes that the reading process writes for each byte of a file, roughly: only to tell how far it has come."""
_SLOT_SECONDS = 3.0


class _Unwanted(Exception):
    """Somebody has cancelled what is being worked on."""


def work(database: Database, uploads: Uploads) -> None:
    """Do all that waits and that nobody else works on."""
    given_up: set[int] = set()
    while _round(database, uploads, given_up):
        pass


def _round(database: Database, uploads: Uploads, given_up: set[int]) -> bool:
    """Take each import that waits one step further; whether there was any."""
    worked = False
    for import_id, organisation_id in import_steps.due(database):
        if import_id in given_up:
            continue
        with uploads.locked(to_text(import_id)) as ours:
            if not ours:
                continue
            try:
                worked = _one(database, uploads, organisation_id, import_id) or worked
            except import_steps.AWAY:
                # The database is busy or away: it stays as it stands, and whoever is woken next tries again.
                given_up.add(import_id)
    return worked


def _one(database: Database, uploads: Uploads, organisation_id: int, import_id: int) -> bool:
    with ExitStack() as held:
        step = import_steps.peek(database, organisation_id, import_id)
        if step in import_steps.ONE_AT_A_TIME and not held.enter_context(
            uploads.locked(place_of(database, organisation_id))
        ):
            return False
        claimed = import_steps.claim(database, organisation_id, import_id, _now())
        if claimed is None:
            return False
        crash_point("import.claimed")
        _Work(database, uploads, claimed).do()
        return True


def place_of(database: Database, organisation_id: int) -> str:
    """Name of the lock that who puts in holds: SQLite lets one write in all of the installation."""
    return f"putting-in-{'all' if database.is_sqlite else to_text(organisation_id)}"


class _Work:
    """One step of one import."""

    def __init__(self, database: Database, uploads: Uploads, step: Step) -> None:
        self.database = database
        self.uploads = uploads
        self.step = step
        self._told_at = 0.0

    def do(self) -> None:
        """Do it; what goes wrong is written down."""
        does = {
            ImportState.READING: lambda: import_steps.humbly(self._read),
            ImportState.IMPORTING: self._put_in,
            ImportState.UNDOING: self._take_back,
        }
        try:
            does[self.step.state]()
        except _Unwanted:
            pass
        except Invalid as refusal:
            import_steps.note_refused(self.database, self.step, refusal, _now())
        except import_steps.AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - a file that nobody thought of must not stop the others
            import_steps.note_failed(self.database, self.step, error, _now())
        if self.uploads.mail_from and self.step.state is not ImportState.UNDOING:
            self._tell_by_mail()
        if not import_steps.is_known(self.database, self.step):
            self.uploads.remove(self.step.import_id)

    def _tell_by_mail(self) -> None:
        """Tell who may have stopped waiting."""
        link = f"{self.uploads.mail_from}/imports/{to_text(self.step.import_id)}"

        def write(state: ImportState, name: str) -> tuple[str, str] | None:
            if state not in import_letters.STATES:
                return None
            letter = import_letters.import_letter(state, name, link)
            return letter.subject, letter.text

        with self.database.writing(self.step.organisation_id) as session:
            tell_of_slow_import(session, self.step.import_id, write, _now())

    def _tell(self, rows: int, percent: float) -> None:
        """Say how far it has come, once a second, and end where it is no longer wanted."""
        moment = time.monotonic()
        if moment - self._told_at < _TELL_EVERY:
            return
        self._told_at = moment
        told = Progress(self.step.state.value, rows, int(percent))
        self.uploads.tell(self.step.import_id, told)
        if self.step.state is ImportState.READING and not import_steps.is_still(
            self.database, self.step
        ):
            raise _Unwanted

    # Reading

    def _read(self) -> None:
        with self.database.reading(self.step.organisation_id) as session:
            known = remembered_columns(session)
        staged = self._staged(known)
        crash_point("import.read")
        unknown = {told_key(heading): heading for heading in unknown_headings(staged.file)}
        about = {
            "sheet": staged.sheet,
            "header_row": staged.header_row,
            "unknown": [{"key": key, "heading": text} for key, text in unknown.items()],
        }
        self.uploads.keep_faults(self.step.import_id, staged.faults)
        unasked = unknown.keys() - known.keys()
        if staged.faults or (unasked and not self.step.mapped):
            state = ImportState.COLUMNS if unknown else ImportState.REFUSED
            import_steps.note_columns(self.database, self.step, about, staged.rows, state=state)
            return
        counts = self._preview(staged)
        import_steps.note_preview(self.database, self.step, about, counts)
        crash_point("import.previewed")

    def _staged(self, known: dict[str, str]) -> Staged:
        source = self.uploads.source(self.step.import_id)
        target = self.uploads.staged(self.step.import_id)
        seen = _Lines(target)
        likely = max(1, source.stat().st_size * _LIKELY_SIZE)

        def wait(_passed: timedelta) -> None:
            rows, size = seen.so_far()
            self._tell(rows, _READ * min(1.0, size / likely))

        return read_file(source, target, _codes(known), wait)

    def _preview(self, staged: Staged) -> Counts:
        policy, places = self._known()
        rows = Rows(places.units)
        right = wrong = 0
        asking: dict[RequesterName, None] = {}

        def faults() -> Iterator[Fault]:
            nonlocal right, wrong
            for number, (task, found) in enumerate(checked(staged, policy, places), start=1):
                yield from found
                if task is not None:
                    rows.add(task)
                    asking[RequesterName(task.requester, task.level)] = None
                    right += 1
                elif found:
                    wrong += 1
                self._tell(staged.rows, _READ + (100 - _READ) * number / staged.rows)

        self.uploads.keep_faults(self.step.import_id, faults())
        with self.database.reading(self.step.organisation_id) as session:
            similar = rows.similar(session)
            unknown = unknown_names(session, self.step.organisation_id, asking)
        self.uploads.keep_similar(self.step.import_id, similar)
        return Counts(right, wrong, staged.rows - right - wrong, len(similar), unknown)

    def _known(self) -> tuple[Policy, Places]:
        organisation_id = self.step.organisation_id
        with self.database.reading(organisation_id) as session:
            return policy_in_force(session, organisation_id), places_of(session, organisation_id)

    # Putting in and taking back

    def _put_in(self) -> None:
        """Put in what is right by what its words mean now: that may have changed since the preview."""
        with self.database.reading(self.step.organisation_id) as session:
            known = remembered_columns(session)
        staged = read_again(self.uploads.staged(self.step.import_id), _codes(known))
        policy, places = self._known()

        def tasks() -> Iterator[SheetTask]:
            return (task for task, _ in checked(staged, policy, places) if task is not None)

        def progress(rows: int) -> None:
            self._tell(rows, 100 * rows / max(1, self.step.rows))

        import_steps.put_in(self.database, self.step, tasks, progress, _now())

    def _take_back(self) -> None:
        import_steps.take_back(self.database, self.step, _now())


def _codes(known: Mapping[str, str]) -> dict[str, str]:
    """The headings that stand for a column."""
    return {key: code for key, code in known.items() if code in BY_CODE}


class _Lines:
    """Counts the lines of a file while it is being written."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines = 0
        self._size = 0

    def so_far(self) -> tuple[int, int]:
        """Lines and bytes."""
        try:
            with self._file.open("rb") as content:
                content.seek(self._size)
                while part := content.read(2**20):
                    self._lines += part.count(b"\n")
                    self._size += len(part)
        except FileNotFoundError:
            pass
        return max(0, self._lines - 1), self._size


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Take one of the slots, and work."""
    uploads = Uploads(
        Path(os.environ["TIMETHIEF_UPLOADS"]),
        os.environ["TIMETHIEF_DATABASE_URL"],
        mail_from=os.environ.get("TIMETHIEF_UPLOADS_MAIL_FROM", ""),
    )
    until = time.monotonic() + _SLOT_SECONDS
    while time.monotonic() < until:
        for slot in range(SLOTS):
            with uploads.locked(f"runner-{slot}") as ours:
                if ours:
                    with closing(Database(uploads.database_url)) as database:
                        work(database, uploads)
                    return
        # Whoever holds the slots may just have looked for the last time.
        time.sleep(0.2)


if __name__ == "__main__":
    main()
