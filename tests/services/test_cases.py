from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import make
from timethief.domain.cases import AnswerTemplate, CaseOrigin, CaseState, FunctionKind, Route
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.people import Actor, Role
from timethief.domain.vocabulary import TaskStatus
from timethief.queries import cases as read
from timethief.services import intake, reports
from timethief.services.cases import answers, functions, handling, opening, requests, routing
from timethief.services.cases.answers import NewAnswer
from timethief.services.cases.functions import FunctionFacts
from timethief.services.cases.handling import TakenMeanwhile
from timethief.services.cases.placing import from_text, to_text
from timethief.services.cases.routing import Handing
from timethief.storage.database import Database
from timethief.storage.tables import Case, CaseAnswer, ReviewRequest, Task

LATER = make.NOW + timedelta(days=1)


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def people(database: Database, place: make.Place) -> dict[str, Actor]:
    with database.writing_all() as session:
        return {
            "rut": make.actor(session, place),
            "anna": make.actor(session, place, Role.SUPPORT, "Anna"),
            "bo": make.actor(session, place, Role.SUPPORT, "Bo"),
            "admin": make.actor(session, place, Role.ADMIN, "Ada"),
            "chief": make.actor(session, place, Role.LEADERSHIP, "Eva"),
        }


@pytest.fixture
def task_id(database: Database, place: make.Place, people: dict[str, Actor]) -> int:
    with database.writing(place.organisation_id) as session:
        sent = reports.submit(session, people["rut"], make.report_facts(place), "task", make.NOW)
    assert sent.task_id is not None
    return sent.task_id


@pytest.fixture
def waiting(database: Database, place: make.Place, people: dict[str, Actor]) -> Case:
    """The case of an incomplete report."""
    with database.writing(place.organisation_id) as session:
        facts = make.report_facts(place, minutes=None)
        sent = reports.submit(session, people["rut"], facts, "incomplete", make.NOW)
        found = opening.case_of_report(session, sent.report_id)
        assert found is not None
        return found


def _function(
    database: Database,
    place: make.Place,
    people: dict[str, Actor],
    kind: FunctionKind = FunctionKind.SERVICE_DESK,
    name: str = "Servicedesk",
) -> int:
    with database.writing(place.organisation_id) as session:
        facts = FunctionFacts(name, kind, "555")
        return functions.add_function(session, people["admin"], facts, f"f-{name}", make.NOW)


def _case(database: Database, case_id: int) -> Case:
    with database.reading_all() as session:
        return session.get_one(Case, case_id)


def test_an_incomplete_report_waits_with_a_function_and_a_deadline(
    database: Database, waiting: Case
) -> None:
    assert waiting.state == CaseState.OPEN
    assert waiting.answer_due == make.TODAY + timedelta(days=14)
    with database.reading_all() as session:
        [function] = read.functions(session, waiting.organisation_id)
    assert (function.name, function.open_cases) == ("Verksamhetsutveckling", 1)


@pytest.mark.usefixtures("task_id")
def test_a_complete_report_has_no_case(database: Database) -> None:
    with database.reading_all() as session:
        assert session.scalars(select(Case)).all() == []


def test_a_report_made_a_task_is_answered_and_closed(
    database: Database, place: make.Place, people: dict[str, Actor], waiting: Case
) -> None:
    assert waiting.report_id is not None
    with database.writing(place.organisation_id) as session:
        facts = make.report_facts(place)
        intake.make_task(session, people["anna"], waiting.report_id, facts, "made", make.NOW)

    found = _case(database, waiting.id)

    assert (found.state, found.closed_as) == ("closed", "made_task")
    with database.reading_all() as session:
        [answer] = session.scalars(select(CaseAnswer)).all()
    assert "inventeringen" in answer.text


def test_a_report_taken_back_leaves_no_open_case(
    database: Database, place: make.Place, people: dict[str, Actor], waiting: Case
) -> None:
    assert waiting.report_id is not None
    with database.writing(place.organisation_id) as session:
        reports.withdraw(session, people["rut"], waiting.report_id, make.NOW)

    assert _case(database, waiting.id).closed_as == "withdrawn"


