from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.errors import Conflict, Invalid, Invalids, NotFound
from timethief.domain.intake import RequesterName
from timethief.domain.names import folded
from timethief.domain.people import Role
from timethief.domain.vocabulary import Level
from timethief.queries.verification import differences
from timethief.services import requester_merging as merging
from timethief.services.assessments import assess_organisation
from timethief.services.requester_merging import RequesterFacts
from timethief.services.requesters import find_or_add
from timethief.storage import search
from timethief.storage.database import Database
from timethief.storage.tables import (
    AuditEvent,
    Report,
    Requester,
    RequesterAlias,
    Requirement,
    Task,
)


def _register(session: Session, name: str) -> Requester:
    row = Requester(level="state", name=name, folded_name=folded(name), verified=True)
    session.add(row)
    session.flush()
    return row


def _requirement(session: Session, place: make.Place, requester_id: int, title: str) -> Requirement:
    row = Requirement(
        organisation_id=place.organisation_id,
        requester_id=requester_id,
        title=title,
        folded_title=folded(title),
        binding="law",
    )
    session.add(row)
    session.flush()
    return row


def test_everything_that_names_the_one_names_the_other_and_all_that_is_kept_agrees(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        gone = make.requester(session, place.organisation_id, "Skolvärket", Level.OTHER)
        kept = _register(session, "Skolverket").id
        first = make.task(session, place, requester_id=gone, title="En")
        make.task(session, place, requester_id=gone, title="Två", unit_id=place.south)
        mine = _requirement(session, place, gone, "Officiell statistik")
        theirs = _requirement(session, place, kept, "OFFICIELL statistik")
        only = _requirement(session, place, gone, "Enkät")
        session.get_one(Task, first).requirement_id = mine.id
        session.add(
            RequesterAlias(
                organisation_id=place.organisation_id,
                requester_id=gone,
                name="SV",
                folded_name="sv",
            )
        )
        ids = (mine.id, theirs.id, only.id)
        session.flush()
        assess_organisation(session, make.assumptions(session, place))
    with database.writing(place.organisation_id) as session:
        count = merging.merge(session, admin, gone, kept, make.key(), make.NOW)

    with database.reading_all() as session:
        assert count == 2
        assert list(differences(session)) == []
        assert session.query(Task).filter_by(requester_id=gone).count() == 0
        assert session.query(Report).filter_by(requester_id=gone).count() == 0
        assert session.get_one(Task, first).requirement_id == ids[1]
        assert session.get(Requirement, ids[0]) is None
        assert session.get_one(Requirement, ids[2]).requester_id == kept
        row = session.get_one(Requester, gone)
        assert (row.active, row.successor_id) == (False, kept)
        found = session.scalars(search.matching(session, search.words_of("skolverket"))).all()
        assert first in found
        event = session.query(AuditEvent).filter_by(act="requesters_merged").one()
        assert (event.before["name"], event.after["name"]) == ("Skolvärket", "Skolverket")


def test_its_name_and_its_other_names_lead_on(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        org = place.organisation_id
        gone = make.requester(session, org, "Ekonomi", Level.OWN_ORGANISATION)
    with database.writing(org) as session:
        row = session.get_one(Requester, gone)
        facts = RequesterFacts("Ekonomi", Level.OWN_ORGANISATION, verified=True, aliases=("EK",))
        seen = merging.seen_requester(session, row)
        merging.change(session, admin, gone, facts, seen, make.key(), make.NOW)
        merging.merge(session, admin, gone, place.requester, make.key(), make.NOW)

        for name in ("ekonomi", "ek"):
            assert find_or_add(session, org, RequesterName(name)).id == place.requester


def test_the_name_of_one_is_no_other_name_of_another(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        other = make.requester(session, place.organisation_id, "Ekonomi", Level.OWN_ORGANISATION)
    with database.writing(place.organisation_id) as session:
        row = session.get_one(Requester, other)
        named = ("personalENHETEN",)
        facts = RequesterFacts("Ekonomi", Level.OWN_ORGANISATION, verified=True, aliases=named)
        seen = merging.seen_requester(session, row)

        with pytest.raises(Invalids) as refused:
            merging.change(session, admin, other, facts, seen, make.key(), make.NOW)

    assert [each.reason for each in refused.value.refusals] == ["name_of_another"]


def test_a_register_is_never_changed_by_an_organisation(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        shared = _register(session, "Socialstyrelsen").id
    with database.writing(place.organisation_id) as session:
        with pytest.raises(NotFound):
            merging.merge(session, admin, shared, place.requester, make.key(), make.NOW)
        row = session.get_one(Requester, shared)
        facts = RequesterFacts("Annat", Level.OTHER, verified=False, aliases=("SoS",))
        seen = merging.seen_requester(session, row)
        merging.change(session, admin, shared, facts, seen, make.key(), make.NOW)
    with database.reading_all() as session:
        row = session.get_one(Requester, shared)
        alias = session.query(RequesterAlias).filter_by(requester_id=shared).one()
        assert (row.name, row.level, row.verified) == ("Socialstyrelsen", "state", True)
        assert (alias.name, alias.organisation_id) == ("SoS", place.organisation_id)


def test_another_level_or_name_is_followed_by_totals_and_search(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        make.task(session, place)
    with database.writing(place.organisation_id) as session:
        row = session.get_one(Requester, place.requester)
        facts = RequesterFacts("HR-enheten", Level.EU, verified=True)
        seen = merging.seen_requester(session, row)
        merging.change(session, admin, row.id, facts, seen, make.key(), make.NOW)
    with database.reading_all() as session:
        assert list(differences(session)) == []


def test_what_has_gone_cannot_go_again_nor_be_chosen(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin = make.actor(session, place, Role.ADMIN)
        third = make.requester(session, place.organisation_id, "Tredje", Level.OTHER)
        merging.merge(session, admin, place.requester, place.state, make.key(), make.NOW)

        with pytest.raises(Conflict):
            merging.merge(session, admin, place.requester, third, make.key(), make.NOW)
        with pytest.raises(Invalid) as refused:
            merging.merge(session, admin, third, place.requester, make.key(), make.NOW)
        assert refused.value.reason == "merged"
        with pytest.raises(Invalid):
            merging.merge(session, admin, third, third, make.key(), make.NOW)


def test_a_form_sent_twice_merges_once(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        admin, key = make.actor(session, place, Role.ADMIN), make.key()
        make.task(session, place)
        counts = [
            merging.merge(session, admin, place.requester, place.state, key, make.NOW)
            for _ in range(2)
        ]
    assert counts == [1, 1]
