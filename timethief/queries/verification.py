"""Whether what is kept agrees with what it is kept of: every assessment, every total, every word to search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.assessment import assess
from timethief.domain.identifiers import to_text
from timethief.domain.measures import MEASURES, measures_of
from timethief.domain.vocabulary import InUse
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.facts import UseRows, facts_of
from timethief.storage.tables import AssessmentRow, Organisation, Requester, Task, Total
from timethief.storage.totals import Ledger, TotalKey, line_of
from timethief.storage.uses import signals_of, uses_of

BATCH = 1_000
_COMPARED = (
    "cost_low",
    "cost_likely",
    "cost_high",
    "cost_ore",
    "benefit_low",
    "benefit_likely",
    "benefit_high",
    "avoidable_hours",
    "gain_hours",
)


def differences(session: Session) -> Iterator[str]:
    """One line for each thing that is not as it should be, over all organisations."""
    organisations = session.execute(select(Organisation.id, Organisation.code)).all()
    for organisation_id, code in organisations:
        ledger = Ledger()
        yield from _assessments(session, organisation_id, code, ledger)
        yield from _totals(session, organisation_id, code, ledger)


def _assessments(
    session: Session, organisation_id: int, code: str, ledger: Ledger
) -> Iterator[str]:
    last = 0
    while True:
        tasks = session.scalars(
            select(Task)
            .where(Task.organisation_id == organisation_id, Task.id > last)
            .order_by(Task.id)
            .limit(BATCH)
        ).all()
        if not tasks:
            return
        last = tasks[-1].id
        yield from _batch(session, organisation_id, code, list(tasks), ledger)
        session.expunge_all()


def _batch(
    session: Session, organisation_id: int, code: str, tasks: list[Task], ledger: Ledger
) -> Iterator[str]:
    ids = [task.id for task in tasks]
    stored = {
        row.task_id: row
        for row in session.scalars(select(AssessmentRow).where(AssessmentRow.task_id.in_(ids)))
    }
    uses, signals = uses_of(session, ids), signals_of(session, ids)
    levels = dict(
        session.execute(
            select(Requester.id, Requester.level).where(
                Requester.id.in_({task.requester_id for task in tasks})
            )
        ).all()
    )
    by_day: dict[object, Assumptions] = {}
    for task in tasks:
        place = f"{code}: task {to_text(task.id)}"
        row = stored.get(task.id)
        if row is None:
            yield f"{place}: no assessment"
            continue
        if row.assessed_on not in by_day:
            by_day[row.assessed_on] = load_assumptions(session, organisation_id, row.assessed_on)
        assumptions = by_day[row.assessed_on]
        ledger.add(line_of(row, assumptions.lineage[row.unit_id], assumptions.sectors[row.unit_id]))
        expected = _expected(task, uses[task.id], assumptions)
        expected |= {
            "signals": " ".join(sorted(signals[task.id])),
            "level": levels[task.requester_id],
        }
        for name, value in expected.items():
            if getattr(row, name) != value:
                yield f"{place}: {name} is {getattr(row, name)}, should be {value}"


def _expected(task: Task, uses: list[UseRows], assumptions: Assumptions) -> dict[str, object]:
    """What the assessment of a task should hold."""
    facts = facts_of(task, uses, assumptions.tariffs)
    assessment = assess(facts, assumptions.policy)
    confirmed = any(use.in_use is InUse.CONFIRMED for use in facts.uses)
    measures = measures_of(assessment, confirmed=confirmed)
    return {
        "unit_id": task.unit_id,
        "requester_id": task.requester_id,
        "requirement_id": task.requirement_id,
        "staff_category_id": task.staff_category_id,
        "status": task.status,
        "month": f"{task.logged_on:%Y-%m}",
        "verdict": assessment.verdict.value,
        "cause": assessment.cause.value if assessment.cause else None,
        "recommended": assessment.recommended.value,
        "within_own_mandate": assessment.within_own_mandate.value,
        "confirmed": confirmed,
        "policy_version": assessment.policy_version,
        **{name: getattr(measures, name) for name in _COMPARED},
    }


def _totals(session: Session, organisation_id: int, code: str, ledger: Ledger) -> Iterator[str]:
    kept: dict[TotalKey, list[int]] = defaultdict(lambda: [0] * len(MEASURES))
    for row in session.scalars(select(Total).where(Total.organisation_id == organisation_id)):
        key = (row.organisation_id, row.unit_id, row.level, row.dimension, row.key)
        kept[key] = [getattr(row, name) for name in MEASURES]
    for key in sorted(kept.keys() | ledger.changes.keys()):
        for name, is_now, should_be in zip(MEASURES, kept[key], ledger.changes[key], strict=True):
            if is_now != should_be:
                unit, level, dimension, value = key[1:]
                yield (
                    f"{code}: total of unit {unit}, level {level or 'all'}, {dimension} "
                    f"{value or 'all'}: {name} is {is_now}, should be {should_be}"
                )