def test_reports_from_before_get_cases_once(
    database: Database, place: make.Place, waiting: Case
) -> None:
    with database.writing(place.organisation_id) as session:
        session.delete(session.get_one(Case, waiting.id))

    first = opening.open_waiting(database, place.organisation_id, LATER)
    again = opening.open_waiting(database, place.organisation_id, LATER)

    assert (dict(first), dict(again)) == ({"opened": 1}, {})
    with database.reading_all() as session:
        [case] = session.scalars(select(Case)).all()
    assert (case.report_id, case.opened_on) == (waiting.report_id, make.TODAY)


def test_what_was_answered_for_good_is_not_opened_again(
    database: Database, place: make.Place, people: dict[str, Actor], waiting: Case
) -> None:
    with database.writing(place.organisation_id) as session:
        new = NewAnswer(AnswerTemplate.KEPT, "Vi behåller den, lagen kräver det.")
        answers.answer_case(
            session, people["anna"], waiting.id, new, waiting.version, "k", make.NOW
        )

    assert _case(database, waiting.id).closed_as == "answered"
    assert opening.open_waiting(database, place.organisation_id, LATER) == {}


def test_the_first_answer_is_noted_and_an_empty_one_refused(
    database: Database, place: make.Place, people: dict[str, Actor], waiting: Case
) -> None:
    new = NewAnswer(AnswerTemplate.THANKS, " ")
    with database.writing(place.organisation_id) as session, pytest.raises(Invalid, match="text"):
        answers.answer_case(
            session, people["anna"], waiting.id, new, waiting.version, "k", make.NOW
        )
    with database.writing(place.organisation_id) as session:
        new = NewAnswer(AnswerTemplate.THANKS, "Tack!")
        for _ in range(2):
            answers.answer_case(
                session, people["anna"], waiting.id, new, waiting.version, "k", make.NOW
            )

    found = _case(database, waiting.id)
    assert (found.first_answered_on, found.state) == (make.TODAY, "open")
    with database.reading_all() as session:
        assert len(session.scalars(select(CaseAnswer)).all()) == 1


def test_what_the_service_desk_mends_is_closed_and_can_be_undone_for_30_days(
    database: Database, place: make.Place, people: dict[str, Actor], waiting: Case
) -> None:
    desk = _function(database, place, people)
    owner = waiting.function_id
    handing = Handing(Route.LOCAL_FIX, "Toner.", desk, answer="Servicedesken tar det.")
    with database.writing(place.organisation_id) as session:
        routing.route(session, people["anna"], waiting.id, handing, waiting.version, "k", make.NOW)
    closed = _case(database, waiting.id)
    assert (closed.state, closed.closed_as, closed.function_id) == ("closed", "local_fix", desk)

    late = make.NOW + timedelta(days=31)
    with database.writing(place.organisation_id) as session, pytest.raises(Conflict):
        routing.undo_route(session, people["bo"], waiting.id, late)
    with database.writing(place.organisation_id) as session:
        last = make.NOW + timedelta(days=30)
        routing.undo_route(session, people["bo"], waiting.id, last)

    back = _case(database, waiting.id)
    assert (back.state, back.function_id, back.route, back.closed_on) == ("open", owner, None, None)
    assert back.first_answered_on == make.TODAY


def test_handing_on_without_a_word_to_the_writer_is_refused(
    database: Database, place: make.Place, people: dict[str, Actor], waiting: Case
) -> None:
    desk = _function(database, place, people)
    handing = Handing(Route.LOCAL_FIX, "Toner.", desk)
    with database.writing(place.organisation_id) as session, pytest.raises(Invalid, match="answer"):
        routing.route(session, people["anna"], waiting.id, handing, waiting.version, "k", make.NOW)


@pytest.mark.parametrize(
    ("route", "field"), [(Route.REQUESTER, "route"), (Route.SUPPORT_FUNCTION, "function_id")]
)
def test_a_report_goes_only_where_it_can(
    database: Database,
    place: make.Place,
    people: dict[str, Actor],
    waiting: Case,
    route: Route,
    field: str,
) -> None:
    desk = _function(database, place, people)
    handing = Handing(route, "Skäl", desk, answer="Svar")
    with database.writing(place.organisation_id) as session, pytest.raises(Invalid) as refused:
        routing.route(session, people["anna"], waiting.id, handing, waiting.version, "k", make.NOW)
    assert refused.value.field == field


