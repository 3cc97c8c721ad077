from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import make
from tests.services import settings
from timethief.config import MailServer
from timethief.domain.cases import AnswerTemplate
from timethief.domain.people import Actor, Role
from timethief.services import reports
from timethief.services.cases import answers, opening
from timethief.services.cases.answers import NewAnswer
from timethief.services.cases.reminding import remind_of_deadlines, tell_of_answers
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database
from timethief.storage.tables import Case, OutboxMail

DAY = timedelta(days=1)


@pytest.fixture
def surroundings(database: Database) -> Surroundings:
    server = MailServer("smtp", "localhost", 25)
    config = replace(settings.CONFIG, mail_server=server, mail_from="tidstjuv@example.org")
    return Surroundings(database, config)


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def rut(database: Database, place: make.Place) -> Actor:
    """Somebody whose two reports wait."""
    with database.writing_all() as session:
        rut = make.actor(session, place)
    with database.writing(place.organisation_id) as session:
        for key in ("one", "two"):
            facts = make.report_facts(place, title=f"Hemlig {key}", minutes=None)
            reports.submit(session, rut, facts, key, make.NOW)
    return rut


@pytest.fixture
def anna(database: Database, place: make.Place) -> Actor:
    with database.writing_all() as session:
        return make.actor(session, place, Role.SUPPORT, "Anna")


def _mail(database: Database) -> list[OutboxMail]:
    with database.reading_all() as session:
        return list(session.scalars(select(OutboxMail).order_by(OutboxMail.key)))


@pytest.mark.usefixtures("rut", "anna")
def test_two_cases_are_one_letter_without_what_was_written(
    database: Database, surroundings: Surroundings
) -> None:
    for _ in range(2):
        remind_of_deadlines(surroundings, make.NOW + 11 * DAY)

    [mail] = _mail(database)
    assert mail.recipient.startswith("anna")
    assert "2 ska ha svar inom tre dagar." in mail.text
    assert "Hemlig" not in mail.text


@pytest.mark.usefixtures("rut", "anna")
@pytest.mark.parametrize(("days", "letters"), [(10, 0), (12, 0), (14, 1), (15, 0), (21, 1)])
def test_nobody_is_reminded_every_day(
    database: Database, surroundings: Surroundings, days: int, letters: int
) -> None:
    remind_of_deadlines(surroundings, make.NOW + days * DAY)

    assert len(_mail(database)) == letters


def test_who_was_answered_is_told_once(
    database: Database, surroundings: Surroundings, place: make.Place, rut: Actor, anna: Actor
) -> None:
    with database.writing(place.organisation_id) as session:
        report = reports.submit(session, rut, make.report_facts(place, minutes=None), "x", make.NOW)
        case = opening.case_of_report(session, report.report_id)
        assert case is not None
        new = NewAnswer(AnswerTemplate.THANKS, "Hemligt svar")
        answers.answer_case(session, anna, case.id, new, case.version, "k", make.NOW)

    for days in (1, 2):
        tell_of_answers(surroundings, make.NOW + days * DAY)

    [mail] = _mail(database)
    assert mail.recipient.startswith("rut")
    assert "Hemligt" not in mail.text


def test_each_is_led_to_a_page_that_is_open_to_them(
    database: Database, surroundings: Surroundings, place: make.Place, rut: Actor, anna: Actor
) -> None:
    with database.writing_all() as session:
        chief = make.actor(session, place, Role.LEADERSHIP, "Eva")
        own = select(Case).where(Case.organisation_id == rut.organisation_id)
        case = next(session.scalars(own))
        case.function_id, case.unit_id = None, place.ward

    remind_of_deadlines(surroundings, make.NOW + 14 * DAY)

    letters = {mail.recipient.partition(".")[0]: mail.text for mail in _mail(database)}
    assert set(letters) == {anna.name.lower(), chief.name.lower()}
    assert letters["anna"].endswith("/intake?which=mine")
    assert letters["eva"].endswith("/cases")
