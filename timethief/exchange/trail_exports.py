"""The trail as files: CSV for a spreadsheet program, JSON for everything else. Written as the lines are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from timethief.exchange.sheets.formulas import inert
from timethief.i18n import TIME_ZONE, gettext
from timethief.queries.audit import TrailLine
from timethief.reports.audit import act_text, change_texts, reference_text, subject_text, who_text

MARK = b"\xef\xbb\xbf"
"""By it spreadsheet programs know UTF-8."""


def trail_csv(lines: Iterable[TrailLine]) -> Iterator[bytes]:
    """CSV in UTF-8 with its mark, semicolons between, every text in quotes, none of it a formula."""
    yield MARK
    yield _row(
        [
            gettext("Time"),
            gettext("Who"),
            gettext("Account"),
            gettext("Act"),
            gettext("Kind"),
            gettext("Which"),
            gettext("What changed"),
            gettext("Before"),
            gettext("After"),
            gettext("Line"),
        ]
    )
    for line in lines:
        yield _row(
            [
                line.happened_at.astimezone(TIME_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
                who_text(line.name, line.role),
                line.user_id,
                act_text(line.act),
                subject_text(line.subject),
                reference_text(line.subject, line.reference),
                "\n".join(change_texts(line.act, line.before, line.after)),
                _json(line.before) if line.before else "",
                _json(line.after) if line.after else "",
                line.id,
            ]
        )


def trail_json(lines: Iterable[TrailLine]) -> Iterator[bytes]:
    """One JSON array, an object for each line."""
    begin = b"[\n"
    for line in lines:
        yield begin + _json(asdict(line) | {"happened_at": line.happened_at.isoformat()}).encode()
        begin = b",\n"
    yield b"[]\n" if begin == b"[\n" else b"\n]\n"


def _row(values: list[str]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([inert(value) for value in values])
    return written.getvalue().encode()


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
