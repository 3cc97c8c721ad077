"""The process that reads a stranger's spreadsheet: it may be killed, run out of memory or crash, and nothing is lost.

    python -m timethief.exchange.sheets.staging SOURCE TARGET [--slow]

Writes TARGET: a line of JSON with what the sheet is, a line for each row, and a last one with how many there were or
why the file cannot be used. Without that last line the reading did not end.
"""

from __future__ import annotations

import json
import resource
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from timethief.domain.errors import Invalid
from timethief.exchange.row_cells import Cell, Formula
from timethief.exchange.sheets.files import opened

MOST_MEMORY = 512 * 2**20
"""Bytes that the process may take, of addresses too."""
MOST_SECONDS = 60
"""Of the processor."""
DATE, FORMULA = "date", "formula"
"""Names in the objects that stand for cells that are neither text nor number."""


def stage(source: Path, target: Path, *, fast: bool) -> None:
    """Read the one and write the other."""
    with target.open("w", encoding="utf-8") as staged:
        last: dict[str, Any]
        try:
            last = {"rows": _copy(source, staged, fast=fast)}
        except Invalid as refusal:
            last = {"refused": refusal.reason, "values": refusal.values}
        staged.write(json.dumps(last) + "\n")


def _copy(source: Path, staged: Any, *, fast: bool) -> int:  # noqa: ANN401 - a text file
    count = 0
    with opened(source, fast=fast) as found:
        about = {"sheet": found.sheet, "header_row": found.header_row}
        staged.write(json.dumps(about | {"headings": _plain(found.headings)}) + "\n")
        for number, cells in found.rows:
            staged.write(_ROW([number, _plain(cells)]) + "\n")
            count += 1
    return count


_ROW = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: to make it takes as long as to write a row."""


def _plain(cells: Sequence[Cell]) -> list[Any]:
    return [
        value
        if value is None or isinstance(value, (str, int, float))
        else {FORMULA: ""}
        if isinstance(value, Formula)
        else {DATE: str(value)}
        for value in cells
    ]


def _refuse(*_: object, **__: object) -> NoReturn:
    message = "reading a file takes no network"
    raise PermissionError(message)


def confine() -> None:
    """Bound what the process can take, and take the network from it."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Both libraries read files and nothing else; should a part of one ever try, it meets this.
    socket.socket.connect = _refuse  # type: ignore[method-assign]
    socket.getaddrinfo = _refuse


def main() -> None:
    """Confine the process, then read."""
    source, target, *options = sys.argv[1:]
    confine()
    stage(Path(source), Path(target), fast="--slow" not in options)


if __name__ == "__main__":
    main()
