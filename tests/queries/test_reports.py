from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests import make
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.intake import ReportFacts, RequesterName, UseAnswer
from timethief.domain.ranges import Range
from timethief.domain.vocabulary import Signal
from timethief.queries.reports import own_reports, receipt
from timethief.services import reports
from timethief.storage.database import Database

SENT: dict[str, dict[str, Any]] = {
    "complete": {},
    "spread": {"people": Range(6, 11, 20), "signals": frozenset({Signal.PAPER, Signal.MEETING})},
    "all": {
        "description": "Rad 1\nRad 2",
        "use": UseAnswer.SOMEBODY_ELSE,
        "worth_share": 0.25,
        "achievable_minutes": 0.0,
    },
    "little": {"minutes": None, "frequency": None, "people": None, "unit_id": None},
}


@pytest.mark.parametrize("changes", SENT.values(), ids=SENT.keys())
def test_the_writer_reads_what_was_sent(database: Database, changes: dict[str, Any]) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        rut, facts = make.actor(session, place), make.report_facts(place, **changes)
        sent = make.sent(session, rut, facts)

    with database.reading_all() as session:
        found = receipt(session, rut, sent.report_id)

    assert (found.id, found.facts, found.sent_on) == (sent.report_id, facts, make.TODAY)
    assert (found.requester, found.withdrawn) == ("Personalenheten", False)
    assert (found.task is None) == (sent.task_id is None)


def test_a_requester_that_was_named_is_told_by_its_name(database: Database) -> None:
    with database.writing_all() as session:
        rut = make.actor(session, make.organisation(session))
        named = make.sent(session, rut, ReportFacts("Ny", requester=RequesterName("Ny enhet")))
        unnamed = make.sent(session, rut, ReportFacts("Ingen"))

    with database.reading_all() as session:
        assert receipt(session, rut, named.report_id).requester == "Ny enhet"
        assert receipt(session, rut, unnamed.report_id).requester is None


def test_a_withdrawn_report_can_be_read_but_has_no_task(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        rut, task = make.actor(session, place), make.task(session, place)
        sent = make.sent(session, rut, make.report_facts(place), same_as=task)
        reports.withdraw(session, rut, sent.report_id, make.NOW)

    with database.reading_all() as session:
        found = receipt(session, rut, sent.report_id)

    assert (found.withdrawn, found.task) == (True, None)


def test_the_report_of_another_is_not_found(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        sent = make.sent(session, make.actor(session, place), make.report_facts(place))
        strangers = [make.actor(session, place), make.actor(session, other)]

    with database.reading_all() as session:
        for stranger in strangers:
            for report in (sent.report_id, uuid.uuid4()):
                with pytest.raises(NotFound):
                    receipt(session, stranger, report)


def test_ones_own_reports_come_newest_first_without_those_withdrawn(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        rut = make.actor(session, place)
        sent = [
            make.sent(
                session,
                rut,
                make.report_facts(place, title=str(day), minutes=minutes),
                make.NOW + timedelta(days=day),
            )
            for day, minutes in enumerate((30.0, None, 30.0))
        ]
        reports.withdraw(session, rut, sent[2].report_id, make.NOW)
        make.task(session, place)

    with database.reading_all() as session:
        found = own_reports(session, rut)

    assert [(line.title, line.task_id) for line in found] == [
        ("1", None),
        ("0", to_text(sent[0].task_id or 0)),
    ]
