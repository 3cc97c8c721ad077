"""The inventory as files: xlsx, csv and json, written as the tasks are read, however many there are.

An export, imported into an empty organisation and exported again, is the same table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from timethief.domain.measures import PER_HOUR, PER_SEK
from timethief.exchange.formulas import inert
from timethief.exchange.sheet_writing import Value, write_rows
from timethief.exchange.task_columns import COLUMNS, MOST_USES, RESULTS, Column, Kind, yes_or_no
from timethief.i18n import gettext, language, moment
from timethief.queries.task_lines import TaskLine, UseLine
from timethief.reports.labels import labels

EXPORTED = (*COLUMNS, *RESULTS)
_WIDTHS = {"title": 44, "description": 60, "unit": 28, "requester": 28, "requirement": 28}
_FORMATS = {Kind.NUMBER: "# ##0.##"}
_LOOKS_GROUPED = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
_LINES_AT_ONCE = 500
_CELLS_REMEMBERED = 20_000
"""Most cells of a table say what others say too."""


def values_of(line: TaskLine, words: Mapping[str, Mapping[str, str]]) -> list[Value]:
    """The task's cells in the order of `EXPORTED`.

    Args:
        line: the task.
        words: what codes are written as, by list of the vocabulary; from `words_in_use`.
    """
    task = line.task
    per, yes = words["per"], words["yes_or_no"]
    values: list[Value] = [
        task.title,
        task.description,
        line.unit,
        line.staff_category,
        task.minutes,
        task.minutes_low,
        task.minutes_high,
        task.times,
        per[task.per],
        task.people,
        words["level"][line.level],
        line.requester,
        line.requirement,
        words["binding"][task.binding],
        task.legal_basis,
    ]
    for use in line.uses[:MOST_USES]:
        values += (
            words["beneficiary"][use.beneficiary],
            words["purpose"][use.purpose],
            words["in_use"][use.in_use],
            use.worth_share,
            use.worth_minutes,
            use.worth_minutes_low,
            use.worth_minutes_high,
            use.worth_sek_per_year,
        )
    values += (None,) * (8 * (MOST_USES - len(line.uses)))
    automated = task.rule_based is not None
    values += (
        "; ".join(words["signal"][code] for code in task.signals.split()),
        task.achievable_minutes,
        task.sufficient_times,
        per[task.sufficient_per] if task.sufficient_per else None,
        line.other_staff_category,
        task.duplicate_share or None,
        task.rule_based,
        task.digital_input,
        task.exceptions,
        yes[str(task.stable)] if automated else None,
        task.systems if automated else None,
        yes[str(task.needs_judgement)] if automated else None,
        task.external_id,
        task.people_low,
        task.people_high,
        task.hourly_cost_sek,
        task.other_hourly_cost_sek,
        words["status"][task.status],
        words["verdict"][task.verdict],
        words["cause"][task.cause] if task.cause else None,
        words["action"][task.recommended],
        task.cost_likely / PER_HOUR,
        task.cost_ore / PER_SEK,
        task.benefit_likely / PER_HOUR,
        task.avoidable_hours / PER_HOUR,
        task.gain_hours / PER_HOUR,
    )
    return values


def words_in_use() -> dict[str, dict[str, str]]:
    """What codes are written as, in the language in use."""
    lists = {column.choices for column in EXPORTED if column.choices}
    answers = {str(answer): yes_or_no(answer=answer) for answer in (True, False)}
    return {name: labels(name) for name in lists} | {"yes_or_no": answers}


def as_csv(lines: Iterable[TaskLine]) -> Iterator[bytes]:
    """The tasks as CSV in UTF-8 with its mark, semicolons between, every text in quotes."""
    words, point = words_in_use(), "," if language() == "sv" else "."
    cell = lru_cache(_CELLS_REMEMBERED)(partial(_csv_cell, point=point))
    yield b"\xef\xbb\xbf"
    written = [";".join(cell(column.title()) for column in EXPORTED)]
    for number, line in enumerate(lines, start=1):
        written.append(";".join(map(cell, values_of(line, words))))
        if number % _LINES_AT_ONCE == 0:
            yield _csv_lines(written)
            written.clear()
    yield _csv_lines(written)


def _csv_cell(value: Value, point: str) -> str:
    """A value as it stands in a CSV file, in quotes."""
    if value is None:
        return '""'
    text = inert(value) if isinstance(value, str) else plain_number(value, point)
    return '"' + text.replace('"', '""') + '"'


def _csv_lines(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def plain_number(value: float, point: str = ".") -> str:
    """A number that reads back as itself; one that could be taken for thousands gets a nought behind it."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    text = text.removesuffix(".0")
    if _LOOKS_GROUPED.fullmatch(text):
        text += "0"
    return text.replace(".", point)


def as_json(lines: Iterable[TaskLine]) -> Iterator[bytes]:
    """The tasks as a JSON list of what the API gives, with their assessments in short."""
    yield b"["
    for number, line in enumerate(lines):
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


def write_xlsx(file: Path, lines: Iterable[TaskLine], about: Sequence[tuple[str, str]]) -> int:
    """Write the tasks as a workbook; how many there were.

    Cells are typed, text is never a formula, the headings stay in sight and the columns can be filtered. A second
    sheet tells what the table holds.

    Args:
        file: where to; replaced if it is there.
        lines: the tasks.
        about: what the second sheet tells first: name and value.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("Tasks"))
    sheet.freeze_panes = "B2"
    for number, column in enumerate(EXPORTED, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(column.code, 18)
    sheet.append(_headings(sheet, [column.title() for column in EXPORTED]))
    sheet.append([_cell(sheet, column) for column in EXPORTED])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(EXPORTED))}2"
    _tell_about(book, about)
    words = words_in_use()
    return write_rows(book, file, (values_of(line, words) for line in lines), len(EXPORTED))


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
