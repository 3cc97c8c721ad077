"""Server time of every page, in one process: the real WSGI application, called by a logged-in person.

    .venv/bin/python -m scripts.bench.pages FOLDER [SMALLER_FOLDER] [--worst N]

With a second folder the same is measured there, and how many times longer each page takes on the first.
"""

from __future__ import annotations

import argparse
import os
import random
import re
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from itertools import chain
from pathlib import Path

from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from scripts.bench.cases import Case, database_of, organisation, pairs, searches, singles, values_of
from scripts.bench.measure import (
    PASSWORD,
    SUPPORT,
    Measured,
    Stopwatch,
    against,
    memory,
    percentile,
    token_of,
)
from timethief.app import create_app
from timethief.config import read_config
from timethief.domain.identifiers import to_text
from timethief.queries.filters import Sort, TaskFilter
from timethief.storage.tables import Task

GOAL_DASHBOARD, GOAL_RATIO = 80, 1.3
GOAL_INVENTORY, GOAL_SEARCH, GOAL_TASK, GOAL_OTHER = 60, 150, 40, 60
PAGES = 200
TITLES = ("Registrera blodtryck i två system", "Fylla i matkort", "Skanna remiss på papper")
_NEXT = re.compile(r'rel="next" href="([^"]+)"')


class Visitor:
    """A logged-in person at the application in this process."""

    def __init__(self, folder: Path, watch: Stopwatch) -> None:
        """Log in by the real form."""
        app = create_app(read_config({"TIMETHIEF_INSTANCE": str(folder)}))
        self.client = Client(app)
        self.watch = watch
        form = {"email": SUPPORT, "password": PASSWORD}
        self.token = token_of(self.client.get("/login").text)
        answer = self.client.post("/login", data=form | {"csrf_token": self.token})
        if answer.status_code != HTTPStatus.FOUND:
            raise ValueError(f"could not log in: {answer.status}")
        self.token = token_of(self.client.get("/log").text)

    def get(self, group: str, path: str) -> str:
        """Fetch a page and note how long it took."""
        return self._whole(path, self.watch.time(group, path, lambda: self.client.get(path)))

    def suggest(self, title: str) -> str:
        """What the form for logging asks while somebody types."""
        form = {"title": title, "csrf_token": self.token}
        answer = self.watch.time(
            "similar tasks while typing",
            title,
            lambda: self.client.post("/log/similar", data=form),
        )
        return self._whole("/log/similar", answer)

    @staticmethod
    def _whole(path: str, answer: TestResponse) -> str:
        if answer.status_code != HTTPStatus.OK:
            raise ValueError(f"{path}: {answer.status}")
        return answer.text


@dataclass(frozen=True, slots=True)
class Subjects:
    """What is looked at."""

    values: dict[str, list[TaskFilter]]
    tasks: list[str]


def subjects(folder: Path) -> Subjects:
    """The filters and tasks of a folder."""
    database = database_of(folder)
    with database.reading_all() as session:
        organisation_id = organisation(session)
        tasks = session.scalars(
            select(Task.id).where(Task.organisation_id == organisation_id).limit(20_000)
        ).all()
        values = values_of(session, organisation_id)
    database.close()
    chosen = random.Random(1).sample(tasks, 300)  # noqa: S311 - seeded, no secret
    return Subjects(values, [to_text(task) for task in chosen])


def dashboards(visitor: Visitor, about: Subjects) -> None:
    """The overview of the whole, of units, of levels, of both."""
    units = [Case("", wanted) for wanted in about.values["unit"]]
    levels = [Case("", wanted) for wanted in about.values["level"]]
    for _ in range(30):
        visitor.get("dashboard", "/dashboard")
    for case in units[:100]:
        visitor.get("dashboard of a unit", _dashboard(case.wanted))
    for case in levels * 5:
        visitor.get("dashboard of a level", _dashboard(case.wanted))
    for unit in units[:40:4]:
        for level in levels:
            both = TaskFilter(unit=unit.wanted.unit, level=level.wanted.level)
            visitor.get("dashboard of a unit and level", _dashboard(both))


