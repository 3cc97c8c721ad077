"""Whether an answer takes as long for what exists as for what does not: log-in by password, and receipts.

    .venv/bin/python -m scripts.bench.even_times [--tries N]

Makes an installation of its own in a temporary folder. The machine should be quiet.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import delete
from werkzeug.test import Client

from scripts.bench.measure import PASSWORD, against, token_of
from timethief.app import create_app
from timethief.config import read_config
from timethief.domain.people import Role
from timethief.domain.vocabulary import OrganisationKind
from timethief.queries.anonymous_reports import thread
from timethief.services.anonymous.receipts import new_receipt, receipt_hash
from timethief.services.organisations import NewUser, add_organisation, add_user
from timethief.storage.database import Database
from timethief.storage.schema import migrate
from timethief.storage.tables import WrongTries
from timethief.web import current

GOAL = 1.10


def log_ins(client: Client, database: Database, tries: int) -> None:
    """Wrong passwords, for an address that has an account and for one that has none, in turn."""
    token = token_of(client.get("/login").text)
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(tries):
        for kind, email in (("known", "anna@example.org"), ("unknown", f"x{number}@example.org")):
            with (
                database.writing_all() as session
            ):  # else the wait after ten tries would be measured
                session.execute(delete(WrongTries))
            form = {"email": email, "password": "a wrong one", "csrf_token": token}
            begun = time.perf_counter()
            client.post("/login", data=form)
            took[kind].append((time.perf_counter() - begun) * 1000)
    tell("log-in, account known and unknown", *took.values())


def receipts(database: Database, organisation_id: int, tries: int) -> None:
    """Codes that open nothing: as somebody's own with a letter wrong, and another one altogether."""
    own, today = new_receipt(), datetime.now(UTC).date()
    took: list[list[float]] = [[], []]
    for _ in range(tries):
        for number, code in enumerate((own[:-1] + ("0" if own[-1] != "0" else "1"), new_receipt())):
            begun = time.perf_counter()
            with database.reading(organisation_id) as session:
                thread(session, organisation_id, receipt_hash(code, "salt of this run"), today)
            took[number].append((time.perf_counter() - begun) * 1000)
    tell("receipt, nearly right and another", *took)


def tell(name: str, one: list[float], other: list[float]) -> None:
    """Both medians, and how far apart they are."""
    low, high = sorted((median(one), median(other)))
    print(
        f"{name:<36}{median(one):8.2f}{median(other):8.2f} ms  {high / low:.3f} times  "
        f"{against(high / low, GOAL)}"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tries", type=int, default=200)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        config = read_config({"TIMETHIEF_INSTANCE": str(Path(folder))})
        app = create_app(config)
        database: Database = app.extensions[current.DATABASE]
        migrate(database)
        with database.writing_all() as session:
            own = add_organisation(
                session, "o", "O", OrganisationKind.MUNICIPALITY, date(2026, 1, 1)
            )
            anna = NewUser("anna@example.org", "Anna", Role.STAFF, None, None, PASSWORD)
            add_user(session, own, anna)
        log_ins(Client(app), database, given.tries)
        receipts(database, own, given.tries)
        database.close()


if __name__ == "__main__":
    main()
