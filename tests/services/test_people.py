from __future__ import annotations

import threading

import pytest

from tests import make
from timethief.domain.errors import Conflict, NotAllowed, NotFound
from timethief.domain.people import Actor, Role
from timethief.services import people
from timethief.storage.database import Database
from timethief.storage.tables import User


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