def test_two_who_hand_on_at_once_do_not_overwrite_each_other(
    database: Database, place: make.Place, people: dict[str, Actor], waiting: Case
) -> None:
    handing = Handing(Route.UNIT_MANAGER, "Enhetens sak", unit_id=place.ward, answer="Chefen.")
    with database.writing(place.organisation_id) as session:
        routing.route(
            session, people["anna"], waiting.id, handing, waiting.version, "one", make.NOW
        )
    with database.writing(place.organisation_id) as session, pytest.raises(Conflict):
        routing.route(session, people["bo"], waiting.id, handing, waiting.version, "two", make.NOW)
    assert _case(database, waiting.id).unit_id == place.ward


def test_a_closed_function_gets_nothing_new_and_keeps_what_it_has(
    database: Database, place: make.Place, people: dict[str, Actor], waiting: Case
) -> None:
    desk = _function(database, place, people)
    with database.writing(place.organisation_id) as session:
        facts = FunctionFacts("Servicedesk", FunctionKind.SERVICE_DESK, active=False)
        functions.change_function(session, people["admin"], desk, facts, 1, make.NOW)
    handing = Handing(Route.LOCAL_FIX, "Toner.", desk, answer="Svar")
    with database.writing(place.organisation_id) as session, pytest.raises(Invalid) as refused:
        routing.route(session, people["anna"], waiting.id, handing, waiting.version, "k", make.NOW)
    assert refused.value.reason == "function_closed"


@pytest.mark.parametrize(
    ("days", "reason"), [(-1, "day_too_early"), (0, "day_too_early"), (91, "day_too_late")]
)
def test_a_deadline_that_has_passed_is_refused(
    database: Database,
    place: make.Place,
    people: dict[str, Actor],
    waiting: Case,
    days: int,
    reason: str,
) -> None:
    due = make.TODAY + timedelta(days=days)
    with database.writing(place.organisation_id) as session, pytest.raises(Invalid) as refused:
        routing.set_terms(session, people["anna"], waiting.id, None, due, waiting.version, make.NOW)
    assert refused.value.reason == reason


def test_who_decides_must_be_allowed_to_for_that_unit(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int
) -> None:
    with database.writing(place.organisation_id) as session:
        case = opening.open_task_case(
            session, place.organisation_id, task_id, CaseOrigin.QUEUE, make.NOW
        )
        session.get_one(Task, task_id).unit_id = place.south
    anna, due = people["anna"], case.answer_due
    for name in ("rut", "admin", "chief"):
        who = people[name].user_id
        with database.writing(place.organisation_id) as session, pytest.raises(Invalid):
            routing.set_terms(session, anna, case.id, who, due, case.version, make.NOW)
    with database.writing(place.organisation_id) as session:
        session.get_one(Task, task_id).unit_id = place.ward
        who = people["chief"].user_id
        routing.set_terms(session, anna, case.id, who, due, case.version, make.NOW)
    assert _case(database, case.id).decider_id == people["chief"].user_id


def test_taking_and_undoing_leaves_everything_as_it_was(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int
) -> None:
    with database.writing(place.organisation_id) as session:
        before = handling.take(session, people["anna"], [task_id], make.NOW)
    with database.reading_all() as session:
        assert session.get_one(Task, task_id).status == TaskStatus.IN_REVIEW
        line = read.case_of_task(session, people["anna"], task_id)
    assert line is not None
    assert line.taken_by == "Anna"

    with database.writing(place.organisation_id) as session:
        handling.restore(session, people["anna"], from_text(to_text(before)), LATER)

    with database.reading_all() as session:
        assert session.get_one(Task, task_id).status == TaskStatus.REPORTED
        assert read.case_of_task(session, people["anna"], task_id) is None


