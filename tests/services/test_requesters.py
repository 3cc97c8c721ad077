from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.errors import NotFound
from timethief.domain.intake import RequesterName
from timethief.domain.names import folded
from timethief.domain.vocabulary import Level
from timethief.services.requesters import find, find_or_add, requester_of
from timethief.storage.database import Database
from timethief.storage.tables import Requester, RequesterAlias


def _register(session: Session, name: str, *aliases: str, successor: int | None = None) -> int:
    row = Requester(
        level=Level.STATE.value,
        name=name,
        folded_name=folded(name),
        successor_id=successor,
        active=successor is None,
    )
    session.add(row)
    session.flush()
    for alias in aliases:
        session.add(RequesterAlias(requester_id=row.id, name=alias, folded_name=folded(alias)))
    session.flush()
    return row.id


def _found(
    session: Session, place: make.Place, name: str, level: Level | None = None
) -> int | None:
    found = find(session, place.organisation_id, RequesterName(name, level))
    return None if found is None else found.id


def test_a_requester_of_the_registers_is_found_by_any_of_its_names(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        agency = _register(session, "Åklagarverket", "ÅV", "Prosecution Office")

        for name in ("Åklagarverket", " ÅKLAGARVERKET ", "A\u030aklagarverket", "åv"):
            assert _found(session, place, name) == agency
        assert _found(session, place, "prosecution  office", Level.STATE) == agency
        assert _found(session, place, "Åklagarverket", Level.REGION) is None
        assert _found(session, place, "Aklagarverket") is None


def test_a_body_that_is_gone_leads_to_who_took_over(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        third = _register(session, "Tredje verket")
        second = _register(session, "Andra verket", successor=third)
        _register(session, "Första verket", "FV", successor=second)

        assert _found(session, place, "Första verket") == third
        assert _found(session, place, "fv") == third


def test_bodies_that_took_over_from_each_other_end_somewhere(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        one = _register(session, "Ena verket")
        other = _register(session, "Andra verket", successor=one)
        session.get_one(Requester, one).successor_id = other

        assert _found(session, place, "Ena verket") in (one, other)


def test_a_name_goes_before_an_alias_and_what_exists_before_what_is_gone(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        _register(session, "Annat verk", "Verket")
        named = _register(session, "Verket")

        assert _found(session, place, "verket") == named


def test_the_organisations_own_goes_before_the_registers(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        _register(session, "Personalenheten")

        assert _found(session, place, "Personalenheten") == place.requester


def test_one_that_nobody_has_named_is_added_unverified(database: Database) -> None:
    meant = RequesterName("  Ny   Myndighet ", Level.EU)
    with database.writing_all() as session:
        place = make.organisation(session)

        made = find_or_add(session, place.organisation_id, meant)
        again = find_or_add(session, place.organisation_id, RequesterName("ny myndighet"))

    assert again is made
    assert (made.name, made.level, made.verified) == ("Ny Myndighet", "eu", False)
    assert made.organisation_id == place.organisation_id


def test_one_of_no_known_level_is_added_as_other(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)

        made = find_or_add(session, place.organisation_id, RequesterName("Någon"))

    assert made.level == "other"


def test_the_same_name_at_two_levels_is_two_requesters(database: Database) -> None:
    with database.writing_all() as session:
        organisation_id = make.organisation(session).organisation_id

        found = {
            find_or_add(session, organisation_id, RequesterName("Gotland", level)).id
            for level in (Level.REGION, Level.MUNICIPALITY, Level.REGION)
        }

    assert len(found) == 2


def test_what_another_organisation_has_added_is_neither_found_nor_opened(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        theirs = make.requester(session, other.organisation_id, "Deras", Level.OTHER)

        assert _found(session, place, "Deras") is None
        with pytest.raises(NotFound):
            requester_of(session, place.organisation_id, theirs)
        with pytest.raises(NotFound):
            requester_of(session, place.organisation_id, 1)
        assert requester_of(session, other.organisation_id, theirs).id == theirs


def test_a_name_that_grows_when_it_is_folded_can_be_kept_and_found(database: Database) -> None:
    long = RequesterName("\ufdfa" * 200, Level.OTHER)
    with database.writing_all() as session:
        organisation_id = make.organisation(session).organisation_id

        made = {find_or_add(session, organisation_id, long).id for _ in range(2)}

    assert len(made) == 1
