"""D14: what has been withdrawn is gone from pages, free pages and the search index."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from tests import make
from tests.anonymity.writing import SALT, files, holders, holders_after_a_while, place, send
from timethief.domain.errors import NotFound
from timethief.domain.people import Actor, Role
from timethief.domain.vocabulary import TaskStatus
from timethief.queries.anonymous_reports import thread
from timethief.services import intake, reviews
from timethief.services.anonymous import reports as anonymous_reports
from timethief.services.anonymous.receipts import new_receipt, receipt_hash
from timethief.services.anonymous.release import release
from timethief.storage import search
from timethief.storage.database import Database
from timethief.storage.scrubbing import scrub
from timethief.storage.tables import AnonymousMessage, AnonymousReport, Report, Task

MARKER = "xyloquartz"


def _written(database: Database, where: make.Place) -> tuple[str, uuid.UUID]:
    receipt = new_receipt()
    send(
        database,
        where,
        receipt,
        title=f"Fyller i {MARKER}",
        description=f"Mer om {MARKER} " * 200,
    )
    with database.reading(where.organisation_id) as session:
        return receipt, session.scalars(select(AnonymousReport.id)).one()


def _withdraw(database: Database, where: make.Place, report_id: uuid.UUID) -> None:
    with database.writing(where.organisation_id) as session:
        tasks = anonymous_reports.withdraw(session, where.organisation_id, report_id, make.TODAY)
    scrub(database, tasks=tasks)


def _reviewer(database: Database, where: make.Place) -> Actor:
    with database.writing_all() as session:
        return make.actor(session, where, Role.SUPPORT)


def _made_a_task(database: Database, where: make.Place, report_id: uuid.UUID) -> int:
    release(database, where.organisation_id, make.NOW)
    reviewer = _reviewer(database, where)
    facts = make.report_facts(where, title=f"Fyller i {MARKER}", description=f"Om {MARKER}")
    with database.writing(where.organisation_id) as session:
        return intake.make_task(session, reviewer, report_id, facts, make.key(), make.NOW)


@pytest.mark.parametrize("released", [False, True])
def test_a_withdrawn_report_stands_nowhere_in_the_files(
    database: Database, *, released: bool
) -> None:
    where = place(database)
    receipt, report_id = _written(database, where)
    if released:
        release(database, where.organisation_id, make.NOW)
    assert holders(database, MARKER)

    _withdraw(database, where, report_id)

    assert holders_after_a_while(database, MARKER) == []
    with database.reading(where.organisation_id) as session:
        found = thread(session, where.organisation_id, receipt_hash(receipt, SALT), make.TODAY)
        assert found is None


def test_with_it_goes_everything_that_was_said_of_it(database: Database) -> None:
    where = place(database)
    _, report_id = _written(database, where)
    with database.writing(where.organisation_id) as session:
        anonymous_reports.add(
            session, where.organisation_id, report_id, f"Och {MARKER} till", make.key()
        )

    _withdraw(database, where, report_id)

    with database.reading(where.organisation_id) as session:
        assert session.scalars(select(AnonymousMessage)).all() == []
    assert holders_after_a_while(database, MARKER) == []


def test_a_task_of_it_alone_goes_too_and_its_words_are_found_no_more(database: Database) -> None:
    where = place(database)
    _, report_id = _written(database, where)
    _made_a_task(database, where, report_id)

    _withdraw(database, where, report_id)

    with database.reading(where.organisation_id) as session:
        assert session.scalars(select(Task)).all() == []
        assert session.scalars(search.matching(session, (MARKER,))).all() == []
    if database.is_sqlite:  # PostgreSQL writes over what a vacuum has freed only later
        assert holders_after_a_while(database, MARKER) == []
    assert files(database)


def test_a_task_in_review_of_it_alone_goes_too(database: Database) -> None:
    where = place(database)
    _, report_id = _written(database, where)
    task_id = _made_a_task(database, where, report_id)
    reviewer = _reviewer(database, where)
    with database.writing(where.organisation_id) as session:
        version = session.get_one(Task, task_id).version
        reviews.store(session, reviewer, task_id, make.review(), version, make.key(), make.NOW)

    _withdraw(database, where, report_id)

    with database.reading(where.organisation_id) as session:
        assert session.scalars(select(Task)).all() == []


def test_a_task_that_others_have_reported_stays_with_their_words(database: Database) -> None:
    where = place(database)
    _, report_id = _written(database, where)
    task_id = _made_a_task(database, where, report_id)
    with database.writing_all() as session:
        other = make.actor(session, where)
        make.sent(session, other, make.report_facts(where, title="Listan"), same_as=task_id)

    _withdraw(database, where, report_id)

    with database.reading(where.organisation_id) as session:
        task = session.get_one(Task, task_id)
        assert (task.title, task.description) == ("Listan", "")
        assert session.scalars(search.matching(session, (MARKER,))).all() == []


def test_what_has_been_decided_stays_and_the_report_is_marked_as_withdrawn(
    database: Database,
) -> None:
    where = place(database)
    _, report_id = _written(database, where)
    task_id = _made_a_task(database, where, report_id)
    with database.writing(where.organisation_id) as session:
        session.get_one(Task, task_id).status = TaskStatus.DECIDED.value

    _withdraw(database, where, report_id)

    with database.reading(where.organisation_id) as session:
        assert session.get_one(Task, task_id).status == TaskStatus.DECIDED.value
        report = session.get_one(Report, report_id)
        assert (report.withdrawn, report.title, report.description) == (True, "", "")


def test_what_is_withdrawn_cannot_be_withdrawn_again(database: Database) -> None:
    where = place(database)
    _, report_id = _written(database, where)
    _withdraw(database, where, report_id)

    with pytest.raises(NotFound):
        _withdraw(database, where, report_id)
