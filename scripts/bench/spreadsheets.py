"""Import and export of 100,000 tasks by the commands, beside the bare library on the same cells in the same run.

    .venv/bin/python -m scripts.bench.spreadsheets [--rows N]

Makes an installation of its own in a temporary folder.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook, load_workbook
from sqlalchemy import update

from scripts.bench.measure import ROOT, against
from timethief.config import read_config
from timethief.domain.import_runs import ImportState
from timethief.domain.vocabulary import OrganisationKind, Sector
from timethief.services.importing.undo import undo_import
from timethief.services.organisations import add_organisation, add_unit
from timethief.storage.database import Database
from timethief.storage.tables import Task, TaskImport

HEADINGS = (
    *("title", "description", "unit", "staff_category", "minutes", "minutes_low", "minutes_high"),
    *("times", "per", "people", "requester_level", "requester", "binding", "use1_beneficiary"),
    *("use1_purpose", "use1_in_use", "use1_worth_share", "signals", "achievable_minutes"),
    "external_id",
)
GOAL_IMPORT, GOAL_EXPORT, GOAL_CSV_IN, GOAL_CSV_OUT = 1.6, 1.4, 15_000, 40_000


def rows(count: int) -> Iterator[list[str | float]]:
    """Tasks as rows."""
    for number in range(count):
        yield [
            *(f"Uppgift nummer {number}", "Fylls i på papper och skrivs sedan in i två system"),
            *(f"E{number % 50}", "nurse", 5 + number % 50, 4 + number % 50, 9 + number % 50),
            *(1 + number % 5, "week", 1 + number % 30, "state", f"Myndighet {number % 40}"),
            *("law", "citizen", "safety", "believed", 0.25 * (number % 7), "paper; double_entry"),
            *(3 + number % 50, f"ref-{number}"),
        ]


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of the processor: what counts where others use the machine too."""

    clock: float
    processor: float

    def line(self, name: str, told: str = "") -> None:
        """Print it."""
        print(
            f"{name:<42}{self.clock:8.1f} s{self.processor:8.1f} s of the processor   {told}",
            flush=True,
        )

    def times(self, bare: Took) -> str:
        """How many times as long as the bare library it took."""
        return (
            f"{self.clock / bare.clock:.2f} times the bare library by the clock, "
            f"{self.processor / bare.processor:.2f} of the processor"
        )


def timed(name: str, command: list[str], environment: dict[str, str]) -> Took:
    """Run a command, and whatever processes it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run(command, check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    clock = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = Took(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    peak = after.ru_maxrss
    more = peak > before.ru_maxrss
    took.line(name, f"{peak / 1000:.0f} MB at most" if more else "no more memory than before")
    return took


@contextmanager
def clocked(name: str) -> Iterator[list[Took]]:
    """Times the block, in this process; the list holds what it took when the block has ended."""
    found: list[Took] = []
    clock, processor = time.perf_counter(), time.process_time()
    yield found
    found.append(Took(time.perf_counter() - clock, time.process_time() - processor))
    found[0].line(name)


def bare_read(file: Path) -> Took:
    """The library's streaming reader alone."""
    with clocked("openpyxl alone reads the rows") as took:
        book = load_workbook(file, read_only=True)
        for _ in book.worksheets[0].iter_rows(values_only=True):
            pass
    return took[0]


def bare_write(source: Path, target: Path) -> Took:
    """The library's write-only loop alone, on the cells of an export."""
    book = load_workbook(source, read_only=True)
    cells = list(book.worksheets[0].iter_rows(values_only=True))
    with clocked("openpyxl alone writes the same cells") as took:
        written = Workbook(write_only=True)
        sheet = written.create_sheet()
        for row in cells:
            sheet.append(row)
        written.save(target)
    return took[0]


def undoing(database: Database, organisation_id: int) -> None:
    """Everything that the organisation has, as if one import had brought it, taken back."""
    now = datetime.now(UTC)
    with database.writing(organisation_id) as session:
        made = TaskImport(
            organisation_id=organisation_id,
            file_name="",
            digest="",
            language="sv",
            state=ImportState.DONE.value,
            made_at=now,
        )
        session.add(made)
        session.flush()
        import_id = made.id
        session.execute(update(Task).values(import_id=import_id))
    with clocked("undoing all of it"), database.writing(organisation_id) as session:
        undo_import(session, None, organisation_id, import_id, now)


def measure(count: int, folder: Path) -> None:
    """Everything, in one run."""
    environment = {**os.environ, "TIMETHIEF_INSTANCE": str(folder / "instance")}
    environment.pop("TIMETHIEF_DATABASE_URL", None)
    # As in an installation: the modules are compiled once, not by each command.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")

    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "timethief", *arguments]

    def run(*arguments: str) -> None:
        subprocess.run(
            command(*arguments), check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
        )

    run("init")
    database = Database(read_config(environment).database_url)
    with database.writing_all() as session:
        made = {
            code: add_organisation(session, code, code, OrganisationKind.REGION, date.today())  # noqa: DTZ011
            for code in ("xlsx", "text")
        }
        for organisation_id in made.values():
            for number in range(50):
                add_unit(session, organisation_id, f"E{number}", f"Enhet {number}", Sector.CARE)
    database.close()
    workbook, text = folder / "tasks.xlsx", folder / "tasks.csv"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Uppgifter")
    sheet.append(list(HEADINGS))
    for row in rows(count):
        sheet.append(row)
    book.save(workbook)
    with text.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened, delimiter=";").writerows([HEADINGS, *rows(count)])
    bare = bare_read(workbook)
    took = timed(
        "import of xlsx", command("import", str(workbook), "--organisation", "xlsx"), environment
    )
    print(f"  {took.times(bare)}: {against(took.clock / bare.clock, GOAL_IMPORT)}")
    took = timed(
        "import of csv", command("import", str(text), "--organisation", "text"), environment
    )
    print(f"  {_rate(count, took)}: {against(count / took.clock, GOAL_CSV_IN, at_least=True)}")
    exported = folder / "out.xlsx"
    took = timed(
        "export to xlsx", command("export", str(exported), "--organisation", "xlsx"), environment
    )
    bare = bare_write(exported, folder / "bare.xlsx")
    print(f"  {took.times(bare)}: {against(took.clock / bare.clock, GOAL_EXPORT)}")
    took = timed(
        "export to csv",
        command("export", str(folder / "out.csv"), "--organisation", "xlsx"),
        environment,
    )
    print(f"  {_rate(count, took)}: {against(count / took.clock, GOAL_CSV_OUT, at_least=True)}")
    database = Database(read_config(environment).database_url)
    undoing(database, made["xlsx"])
    database.close()


def _rate(count: int, took: Took) -> str:
    return f"{count / took.clock:,.0f} rows/s, {count / took.processor:,.0f} of the processor"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        measure(given.rows, Path(folder))


if __name__ == "__main__":
    main()
