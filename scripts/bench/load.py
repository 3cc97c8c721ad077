"""How many pages of the inventory two workers serve, to 16 connections that are kept open.

    .venv/bin/python -m scripts.bench.load FOLDER [--seconds N] [--connections N] [--workers N]

Loopback only; the clients run on the same machine and take a part of it.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import cycle, islice
from pathlib import Path

from scripts.bench.cases import database_of, organisation, pairs, singles, values_of
from scripts.bench.measure import LEADERSHIP, Client, Measured, against, serving
from timethief.queries.filters import Sort

GOAL_PER_SECOND = 80
LONGEST = 120
"""Seconds that it may be asked to last."""


def addresses(folder: Path) -> list[str]:
    """Filtered pages of the inventory, no two the same."""
    database = database_of(folder)
    with database.reading_all() as session:
        values = values_of(session, organisation(session))
    database.close()
    cases = [*singles(values)] * 3 + [*pairs(values)]
    sorts = cycle(Sort)
    return [case.address(next(sorts)) for case in cases]


def visit(client: Client, paths: list[str], end: float) -> tuple[list[float], int]:
    """Fetch one page after the other until the time is up; the times, and how many failed."""
    times, failed = [], 0
    for path in cycle(paths):
        begun = time.perf_counter()
        if begun > end:
            break
        failed += client.get(path).status != HTTPStatus.OK
        times.append((time.perf_counter() - begun) * 1000)
    return times, failed


def main() -> None:
    """Serve, visit and tell."""
    parser = argparse.ArgumentParser(description="Pages of the inventory per second.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    seconds = min(given.seconds, LONGEST)
    paths = addresses(given.folder)
    with serving(given.folder, given.workers) as server:
        clients = [Client(server.port) for _ in range(given.connections)]
        clients[0].log_in(LEADERSHIP)
        for client in clients[1:]:
            client.cookies = dict(clients[0].cookies)
        for path in islice(paths, 0, None, 10):
            clients[0].get(path)
        begun = time.perf_counter()
        with ThreadPoolExecutor(given.connections) as pool:
            running = [
                pool.submit(visit, client, paths[number :: given.connections], begun + seconds)
                for number, client in enumerate(clients)
            ]
            found = [each.result() for each in running]
        took = time.perf_counter() - begun
        print(f"memory of the workers: {server.memory()}")
    times = [each for part, _ in found for each in part]
    per_second = len(times) / took
    print(Measured("inventory, filtered and sorted", times).line())
    print(f"{sum(failed for _, failed in found)} failed")
    print(f"{per_second:.0f} requests/s  {against(per_second, GOAL_PER_SECOND, at_least=True)}")


if __name__ == "__main__":
    main()
