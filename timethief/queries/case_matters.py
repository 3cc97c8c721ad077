"""What a case is about: what was written, or the task."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor
from timethief.queries.cases import CaseLine
from timethief.queries.visible_units import visible_units
from timethief.storage.tables import AnonymousReport, Report, Task


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case is about. `unit` is its identifier in addresses, `unit_id` the number behind it."""

    title: str
    description: str
    unit_id: int | None
    unit: str | None
    unit_name: str | None


def matter_of(session: Session, actor: Actor, case: CaseLine) -> Matter:
    """The report or the task of a case; empty texts where a report is gone."""
    row: AnonymousReport | Report | Task | None
    if case.task_id is not None:
        row = session.get(Task, from_text(case.task_id))
    else:
        row = session.get(AnonymousReport, case.report_id) or session.get(Report, case.report_id)
    if row is None:
        return Matter("", "", None, None, None)
    if row.unit_id is None:
        return Matter(row.title, row.description, None, None, None)
    name = visible_units(session, actor).name(row.unit_id)
    return Matter(row.title, row.description, row.unit_id, to_text(row.unit_id), name)
