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
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook, load_workbook

from scripts.bench.measure import ROOT, against
from timethief.config import read_config
from timethief.domain.vocabulary import OrganisationKind, Sector
from timethief.services.organisations import add_organisation, add_unit
from timethief.storage.database import Database

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


def timed(name: str, command: list[str], environment: dict[str, str]) -> float:
    """Run a command; seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    begun = time.perf_counter()
    subprocess.run(command, check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    told = f"{peak / 1000:.0f} MB at most" if peak > before else "no more memory than before"
    print(f"{name:<42}{took:8.1f} s   {told}", flush=True)
    return took


def bare_read(file: Path) -> float:
    """The library's streaming reader alone."""
    begun = time.perf_counter()
    book = load_workbook(file, read_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    took = time.perf_counter() - begun
    print(f"{'openpyxl alone reads ' + str(count):<42}{took:8.1f} s", flush=True)
    return took


def bare_write(source: Path, target: Path) -> float:
    """The library's write-only loop alone, on the cells of an export."""
    book = load_workbook(source, read_only=True)
    cells = list(book.worksheets[0].iter_rows(values_only=True))
    begun = time.perf_counter()
    written = Workbook(write_only=True)
    sheet = written.create_sheet()
    for row in cells:
        sheet.append(row)
    written.save(target)
    took = time.perf_counter() - begun
    print(f"{'openpyxl alone writes the same cells':<42}{took:8.1f} s", flush=True)
    return took


def measure(count: int, folder: Path) -> None:
    """Everything, in one run."""
    environment = {**os.environ, "TIMETHIEF_INSTANCE": str(folder / "instance")}
    environment.pop("TIMETHIEF_DATABASE_URL", None)

    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "timethief", *arguments]

    def run(*arguments: str) -> None:
        subprocess.run(
            command(*arguments), check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
        )

    run("init")
    database = Database(read_config(environment).database_url)
    with database.writing_all() as session:
        for code in ("xlsx", "text"):
            made = add_organisation(session, code, code, OrganisationKind.REGION, date.today())  # noqa: DTZ011
            for number in range(50):
                add_unit(session, made, f"E{number}", f"Enhet {number}", Sector.CARE)
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
    print(f"  {took / bare:.2f} times the bare reading: {against(took / bare, GOAL_IMPORT)}")
    took = timed(
        "import of csv", command("import", str(text), "--organisation", "text"), environment
    )
    print(f"  {count / took:,.0f} rows/s: {against(count / took, GOAL_CSV_IN, at_least=True)}")
    exported = folder / "out.xlsx"
    took = timed(
        "export to xlsx", command("export", str(exported), "--organisation", "xlsx"), environment
    )
    bare = bare_write(exported, folder / "bare.xlsx")
    print(f"  {took / bare:.2f} times the bare writing: {against(took / bare, GOAL_EXPORT)}")
    took = timed(
        "export to csv",
        command("export", str(folder / "out.csv"), "--organisation", "xlsx"),
        environment,
    )
    print(f"  {count / took:,.0f} rows/s: {against(count / took, GOAL_CSV_OUT, at_least=True)}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        measure(given.rows, Path(folder))


if __name__ == "__main__":
    main()
