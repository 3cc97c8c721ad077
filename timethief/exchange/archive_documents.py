"""What an organisation owns as a zip of open formats, written while it is read.

For each table one CSV file for people (semicolons, decimal comma, UTF-8 with its mark, no formulas) and one file of
JSON Lines for programs, which holds the same exactly. With them a text that explains every column, and checksums.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any, cast

from timethief.exchange.sheets.formulas import inert
from timethief.i18n import TIME_ZONE, gettext, moment
from timethief.queries.archive import Handed, Value
from timethief.queries.stored_data import StoredTable

_LINES_AT_ONCE = 500
MARK = b"\xef\xbb\xbf"
CHECKSUMS = "checksums.sha256"
RowsOf = Callable[[Handed], Iterator[tuple[Value, ...]]]


class _Sink(io.RawIOBase):
    """Where the zip is written to: whatever has come is taken out and sent."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - bytes of any kind
        """Keep what comes until it is taken."""
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        """What has come since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def archive(
    rows_of: RowsOf,
    organisation: str,
    handed: tuple[Handed, ...],
    left_out: tuple[StoredTable, ...],
    now: datetime,
) -> Iterator[bytes]:
    """The zip, part by part.

    Args:
        rows_of: reads the rows of a table, all of one moment.
        organisation: name.
        handed: the tables.
        left_out: tables that are not there, for the explanation.
        now: time of the making.
    """
    sink, sums = _Sink(), list[str]()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED) as packed:
        readme = _readme(organisation, handed, left_out, now).encode()
        yield from _member(packed, sink, sums, gettext("README.txt"), iter([MARK, readme]), now)
        for each in handed:
            for folder, kind, write in (("csv", "csv", _csv), ("json", "jsonl", _json_lines)):
                name = f"{folder}/{each.table.name}.{kind}"
                yield from _member(packed, sink, sums, name, write(rows_of, each), now)
        listed = "".join(sums).encode()
        yield from _member(packed, sink, [], CHECKSUMS, iter([listed]), now)
    yield sink.take()


def _member(
    packed: zipfile.ZipFile,
    sink: _Sink,
    sums: list[str],
    name: str,
    parts: Iterator[bytes],
    now: datetime,
) -> Iterator[bytes]:
    made = now.astimezone(TIME_ZONE)
    info = zipfile.ZipInfo(name, made.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    sha256 = hashlib.sha256()
    with packed.open(info, "w", force_zip64=True) as member:
        for part in parts:
            sha256.update(part)
            member.write(part)
            if sent := sink.take():
                yield sent
    sums.append(f"{sha256.hexdigest()}  {name}\n")
    yield sink.take()


def _csv(rows_of: RowsOf, handed: Handed) -> Iterator[bytes]:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(handed.columns)
    yield MARK
    for number, row in enumerate(rows_of(handed), start=1):
        writer.writerow([_cell(value) for value in row])
        if number % _LINES_AT_ONCE == 0:
            yield _taken(written)
    yield _taken(written)


def _taken(written: io.StringIO) -> bytes:
    text = written.getvalue()
    written.seek(0)
    written.truncate()
    return text.encode()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return repr(value).replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return inert(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _json_lines(rows_of: RowsOf, handed: Handed) -> Iterator[bytes]:
    lines: list[str] = []
    for row in rows_of(handed):
        lines.append(
            json.dumps(dict(zip(handed.columns, row, strict=True)), ensure_ascii=False) + "\n"
        )
        if len(lines) == _LINES_AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def _readme(
    organisation: str,
    handed: tuple[Handed, ...],
    left_out: tuple[StoredTable, ...],
    now: datetime,
) -> str:
    title = gettext("Taken out of Timethief for %(organisation)s", organisation=organisation)
    lines = [
        *(title, "=" * len(title), "", moment(now), ""),
        gettext("Each table is there twice, with the same rows."),
        gettext(
            "csv/: for spreadsheet programs. UTF-8, semicolons between the columns, decimal comma, 1 for yes and 0 for "
            "no. An apostrophe stands before text that a spreadsheet program would take for a formula."
        ),
        gettext("json/: for other programs. One JSON object a line, in UTF-8, exactly as stored."),
        gettext("Times are in UTC. Identifiers of twelve signs are those that stand in addresses."),
        gettext(
            "%(file)s holds the SHA-256 checksum of each file: sha256sum -c %(file)s",
            file=CHECKSUMS,
        ),
        "",
    ]
    for each in handed:
        lines += [each.table.name, "-" * len(each.table.name), each.table.meaning, ""]
        width = max(len(name) for name in each.columns)
        lines += [
            f"  {column.name:<{width}}  {column.meaning}"
            for column in each.table.columns
            if not column.secret
        ]
        lines.append("")
    hidden = [
        f"  {each.table.name}.{column.name}"
        for each in handed
        for column in each.table.columns
        if column.secret
    ]
    if hidden:
        lines += [gettext("Left out, since it opens something or is emptied:"), *hidden, ""]
    if left_out:
        lines += [gettext("Tables that are not here:")]
        lines += [f"  {table.name}: {table.left_out}" for table in left_out] + [""]
    return "\r\n".join(lines)