def _dashboard(wanted: TaskFilter) -> str:
    return Case("", wanted).address().replace("/inventory", "/dashboard")


def other_pages(visitor: Visitor, about: Subjects) -> None:
    """Requesters, the form, and what it asks for while somebody types."""
    for _ in range(20):
        visitor.get("requesters", "/requesters")
        visitor.get("log page", "/log")
    for wanted in about.values["requester"]:
        visitor.get("requester", f"/requesters/{to_text(wanted.requester or 0)}")
    for title in TITLES:
        for length in range(3, len(title) + 1):
            visitor.suggest(title[:length])


def inventory(visitor: Visitor, about: Subjects) -> None:
    """Each filter and pair of filters, in each order."""
    for case in chain(singles(about.values), pairs(about.values)):
        kind = "inventory, two filters" if "+" in case.group else "inventory, one filter or none"
        for sort in Sort:
            visitor.get(kind, case.address(sort))


def walks(visitor: Visitor, about: Subjects) -> None:
    """From the first page to the 200th, by the links of the pages themselves."""
    kinds = [TaskFilter(), *(of[0] for of in about.values.values())]
    for number, wanted in enumerate(kinds):
        path: str | None = Case("", wanted).address(list(Sort)[number % len(Sort)])
        for page in range(1, PAGES + 1):
            if path is None:
                break
            last = page > PAGES - 10
            group = "inventory, pages 191 to 200" if last else "inventory, pages 1 to 190"
            found = _NEXT.search(visitor.get(group, path))
            path = unescape(found[1]) if found else None


def search(visitor: Visitor, about: Subjects) -> None:
    """Words, alone and with filters."""
    for case in searches(about.values):
        visitor.get(case.group, case.address(Sort.AVOIDABLE))


def measure(folder: Path, worst: int) -> dict[str, Measured]:
    """Measure all pages of a folder; the dashboards by group."""
    about = subjects(folder)
    warm = Visitor(folder, Stopwatch())
    for case in singles(about.values):
        warm.get("", case.address())
    dashboards(warm, Subjects({name: of[:3] for name, of in about.values.items()}, []))
    watch = Stopwatch()
    visitor = Visitor(folder, watch)
    dashboards(visitor, about)
    kept = dict(watch.groups)
    watch.tell(GOAL_DASHBOARD)
    for task in about.tasks:
        visitor.get("task page", f"/tasks/{task}")
    kept |= watch.groups
    watch.tell(GOAL_TASK)
    other_pages(visitor, about)
    kept |= watch.groups
    watch.tell(GOAL_OTHER)
    for part in (inventory, walks):
        part(visitor, about)
        kept |= watch.groups
        watch.tell(GOAL_INVENTORY)
    search(visitor, about)
    kept |= watch.groups
    watch.tell(GOAL_SEARCH)
    watch.tell_worst(worst)
    print(f"this process: {memory(os.getpid())}")
    return kept


def main() -> None:
    """Measure one folder, or two."""
    parser = argparse.ArgumentParser(description="Server time of every page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("smaller", type=Path, nargs="?")
    parser.add_argument("--worst", type=int, default=15)
    given = parser.parse_args()
    large = measure(given.folder.absolute(), given.worst)
    if given.smaller is None:
        return
    print(f"\n{given.smaller}")
    small = measure(given.smaller.absolute(), given.worst)
    print("\nHow many times longer on the first (median of the processor's time)")
    for name, measured in large.items():
        if name in small:
            ratio = percentile(measured.busy, 0.5) / percentile(small[name].busy, 0.5)
            goal = f"  {against(ratio, GOAL_RATIO)}" if name.startswith("dashboard") else ""
            print(f"{name:<50}{ratio:6.2f}{goal}")


if __name__ == "__main__":
    main()
