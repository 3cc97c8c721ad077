from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.intake import UseAnswer
from timethief.domain.people import Actor, Role
from timethief.domain.ranges import Range
from timethief.domain.review import Review
from timethief.domain.tasks import Automation, Frequency, Use, Worth
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose
from timethief.queries.tasks import task_page
from timethief.queries.verification import differences
from timethief.services import reviews
from timethief.storage.database import Database
from timethief.storage.tables import Task, TaskEvent, TaskUse, UseStatement

SAFE = Use(Beneficiary.CITIZEN, Purpose.SAFETY, InUse.CONFIRMED, Worth(share=1.0))
PAID = Use(Beneficiary.REQUESTER, Purpose.PAYMENT, InUse.UNKNOWN, Worth(sek_per_year=9_000.0))
LEARNT = Use(Beneficiary.RESEARCH, Purpose.LEARNING, InUse.BELIEVED, Worth(minutes=Range(1, 2, 3)))
REVIEWS: dict[str, dict[str, Any]] = {
    "plain": {},
    "ranges": {"minutes": Range(5, 10, 30), "people": Range(2, 3, 5)},
    "law": {"binding": Binding.LAW, "legal_basis": "SFS 2010:800"},
    "less": {"achievable_minutes": 5.0, "sufficient_frequency": Frequency(1.0, Per.MONTH)},
    "twice": {"duplicate_share": 0.5},
    "automation": {"automation": Automation(0.9, 1.0, 0.1, stable=False, systems=2)},
    "no use": {"uses": ()},
    "three uses": {"uses": (PAID, LEARNT, SAFE)},
}


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def anna(database: Database, place: make.Place) -> Actor:
    with database.writing_all() as session:
        return make.actor(session, place, Role.SUPPORT, "Anna")


@pytest.fixture
def task(database: Database, place: make.Place) -> int:
    with database.writing_all() as session:
        return make.task(session, place)


def _store(session: Session, anna: Actor, task: int, review: Review) -> None:
    version = session.get_one(Task, task).version
    reviews.store(session, anna, task, review, version, make.key(), make.NOW)


def _uses(session: Session, place: make.Place, task: int) -> list[Use]:
    return [stated.use for stated in task_page(session, make.reviewer(place), task).uses]


@pytest.mark.parametrize("changes", REVIEWS.values(), ids=REVIEWS.keys())
def test_the_preview_is_what_storing_gives(
    database: Database, place: make.Place, anna: Actor, task: int, changes: dict[str, Any]
) -> None:
    review = make.review(**changes)
    with database.writing_all() as session:
        _store(session, anna, task, make.review(uses=(LEARNT, SAFE)))
    with database.reading_all() as session:
        assessment, explanation = reviews.preview(session, anna, task, review, make.NOW)

    with database.writing_all() as session:
        _store(session, anna, task, review)

    with database.reading_all() as session:
        page = task_page(session, make.reviewer(place), task)
        assert page.assessment == assessment
        assert page.explanation == explanation
        assert list(differences(session)) == []


def test_a_preview_stores_nothing(database: Database, anna: Actor, task: int) -> None:
    with database.reading_all() as session:
        reviews.preview(session, anna, task, make.review(), make.NOW)

    with database.reading_all() as session:
        assert session.get_one(Task, task).figures_by == "performer"
        assert list(differences(session)) == []


