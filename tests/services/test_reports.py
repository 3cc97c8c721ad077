from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.intake import ReportFacts, RequesterName, UseAnswer
from timethief.domain.people import Actor, Role
from timethief.domain.ranges import Range
from timethief.domain.tasks import Frequency
from timethief.domain.vocabulary import Level, Per, Signal
from timethief.queries.totals import Scope, total
from timethief.queries.verification import differences
from timethief.services import reports, reviews
from timethief.services.reports import Sent
from timethief.storage import search
from timethief.storage.database import Database
from timethief.storage.tables import (
    AssessmentRow,
    Report,
    Requester,
    Task,
    TaskEvent,
    TaskSignal,
    TaskUse,
)

MISSING = ("minutes", "frequency", "people", "unit_id", "requester_id")


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def rut(database: Database, place: make.Place) -> Actor:
    with database.writing_all() as session:
        return make.actor(session, place)


def _tasks(session: Session, place: make.Place) -> int:
    return total(session, Scope(place.organisation_id)).tasks


def _agrees(database: Database) -> bool:
    with database.reading_all() as session:
        return list(differences(session)) == []


def _findable(session: Session, word: str) -> list[int]:
    return list(session.scalars(search.matching(session, search.words_of(word))))


def _minutes(session: Session, task_id: int) -> tuple[float | None, float, float | None]:
    task = session.get_one(Task, task_id)
    return task.minutes_low, task.minutes, task.minutes_high


def test_a_complete_report_makes_a_task_at_once(
    database: Database, place: make.Place, rut: Actor
) -> None:
    facts = make.report_facts(place, description="Varje vecka", signals={Signal.PAPER})

    with database.writing_all() as session:
        sent = make.sent(session, rut, facts)

    with database.reading_all() as session:
        task = session.get_one(Task, sent.task_id)
        assert (task.title, task.description, task.minutes) == ("Statusrapport", "Varje vecka", 30)
        assert (task.times, task.per, task.people) == (1, "week", 2)
        assert (task.unit_id, task.requester_id) == (place.ward, place.requester)
        assert (task.version, task.status, task.figures_by) == (1, "reported", "performer")
        assert session.get_one(AssessmentRow, task.id).cost_likely == 44 * 1_000_000
        assert _tasks(session, place) == 1
        assert _findable(session, "statusrapporter") == [task.id]
        assert session.scalars(select(TaskSignal.signal)).all() == ["paper"]
    assert _agrees(database)


@pytest.mark.parametrize("missing", MISSING)
def test_an_incomplete_report_waits_and_is_in_no_figure(
    database: Database, place: make.Place, rut: Actor, missing: str
) -> None:
    facts = make.report_facts(place, **{missing: None})

    with database.writing_all() as session:
        sent = make.sent(session, rut, facts)

    with database.reading_all() as session:
        assert sent.task_id is None
        assert session.get_one(Report, sent.report_id).title == "Statusrapport"
        assert session.scalars(select(Task.id)).all() == []
        assert _tasks(session, place) == 0
        assert _findable(session, "statusrapport") == []


