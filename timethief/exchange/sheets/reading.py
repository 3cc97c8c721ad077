"""A stranger's spreadsheet as tasks: read in a process of its own, then row by row from what that has written."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from timethief.domain.errors import Invalid
from timethief.domain.policy import Policy
from timethief.domain.sheet_tasks import Fault, SheetTask
from timethief.exchange.row_cells import Cell, DateCell, Formula, text_of
from timethief.exchange.sheets.staging import DATE, FORMULA
from timethief.exchange.task_rows import Header, RowReader, read_header

MOST_SECONDS = 120
"""By the clock, from start to end."""
_POLL_SECONDS = 0.05
Wait = Callable[[timedelta], None]
_FIELD = "file"


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that has been read.

    Attributes:
        file: what the reading process wrote.
        sheet: name of the sheet; empty for a file that has none.
        header_row: where the headings stand, counted from 1.
        header: which column is which.
        faults: of the headings; then no row is read.
        rows: how many there are.
    """

    file: Path
    sheet: str
    header_row: int
    header: Header
    faults: Sequence[Fault]
    rows: int

    def tasks(self, policy: Policy) -> Iterator[tuple[SheetTask | None, list[Fault]]]:
        """Each row as `timethief.exchange.task_rows.RowReader.read` tells it."""
        for task, faults, _ in self.tasks_with_words(policy, ()):
            yield task, faults

    def tasks_with_words(
        self, policy: Policy, columns: Sequence[str]
    ) -> Iterator[tuple[SheetTask | None, list[Fault], Mapping[str, str]]]:
        """As `tasks`; where something is wrong with a row also what stands in these columns, as far as that is right."""
        reader = RowReader(self.header, policy)
        for number, cells in _rows(self.file):
            task, faults = reader.read(number, cells)
            yield task, faults, self._words(cells, faults, columns) if faults else {}

    def _words(
        self, cells: Sequence[Cell], faults: Sequence[Fault], columns: Sequence[str]
    ) -> dict[str, str]:
        wrong = {fault.column for fault in faults}
        found = {}
        for column in columns:
            place = self.header.places.get(column)
            if place is not None and place < len(cells) and column not in wrong:
                with suppress(Invalid):
                    found[column] = text_of(cells[place], column)
        return found


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file that has been read.

    Attributes:
        sheet: name of the sheet; empty for a file that has none.
        header_row: where the headings stand, counted from 1.
        headings: the cells there.
        rows: place and cells of each row after them that holds something.
    """

    sheet: str
    header_row: int
    headings: Sequence[Cell]
    rows: Iterator[tuple[int, Sequence[Cell]]]


def table_of(staged: Path) -> Table:
    """The cells of a file, from what the reading process wrote."""
    first, _ = _ends(staged)
    headings = [_cell(each) for each in first["headings"]]
    return Table(first["sheet"], first["header_row"], headings, _rows(staged))


def unknown_headings(staged: Path) -> tuple[str, ...]:
    """Headings that are not known by their own words, whatever somebody has told of them."""
    table = table_of(staged)
    return read_header(table.headings)[0].unknown


def read_file(
    source: Path, target: Path, chosen: Mapping[str, str] | None = None, wait: Wait | None = None
) -> Staged:
    """Read a spreadsheet.

    Args:
        source: the file.
        target: where the reading process may write what it found.
        chosen: code by heading key, for headings that somebody has told the meaning of.
        wait: called while it is read, with the time since it began; what it raises ends the reading.

    Raises:
        Invalid: field `file`; as `timethief.exchange.sheets.files.opened`, or `file_damaged` where the process did
            not end by itself, `file_too_much` where it took too much time or memory.
    """
    if not _staged(source, target, [], wait) and not _staged(source, target, ["--slow"], wait):
        raise Invalid(_FIELD, "file_damaged")
    return read_again(target, chosen)


def read_again(target: Path, chosen: Mapping[str, str] | None = None) -> Staged:
    """What the reading process wrote once, by what is known of the headings now.

    Raises:
        Invalid: as `read_file`.
    """
    first, last = _ends(target)
    if "refused" in last:
        raise Invalid(_FIELD, last["refused"], **last["values"])
    header, faults = read_header(
        [_cell(each) for each in first["headings"]], chosen, first["header_row"]
    )
    if last["rows"] == 0:
        raise Invalid(_FIELD, "file_no_rows")
    return Staged(target, first["sheet"], first["header_row"], header, faults, last["rows"])


def _staged(source: Path, target: Path, options: list[str], wait: Wait | None) -> bool:
    """Whether the process read the file to its end, or told why not."""
    command = [sys.executable, "-m", "timethief.exchange.sheets.staging", str(source), str(target)]
    begun = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - our own module
        [*command, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            while process.poll() is None:
                passed = time.monotonic() - begun
                if passed > MOST_SECONDS:
                    raise Invalid(_FIELD, "file_too_much")
                if wait is not None:
                    wait(timedelta(seconds=passed))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_POLL_SECONDS)
        finally:
            process.kill()
    return process.returncode == 0


def _ends(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first and the last line of what was written."""
    with file.open("rb") as staged:
        first = staged.readline()
        staged.seek(0, 2)
        size = staged.tell()
        staged.seek(max(0, size - 4_096))
        last = staged.read().splitlines()[-1]
    return json.loads(first), json.loads(last)


def _rows(file: Path) -> Iterator[tuple[int, list[Cell]]]:
    with file.open(encoding="utf-8") as staged:
        next(staged)
        for line in staged:
            row = json.loads(line)
            if isinstance(row, list):
                number, cells = row
                # Only what is neither text nor number stands in braces; texts may hold some too.
                yield number, [_cell(each) for each in cells] if "{" in line else cells


def _cell(value: Any) -> Cell:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        plain: Cell = value
        return plain
    return Formula.WITHOUT_RESULT if FORMULA in value else DateCell(value[DATE])
