"""Time of the intake's list with many reports that wait; they are added to the database of a folder.

    .venv/bin/python -m scripts.bench.intake FOLDER [--reports 100000]

FOLDER is one that `build` made. It keeps the reports; the first run adds them.
"""

# ruff: noqa: S311, PLR2004 - chances are seeded and no secrets, and stand where they are used

from __future__ import annotations

import argparse
import random
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from scripts.bench.cases import database_of, organisation
from scripts.bench.measure import Stopwatch
from scripts.bench.queue import add_cases, reviewer
from timethief.domain.anonymity import IntakeStatus, week_of
from timethief.domain.cases import CaseOrigin, CaseState, answer_due, week_begins
from timethief.domain.identifiers import new_identifier
from timethief.domain.people import Actor, Role
from timethief.queries.intake import intake_page
from timethief.queries.own_cases import own_cases
from timethief.queries.waiting import Which, waiting
from timethief.storage.database import Database
from timethief.storage.tables import AnonymousReport, Case, SupportFunction, Unit

GOAL = 150
PAGES = 40
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LARGEST = 2_000
"""Reports that all say nearly the same; other groups have one to nine."""


def add_reports(session: Session, organisation_id: int, wanted: int) -> int:
    """Bring the waiting anonymous reports up to a number; how many there are."""
    chance = random.Random(20261102)
    anonymous = select(func.count()).select_from(AnonymousReport)
    there = session.scalar(anonymous.where(AnonymousReport.organisation_id == organisation_id)) or 0
    functions = session.scalars(
        select(SupportFunction.id).where(SupportFunction.organisation_id == organisation_id)
    ).all()
    units = session.scalars(select(Unit.id).where(Unit.organisation_id == organisation_id)).all()
    reports: list[dict[str, object]] = []
    cases: list[dict[str, object]] = []
    cluster, left = uuid.uuid4(), LARGEST
    for number in range(there, wanted):
        if not left:
            cluster, left = uuid.uuid4(), chance.choice((1, 1, 1, 1, 2, 3, 9))
        left -= 1
        week = week_of((NOW - timedelta(weeks=chance.randrange(30))).date())
        on = week_begins(week)
        report_id = uuid.UUID(int=chance.getrandbits(128))
        unit_id = chance.choice(units)
        reports.append(_report(organisation_id, report_id, number, week, unit_id, cluster))
        cases.append(
            {
                "id": new_identifier(),
                "organisation_id": organisation_id,
                "report_id": report_id,
                "cluster_id": cluster,
                "origin": CaseOrigin.REPORT.value,
                "state": CaseState.OPEN.value,
                "routed_reason": "",
                "function_id": chance.choice(functions[:3]),
                "opened_on": on,
                "answer_due": answer_due(on),
                "first_answered_on": on if chance.random() < 0.3 else None,
                "version": 1,
            }
        )
    if reports:
        session.execute(insert(AnonymousReport), reports)
        session.execute(insert(Case), cases)
    return max(there, wanted)


def _report(
    organisation_id: int,
    report_id: uuid.UUID,
    number: int,
    week: str,
    unit_id: int,
    cluster: uuid.UUID,
) -> dict[str, object]:
    return {
        "id": report_id,
        "organisation_id": organisation_id,
        "released_week": week,
        "title": f"Skriver av listan {number}",
        "description": "Samma uppgifter står redan i journalen.",
        "unit_id": unit_id,
        "requester_name": "",
        "use_answer": "unknown",
        "signals": "",
        "cluster_id": cluster,
        "status": IntakeStatus.RECEIVED.value,
        "shown_status": IntakeStatus.RECEIVED.value,
    }


def measure(database: Database, actor: Actor, watch: Stopwatch) -> None:
    """Each part to its 40th page, pages of reports, and what waits for who decides."""
    reports: list[uuid.UUID] = []
    for which in Which:
        after = None
        for number in range(PAGES):

            def page(which: Which = which, after: str | None = after) -> str | None:
                with database.reading(actor.organisation_id) as session:
                    found = waiting(session, actor, which, after, NOW.date())
                    reports.extend(each.report.id for each in found.lines[:1] if each.report)
                    return found.after

            after = watch.time("pages of the list", f"{which}, {number + 1}", page)
            if after is None:
                break
    for report_id in reports:

        def one(report_id: uuid.UUID = report_id) -> None:
            with database.reading(actor.organisation_id) as session:
                intake_page(session, actor.organisation_id, report_id)

        watch.time("a report", str(report_id), one)

    def decider() -> None:
        with database.reading(actor.organisation_id) as session:
            own_cases(session, actor, None)

    for _ in range(PAGES):
        watch.time("cases of who is to decide", "first page", decider)
    watch.tell(GOAL)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--worst", type=int, default=10)
    given = parser.parse_args()
    database = database_of(given.folder)
    with database.reading_all() as session:
        organisation_id = organisation(session)
        user_id = reviewer(session, organisation_id)
    with database.writing(organisation_id) as session:
        add_cases(session, organisation_id, 0.2)
        count = add_reports(session, organisation_id, given.reports)
    print(f"{count:,} anonymous reports wait")
    watch = Stopwatch()
    measure(database, Actor(user_id, organisation_id, Role.SUPPORT, None, None, ""), watch)
    watch.tell_worst(given.worst)


if __name__ == "__main__":
    main()
