"""Time of the log of decisions, with each filter and page by page; the decisions are added to a folder's database.

    .venv/bin/python -m scripts.bench.decisions FOLDER

FOLDER is one that `build` made. It keeps the decisions; the first run adds them.
"""

# ruff: noqa: S311 - chances are seeded and no secrets, and stand where they are used

from __future__ import annotations

import argparse
import random
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from scripts.bench.cases import WORDS, database_of, organisation
from scripts.bench.measure import Stopwatch
from scripts.bench.queue import reviewer
from timethief.domain.decisions import DecisionState, Outcome
from timethief.domain.identifiers import new_identifier
from timethief.domain.names import folded
from timethief.domain.people import Actor, Role
from timethief.queries.decisions import WantedDecisions, decision_log, decision_years
from timethief.storage.database import Database
from timethief.storage.tables import Decision, Task

GOAL = 50
PAGES = 40
YEARS = 6
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
REASONS = (
    "Ingen läser det.",
    "Lagen kräver det.",
    "Den skyddar patienterna.",
    "Registreras redan i journalen.",
    "Varannan vecka räcker.",
)


def add_decisions(session: Session, organisation_id: int, count: int) -> int:
    """Bring the decisions up to a number, spread over the tasks and the years; how many there are."""
    chance = random.Random(20261102)
    has = session.scalar(select(func.count()).where(Decision.organisation_id == organisation_id))
    user_id = reviewer(session, organisation_id)
    tasks = session.execute(
        select(Task.id, Task.title)
        .where(Task.organisation_id == organisation_id)
        .order_by(Task.id)
        .limit(count)
    ).all()
    rows = [
        _decision(chance, organisation_id, user_id, number, *chance.choice(tasks))
        for number in range(has or 0, count)
    ]
    if rows:
        session.execute(insert(Decision), rows)
    return (has or 0) + len(rows)


def _decision(
    chance: random.Random,
    organisation_id: int,
    user_id: int,
    number: int,
    task_id: int,
    title: str,
) -> dict[str, object]:
    reason, at = chance.choice(REASONS), NOW - timedelta(days=chance.random() * 365 * YEARS)
    return {
        "id": new_identifier(),
        "organisation_id": organisation_id,
        "number": f"{at.year}-{number:06}",
        "task_id": task_id,
        "title": title,
        "outcome": chance.choice(list(Outcome)).value,
        "reason": reason,
        "folded_text": folded(f"{title} {reason}"),
        "user_id": user_id,
        "capacity": "support",
        "decided_at": at,
        "baseline": {},
        "expected_low": 1.0,
        "expected_likely": 2.0,
        "expected_high": 3.0,
        "allotment": {},
        "status_before": "in_review",
        "state": chance.choice(list(DecisionState)).value,
        "answers_told": True,
    }


def measure(database: Database, actor: Actor, watch: Stopwatch) -> None:
    """The log with each filter, pairs and all three of them, and its first pages."""
    with database.reading(actor.organisation_id) as session:
        years = decision_years(session, actor.organisation_id)
    words = {group: texts[0] for group, texts in WORDS.items()}
    outcomes: list[Outcome | None] = [None, *Outcome]
    for outcome, year in product(outcomes, [None, *years]):
        kind = " and ".join(["outcome"] * (outcome is not None) + ["year"] * (year is not None))
        wanted = WantedDecisions(outcome, year)
        _page(database, actor, wanted, watch, kind or "no filter")
    for (group, text), outcome, year in product(
        words.items(), (None, Outcome.KEEP), (None, years[0], years[-1])
    ):
        filtered = ", filtered" if outcome or year else ""
        wanted = WantedDecisions(outcome, year, text)
        _page(database, actor, wanted, watch, f"{group}{filtered}")
    for wanted in (WantedDecisions(), WantedDecisions(Outcome.KEEP), WantedDecisions(words="i")):
        cursor: str | None = None
        for _ in range(PAGES):
            cursor = _page(database, actor, wanted, watch, "page after page", cursor)
            if cursor is None:
                break
    watch.tell(GOAL)


def _page(
    database: Database,
    actor: Actor,
    wanted: WantedDecisions,
    watch: Stopwatch,
    group: str,
    cursor: str | None = None,
) -> str | None:
    def read() -> str | None:
        with database.reading(actor.organisation_id) as session:
            return decision_log(session, actor, wanted, NOW, cursor).next

    return watch.time(group, f"{wanted}", read)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--worst", type=int, default=10)
    given = parser.parse_args()
    database = database_of(given.folder)
    with database.reading_all() as session:
        organisation_id = organisation(session)
        user_id = reviewer(session, organisation_id)
    with database.writing(organisation_id) as session:
        print(f"{add_decisions(session, organisation_id, given.count):,} decisions")
    actor = Actor(user_id, organisation_id, Role.SUPPORT, None, None, "")
    watch = Stopwatch()
    measure(database, actor, watch)
    watch.tell_worst(given.worst)


if __name__ == "__main__":
    main()
