"""Fifty clients log tasks at once by the real form, each form sent twice; then `verify`.

    .venv/bin/python -m scripts.bench.log_tasks FOLDER [--clients N] [--reports N] [--pause S] [--without-verify]

Everybody begins at the same moment and takes `pause` seconds, more or less, to fill in a form; with 0 they send
as fast as they are answered, which tells what the server bears at most and not how long somebody waits.

The folder is added to. On a large one `verify` takes long: without it, only the sum of the kept totals is
compared with the number of assessments.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import func, select

from scripts.bench.cases import database_of, organisation
from scripts.bench.measure import (
    ADMIN,
    LEADERSHIP,
    ROOT,
    STAFF,
    SUPPORT,
    Client,
    Measured,
    against,
    environment,
    serving,
    token_of,
)
from timethief.queries.totals import Scope, total
from timethief.storage.tables import AssessmentRow, Report, Task

GOAL = 500
_KEY = re.compile(r'name="key"[^>]* value="([^"]+)"')
_REQUESTER = re.compile(r'name="requester"[^>]* value="([0-9a-z]{12})"')
_UNIT = re.compile(r'<option value="([0-9a-z]{12})" selected')


@dataclass(slots=True)
class Outcome:
    """What became of the forms of all clients.

    Attributes:
        forms: times of fetching the form, in milliseconds.
        posts: times of sending it.
        receipts: where each form led, by its key: one place if it was carried out once.
        errors: what went wrong.
    """

    forms: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    receipts: dict[str, set[str]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def log_some(
    port: int, number: int, reports: int, pause: float, barrier: threading.Barrier
) -> Outcome:
    """One client: log in, wait for the others, and log."""
    chance = random.Random(number)  # noqa: S311 - seeded, no secret
    outcome = Outcome()
    client = Client(port)
    client.log_in((STAFF, SUPPORT, LEADERSHIP, ADMIN)[number % 4])
    barrier.wait()
    for each in range(reports):
        begun = time.perf_counter()
        page = client.get("/log")
        outcome.forms.append((time.perf_counter() - begun) * 1000)
        if page.status != HTTPStatus.OK:
            outcome.errors.append(f"form: {page.status}")
            continue
        time.sleep(pause * 2 * chance.random())
        form = answers(page.text, f"Provmata {number} gång {each} i två system")
        for _ in range(2):
            begun = time.perf_counter()
            answer = client.post("/log", form)
            outcome.posts.append((time.perf_counter() - begun) * 1000)
            if answer.status != HTTPStatus.FOUND:
                outcome.errors.append(f"post: {answer.status}")
                continue
            place = answer.headers["Location"]
            outcome.receipts.setdefault(form["key"], set()).add(place)
    client.close()
    return outcome


def answers(page: str, title: str) -> dict[str, str]:
    """The form of the page, filled in."""
    key, requester = _KEY.search(page), _REQUESTER.search(page)
    unit = _UNIT.search(page)
    if key is None or requester is None or unit is None:
        raise ValueError("the form has no key, requester or unit")
    return {
        "csrf_token": token_of(page),
        "key": key[1],
        "title": title,
        "minutes": "5",
        "frequency": "daily",
        "people": "one",
        "requester": requester[1],
        "use": "nobody",
        "signals": "double_entry",
        "unit": unit[1],
    }


def counts(folder: Path) -> tuple[int, int, int, int]:
    """Reports, tasks, assessments and what the kept totals say there are, of the organisation."""
    database = database_of(folder)
    with database.reading_all() as session:
        own = organisation(session)
        numbers = [
            session.scalar(
                select(func.count()).select_from(table).where(table.organisation_id == own)
            )
            or 0
            for table in (Report, Task, AssessmentRow)
        ]
        kept = total(session, Scope(own)).tasks
    database.close()
    return numbers[0], numbers[1], numbers[2], kept


def main() -> None:
    """Serve, log, compare."""
    parser = argparse.ArgumentParser(description="Many log tasks at once.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--reports", type=int, default=10)
    parser.add_argument("--pause", type=float, default=5)
    parser.add_argument("--without-verify", action="store_true")
    given = parser.parse_args()
    folder = given.folder.absolute()
    before = counts(folder)
    barrier = threading.Barrier(given.clients)
    with serving(folder, workers=2) as server, ThreadPoolExecutor(given.clients) as pool:
        running = [
            pool.submit(log_some, server.port, number, given.reports, given.pause, barrier)
            for number in range(given.clients)
        ]
        found = [each.result() for each in running]
        print(f"memory of the workers: {server.memory()}")
    after = counts(folder)
    sent = given.clients * given.reports
    errors = [error for each in found for error in each.errors]
    receipts = [places for each in found for places in each.receipts.values()]
    print(Measured("fetch the form", [t for each in found for t in each.forms]).line())
    print(Measured("send it", [t for each in found for t in each.posts]).line(GOAL))
    print(f"{len(errors)} errors  {against(len(errors), 0)}  {sorted(set(errors))}")
    doubles = sum(len(places) > 1 for places in receipts) + after[0] - before[0] - len(receipts)
    print(f"{doubles} doubles of {sent} forms sent twice  {against(doubles, 0)}")
    grown = [now - then for now, then in zip(after, before, strict=True)]
    names = ("reports", "tasks", "assessments", "tasks in the kept totals")
    print("grown by: " + ", ".join(f"{n} {name}" for n, name in zip(grown, names, strict=True)))
    if given.without_verify:
        return
    begun = time.perf_counter()
    command = [sys.executable, "-m", "timethief", "verify"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=False
    )
    print(
        f"verify: {(done.stdout + done.stderr).strip()[-300:]} ({time.perf_counter() - begun:.0f} s)"
    )


if __name__ == "__main__":
    main()
