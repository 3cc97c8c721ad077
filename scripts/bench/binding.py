"""What the two layers that keep organisations apart cost: each page with them and without, in turn, in one run.

    .venv/bin/python -m scripts.bench.binding FOLDER [--rounds N]
    .venv/bin/python -m scripts.bench.binding --url postgresql://... [--rounds N]

With an address, the demonstration organisation is looked at; it must be loaded there.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from scripts.bench.measure import PASSWORD, SUPPORT, against, percentile, token_of
from timethief.app import create_app
from timethief.config import read_config
from timethief.domain.identifiers import to_text
from timethief.storage.database import Database
from timethief.storage.tables import Organisation, Task
from timethief.web import current

GOAL = 1.10
DEMONSTRATION = "verksamhetsutvecklare@exempel.se"


class Unguarded(Database):
    """The database as it would be without either layer."""

    @contextmanager
    def reading(self, organisation_id: int) -> Iterator[Session]:
        """As it was before: the query alone says which rows it wants."""
        del organisation_id
        with Session(self._reader, autoflush=False, expire_on_commit=False) as session:
            yield session


def pages(database: Database, code: str) -> dict[str, list[str]]:
    """What is looked at, by kind."""
    with database.reading_all() as session:
        organisation = session.scalars(
            select(Organisation.id).where(Organisation.code == code)
        ).one()
        tasks = session.scalars(
            select(Task.id).where(Task.organisation_id == organisation).limit(30)
        ).all()
    return {
        "overview": ["/dashboard"],
        "inventory": ["/inventory", "/inventory?flagged=yes", "/inventory?level=state&sort=cost"],
        "search": ["/inventory?q=rapport"],
        "task": [f"/tasks/{to_text(task)}" for task in tasks],
        "requesters": ["/requesters"],
        "log": ["/log"],
    }


def log_in(app: Flask, email: str) -> Client:
    """Somebody at the application in this process."""
    client = Client(app)
    form = {"email": email, "password": PASSWORD, "csrf_token": token_of(client.get("/login").text)}
    client.post("/login", data=form)
    return client


def measure(app: Flask, email: str, code: str, rounds: int) -> None:
    """Each page with and without, in turn, so that whatever else the machine does meets both alike."""
    guarded: Database = app.extensions[current.DATABASE]
    kinds = {"with": guarded, "without": Unguarded(guarded.url.render_as_string(False))}
    client = log_in(app, email)
    wall: dict[tuple[str, str], list[float]] = defaultdict(list)
    busy: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(rounds + 3):
        for name, paths in pages(guarded, code).items():
            path = paths[number % len(paths)]
            order = list(kinds) if number % 2 else list(reversed(kinds))
            for kind in order:
                app.extensions[current.DATABASE] = kinds[kind]
                began, worked = time.perf_counter(), time.process_time()
                answer = client.get(path)
                if number >= 3:  # the first ones fill the caches  # noqa: PLR2004
                    wall[name, kind].append((time.perf_counter() - began) * 1000)
                    busy[name, kind].append((time.process_time() - worked) * 1000)
                if answer.status_code != 200:  # noqa: PLR2004
                    raise ValueError(f"{path}: {answer.status}")
    print(f"{'median, ms':<14}{'without':>10}{'with':>10}{'ratio':>8}   processor ratio")
    sums = dict.fromkeys(kinds, 0.0)
    for name in dict.fromkeys(name for name, _ in wall):
        middle = {kind: percentile(wall[name, kind], 0.5) for kind in kinds}
        worked = {kind: percentile(busy[name, kind], 0.5) for kind in kinds}
        for kind in kinds:
            sums[kind] += middle[kind]
        print(
            f"{name:<14}{middle['without']:>10.2f}{middle['with']:>10.2f}"
            f"{middle['with'] / middle['without']:>8.3f}{worked['with'] / worked['without']:>10.3f}"
        )
    ratio = sums["with"] / sums["without"]
    print(
        f"{'all':<14}{sums['without']:>10.2f}{sums['with']:>10.2f}{ratio:>8.3f}   {against(ratio, GOAL)}"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--url")
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    with TemporaryDirectory() as empty:
        settings = {"TIMETHIEF_INSTANCE": str((given.folder or Path(empty)).absolute())}
        if given.url:
            settings["TIMETHIEF_DATABASE_URL"] = given.url
        app = create_app(read_config({**os.environ, **settings}))
        email, code = (DEMONSTRATION, "exempel") if given.url else (SUPPORT, "stora")
        measure(app, email, code, given.rounds)


if __name__ == "__main__":
    main()
