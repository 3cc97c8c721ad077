from __future__ import annotations

import pytest

from tests import make
from tests.queries import naive
from tests.queries.conftest import TASKS, Stock
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.vocabulary import Level
from timethief.queries.requesters import TASKS_SHOWN, requester_list, requester_page
from timethief.storage.database import Database
from timethief.storage.tables import Requester, RequesterAlias


def test_every_requester_that_tasks_name_is_listed_largest_first(stock: Stock) -> None:
    organisation_id = stock.place.organisation_id
    with stock.database.reading_all() as session:
        found = requester_list(session, make.everything(session, stock.place))
        sums = naive.totals(session, organisation_id)

    likely = [line.figures.cost_hours.likely for line in found.lines]
    assert likely == sorted(likely, reverse=True)
    assert found.whole.tasks == sum(line.figures.tasks for line in found.lines) == TASKS
    assert len(found.lines) == len([key for key in sums if key[:3] == (0, "", "requester")])


def test_the_list_is_narrowed_to_a_level(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        found = requester_list(session, make.everything(session, stock.place), "state")

    assert {line.level for line in found.lines} == {"state"}
    assert "Tillsynsmyndigheten" in [line.name for line in found.lines]


def test_a_requester_is_shown_with_what_it_asks_for(stock: Stock) -> None:
    organisation_id, state = stock.place.organisation_id, stock.place.state
    with stock.database.reading_all() as session:
        found = requester_page(session, make.everything(session, stock.place), state)
        sums = naive.totals(session, organisation_id)

    expected = sums[0, "", "requester", str(state)]
    assert (found.name, found.level) == ("Tillsynsmyndigheten", "state")
    assert found.figures.tasks == expected.tasks
    assert found.figures.cost_hours.likely == pytest.approx(expected.cost_likely / 1_000_000)
    assert found.whole.tasks == TASKS
    assert {line.requester for line in found.tasks} == {"Tillsynsmyndigheten"}
    assert len(found.tasks) == min(TASKS_SHOWN, expected.tasks)


def test_requirements_are_shown_with_what_answering_them_costs(stock: Stock) -> None:
    organisation_id = stock.place.organisation_id
    with stock.database.reading_all() as session:
        found = requester_page(
            session, make.everything(session, stock.place), stock.place.state
        ).requirements
        sums = naive.totals(session, organisation_id)

    assert {line.id: line.figures.tasks for line in found} == {
        to_text(each): sums[0, "", "requirement", str(each)].tasks for each in stock.requirements
    }


def test_a_body_that_is_gone_is_shown_with_its_names_and_its_successor(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        old = session.get_one(Requester, place.state)
        old.successor_id, old.official_code = place.requester, "202100-0000"
        for name in ("Äldre", "Tidigare"):
            alias = RequesterAlias(requester_id=old.id, name=name, folded_name=name.casefold())
            session.add(alias)

    with database.reading_all() as session:
        found = requester_page(session, make.everything(session, place), place.state)

    assert (found.successor, found.official_code) == ("Personalenheten", "202100-0000")
    assert set(found.aliases) == {"Tidigare", "Äldre"}
    assert (found.figures.tasks, found.tasks, found.requirements) == (0, (), ())


def test_the_requester_of_another_organisation_is_not_found(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        theirs = make.requester(session, other.organisation_id, "Deras", Level.OTHER)

    with database.reading_all() as session:
        units = make.everything(session, place)
        for unknown in (theirs, 1):
            with pytest.raises(NotFound):
                requester_page(session, units, unknown)
