"""The inventory as files: xlsx, csv and json, written as the tasks are read, however many there are.

An export, imported into an empty organisation and exported again, is the same table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from timethief.domain.measures import PER_HOUR, PER_SEK
from timethief.exchange.sheets.writing import Value, write_rows
from timethief.exchange.task_cells import csv_of, plain_number, rows_of
from timethief.exchange.task_columns import (
    EXPORTED,
    MOST_USES,
    SELDOM_FILLED,
    Column,
    Kind,
    yes_or_no,
)
from timethief.i18n import gettext, moment
from timethief.queries.task_lines import TaskBatches, TaskLine, UseLine
from timethief.reports.labels import labels

_WIDTHS = {"title": 44, "description": 60, "unit": 28, "requester": 28, "requirement": 28}
_FORMATS = {Kind.NUMBER: "# ##0.##"}


def exported(tasks: TaskBatches) -> list[Column]:
    """The columns of the file: those that are seldom filled are left out where no task fills them."""
    filled = tasks.filled(MOST_USES)
    return [each for each in EXPORTED if each.code not in SELDOM_FILLED or each.code in filled]


def as_csv(tasks: TaskBatches) -> Iterator[bytes]:
    """The tasks as CSV in UTF-8 with its mark, semicolons between, every text in quotes."""
    columns = exported(tasks)
    yield b"\xef\xbb\xbf"
    yield from csv_of(columns, (batch.columns(MOST_USES) for batch in tasks))


def as_json(tasks: TaskBatches) -> Iterator[bytes]:
    """The tasks as a JSON list of what the API gives, with their assessments in short."""
    yield b"["
    for number, line in enumerate(tasks.lines()):
        yield b",\n" if number else b"\n"
        yield json.dumps(document_of(line), ensure_ascii=False).encode()
    yield b"\n]\n"


def document_of(line: TaskLine) -> dict[str, Any]:
    """A task in JSON, with codes."""
    task = line.task
    automation = None
    if task.rule_based is not None:
        automation = {
            name: getattr(task, name)
            for name in (
                *("rule_based", "digital_input", "exceptions"),
                *("stable", "systems", "needs_judgement"),
            )
        }
    enough = None
    if task.sufficient_times is not None:
        enough = {"times": task.sufficient_times, "per": task.sufficient_per}
    return {
        "title": task.title,
        "description": task.description,
        "unit": line.unit,
        "staff_category": line.staff_category,
        "minutes": _estimate(task.minutes_low, task.minutes, task.minutes_high),
        "frequency": {"times": task.times, "per": task.per},
        "people": _estimate(task.people_low, task.people, task.people_high),
        "hourly_cost_sek": task.hourly_cost_sek,
        "requester": {"level": line.level, "name": line.requester},
        "requirement": line.requirement or None,
        "binding": task.binding,
        "legal_basis": task.legal_basis,
        "uses": [
            {
                "beneficiary": use.beneficiary,
                "purpose": use.purpose,
                "in_use": use.in_use,
                "worth": _worth(use),
            }
            for use in line.uses
        ],
        "signals": task.signals.split(),
        "achievable_minutes": task.achievable_minutes,
        "sufficient_frequency": enough,
        "other_staff_category": line.other_staff_category or None,
        "other_hourly_cost_sek": task.other_hourly_cost_sek,
        "duplicate_share": task.duplicate_share,
        "automation": automation,
        "external_id": task.external_id,
        "status": task.status,
        "verdict": task.verdict,
        "cause": task.cause,
        "recommended": task.recommended,
        "cost_hours": task.cost_likely / PER_HOUR,
        "cost_sek": task.cost_ore / PER_SEK,
        "benefit_hours": task.benefit_likely / PER_HOUR,
        "avoidable_hours": task.avoidable_hours / PER_HOUR,
        "gain_hours": task.gain_hours / PER_HOUR,
    }


def _estimate(low: float | None, likely: float, high: float | None) -> Any:  # noqa: ANN401 - JSON
    return likely if low is None else {"low": low, "likely": likely, "high": high}


def _worth(use: UseLine) -> dict[str, Any]:
    """What a use is worth, in the way it was said."""
    minutes = use.worth_minutes
    said = {
        "share": use.worth_share,
        "minutes": None
        if minutes is None
        else _estimate(use.worth_minutes_low, minutes, use.worth_minutes_high),
        "sek_per_year": use.worth_sek_per_year,
    }
    return {name: value for name, value in said.items() if value is not None}


def write_xlsx(file: Path, tasks: TaskBatches, about: Sequence[tuple[str, str]]) -> int:
    """Write the tasks as a workbook; how many there were.

    Cells are typed, text is never a formula, the headings stay in sight and the columns can be filtered. A second
    sheet tells what the table holds.

    Args:
        file: where to; replaced if it is there.
        tasks: what to write.
        about: what the second sheet tells first: name and value.
    """
    columns = exported(tasks)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("Tasks"))
    sheet.freeze_panes = "B2"
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(column.code, 18)
    sheet.append(_headings(sheet, [column.title() for column in columns]))
    sheet.append([_cell(sheet, column) for column in columns])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}2"
    _tell_about(book, about)
    rows = rows_of(columns, (batch.columns(MOST_USES) for batch in tasks))
    return write_rows(book, file, rows, len(columns))


def about_export(
    organisation: str, now: datetime, policy_version: int, wanted: str = ""
) -> list[tuple[str, str]]:
    """What the second sheet tells first.

    Args:
        organisation: its name.
        now: time of the export.
        policy_version: the policy that the tasks are assessed by.
        wanted: the filter in words; empty for all tasks.
    """
    return [
        (gettext("Organisation"), organisation),
        (gettext("Taken out"), moment(now)),
        (gettext("Selection"), wanted or gettext("All tasks")),
        (gettext("Policy version"), str(policy_version)),
    ]


def put(cell: Any, value: Value) -> None:  # noqa: ANN401 - the library publishes no types
    """Set a cell: text stays text, whatever it looks like."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
        cell.data_type = "s"
    else:
        cell.value = value


