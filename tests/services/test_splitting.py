from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import loop, make
from tests.queries import naive
from tests.services.restructuring import everything, merged, part, parted, undone
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.intake import RequesterName
from timethief.domain.people import Actor, Role
from timethief.domain.ranges import Range
from timethief.domain.restructuring import Belongs
from timethief.domain.vocabulary import Binding, Level, Signal, Source, TaskStatus
from timethief.queries.tasks import task_page
from timethief.queries.verification import differences
from timethief.services import reviews
from timethief.services.restructuring.splitting import preview, split
from timethief.services.tasks import refigure
from timethief.storage.database import Database
from timethief.storage.tables import Report, Restructuring, Task
from timethief.storage.uses import signals_of, uses_of


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
        return make.task(
            session, place, achievable_minutes=25.0, signals=frozenset({Signal.DOUBLE_ENTRY})
        )


def _clean(session: Session, place: make.Place) -> None:
    assert list(differences(session)) == []
    assert naive.kept(session, place.organisation_id) == naive.totals(
        session, place.organisation_id
    )


def test_the_part_is_a_task_of_its_own_and_the_rest_stays(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing(place.organisation_id) as session:
        _, made = parted(
            session,
            anna,
            task,
            requester=RequesterName("Ekonomienheten", Level.OWN_ORGANISATION),
            uses=(Belongs.REST,),
            signals=frozenset({"double_entry"}),
        )

    with database.reading_all() as session:
        rest, new = session.get_one(Task, task), session.get_one(Task, made)
        assert (rest.minutes, new.minutes) == (20.0, 10.0)
        assert rest.achievable_minutes is None
        assert {each.figures_by for each in (rest, new)} == {Source.REVIEWER.value}
        assert {each.status for each in (rest, new)} == {TaskStatus.IN_REVIEW.value}
        assert (new.title, new.binding) == ("Skriver in det en gång till", "custom")
        assert (new.unit_id, new.people, new.times, new.per) == (
            *(rest.unit_id, rest.people, rest.times, rest.per),
        )
        assert new.requester_id != rest.requester_id
        assert [len(uses_of(session, [each])[each]) for each in (task, made)] == [1, 0]
        assert signals_of(session, [made])[made] == {"double_entry"}
        assert session.scalars(select(Report.task_id)).all() == [task]
        _clean(session, place)


def test_what_is_shown_before_is_what_is_stored(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        review = make.review(minutes=Range(10, 20, 60))
        version = session.get_one(Task, task).version
        reviews.store(session, anna, task, review, version, make.key(), make.NOW)
    with database.reading_all() as session:
        before = everything(session)
    with database.reading(place.organisation_id) as session:
        wanted = part(session, task, minutes=5.0, uses=(Belongs.BOTH,))
        rest, new = preview(session, anna, task, wanted, make.NOW)
    with database.reading_all() as session:
        assert everything(session) == before
    with database.writing(place.organisation_id) as session:
        _, made = parted(session, anna, task, minutes=5.0, uses=(Belongs.BOTH,))

    with database.reading_all() as session:
        for each, side in ((task, rest), (made, new)):
            page = task_page(session, anna, each)
            assert page.facts == side.facts
            assert page.assessment == side.assessment
        assert task_page(session, anna, task).facts.minutes == Range(7.5, 15.0, 45.0)
        assert task_page(session, anna, made).facts.minutes == Range(2.5, 5.0, 15.0)


@pytest.mark.parametrize("belongs", list(Belongs))
@pytest.mark.parametrize("reviewed", [False, True])
def test_undoing_gives_everything_back_to_the_digit(
    database: Database,
    place: make.Place,
    anna: Actor,
    task: int,
    belongs: Belongs,
    reviewed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    with database.writing_all() as session:
        if reviewed:
            version = session.get_one(Task, task).version
            review = make.review(minutes=Range(11, 23, 70))
            reviews.store(session, anna, task, review, version, make.key(), make.NOW)
    with database.reading_all() as session:
        before = everything(session)
    with database.writing(place.organisation_id) as session:
        done, _ = parted(session, anna, task, minutes=7.0, uses=(belongs,))
    with database.reading_all() as session:
        _clean(session, place)

    with database.writing(place.organisation_id) as session:
        undone(session, anna, done)

    with database.reading_all() as session:
        assert everything(session) == before
        _clean(session, place)


def test_what_cannot_be_split_is_refused(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        stopped, decided = make.task(session, place), make.task(session, place)
        for each, status in ((stopped, TaskStatus.STOPPED), (decided, TaskStatus.DECIDED)):
            session.get_one(Task, each).status = status.value
            refigure(session, session.get_one(Task, each), make.assumptions(session, place))
        foreign = make.task(session, make.organisation(session, "other"))
        gone = make.task(session, place, title="Samma")
        merged(session, anna, task, gone)
    with database.reading_all() as session:
        before = everything(session)
    refusals: list[tuple[int, dict[str, Any], type[Exception], str]] = [
        (task, {"minutes": 30.0}, Invalid, "not_less_than_whole"),
        (task, {"minutes": 300.0}, Invalid, "not_less_than_whole"),
        (task, {"minutes": 0.0}, Invalid, "not_above"),
        (task, {"title": "  "}, Invalid, "required"),
        (task, {"title": "Statusrapport"}, Invalid, "same_title"),
        (task, {"signals": frozenset({"fax"})}, Invalid, "not_a_choice"),
        (task, {"uses": ()}, Conflict, "changed_meanwhile"),
        (stopped, {}, Conflict, "stopped"),
        (decided, {}, Conflict, "decided"),
        (foreign, {"uses": ()}, NotFound, ""),
        (gone, {"uses": ()}, NotFound, ""),
    ]
    for each, changes, kind, reason in refusals:
        with database.reading_all() as session:
            wanted, seen = part(session, each, **changes), session.get_one(Task, each).version
        with database.writing(place.organisation_id) as session, pytest.raises(kind) as refused:
            split(session, anna, each, wanted, seen, make.key(), make.NOW)
        if reason:
            assert refused.value.reason == reason  # type: ignore[attr-defined]
    with database.writing(place.organisation_id) as session, pytest.raises(Conflict):
        split(session, anna, task, part(session, task), 1, make.key(), make.NOW)
    with database.reading_all() as session:
        assert everything(session) == before


def test_only_a_reviewer_splits_and_a_form_sent_twice_splits_once(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing(place.organisation_id) as session:
        wanted, key = part(session, task), make.key()
        with pytest.raises(NotAllowed):
            split(session, make.actor(session, place), task, wanted, 1, key, make.NOW)
        version = session.get_one(Task, task).version
        first = split(session, anna, task, wanted, version, key, make.NOW)
        assert split(session, anna, task, wanted, version, key, make.NOW) == first
        assert len(session.scalars(select(Restructuring)).all()) == 1


def _review(session: Session, _place: make.Place, anna: Actor, task: int) -> None:
    version = session.get_one(Task, task).version
    reviews.store(session, anna, task, make.review(), version, make.key(), make.NOW)


def _report(session: Session, place: make.Place, _anna: Actor, task: int) -> None:
    make.sent(session, make.actor(session, place), make.report_facts(place), same_as=task)


def _decide(session: Session, place: make.Place, _anna: Actor, task: int) -> None:
    session.add(loop.decision(place.organisation_id, task, "2026-1"))


def _split_on(session: Session, _place: make.Place, anna: Actor, task: int) -> None:
    parted(session, anna, task, minutes=1.0, title="Ännu en del")


def _take(session: Session, place: make.Place, _anna: Actor, task: int) -> None:
    session.add(loop.case(place.organisation_id, task_id=task))


@pytest.mark.parametrize(
    ("build", "on_the_part", "reason"),
    [
        (_review, True, "reviewed_since"),
        (_review, False, "reviewed_since"),
        (_report, True, "reported_since"),
        (_decide, True, "decided_since"),
        (_decide, False, "decided_since"),
        (_split_on, True, "restructured_since"),
        (_split_on, False, "restructured_since"),
        (_take, True, "worked_on_since"),
    ],
)
def test_what_somebody_has_built_on_stays(
    database: Database,
    place: make.Place,
    anna: Actor,
    task: int,
    build: Callable[[Session, make.Place, Actor, int], None],
    on_the_part: bool,  # noqa: FBT001 - a parameter of the test
    reason: str,
) -> None:
    with database.writing(place.organisation_id) as session:
        done, made = parted(session, anna, task)
    with database.writing(place.organisation_id) as session:
        build(session, place, anna, made if on_the_part else task)
    with database.reading_all() as session:
        before = everything(session)

    with database.writing(place.organisation_id) as session, pytest.raises(Conflict) as refused:
        undone(session, anna, done)

    assert refused.value.reason == reason
    with database.reading_all() as session:
        assert everything(session) == before


def test_a_report_on_the_rest_does_not_hinder_undoing(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing(place.organisation_id) as session:
        done, made = parted(session, anna, task)
        _report(session, place, anna, task)
    with database.writing(place.organisation_id) as session:
        undone(session, anna, done)

    with database.reading_all() as session:
        assert session.get(Task, made) is None
        assert session.get_one(Task, task).figures_by == Source.PERFORMER.value
        assert session.get_one(Task, task).minutes == 30.0
        _clean(session, place)


def test_the_parts_binding_and_law_are_its_own(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing(place.organisation_id) as session:
        _, made = parted(session, anna, task, binding=Binding.LAW, legal_basis=" SFS 2010:659 ")
    with database.reading_all() as session:
        new, rest = session.get_one(Task, made), session.get_one(Task, task)
        assert (new.binding, new.legal_basis) == ("law", "SFS 2010:659")
        assert (rest.binding, rest.legal_basis) == ("unknown", "")
