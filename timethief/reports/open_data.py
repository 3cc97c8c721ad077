"""What may be open to all, as the tables that are shown before anybody uses the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from timethief.domain.open_data import OpenFigure, OpenPart
from timethief.domain.vocabulary import Cause, Level, Verdict
from timethief.i18n import gettext
from timethief.queries.open_data import FLAGGED, NOT_FLAGGED, OpenData
from timethief.reports.labels import label
from timethief.reports.tables import Column, Figure, Table, as_count, as_estimate

_INDENT = "\u2003"


def part_name(found: OpenData, key: str) -> str:
    """What a part is called, in the language in use."""
    if key == FLAGGED:
        return gettext("Time thieves")
    if key == NOT_FLAGGED:
        return gettext("No time thief")
    if key == "all":
        return gettext("All tasks")
    for kind, codes in (("level", Level), ("verdict", Verdict), ("cause", Cause)):
        if key in set(codes):
            return label(kind, key)
    return found.names[key]


def open_tables(found: OpenData) -> Sequence[Table]:
    """A table of each view that holds anything."""
    views = (
        (gettext("By who asks for it"), found.requesters),
        (gettext("By verdict"), found.verdicts),
        (gettext("Time thieves by cause"), found.causes),
        (gettext("By unit"), found.units),
    )
    return tuple(_table(found, caption, part) for caption, part in views if part is not None)


def _table(found: OpenData, caption: str, part: OpenPart) -> Table:
    return Table(
        caption,
        (
            Column(gettext("Part")),
            Column(gettext("Tasks"), numeric=True),
            Column(gettext("Hours a year"), numeric=True),
            Column(gettext("Kronor a year"), numeric=True),
        ),
        tuple(_rows(found, part, 0)),
    )


def _rows(found: OpenData, part: OpenPart, depth: int) -> Iterator[tuple[str | Figure, ...]]:
    yield _row(_INDENT * depth + part_name(found, part.key), part.figure)
    for each in part.parts:
        yield from _rows(found, each, depth + 1)
    if part.rest is not None and part.parts:
        yield _row(_INDENT * (depth + 1) + gettext("All others together"), part.rest)


def _row(name: str, figure: OpenFigure) -> tuple[str | Figure, ...]:
    return name, as_count(figure.tasks), as_estimate(figure.hours), as_estimate(figure.sek)
