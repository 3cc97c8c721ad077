from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from tests import loop, make
from timethief.domain.errors import Conflict, NotAllowed, NotFound
from timethief.domain.people import Actor, Role
from timethief.services import people
from timethief.storage.database import Database
from timethief.storage.tables import Case, Decision, SeenTask, User


def _administrators(database: Database, count: int) -> list[Actor]:
    with database.writing_all() as session:
        place = make.organisation(session)
        return [make.actor(session, place, Role.ADMIN, f"Admin{n}") for n in range(count)]


def test_what_was_asked_for_earlier_is_done_with_the_rights_of_now(database: Database) -> None:
    admin, other = _administrators(database, 2)
    facts = people.PersonFacts("Admin1", Role.STAFF, None, None)
    with database.writing(admin.organisation_id) as session:
        people.change_person(session, admin, other.user_id, facts, 1, make.NOW)

    with database.reading(admin.organisation_id) as session:
        now = people.actor_of(session, other.user_id)

    assert (other.role, now.role) == (Role.ADMIN, Role.STAFF)


def test_for_who_has_left_nothing_is_done_any_more(database: Database) -> None:
    admin, other = _administrators(database, 2)
    with database.writing(admin.organisation_id) as session:
        people.end_membership(session, admin, other.user_id, make.NOW)

    with database.reading(admin.organisation_id) as session, pytest.raises(NotFound):
        people.actor_of(session, other.user_id)


def test_of_two_administrators_who_end_each_other_at_once_one_stays(database: Database) -> None:
    first, second = _administrators(database, 2)
    together, refused = threading.Barrier(2), []

    def end(actor: Actor, whom: Actor) -> None:
        together.wait()
        try:
            with database.writing(actor.organisation_id) as session:
                people.end_membership(session, actor, whom.user_id, make.NOW)
        except Conflict as conflict:
            refused.append(conflict.reason)

    threads = [
        threading.Thread(target=end, args=pair) for pair in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading_all() as session:
        active = [session.get_one(User, each.user_id).active for each in (first, second)]
    assert sorted(active) == [False, True]
    assert refused == [people.LAST_ADMINISTRATOR]


@pytest.mark.parametrize("role", [Role.STAFF, Role.SUPPORT, Role.LEADERSHIP])
def test_only_administrators_change_people(database: Database, role: Role) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        actor = make.actor(session, place, role)
        facts = people.PersonFacts("Rut", Role.ADMIN, None, None)

        with pytest.raises(NotAllowed):
            people.change_person(session, actor, actor.user_id, facts, 1, make.NOW)
        for act in (people.end_membership, people.restore_membership, people.end_log_ins):
            with pytest.raises(NotAllowed):
                act(session, actor, actor.user_id, make.NOW)


def test_what_somebody_had_taken_waits_for_others_when_the_membership_ends(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        leaving = make.actor(session, place, Role.SUPPORT)
        tasks = [make.task(session, place) for _ in range(2)]
        own = place.organisation_id
        session.add_all(
            [
                loop.case(own, task_id=tasks[0], user_id=leaving.user_id, decider_id=admin.user_id),
                loop.case(own, task_id=tasks[1], user_id=leaving.user_id, closed=True),
                SeenTask(user_id=leaving.user_id, task_id=tasks[0], organisation_id=own, version=1),
                loop.decision(own, tasks[0], "2026-1", user_id=leaving.user_id),
            ]
        )

    with database.writing(own) as session:
        people.end_membership(session, admin, leaving.user_id, make.NOW)

    with database.reading(own) as session:
        cases = {each.task_id: each for each in session.scalars(select(Case))}
        assert (cases[tasks[0]].user_id, cases[tasks[0]].decider_id) == (None, admin.user_id)
        assert cases[tasks[1]].user_id == leaving.user_id
        assert session.scalars(select(SeenTask)).all() == []
        assert session.scalars(select(Decision.user_id)).all() == [leaving.user_id]
