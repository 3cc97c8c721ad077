"""Time of the queue's queries alone, of few cases and of many; the cases are added to the database of a folder.

    .venv/bin/python -m scripts.bench.queue FOLDER

FOLDER is one that `build` made. It keeps the cases; the first run adds them.
"""

# ruff: noqa: S311, PLR2004 - chances are seeded and no secrets, and stand where they are used

from __future__ import annotations

import argparse
import random
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from scripts.bench.cases import Case as Asked
from scripts.bench.cases import database_of, organisation, searches, singles, values_of
from scripts.bench.measure import SUPPORT, Stopwatch
from timethief.domain.cases import CaseOrigin, CaseState, FunctionKind, answer_due
from timethief.domain.identifiers import new_identifier
from timethief.domain.people import Actor, Role
from timethief.domain.queue import QueueGroup, QueueOrder
from timethief.queries import queue as read
from timethief.queries.queue_places import QueueWanted
from timethief.storage.database import Database
from timethief.storage.tables import Case, FunctionMember, SupportFunction, Task, User

GOAL = 150
FUNCTIONS = 10
SHARES = (0.01, 0.2)
"""Of the tasks have an open case: first few of them, then many."""
PAGES = 40
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
_EVERY = frozenset({"verdict", "status"})
"""Filters that the queue has in its groups."""


def add_cases(session: Session, organisation_id: int, share: float) -> int:
    """Bring the open cases up to a share of the tasks; how many there are."""
    chance = random.Random(20261102)
    functions = list(
        session.scalars(
            select(SupportFunction.id).where(SupportFunction.organisation_id == organisation_id)
        )
    )
    user_id = reviewer(session, organisation_id)
    if not functions:
        functions = [_function(session, organisation_id, number) for number in range(FUNCTIONS)]
        session.add(
            FunctionMember(
                organisation_id=organisation_id, function_id=functions[0], user_id=user_id
            )
        )
        session.flush()
    has = set(session.scalars(select(Case.task_id).where(Case.organisation_id == organisation_id)))
    tasks = session.scalars(
        select(Task.id).where(Task.organisation_id == organisation_id).order_by(Task.id)
    ).all()
    free = [each for each in tasks if each not in has]
    wanted = max(int(len(tasks) * share) - len(has), 0)
    rows = [
        _case(chance, organisation_id, each, functions, user_id)
        for each in chance.sample(free, wanted)
    ]
    if rows:
        session.execute(insert(Case), rows)
    return len(has) + len(rows)


def _function(session: Session, organisation_id: int, number: int) -> int:
    row = SupportFunction(
        id=new_identifier(),
        organisation_id=organisation_id,
        name=f"Funktion {number}",
        folded_name=f"funktion {number}",
        kind=FunctionKind.SUPPORT.value,
    )
    session.add(row)
    session.flush()
    return row.id


def _case(
    chance: random.Random, organisation_id: int, task_id: int, functions: list[int], user_id: int
) -> dict[str, object]:
    on = (NOW - timedelta(days=chance.randrange(60))).date()
    waits = chance.random() < 0.2
    return {
        "id": new_identifier(),
        "organisation_id": organisation_id,
        "task_id": task_id,
        "origin": CaseOrigin.QUEUE.value,
        "state": (CaseState.WAITING if waits else CaseState.OPEN).value,
        "routed_reason": "",
        "function_id": chance.choice(functions),
        "user_id": user_id if chance.random() < 0.05 else None,
        "opened_on": on,
        "answer_due": answer_due(on),
        "waits_since": on if waits else None,
        "version": 1,
    }


def reviewer(session: Session, organisation_id: int) -> int:
    """The support function's account that `build` made."""
    return session.scalars(
        select(User.id).where(User.organisation_id == organisation_id, User.email == SUPPORT)
    ).one()


def measure(database: Database, actor: Actor, cases: list[Asked], watch: Stopwatch) -> None:
    """Every order with every filter, and each group to its 40th page."""

    def queue(wanted: QueueWanted) -> None:
        with database.reading(actor.organisation_id) as session:
            read.queue(session, read.reader(session, actor, NOW), wanted)

    for asked in cases:
        if not _EVERY & set(asked.wanted.conditions()):
            for order in QueueOrder:
                wanted = QueueWanted(asked.wanted, order=order)
                watch.time("the whole queue", f"{asked} by {order}", lambda w=wanted: queue(w))  # type: ignore[misc]
    for group in QueueGroup:
        for order in QueueOrder:
            _walk(database, actor, group, order, watch)
    watch.tell(GOAL)


def _walk(
    database: Database, actor: Actor, group: QueueGroup, order: QueueOrder, watch: Stopwatch
) -> None:
    cursor = None
    for number in range(PAGES):

        def page() -> read.QueuePart:
            with database.reading(actor.organisation_id) as session:
                who = read.reader(session, actor, NOW)
                return read.group_page(session, who, group, QueueWanted(order=order), cursor)  # noqa: B023

        cursor = watch.time("a group's pages", f"{group} by {order}, {number + 1}", page).next
        if cursor is None:
            return


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=10)
    given = parser.parse_args()
    database = database_of(given.folder)
    with database.reading_all() as session:
        organisation_id = organisation(session)
        values = values_of(session, organisation_id)
        user_id = reviewer(session, organisation_id)
        tasks = session.scalar(
            select(func.count()).select_from(Task).where(Task.organisation_id == organisation_id)
        )
    actor = Actor(user_id, organisation_id, Role.SUPPORT, None, None, "")
    cases = list(chain(singles(values), searches(values)))
    for share in SHARES:
        with database.writing(organisation_id) as session:
            count = add_cases(session, organisation_id, share)
        print(f"{tasks:,} tasks, {count:,} of them with an open case")
        watch = Stopwatch()
        measure(database, actor, cases, watch)
        watch.tell_worst(given.worst)


if __name__ == "__main__":
    main()
