"""Imports as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from timethief.domain.errors import Invalid
from timethief.domain.import_runs import ImportState
from timethief.domain.sheet_tasks import Fault
from timethief.exchange.api.queries import Identifier
from timethief.exchange.task_documents import Document
from timethief.i18n import N_
from timethief.queries.import_runs import ImportRun
from timethief.reports.refusals import sentence


class Act(StrEnum):
    """What shall become of an import."""

    ALL = "all"
    RIGHT = "right"
    CANCEL = "cancel"
    UNDO = "undo"


class ImportQuery(Document):
    """How the file is called."""

    file_name: str = Field(
        "", description=N_("What the file is called, where it is sent by itself."), max_length=300
    )


class ImportForm(Document):
    """A form with the file."""

    file: bytes = Field(description=N_("The file: xlsx or csv, at most 20 MB and 100,000 rows."))


class ChoiceDocument(Document):
    """What shall become of an import."""

    act: Act = Field(
        description=N_(
            "`all`: import every row, refused where any has a fault; `right`: import the rows without faults; "
            "`cancel`: import nothing; `undo`: take back what was imported."
        )
    )


class ColumnsDocument(Document):
    """What headings mean that were not recognised."""

    columns: dict[str, str] = Field(
        description=N_("The code of a column by the key of the heading; empty to leave it aside."),
        examples=[{"tidsatgang": "minutes"}],
    )


class HeadingDocument(Document):
    """A heading that was not recognised."""

    key: str = Field(examples=["tidsatgang"])
    heading: str = Field(description=N_("As it stands in the file."), examples=["Tidsåtgång"])
    column: str | None = Field(
        description=N_("What it was said to be; empty to leave it aside, null where nobody has."),
        examples=[None],
    )


class FaultDocument(Document):
    """What is wrong with a cell."""

    row: int = Field(description=N_("Counted from 1; 0 for the file itself."), examples=[17])
    column: str = Field(examples=["minutes"])
    shown: str = Field(description=N_("What stands there, shortened."), examples=["tolv"])
    reason: str = Field(description=N_("A code that stays the same."), examples=["unreadable"])
    detail: str = Field(
        description=N_("What is wrong and what to do."),
        examples=["Skriv talet med siffror, till exempel 12 eller 12,5."],
    )


class ImportDocument(Document):
    """An import."""

    id: Identifier = Field(examples=["4f7r2m9k1c0d"])
    state: ImportState
    file_name: str = Field(examples=["uppgifter.xlsx"])
    percent: int = Field(description=N_("Of the work in this state."), examples=[100])
    rows_done: int = Field(description=N_("So many rows that work has come to."), examples=[10])
    rows_total: int = Field(examples=[10])
    right: int = Field(description=N_("Rows that can be imported."), examples=[9])
    wrong: int = Field(description=N_("Rows with faults."), examples=[1])
    similar: int = Field(description=N_("Rows that look like what exists."), examples=[0])
    examples: int = Field(
        description=N_("Rows that are the template's own example. They are left out."), examples=[0]
    )
    new_requesters: list[str] = Field(
        description=N_("Requesters that nobody has named before, the first hundred."),
        examples=[[]],
    )
    added: int = Field(description=N_("Tasks that were added."), examples=[0])
    changed: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    unknown_headings: list[HeadingDocument]
    refusal: str | None = Field(
        description=N_("Why the file cannot be used; null where it can."), examples=[None]
    )
    faults: list[FaultDocument] = Field(description=N_("The first hundred."))
    made_at: str = Field(examples=["2026-11-24T09:30:00Z"])
    finished_at: str | None = Field(examples=[None])
    undo_until: str | None = Field(
        description=N_("So long it can be undone; null where it cannot."), examples=[None]
    )


def import_document(run: ImportRun) -> dict[str, Any]:
    """The import as it stands."""
    return {
        "id": run.id,
        "state": run.state.value,
        "file_name": run.file_name,
        "percent": run.percent,
        "rows_done": run.rows_done,
        "rows_total": run.rows_total,
        "right": run.right,
        "wrong": run.wrong,
        "similar": run.similar,
        "examples": run.examples,
        "new_requesters": list(run.new_requesters),
        "added": run.added,
        "changed": run.changed,
        "unchanged": run.unchanged,
        "unknown_headings": [
            {"key": each.key, "heading": each.heading, "column": each.code} for each in run.unknown
        ],
        "refusal": None if run.refusal is None else _words(run.refusal),
        "faults": [_fault(each) for each in run.faults],
        "made_at": _moment(run.made_at),
        "finished_at": None if run.finished_at is None else _moment(run.finished_at),
        "undo_until": None if run.undo_until is None else _moment(run.undo_until),
    }


def _words(refusal: Invalid) -> str:
    return sentence(refusal)


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "row": fault.row,
        "column": fault.column,
        "shown": fault.shown,
        "reason": fault.refusal.reason,
        "detail": sentence(fault.refusal),
    }


def _moment(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