def test_the_title_is_all_that_a_report_needs(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        sent = make.sent(session, rut, ReportFacts(title="Något"))

    with database.reading_all() as session:
        report = session.get_one(Report, sent.report_id)
        assert (report.title, report.minutes, report.unit_id) == ("Något", None, None)
        assert (report.organisation_id, report.user_id) == (place.organisation_id, rut.user_id)


def test_the_same_thing_joins_the_task_and_moves_no_figure_of_it(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        task = make.task(session, place, rut)
        before = total(session, Scope(place.organisation_id))
        joining = make.report_facts(place, title="Veckorapport", minutes=90.0, people=1)

        sent = make.sent(session, make.actor(session, place), joining, same_as=task)

    with database.reading_all() as session:
        assert sent.task_id == task
        assert total(session, Scope(place.organisation_id)) == before
        assert session.get_one(Task, task).title == "Statusrapport"
        assert session.get_one(Task, task).version == 2
    assert _agrees(database)


def test_the_first_report_counts_however_many_join_on_the_same_day(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        task = make.task(session, place, rut, title="Den första")
        others = [
            (who, make.sent(session, who, make.report_facts(place, title="En till"), same_as=task))
            for who in [make.actor(session, place) for _ in range(8)]
        ]

        for who, sent in others:
            changed = make.report_facts(place, title="Ändrad")
            reports.change(session, who, sent.report_id, changed, make.NOW)

    with database.reading_all() as session:
        assert session.get_one(Task, task).title == "Den första"


def test_three_reports_make_the_minutes_lowest_median_and_highest(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        task = make.task(session, place, rut, minutes=30.0)
        found = [_minutes(session, task)]
        for minutes in (90.0, 10.0, 50.0):
            facts = make.report_facts(place, minutes=minutes)
            make.sent(session, make.actor(session, place), facts, same_as=task)
            found.append(_minutes(session, task))

    assert found == [(None, 30, None), (None, 30, None), (10, 30, 90), (10, 40, 90)]
    assert _agrees(database)


def test_people_are_at_least_as_many_as_have_reported_it(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        task = make.task(session, place, rut, people=2)
        spread = make.task(session, place, rut, people=Range(1, 2, 3))
        for who in [make.actor(session, place) for _ in range(4)]:
            for same in (task, spread):
                make.sent(session, who, make.report_facts(place), same_as=same)
        make.sent(session, rut, make.report_facts(place), same_as=task)

    with database.reading_all() as session:
        row, ranged = session.get_one(Task, task), session.get_one(Task, spread)
        assert (row.people_low, row.people, row.people_high) == (None, 5, None)
        assert (ranged.people_low, ranged.people, ranged.people_high) == (5, 5, 5)


def test_signals_of_all_reports_count_together(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        task = make.task(session, place, rut, signals={Signal.PAPER})
        more = make.report_facts(place, signals={Signal.MEETING, Signal.PAPER})
        make.sent(session, make.actor(session, place), more, same_as=task)

    with database.reading_all() as session:
        assert session.get_one(AssessmentRow, task).signals == "meeting paper"


def test_a_changed_report_changes_its_task(
    database: Database, place: make.Place, rut: Actor
) -> None:
    changed = make.report_facts(
        place, title="Månadsrapport", minutes=60.0, unit_id=place.south, use=UseAnswer.NOBODY
    )
    with database.writing_all() as session:
        sent = make.sent(session, rut, make.report_facts(place))

        again = reports.change(session, rut, sent.report_id, changed, make.NOW)

    with database.reading_all() as session:
        task = session.get_one(Task, sent.task_id)
        assert again == sent
        assert (task.title, task.minutes, task.unit_id) == ("Månadsrapport", 60, place.south)
        assert _findable(session, "statusrapport") == []
        assert _findable(session, "månadsrapport") == [task.id]
        assert total(session, Scope(place.organisation_id, place.ward)).tasks == 0
        assert total(session, Scope(place.organisation_id, place.south)).flagged_tasks == 1
    assert _agrees(database)


def test_a_waiting_report_becomes_a_task_when_it_is_completed(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        sent = make.sent(session, rut, make.report_facts(place, minutes=None))

        again = reports.change(session, rut, sent.report_id, make.report_facts(place), make.NOW)

    assert again.task_id is not None
    with database.reading_all() as session:
        assert _tasks(session, place) == 1


def test_a_report_that_is_no_longer_complete_goes_back_to_waiting(
    database: Database, place: make.Place, rut: Actor
) -> None:
    facts = make.report_facts(place)
    with database.writing_all() as session:
        sent = make.sent(session, rut, facts)

        again = reports.change(session, rut, sent.report_id, replace(facts, people=None), make.NOW)

    assert again == Sent(sent.report_id, None)
    with database.reading_all() as session:
        assert session.scalars(select(Task.id)).all() == []
        assert _tasks(session, place) == 0
    assert _agrees(database)


def test_a_withdrawn_report_leaves_its_task_which_follows_the_others(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        first = make.sent(session, rut, make.report_facts(place, title="Den första", people=1))
        assert first.task_id is not None
        for title, minutes in (("Den andra", 60.0), ("Den tredje", 90.0)):
            facts = make.report_facts(place, title=title, minutes=minutes, people=1)
            make.sent(session, make.actor(session, place), facts, same_as=first.task_id)

        reports.withdraw(session, rut, first.report_id, make.NOW)

    with database.reading_all() as session:
        task = session.get_one(Task, first.task_id)
        assert (task.title, task.people) == ("Den andra", 2)
        assert _minutes(session, task.id) == (None, 60, None)
        assert _findable(session, "första") == []
    assert _agrees(database)


def test_withdrawing_the_last_report_removes_the_task(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        sent = make.sent(session, rut, make.report_facts(place, signals={Signal.PAPER}))
        waiting = make.report_facts(place, minutes=None)
        joined = make.sent(session, make.actor(session, place), waiting, same_as=sent.task_id)

        reports.withdraw(session, rut, sent.report_id, make.NOW)

    with database.reading_all() as session:
        for table in (Task, AssessmentRow, TaskSignal, TaskUse, TaskEvent):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert _findable(session, "statusrapport") == []
        assert _tasks(session, place) == 0
        assert session.get_one(Report, sent.report_id).withdrawn
        assert session.get_one(Report, joined.report_id).task_id is None
    assert _agrees(database)


def test_a_reviewed_task_stays_when_its_last_report_is_withdrawn(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        sent = make.sent(session, rut, make.report_facts(place))
        support = make.actor(session, place, Role.SUPPORT)
        task = session.get_one(Task, sent.task_id)
        reviews.store(session, support, task.id, make.review(), 1, make.key(), make.NOW)

        reports.withdraw(session, rut, sent.report_id, make.NOW)

    with database.reading_all() as session:
        assert _minutes(session, task.id) == (None, 20, None)
        assert _tasks(session, place) == 1
    assert _agrees(database)


def test_what_was_withdrawn_can_be_sent_anew(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        first = make.sent(session, rut, make.report_facts(place))
        reports.withdraw(session, rut, first.report_id, make.NOW)

        second = make.sent(session, rut, make.report_facts(place))

    with database.reading_all() as session:
        assert second.report_id != first.report_id
        assert second.task_id is not None
        assert _tasks(session, place) == 1
    assert _agrees(database)


def test_a_withdrawn_report_can_be_neither_changed_nor_withdrawn(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        sent = make.sent(session, rut, make.report_facts(place))
        reports.withdraw(session, rut, sent.report_id, make.NOW)

        with pytest.raises(NotFound):
            reports.withdraw(session, rut, sent.report_id, make.NOW)
        with pytest.raises(NotFound):
            reports.change(session, rut, sent.report_id, make.report_facts(place), make.NOW)


@pytest.mark.parametrize("stranger", ["colleague", "other organisation"])
def test_the_report_of_another_cannot_be_changed(
    database: Database, place: make.Place, rut: Actor, stranger: str
) -> None:
    with database.writing_all() as session:
        sent = make.sent(session, rut, make.report_facts(place))
        at = place if stranger == "colleague" else make.organisation(session, "other")
        otto = make.actor(session, at)

        with pytest.raises(NotFound):
            reports.change(session, otto, sent.report_id, make.report_facts(at), make.NOW)
        with pytest.raises(NotFound):
            reports.withdraw(session, otto, sent.report_id, make.NOW)


def test_a_report_that_does_not_exist_is_not_found(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session, pytest.raises(NotFound):
        reports.change(session, rut, uuid.uuid4(), make.report_facts(place), make.NOW)


def test_the_same_form_twice_gives_the_first_result(
    database: Database, place: make.Place, rut: Actor
) -> None:
    facts, key = make.report_facts(place), make.key()
    with database.writing_all() as session:
        first = reports.submit(session, rut, facts, key, make.NOW)

    with database.writing_all() as session:
        later = make.NOW + timedelta(hours=1)
        second = reports.submit(session, rut, replace(facts, title="Annat"), key, later)

    assert second == first
    with database.reading_all() as session:
        assert session.scalars(select(Task.title)).all() == ["Statusrapport"]


def test_the_same_form_sent_twenty_times_at_once_makes_one_report(
    database: Database, place: make.Place, rut: Actor
) -> None:
    facts, key = make.report_facts(place, requester_id=None, requester=RequesterName("Ny")), "key"

    def send(_: int) -> Sent:
        with database.writing_all() as session:
            return reports.submit(session, rut, facts, key, make.NOW)

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))

    assert len(answers) == 1
    with database.reading_all() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 1
        assert _tasks(session, place) == 1
    assert _agrees(database)


def test_the_form_of_another_is_not_answered(
    database: Database, place: make.Place, rut: Actor
) -> None:
    facts = make.report_facts(place)
    with database.writing_all() as session:
        reports.submit(session, rut, facts, "key", make.NOW)

        with pytest.raises(NotFound):
            reports.submit(session, make.actor(session, place), facts, "key", make.NOW)


def test_the_key_of_a_review_opens_no_report(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        task, support = make.task(session, place, rut), make.actor(session, place, Role.SUPPORT)
        reviews.store(session, support, task, make.review(), 1, "key", make.NOW)

        with pytest.raises(NotFound):
            reports.submit(session, support, make.report_facts(place), "key", make.NOW)


def test_reports_that_join_one_task_at_once_all_count(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        task = make.task(session, place, rut, people=1)
        people = [make.actor(session, place) for _ in range(10)]

    def join(who: Actor) -> None:
        facts = make.report_facts(
            place, requester_id=None, requester=RequesterName("Ny", Level.EU), people=1
        )
        with database.writing_all() as session:
            make.sent(session, who, facts, same_as=task)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(join, people))

    with database.reading_all() as session:
        assert session.get_one(Task, task).people == 11
        assert session.get_one(Task, task).version == 11
        assert sorted(session.scalars(select(Report.sequence))) == list(range(1, 12))
        named = select(func.count()).select_from(Requester).where(Requester.name == "Ny")
        assert session.scalar(named) == 1
    assert _agrees(database)


FOREIGN: dict[str, Callable[[make.Place], dict[str, Any]]] = {
    "unit": lambda other: {"unit_id": other.ward},
    "requester": lambda other: {"requester_id": other.requester},
    "staff category": lambda other: {"staff_category_id": other.nurse},
    "unit of nobody": lambda _: {"unit_id": 1},
    "requester of nobody": lambda _: {"requester_id": 1},
    "staff category of nobody": lambda _: {"staff_category_id": 1},
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("minutes", [30.0, None], ids=["complete", "incomplete"])
def test_what_is_another_organisations_is_not_found(
    database: Database,
    place: make.Place,
    rut: Actor,
    foreign: Callable[[make.Place], dict[str, Any]],
    minutes: float | None,
) -> None:
    with database.writing_all() as session:
        changes = foreign(make.organisation(session, "other"))
        own = make.sent(session, rut, make.report_facts(place))
        facts = make.report_facts(place, minutes=minutes, **changes)

        with pytest.raises(NotFound):
            make.sent(session, rut, facts)
        with pytest.raises(NotFound):
            make.sent(session, rut, facts, same_as=own.task_id)
        with pytest.raises(NotFound):
            reports.change(session, rut, own.report_id, facts, make.NOW)


def test_the_task_of_another_organisation_cannot_be_joined(
    database: Database, place: make.Place, rut: Actor
) -> None:
    with database.writing_all() as session:
        foreign = make.task(session, make.organisation(session, "other"))

        with pytest.raises(NotFound):
            make.sent(session, rut, make.report_facts(place), same_as=foreign)
        with pytest.raises(NotFound):
            make.sent(session, rut, make.report_facts(place), same_as=1)


def test_more_time_than_a_year_has_is_refused(
    database: Database, place: make.Place, rut: Actor
) -> None:
    most = make.report_facts(place, minutes=1_440.0, frequency=Frequency(366.0, Per.YEAR))
    more = replace(most, frequency=Frequency(366.1, Per.YEAR), people=None)

    with database.writing_all() as session:
        sent = make.sent(session, rut, most)
        with pytest.raises(Invalid) as refused:
            make.sent(session, rut, more)

    assert sent.task_id is not None
    assert (refused.value.field, refused.value.reason) == ("frequency", "more_than_a_year")


@pytest.mark.parametrize(
    "changes", [{"minutes": 0.0}, {"minutes": 1_441.0}, {"people": 0}, {"people": 1_000_001}]
)
def test_a_number_out_of_bounds_makes_no_task(
    database: Database, place: make.Place, rut: Actor, changes: dict[str, Any]
) -> None:
    with pytest.raises(Invalid), database.writing_all() as session:
        make.sent(session, rut, make.report_facts(place, **changes))

    with database.reading_all() as session:
        assert session.scalars(select(Report.id)).all() == []
