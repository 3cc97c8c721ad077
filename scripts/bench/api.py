"""The API on a large inventory: server time of its calls, requests per second, and many who add tasks at once.

    .venv/bin/python -m scripts.bench.api FOLDER [--seconds N] [--connections N] [--clients N] [--tasks N] [--only PART]

Parts: `time` (in this process, through the real WSGI application), `load` (two workers, connections that are kept
open, each with a token of its own), `add` (each task sent twice with the same key; adds to the folder).
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import delete, func, select
from werkzeug.test import Client as Wsgi

from scripts.bench.cases import Case, database_of, organisation, pairs, singles, values_of
from scripts.bench.load import LONGEST, visit
from scripts.bench.measure import (
    ADMIN,
    LEADERSHIP,
    STAFF,
    SUPPORT,
    Answer,
    Client,
    Measured,
    Stopwatch,
    against,
    serving,
)
from timethief.app import create_app
from timethief.config import read_config
from timethief.domain.identifiers import to_text
from timethief.domain.tokens import Scope as TokenScope
from timethief.queries.filters import Sort
from timethief.queries.totals import Scope, total
from timethief.services.access.tokens import MOST_TOKENS, NewToken, make_token
from timethief.services.people import as_actor
from timethief.storage.tables import ApiToken, Requester, Task, Unit, User

GOAL_LIST, GOAL_SUMMARY, GOAL_TASK, GOAL_PER_SECOND = 15, 10, 40, 200
TASKS, SUMMARY = "/api/v1/tasks", "/api/v1/summary"
LIMIT = 50
GROUPS = ("unit", "requester", "requirement", "level", "verdict", "cause", "recommended", "signal")
CALLS_OF_A_TOKEN = 500
"""Fewer than a token may make in a minute."""


class Api(Client):
    """A client with a token in place of cookies."""

    def __init__(self, port: int, token: str) -> None:
        """Connect when first used."""
        super().__init__(port)
        self.token = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Read something."""
        return super().get(path, self.token | (headers or {}))

    def add(self, task: object, key: str) -> Answer:
        """Add a task."""
        return self.send(TASKS, task, self.token | {"Idempotency-Key": key})


def tokens(
    folder: Path, emails: tuple[str, ...] = (SUPPORT, STAFF, LEADERSHIP, ADMIN)
) -> list[str]:
    """New tokens, as many as the accounts may have; the old ones go."""
    database, now = database_of(folder), datetime.now(UTC)
    made = []
    with database.writing_all() as session:
        for email in emails:
            user = session.scalars(select(User).where(User.email == email)).one()
            session.execute(delete(ApiToken).where(ApiToken.user_id == user.id))
            for number in range(MOST_TOKENS):
                new = NewToken(f"bench {number}", TokenScope.WRITE, now.date() + timedelta(days=9))
                made.append(make_token(session, as_actor(user), new, now.date(), now))
    database.close()
    return made


def address(case: Case, sort: Sort) -> str:
    """The list with the filter of a case."""
    given = {name: getattr(case.wanted, name) for name in case.wanted.conditions()}
    told = {
        name: str(value).lower()
        if isinstance(value, bool)
        else to_text(value)
        if isinstance(value, int)
        else value
        for name, value in given.items()
    }
    return f"{TASKS}?{urlencode(told | {'limit': LIMIT, 'sort': sort.value})}"


def addresses(folder: Path) -> dict[str, list[str]]:
    """Filtered lists, no two the same, by how many filters they have."""
    database = database_of(folder)
    with database.reading_all() as session:
        values = values_of(session, organisation(session))
    database.close()
    sorts = cycle(Sort)
    return {
        "one filter or none": [address(case, next(sorts)) for case in [*singles(values)] * 3],
        "two filters": [address(case, next(sorts)) for case in pairs(values)],
    }


def mixed(folder: Path) -> list[str]:
    """All of them."""
    return [path for paths in addresses(folder).values() for path in paths]


def measure_times(folder: Path) -> None:
    """Server time of lists, single tasks and totals."""
    app = create_app(read_config({"TIMETHIEF_INSTANCE": str(folder)}))
    client, watch = Wsgi(app), Stopwatch()
    bearers = _bearers(tokens(folder, (SUPPORT,)))
    database = database_of(folder)
    with database.reading_all() as session:
        own = organisation(session)
        ids = session.scalars(select(Task.id).where(Task.organisation_id == own).limit(300)).all()
    database.close()
    lists = addresses(folder)
    kinds = {
        **{f"list of 50, {kind}": (GOAL_LIST, paths) for kind, paths in lists.items()},
        "one task": (GOAL_TASK, [f"{TASKS}/{to_text(each)}" for each in ids]),
        "totals": (GOAL_SUMMARY, [f"{SUMMARY}?group_by={group}" for group in GROUPS] * 10),
    }
    for path in islice(mixed(folder), 0, None, 10):
        client.get(path, headers=next(bearers))
    for kind, (goal, of) in kinds.items():
        for path in of:
            head = next(bearers)
            answer = watch.time(kind, path, lambda p=path, h=head: client.get(p, headers=h))  # type: ignore[misc]
            if answer.status_code != HTTPStatus.OK:
                raise ValueError(f"{path}: {answer.status}")
        watch.tell(goal)
    watch.tell_worst(10)


