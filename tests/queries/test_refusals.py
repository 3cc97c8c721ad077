from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.decisions import NewDecision, Outcome
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Role
from timethief.i18n import TIME_ZONE
from timethief.queries.decisions import newest_decision_id
from timethief.queries.refusals import refusal_alike, refusal_of_task, refusals
from timethief.services.decisions.deciding import decide, undo
from timethief.storage.database import Database
from timethief.storage.tables import Requirement, Task

TITLE = "Kvartalsrapport om sjukfrånvaro"


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def anna(database: Database, place: make.Place) -> Actor:
    with database.writing_all() as session:
        return make.actor(session, place, Role.SUPPORT, "Anna")


@pytest.fixture
def asked(database: Database, place: make.Place) -> list[int]:
    """A requirement, and two tasks that answer it."""
    with database.writing_all() as session:
        tasks = [make.task(session, place) for _ in range(2)]
        requirement = Requirement(
            organisation_id=place.organisation_id,
            requester_id=session.get_one(Task, tasks[0]).requester_id,
            title=TITLE,
            folded_title=TITLE.lower(),
            binding="custom",
        )
        session.add(requirement)
        session.flush()
        for each in tasks:
            session.get_one(Task, each).requirement_id = requirement.id
        return [requirement.id, *tasks]


@pytest.fixture
def refuse(database: Database, anna: Actor) -> Callable[[int, Outcome], int]:
    def act(task: int, outcome: Outcome = Outcome.REFUSE_REQUIREMENT) -> int:
        with database.writing(anna.organisation_id) as session:
            seen, version = newest_decision_id(session, task), session.get_one(Task, task).version
            new = NewDecision(outcome, "Siffrorna finns redan.")
            return decide(session, anna, task, new, seen, version, make.key(), make.NOW)

    return act


def _alike(session: Session, place: make.Place, title: str) -> str | None:
    found = refusal_alike(session, place.organisation_id, title)
    return None if found is None else found.decision_id


def test_of_a_requirement_that_was_refused_all_its_tasks_tell(
    database: Database,
    place: make.Place,
    anna: Actor,
    asked: list[int],
    refuse: Callable[[int], int],
) -> None:
    requirement, task, other = asked
    own = place.organisation_id
    with database.reading(own) as session:
        assert refusals(session, own, [requirement]) == {}
        assert refusal_of_task(session, own, task) is None

    made = refuse(task)

    with database.reading(own) as session:
        found = refusals(session, own, [requirement])[requirement]
        assert found.decision_id == to_text(made)
        assert found.on == make.NOW.astimezone(TIME_ZONE).date()
        assert refusal_of_task(session, own, task) == found
        assert refusal_of_task(session, own, other) == found
        assert refusals(session, own, []) == {}

    with database.writing(own) as session:
        undo(session, anna, made, make.NOW)

    with database.reading(own) as session:
        assert refusals(session, own, [requirement]) == {}
        assert refusal_of_task(session, own, other) is None


def test_a_title_like_that_of_a_refused_requirement_is_known(
    database: Database, place: make.Place, asked: list[int], refuse: Callable[[int], int]
) -> None:
    made = to_text(refuse(asked[1]))

    with database.reading(place.organisation_id) as session:
        assert _alike(session, place, "kvartalsrapport") == made
        assert _alike(session, place, "skriva kvartalsrapport") == made
        assert _alike(session, place, "Städa förrådet") is None
        assert _alike(session, place, "om") is None
        assert _alike(session, place, "") is None


def test_what_replaced_a_refusal_ends_it(
    database: Database, place: make.Place, asked: list[int], refuse: Callable[..., int]
) -> None:
    refuse(asked[1])
    refuse(asked[1], Outcome.KEEP)

    with database.reading(place.organisation_id) as session:
        assert refusal_of_task(session, place.organisation_id, asked[1]) is None
        assert _alike(session, place, TITLE) is None


def test_others_are_not_told_of_it(
    database: Database, asked: list[int], refuse: Callable[[int], int]
) -> None:
    refuse(asked[1])
    with database.writing_all() as session:
        other = make.organisation(session, "other")

    with database.reading(other.organisation_id) as session:
        assert refusals(session, other.organisation_id, asked[:1]) == {}
        assert refusal_of_task(session, other.organisation_id, asked[1]) is None
        assert _alike(session, other, TITLE) is None