def _cell(sheet: Any, column: Column) -> Any:  # noqa: ANN401 - the library publishes no types
    cell = WriteOnlyCell(sheet, 0)
    if column.kind in _FORMATS:
        cell.number_format = _FORMATS[column.kind]
    return cell


def _headings(sheet: Any, titles: Iterable[str]) -> list[Any]:  # noqa: ANN401 - the library publishes no types
    cells = []
    for title in titles:
        cell = WriteOnlyCell(sheet, title)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cells.append(cell)
    return cells


def _tell_about(book: Workbook, about: Sequence[tuple[str, str]]) -> None:
    sheet = book.create_sheet(gettext("About the table"))
    sheet.column_dimensions["A"].width = 36
    sheet.column_dimensions["B"].width = 90
    for name, value in about:
        sheet.append(_text_cells(sheet, (name, value)))
    sheet.append([])
    sheet.append(_headings(sheet, [gettext("Column"), gettext("What it holds")]))
    # Those that were left out too: whoever fills them in may add them.
    for column in EXPORTED:
        sheet.append(_text_cells(sheet, (column.title(), meaning(column))))


def _text_cells(sheet: Any, texts: Iterable[str]) -> list[Any]:  # noqa: ANN401 - the library publishes no types
    cells = []
    for text in texts:
        cell = WriteOnlyCell(sheet)
        put(cell, text)
        cells.append(cell)
    return cells


def meaning(column: Column) -> str:
    """What a cell of the column holds, in words: what there is to choose from, or what a number may be."""
    if column.choices:
        words = ", ".join(labels(column.choices).values())
        if column.kind is Kind.CHOICES:
            return gettext("Any of these, with a semicolon between: %(words)s", words=words)
        return gettext("One of: %(words)s", words=words)
    if column.kind is Kind.YES_OR_NO:
        return f"{yes_or_no(answer=True)}, {yes_or_no(answer=False)}"
    if column.limits is not None:
        least = column.limits.least if column.limits.least is not None else column.limits.above
        return gettext(
            "A number from %(least)s to %(most)s",
            least=plain_number(least or 0),
            most=plain_number(column.limits.most),
        )
    if column.kind is Kind.NUMBER:
        return gettext("A number that follows from the others")
    return gettext("Text of at most %(longest)s characters", longest=str(column.longest))