def _bearers(of: list[str]) -> Iterator[dict[str, str]]:
    """What each call brings along: one token for some hundred calls, then the next."""
    for token in cycle(of):
        for _ in range(CALLS_OF_A_TOKEN):
            yield {"Authorization": f"Bearer {token}"}


def measure_load(folder: Path, seconds: int, connections: int) -> None:
    """Lists per second, from two workers."""
    paths, known = mixed(folder), tokens(folder)
    with serving(folder, 2) as server:
        clients = [Api(server.port, known[number]) for number in range(connections)]
        for path in islice(paths, 0, None, 10):
            Api(server.port, known[-1]).get(path)
        busy, begun = server.busy(), time.perf_counter()
        with ThreadPoolExecutor(connections) as pool:
            running = [
                pool.submit(visit, client, paths[number::connections], begun + seconds)
                for number, client in enumerate(clients)
            ]
            found = [each.result() for each in running]
        took, busy = time.perf_counter() - begun, server.busy() - busy
        print(f"memory of the workers: {server.memory()}")
    times = [each for part, _ in found for each in part]
    print(Measured(f"list of 50, {connections} connections", times).line())
    print(f"{sum(failed for _, failed in found)} failed")
    print(f"{busy / len(times) * 1000:.1f} ms of the workers' processor time for each request")
    per_second = len(times) / took
    print(f"{per_second:.0f} requests/s  {against(per_second, GOAL_PER_SECOND, at_least=True)}")


def _add_some(
    client: Api, task: dict[str, object], many: int, barrier: threading.Barrier
) -> tuple[list[float], dict[str, set[str]], list[str]]:
    """One client: wait for the others, and add; times, where each key led, and errors."""
    times: list[float] = []
    places: dict[str, set[str]] = {}
    errors: list[str] = []
    barrier.wait()
    for number in range(many):
        key = f"{id(client)}-{number}-{time.time_ns()}"
        for _ in range(2):
            begun = time.perf_counter()
            answer = client.add(task | {"title": f"Provmata {key}"}, key)
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status != HTTPStatus.CREATED:
                errors.append(f"{answer.status}: {answer.text[:200]}")
                continue
            places.setdefault(key, set()).add(answer.headers["Location"])
    return times, places, errors


def measure_adding(folder: Path, clients: int, many: int) -> None:
    """Many who add at once, each task sent twice."""
    known = tokens(folder)
    database = database_of(folder)
    with database.reading_all() as session:
        own = organisation(session)
        unit = session.scalars(select(Unit.code).where(Unit.organisation_id == own).limit(1)).one()
        asking = select(Requester.id).where(Requester.organisation_id == own).limit(1)
        requester = to_text(session.scalars(asking).one())
        count = select(func.count()).select_from(Task).where(Task.organisation_id == own)
        before = session.scalar(count) or 0
    task: dict[str, object] = {
        "minutes": 5,
        "frequency": {"times": 1, "per": "working_day"},
        "people": 2,
        "unit": unit,
        "requester": {"id": requester},
        "signals": ["double_entry"],
    }
    barrier = threading.Barrier(clients)
    with serving(folder, 2) as server, ThreadPoolExecutor(clients) as pool:
        running = [
            pool.submit(_add_some, Api(server.port, known[n]), task, many, barrier)
            for n in range(clients)
        ]
        found = [each.result() for each in running]
    with database.reading_all() as session:
        grown, kept = (session.scalar(count) or 0) - before, total(session, Scope(own)).tasks
    database.close()
    errors = [error for _, _, of in found for error in of]
    places = [led for _, of, _ in found for led in of.values()]
    doubles = sum(len(led) > 1 for led in places) + grown - len(places)
    print(Measured(f"add a task, {clients} clients", [t for of, _, _ in found for t in of]).line())
    print(f"{len(errors)} errors  {against(len(errors), 0)}  {sorted(set(errors))[:3]}")
    print(f"{doubles} doubles of {len(places)} tasks sent twice  {against(doubles, 0)}")
    print(
        f"grown by {grown} tasks; the kept totals say that there are {kept - before - grown} more"
    )


def main() -> None:
    """Measure the parts that are asked for."""
    parser = argparse.ArgumentParser(description="The API on a large inventory.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--tasks", type=int, default=10)
    parser.add_argument("--only", choices=("time", "load", "add"))
    given = parser.parse_args()
    folder = given.folder.absolute()
    if given.only in (None, "time"):
        measure_times(folder)
    if given.only in (None, "load"):
        measure_load(folder, min(given.seconds, LONGEST), given.connections)
    if given.only in (None, "add"):
        measure_adding(folder, given.clients, given.tasks)


if __name__ == "__main__":
    main()