def test_the_other_tariff_counts_in_preview_and_store_alike(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        session.get_one(Task, task).other_hourly_cost_sek = 100.0
        session.get_one(Task, task).other_staff_category_id = place.all_staff
    for category in (place.all_staff, None):
        review = make.review(other_staff_category_id=category)
        with database.writing_all() as session:
            assessment, _ = reviews.preview(session, anna, task, review, make.NOW)

            _store(session, anna, task, review)

            assert task_page(session, make.reviewer(place), task).assessment == assessment


def test_the_reviewers_figures_count_from_now_on(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        _store(session, anna, task, make.review())

        make.sent(session, anna, make.report_facts(place, minutes=99.0), same_as=task)

    with database.reading_all() as session:
        row = session.get_one(Task, task)
        assert (row.minutes, row.times, row.people) == (20, 2, 3)
        assert (row.figures_by, row.status, row.version) == ("reviewer", "in_review", 3)


def test_what_the_performer_said_is_kept_and_the_reviewer_counts(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        _store(session, anna, task, make.review(uses=(replace(SAFE, in_use=InUse.NOT_USED),)))

    with database.reading_all() as session:
        (use,) = task_page(session, make.reviewer(place), task).uses
        said = [(each.source, each.in_use) for each in use.statements]
        assert said == [("reviewer", "not_used"), ("performer", "believed")]
        assert use.use.in_use is InUse.NOT_USED
        assert use.differ


def test_a_use_that_the_reviewer_leaves_as_it_is_keeps_the_word_it_had(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        uses = tuple(_uses(session, place, task))

        _store(session, anna, task, make.review(uses=uses))

    with database.reading_all() as session:
        assert session.scalars(select(UseStatement.source)).all() == ["performer"]


@pytest.mark.parametrize("kept", [SAFE, PAID, LEARNT])
def test_a_use_that_the_reviewer_leaves_out_counts_no_more_and_its_words_are_kept(
    database: Database, place: make.Place, anna: Actor, task: int, kept: Use
) -> None:
    with database.writing_all() as session:
        _store(session, anna, task, make.review(uses=(SAFE, PAID, LEARNT)))
        before = len(session.scalars(select(UseStatement.id)).all())

        _store(session, anna, task, make.review(uses=(kept,)))

    with database.reading_all() as session:
        assert _uses(session, place, task) == [kept]
        assert len(session.scalars(select(UseStatement.id)).all()) == before
        assert list(differences(session)) == []


def test_uses_can_be_struck_and_stated_again_and_again(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        for uses in ((), (SAFE, PAID), (), (LEARNT,), (PAID, SAFE)):
            _store(session, anna, task, make.review(uses=uses))

            assert set(_uses(session, place, task)) == set(uses)

        assert len(session.scalars(select(TaskUse.id)).all()) > 2


def test_two_who_save_at_once_are_told(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        reviews.store(session, anna, task, make.review(), 1, make.key(), make.NOW)

    with pytest.raises(Conflict) as refused, database.writing_all() as session:
        reviews.store(session, anna, task, make.review(people=9), 1, make.key(), make.NOW)

    assert refused.value.reason == "changed_meanwhile"
    with database.reading_all() as session:
        assert session.get_one(Task, task).people == 3


def test_the_same_form_twice_is_one_review(database: Database, anna: Actor, task: int) -> None:
    for people in (3, 9):
        with database.writing_all() as session:
            review = make.review(people=people)
            reviews.store(session, anna, task, review, 1, "key", make.NOW)

    with database.reading_all() as session:
        assert session.get_one(Task, task).people == 3
        assert (
            len(session.scalars(select(TaskEvent).where(TaskEvent.kind == "reviewed")).all()) == 1
        )


def test_the_key_of_another_tasks_review_saves_nothing_in_silence(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        reviews.store(session, anna, task, make.review(), 1, "key", make.NOW)
        other = make.task(session, place)

        with pytest.raises(Conflict):
            reviews.store(session, anna, other, make.review(), 1, "key", make.NOW)


def test_the_history_tells_who_reviewed_and_what_changed(
    database: Database, anna: Actor, task: int
) -> None:
    later = make.NOW + timedelta(hours=1)
    with database.writing_all() as session:
        reviews.store(session, anna, task, make.review(), 1, make.key(), later)

    with database.reading_all() as session:
        event = session.scalars(select(TaskEvent).where(TaskEvent.kind == "reviewed")).one()
        assert (event.user_id, event.role, event.happened_at) == (anna.user_id, "support", later)
        assert (event.before["minutes"], event.after["minutes"]) == (30, 20)
        assert (event.before["status"], event.after["status"]) == ("reported", "in_review")
        assert event.before.keys() == event.after.keys()
        assert "per" not in event.after


@pytest.mark.parametrize("role", [Role.STAFF, Role.LEADERSHIP, Role.ADMIN])
def test_only_support_may_review(
    database: Database, place: make.Place, task: int, role: Role
) -> None:
    with database.writing_all() as session:
        who = make.actor(session, place, role)

        with pytest.raises(NotAllowed):
            reviews.preview(session, who, task, make.review(), make.NOW)
        with pytest.raises(NotAllowed):
            reviews.store(session, who, task, make.review(), 1, make.key(), make.NOW)


def test_what_is_another_organisations_is_not_found(
    database: Database, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        other = make.organisation(session, "other")
        foreign = make.task(session, other)
        by_others = make.review(other_staff_category_id=other.nurse)
        for wanted, review in ((foreign, make.review()), (task, by_others), (1, make.review())):
            with pytest.raises(NotFound):
                reviews.preview(session, anna, wanted, review, make.NOW)
            with pytest.raises(NotFound):
                reviews.store(session, anna, wanted, review, 1, make.key(), make.NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": 1_440.0, "frequency": Frequency(367.0, Per.YEAR)},
        {"minutes": Range(1, 1_440, 1_440), "frequency": Frequency(2.0, Per.CALENDAR_DAY)},
        {"minutes": 0.0},
        {"people": 0},
        {"duplicate_share": 1.5},
    ],
)
def test_figures_that_cannot_be_are_refused(
    database: Database, anna: Actor, task: int, changes: dict[str, Any]
) -> None:
    review = make.review(**changes)

    with pytest.raises(Invalid), database.writing_all() as session:
        _store(session, anna, task, review)
    with pytest.raises(Invalid), database.reading_all() as session:
        reviews.preview(session, anna, task, review, make.NOW)

    with database.reading_all() as session:
        assert session.get_one(Task, task).version == 1


def test_a_performers_answer_can_be_reviewed_from_nothing(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing_all() as session:
        task = make.task(session, place, use=UseAnswer.UNKNOWN)
        assert _uses(session, place, task) == []

        _store(session, anna, task, make.review(uses=(SAFE, PAID)))

        assert _uses(session, place, task) == [SAFE, PAID]
