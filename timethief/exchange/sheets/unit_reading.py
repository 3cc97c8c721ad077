"""A stranger's list of units, read in a process of its own, as lists of tasks are (`exchange.sheets.staging`).

    python -m timethief.exchange.sheets.unit_reading

Takes the file on its input, and writes one line of JSON: the rows, or why the file cannot be used.
"""

from __future__ import annotations

import json
import subprocess
import sys

from timethief.domain.errors import Invalid
from timethief.exchange.sheets.staging import confine
from timethief.exchange.sheets.unit_cells import LARGEST_FILE, Row, read_rows

MOST_SECONDS = 30
"""By the clock. The request that waits for it holds a whole worker."""


def read_confined(content: bytes) -> list[Row]:
    """The rows of a file that hold something.

    Raises:
        Invalid: as `timethief.exchange.sheets.unit_cells.read_rows`; or field `file`, reason `file_too_much` where it
            took too much time, `file_damaged` where the process did not end by itself.
    """
    if len(content) > LARGEST_FILE:
        raise Invalid("file", "file_too_large", limit=LARGEST_FILE // 1_000)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "timethief.exchange.sheets.unit_reading"],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=MOST_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as late:
        raise Invalid("file", "file_too_much") from late
    except subprocess.CalledProcessError as fallen:
        raise Invalid("file", "file_damaged") from fallen
    found = json.loads(done.stdout)
    if "refused" in found:
        raise Invalid("file", found["refused"], **found["values"])
    return [Row(number, tuple(cells)) for number, cells in found["rows"]]


def main() -> None:
    """Confine the process, then read."""
    confine()
    try:
        rows = read_rows(sys.stdin.buffer.read())
    except Invalid as refusal:
        told: dict[str, object] = {"refused": refusal.reason, "values": refusal.values}
    else:
        told = {"rows": [[row.number, row.cells] for row in rows]}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