def test_who_comes_second_is_told_who_was_first(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int
) -> None:
    with database.writing(place.organisation_id) as session:
        handling.take(session, people["anna"], [task_id], make.NOW)
    with database.writing(place.organisation_id) as session, pytest.raises(TakenMeanwhile) as told:
        handling.take(session, people["bo"], [task_id], LATER)
    assert (told.value.name, told.value.at) == ("Anna", make.NOW)


def test_undo_after_somebody_went_on_is_refused(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int
) -> None:
    support = _function(database, place, people, FunctionKind.SUPPORT, "HR")
    with database.writing(place.organisation_id) as session:
        before = handling.take(session, people["anna"], [task_id], make.NOW)
    with database.writing(place.organisation_id) as session:
        handling.assign(session, people["bo"], [task_id], support, LATER)
    with database.writing(place.organisation_id) as session, pytest.raises(Conflict):
        handling.restore(session, people["anna"], before, LATER)


def test_nothing_of_this_is_for_staff(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int, waiting: Case
) -> None:
    with database.writing(place.organisation_id) as session:
        with pytest.raises(NotAllowed):
            handling.take(session, people["rut"], [task_id], make.NOW)
        with pytest.raises(NotAllowed):
            routing.undo_route(session, people["rut"], waiting.id, make.NOW)


def test_a_case_of_another_organisation_is_not_found(database: Database, waiting: Case) -> None:
    with database.writing_all() as session:
        other = make.organisation(session, "annan")
        stranger = make.actor(session, other, Role.SUPPORT, "Siv")
    with database.writing(other.organisation_id) as session, pytest.raises(NotFound):
        routing.take_case(session, stranger, waiting.id, waiting.version, make.NOW)


def test_a_request_opens_a_case_once_and_can_be_taken_back_and_made_again(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int
) -> None:
    with database.writing(place.organisation_id) as session:
        made = requests.ask_review(session, people["rut"], task_id, "Tar tid", "a", make.NOW)
        again = requests.ask_review(session, people["rut"], task_id, "Igen", "b", make.NOW)
        case_id = session.get_one(ReviewRequest, made).case_id
    assert made == again
    assert _case(database, case_id).origin == CaseOrigin.REVIEW_REQUEST

    with database.writing(place.organisation_id) as session:
        requests.withdraw_request(session, people["rut"], made, LATER)
    assert _case(database, case_id).closed_as == "withdrawn"

    with database.writing(place.organisation_id) as session:
        requests.ask_again(session, people["rut"], made, LATER)
    with database.reading_all() as session:
        request = session.get_one(ReviewRequest, made)
        assert session.get_one(Case, request.case_id).state == CaseState.OPEN


def test_a_case_that_two_want_stays_when_one_takes_it_back(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int
) -> None:
    with database.writing(place.organisation_id) as session:
        made = requests.ask_review(session, people["rut"], task_id, "Tar tid", "a", make.NOW)
        requests.ask_review(session, people["bo"], task_id, "Också", "b", make.NOW)
        requests.withdraw_request(session, people["rut"], made, LATER)
        case = session.get_one(Case, session.get_one(ReviewRequest, made).case_id)
        assert case.state == CaseState.OPEN


def test_nobody_takes_back_what_another_asked_for(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int
) -> None:
    with database.writing(place.organisation_id) as session:
        made = requests.ask_review(session, people["rut"], task_id, "Tar tid", "a", make.NOW)
    with database.writing(place.organisation_id) as session, pytest.raises(NotFound):
        requests.withdraw_request(session, people["bo"], made, LATER)


def test_every_writer_of_a_task_is_told(
    database: Database, place: make.Place, people: dict[str, Actor], task_id: int
) -> None:
    with database.writing(place.organisation_id) as session:
        answers.tell_writers(session, people["anna"], task_id, "decided", "Den tas bort.", LATER)
    with database.reading_all() as session:
        line = read.case_of_task(session, people["anna"], task_id)
        [answer] = session.scalars(select(CaseAnswer)).all()
    assert line is not None
    assert (line.is_open, line.first_answered_on) == (False, date(2026, 3, 11))
    assert answer.text == "Den tas bort."
