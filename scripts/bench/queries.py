"""Time of the queries alone, without the web: where a page is slow, this tells whether the database is why.

    .venv/bin/python -m scripts.bench.queries FOLDER [--worst N]

Prints each group of filters, over every order of the inventory, and the slowest single requests.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from scripts.bench.cases import Case, database_of, organisation, pairs, searches, singles, values_of
from scripts.bench.measure import Stopwatch
from timethief.domain.people import Actor, Role
from timethief.queries import choices
from timethief.queries.dashboard import Dashboard, dashboard
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import Cursor, InventoryPage, page
from timethief.queries.requesters import (
    RequesterList,
    RequesterPage,
    requester_list,
    requester_page,
)
from timethief.queries.similar import similar_tasks
from timethief.queries.tasks import task_page
from timethief.queries.visible_units import visible_units
from timethief.storage.database import Database
from timethief.storage.tables import Task

GOAL_INVENTORY, GOAL_SEARCH, GOAL_DASHBOARD, GOAL_TASK = 60, 150, 80, 40
PAGES = 200
TITLES = (
    "Registrera blodtryck i två system",
    "Dokumentera",
    "fylla i matkort",
    "Skanna remiss",
    "å",
)


T = TypeVar("T")
Values = dict[str, list[TaskFilter]]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is asked, and the watch."""

    database: Database
    organisation_id: int
    values: Values
    watch: Stopwatch

    @property
    def actor(self) -> Actor:
        """A reviewer, who may choose every unit."""
        return Actor(0, self.organisation_id, Role.SUPPORT, None, None, "")

    def time(self, group: str, name: str, query: Callable[..., T], *arguments: object) -> T:
        """Run a query in a session of its own, as a request does."""

        def work() -> T:
            with self.database.reading_all() as session:
                return query(session, *arguments)

        return self.watch.time(group, name, work)


def inventory(bench: Bench, case: Case) -> None:
    """The first page in every order."""
    for sort in Sort:
        name = f"{case} by {sort}"
        bench.time(case.group, name, inventory_page, bench.actor, case.wanted, sort)


def walk(bench: Bench, wanted: TaskFilter, sort: Sort) -> None:
    """From the first page to the 200th."""
    cursor: Cursor | None = None
    for number in range(PAGES):
        name = f"{Case('', wanted)} by {sort}, page {number + 1}"
        found = bench.time(
            "walk to the 200th page", name, inventory_page, bench.actor, wanted, sort, cursor
        )
        cursor = found.next
        if cursor is None:
            return


def measure_pages(bench: Bench) -> None:
    """Everything but the inventory."""
    organisation_id = bench.organisation_id
    with bench.database.reading_all() as session:
        tasks = session.scalars(
            select(Task.id).where(Task.organisation_id == organisation_id).limit(200)
        ).all()
    for unit in (None, *(each.unit for each in bench.values["unit"][::10])):
        for level in (None, *(each.level for each in bench.values["level"])):
            bench.time("dashboard", f"{unit} {level}", overview, bench.actor, unit, level)
    bench.watch.tell(GOAL_DASHBOARD)
    for task_id in tasks:
        bench.time("task", str(task_id), task_page, bench.actor, task_id)
    bench.watch.tell(GOAL_TASK)
    for _ in range(10):
        bench.time("requesters", "", requesters, bench.actor)
        bench.time("log form", "", log_form, organisation_id)
    for wanted in bench.values["requester"]:
        name = str(wanted.requester)
        bench.time("requester", name, requester, bench.actor, wanted.requester)
    for title in TITLES:
        for length in range(3, len(title) + 1):
            text = title[:length]
            bench.time("similar", text, similar_tasks, bench.actor, text)
    bench.watch.tell(GOAL_INVENTORY)


def measure_inventory(bench: Bench) -> None:
    """The inventory."""
    for case in chain(singles(bench.values), pairs(bench.values)):
        inventory(bench, case)
    bench.watch.tell(GOAL_INVENTORY)
    for of_filter in bench.values.values():
        for sort in Sort:
            walk(bench, of_filter[0], sort)
    bench.watch.tell(GOAL_INVENTORY)
    for case in searches(bench.values):
        inventory(bench, case)
    bench.watch.tell(GOAL_SEARCH)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description="Time of the queries alone.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=30)
    given = parser.parse_args()
    database = database_of(given.folder)
    with database.reading_all() as session:
        organisation_id = organisation(session)
        values = values_of(session, organisation_id)
    warm = Bench(database, organisation_id, values, Stopwatch())
    for case in singles(values):
        inventory(warm, case)
    bench = Bench(database, organisation_id, values, Stopwatch())
    measure_pages(bench)
    measure_inventory(bench)
    bench.watch.tell_worst(given.worst)


def inventory_page(session: Session, actor: Actor, *wanted: Any) -> InventoryPage:  # noqa: ANN401 - as the query takes them
    """A page of the inventory, as a request reads it."""
    return page(session, visible_units(session, actor), *wanted)


def overview(session: Session, actor: Actor, unit_id: int | None, level: str | None) -> Dashboard:
    """The overview of a part of the organisation."""
    return dashboard(session, visible_units(session, actor), unit_id, level)


def requesters(session: Session, actor: Actor) -> RequesterList:
    """The list of requesters."""
    return requester_list(session, visible_units(session, actor))


def requester(session: Session, actor: Actor, requester_id: int) -> RequesterPage:
    """One requester."""
    return requester_page(session, visible_units(session, actor), requester_id)


def log_form(session: Session, organisation_id: int) -> None:
    """What the form for logging offers to choose from."""
    choices.units(session, organisation_id)
    choices.staff_categories(session, organisation_id)
    choices.most_named_requesters(session, organisation_id)
    choices.requester_names(session, organisation_id)


if __name__ == "__main__":
    main()
