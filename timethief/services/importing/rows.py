"""The rows that a task of a spreadsheet becomes: as plain values, since a hundred thousand come at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict
from timethief.domain.identifiers import identifiers
from timethief.domain.names import folded
from timethief.domain.ranges import Range
from timethief.domain.review_dates import next_review
from timethief.domain.sheet_tasks import SheetTask
from timethief.domain.tasks import Use
from timethief.domain.vocabulary import Source, TaskStatus
from timethief.services.importing.places import Places
from timethief.storage import search
from timethief.storage.assessed import copied_from, follows_from
from timethief.storage.assumptions import Assumptions
from timethief.storage.bulk import Template, put_in, template
from timethief.storage.tables import (
    AssessmentRow,
    Base,
    Task,
    TaskSignal,
    TaskUse,
    UseStatement,
)
from timethief.storage.totals import Line, line_of

TABLES: tuple[type[Base], ...] = (Task, AssessmentRow, TaskUse, UseStatement, TaskSignal)
"""What a task is stored in, in the order in which rows may be put in."""
_first = itemgetter(0)
_MICROSECONDS = 1_000_000
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Named:
    """What the requester and the requirement of a row stand for."""

    requester_id: int
    level: str
    requester: str
    requirement_id: int | None


@dataclass(slots=True)
class Rows:
    """What is to be stored of some tasks."""

    tables: dict[type[Base], list[tuple[Any, ...]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    documents: list[search.Document] = field(default_factory=list)

    def ready(self) -> ReadyRows:
        """All of it in the order in which it is to be put in."""
        # In the order of their keys they come to lie beside each other faster.
        return ReadyRows(
            {table: sorted(rows, key=_first) for table, rows in self.tables.items()},
            search.rows_of(self.documents),
        )


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """Rows as the driver takes them; nothing is left to compute while others wait."""

    tables: Mapping[type[Base], Sequence[tuple[Any, ...]]]
    documents: Sequence[search.Row]

    def put_in(self, session: Session) -> None:
        """Store all but the words."""
        for table in TABLES:
            put_in(session, table, self.tables.get(table, ()))


@dataclass(frozen=True, slots=True)
class _Alike:
    """What rows come to that tell of the same work: all but identifiers, title, description and reference.

    Attributes:
        said: the columns of the task that the sheet tells.
        task, assessment, signals: the rows.
        uses: each with what is said of it.
        line: what it counts in the totals.
    """

    said: dict[str, Any]
    task: Template
    assessment: Template
    uses: Sequence[tuple[Template, Template]]
    signals: Sequence[Template]
    line: Line


class RowMaker:
    """Makes the rows of tasks that one import adds."""

    def __init__(
        self,
        session: Session,
        assumptions: Assumptions,
        places: Places,
        now: datetime,
        import_id: int | None,
    ) -> None:
        """Prepare for tasks of one organisation.

        Args:
            session: tells which database it is for; reading will do.
            assumptions: of the organisation.
            places: what the words of the sheet stand for.
            now: time of the import.
            import_id: the import; None for one that nobody can undo.
        """
        self._session = session
        self._assumptions = assumptions
        self._places = places
        self._now = now
        self._import_id = import_id
        self._sequence = int(now.timestamp() * _MICROSECONDS)
        self._identifiers = identifiers()
        # The same facts have the same assessment, whoever does the work and for whom.
        self._follows = lru_cache(_REMEMBERED)(
            lambda facts: follows_from(facts, self._assumptions.policy)
        )
        # What rows come to that tell of the same work: sheets have many of them.
        self._alike: dict[tuple[Any, ...], _Alike] = {}

    def said(self, given: SheetTask, named: Named) -> dict[str, Any]:
        """The columns of a task that a row of a sheet tells.

        Raises:
            Conflict: reason `changed_meanwhile`: a unit or staff category has gone since the row was checked.
        """
        own = {"title": given.title, "description": given.description}
        return self._like(given, named).said | own

    def add(self, rows: Rows, given: SheetTask, named: Named, number: int) -> Line:
        """Add a task that is new to the rows; what it counts in the totals.

        Args:
            rows: what is to be stored.
            given: the task.
            named: whom and what it names.
            number: of the tasks that the import has added before.

        Raises:
            Conflict: as `said`.
        """
        alike, task_id = self._like(given, named), next(self._identifiers)
        tables, reference = rows.tables, given.external_id or None
        tables[Task].append(alike.task.filled(task_id, given.title, given.description, reference))
        tables[AssessmentRow].append(alike.assessment.filled(task_id, self._sequence + number))
        for use, statement in alike.uses:
            use_id = next(self._identifiers)
            tables[TaskUse].append(use.filled(use_id, task_id))
            tables[UseStatement].append(statement.filled(next(self._identifiers), use_id))
        for signal in alike.signals:
            tables[TaskSignal].append(signal.filled(task_id))
        organisation_id = self._assumptions.organisation_id
        rows.documents.append(
            search.Document(
                task_id, organisation_id, given.title, given.description, named.requester
            )
        )
        return alike.line

    def _like(self, given: SheetTask, named: Named) -> _Alike:
        """What the rows have in common that tell of the same work."""
        key = (named.requester_id, named.requirement_id, *given.rest())
        found = self._alike.get(key)
        if found is None:
            if len(self._alike) >= _REMEMBERED:
                self._alike.clear()
            found = self._alike[key] = self._computed(given, named)
        return found

    def _computed(self, given: SheetTask, named: Named) -> _Alike:
        said, organisation_id = self._said(given, named), self._assumptions.organisation_id
        task = said | {
            "organisation_id": organisation_id,
            "status": TaskStatus.REPORTED.value,
            "figures_by": Source.REVIEWER.value,
            "assumed": False,
            "origin": "",
            "logged_on": self._now.date(),
            "version": 1,
            "import_id": self._import_id,
            "merged_into_id": None,
            "reviewed_on": None,
        }
        assessment = self._assessment(task, given, named)
        units = self._assumptions.lineage[task["unit_id"]]
        sector = self._assumptions.sectors[task["unit_id"]]
        form = partial(template, self._session)
        return _Alike(
            said=said,
            task=form(Task, task, "id", "title", "description", "external_id"),
            assessment=form(AssessmentRow, assessment, "task_id", "sequence"),
            uses=[
                (
                    form(TaskUse, _use(organisation_id, use, position), "id", "task_id"),
                    form(UseStatement, self._statement(use), "id", "use_id"),
                )
                for position, use in enumerate(given.uses, start=1)
            ],
            signals=[
                form(
                    TaskSignal,
                    {"signal": signal.value, "organisation_id": organisation_id},
                    "task_id",
                )
                for signal in given.signals
            ],
            line=line_of(SimpleNamespace(**assessment), units, sector),
        )

    def _said(self, given: SheetTask, named: Named) -> dict[str, Any]:
        places, automation = self._places, given.automation
        low, minutes, high = spread(given.minutes)
        people_low, people, people_high = spread(given.people)
        enough = given.sufficient_frequency
        return {
            "unit_id": _there(places.units, given.unit),
            "requester_id": named.requester_id,
            "requirement_id": named.requirement_id,
            "staff_category_id": _there(places.staff_categories, given.staff_category),
            "title": given.title,
            "description": given.description,
            "minutes": minutes,
            "minutes_low": low,
            "minutes_high": high,
            "times": given.frequency.times,
            "per": given.frequency.per.value,
            "people": people,
            "people_low": people_low,
            "people_high": people_high,
            "hourly_cost_sek": given.hourly_cost_sek,
            "binding": given.binding.value,
            "legal_basis": given.legal_basis,
            "achievable_minutes": given.achievable_minutes,
            "sufficient_times": enough.times if enough else None,
            "sufficient_per": enough.per.value if enough else None,
            "other_staff_category_id": _there(places.staff_categories, given.other_staff_category)
            if given.other_staff_category
            else None,
            "other_hourly_cost_sek": given.other_hourly_cost_sek,
            "duplicate_share": given.duplicate_share,
            "rule_based": automation.rule_based if automation else None,
            "digital_input": automation.digital_input if automation else None,
            "exceptions": automation.exceptions if automation else None,
            "stable": automation.stable if automation else True,
            "systems": automation.systems if automation else 1,
            "needs_judgement": automation.needs_judgement if automation else False,
        }

    def _assessment(
        self, task: Mapping[str, Any], given: SheetTask, named: Named
    ) -> dict[str, Any]:
        tariffs, other = self._assumptions.tariffs, task["other_staff_category_id"]
        facts = given.facts(
            tariffs[task["staff_category_id"]], None if other is None else tariffs[other]
        )
        follows = self._follows(facts)
        return {
            "level": named.level,
            "signals": " ".join(sorted(signal.value for signal in given.signals)),
            "assessed_on": self._assumptions.on,
            "review_on": next_review(task["logged_on"], confirmed=follows["confirmed"]),
            **copied_from(task),
            **follows,
        }

    def _statement(self, use: Use) -> dict[str, Any]:
        """What a sheet says of a use, which counts as a reviewer's word."""
        minutes = use.worth.minutes
        low, likely, high = (None, None, None) if minutes is None else spread(minutes)
        return {
            "organisation_id": self._assumptions.organisation_id,
            "source": Source.REVIEWER.value,
            "in_use": use.in_use.value,
            "worth_share": use.worth.share,
            "worth_minutes": likely,
            "worth_minutes_low": low,
            "worth_minutes_high": high,
            "worth_sek_per_year": use.worth.sek_per_year,
            "said_on": self._now.date(),
            "sequence": 1,
        }


def _there(known: Mapping[str, int | None], name: str) -> int:
    found = known.get(folded(name))
    if found is None:
        raise Conflict("changed_meanwhile")
    return found


def _use(organisation_id: int, use: Use, position: int) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "position": position,
        "beneficiary": use.beneficiary.value,
        "purpose": use.purpose.value,
    }


def spread(estimate: float | Range) -> tuple[float | None, float, float | None]:
    """Low, likely and high; low and high only where a range was given."""
    if isinstance(estimate, Range):
        return estimate.low, estimate.likely, estimate.high
    return None, estimate, None
