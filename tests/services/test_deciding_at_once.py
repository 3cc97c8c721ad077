"""Some who decide of one task at the same moment, in threads and sessions of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy import select

from tests import make
from timethief.domain.decisions import DecisionState, NewDecision, Outcome
from timethief.domain.errors import Conflict
from timethief.domain.people import Actor, Role
from timethief.queries.decisions import decisions_of_task, newest_decision_id
from timethief.queries.verification import differences
from timethief.services.decisions.deciding import decide, undo
from timethief.storage.database import Database
from timethief.storage.tables import Decision, Task

T = TypeVar("T")
REMOVE = NewDecision(Outcome.REMOVE, "Ingen läser den.")
KEEP = NewDecision(Outcome.KEEP, "Den skyddar patienterna.")


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def people(database: Database, place: make.Place) -> list[Actor]:
    with database.writing_all() as session:
        return [
            make.actor(session, place, role, name)
            for role, name in ((Role.SUPPORT, "Anna"), (Role.LEADERSHIP, "Bo"))
        ]


@pytest.fixture
def task(database: Database, place: make.Place) -> int:
    with database.writing_all() as session:
        return make.task(session, place)


def at_once(*acts: Callable[[], T]) -> list[T | str]:
    """What each came to, in their order: its value, or why it was refused."""
    together, found = threading.Barrier(len(acts)), dict[int, T | str]()

    def run(number: int, act: Callable[[], T]) -> None:
        together.wait()
        try:
            found[number] = act()
        except Conflict as conflict:
            found[number] = conflict.reason

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[number] for number in range(len(acts))]


def deciding(
    database: Database, who: Actor, task: int, new: NewDecision, seen: int | None, key: str = ""
) -> Callable[[], int]:
    with database.reading(who.organisation_id) as session:
        version = session.get_one(Task, task).version

    def act() -> int:
        with database.writing(who.organisation_id) as session:
            return decide(session, who, task, new, seen, version, key or make.key(), make.NOW)

    return act


def standing(database: Database, who: Actor, task: int) -> list[Decision]:
    with database.reading(who.organisation_id) as session:
        query = select(Decision).where(
            Decision.task_id == task, Decision.state == DecisionState.IN_FORCE.value
        )
        return list(session.scalars(query))


def test_of_two_who_decide_at_once_one_is_first_and_the_other_sees_it_and_replaces_it(
    database: Database, people: list[Actor], task: int
) -> None:
    acts = [
        deciding(database, who, task, new, None)
        for who, new in zip(people, (REMOVE, KEEP), strict=True)
    ]

    came = at_once(*acts)

    (made,) = [each for each in came if isinstance(each, int)]
    assert [each for each in came if each != made] == ["decided_meanwhile"]
    (first,) = standing(database, people[0], task)
    assert first.id == made
    assert first.user_id == people[came.index(made)].user_id
    late = people[1 - came.index(made)]
    with database.reading(late.organisation_id) as session:
        shown = decisions_of_task(session, late, task, make.NOW).standing
        seen = newest_decision_id(session, task)
    assert shown is not None
    assert shown.reason == first.reason

    anew = deciding(database, late, task, KEEP, seen)()

    (now,) = standing(database, late, task)
    assert (now.id, now.user_id) == (anew, late.user_id)
    with database.reading(late.organisation_id) as session:
        replaced = session.get_one(Decision, made)
        assert (replaced.state, replaced.replaced_by_id) == ("replaced", anew)
    with database.reading_all() as session:
        assert not list(differences(session))


def test_of_many_who_replace_a_decision_at_once_one_does(
    database: Database, people: list[Actor], task: int
) -> None:
    seen = deciding(database, people[0], task, KEEP, None)()
    acts = [deciding(database, who, task, REMOVE, seen) for who in people * 3]

    came = at_once(*acts)

    assert sorted(map(str, came))[1:] == ["decided_meanwhile"] * 5
    (now,) = standing(database, people[0], task)
    assert now.id in came
    with database.reading_all() as session:
        numbers = session.scalars(select(Decision.number).order_by(Decision.number)).all()
    assert [number.rpartition("-")[2] for number in numbers] == ["0001", "0002"]


def test_a_form_sent_twice_at_once_is_one_decision(
    database: Database, people: list[Actor], task: int
) -> None:
    act = deciding(database, people[0], task, REMOVE, None, make.key())

    first, second = at_once(act, act)

    assert first == second
    assert [each.id for each in standing(database, people[0], task)] == [first]


def test_to_undo_and_to_replace_at_once_leaves_one_of_them(
    database: Database, people: list[Actor], task: int
) -> None:
    anna, bo = people
    made = deciding(database, anna, task, REMOVE, None)()

    def take_back() -> int:
        with database.writing(anna.organisation_id) as session:
            undo(session, anna, made, make.NOW)
        return made

    undone, replaced = at_once(take_back, deciding(database, bo, task, KEEP, made))

    if undone == made:
        assert replaced == "decided_meanwhile"
        assert standing(database, anna, task) == []
    else:
        assert undone == "replaced"
        assert [each.id for each in standing(database, anna, task)] == [replaced]
