from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.queries.similar import similar_task, similar_tasks
from timethief.services.tasks import settle
from timethief.storage import likeness, search
from timethief.storage.database import Database
from timethief.storage.tables import Task

TITLES = (
    "Närvaro i två system",
    "Närvarolista på papper",
    "Månadsrapport till nämnden",
    "Månadsrapport till chefen",
    "Månadsrapport till staten",
    "Månadsrapport om ekonomi",
)


def _fill(session: Session, *titles: str, code: str = "ort") -> make.Place:
    place = make.organisation(session, code)
    rut = make.actor(session, place)
    for title in titles:
        make.task(session, place, rut, title=title)
    return place


def _titles(session: Session, place: make.Place, title: str) -> list[str]:
    return [each.title for each in similar_tasks(session, make.reviewer(place), title)]


def test_titles_that_look_alike_are_found_most_alike_first(database: Database) -> None:
    with database.writing_all() as session:
        place = _fill(session, *TITLES)

        assert _titles(session, place, "Närvarolistor") == ["Närvarolista på papper"]
        assert _titles(session, place, "månadsrapport till che")[0] == "Månadsrapport till chefen"
        assert len(_titles(session, place, "Månadsrapport")) == likeness.SHOWN
        assert _titles(session, place, "Närvaro i ett system")[0] == "Närvaro i två system"


@pytest.mark.parametrize("title", ["", "  ", "ab", "!?", "Helt annat", '"' * 200, "NEAR(", "\x00"])
def test_nothing_is_found_where_nothing_is_alike(database: Database, title: str) -> None:
    with database.writing_all() as session:
        place = _fill(session, "Närvaro i två system")

        assert _titles(session, place, title) == []


def test_another_organisations_tasks_are_not_found_and_hide_none(database: Database) -> None:
    with database.writing_all() as session:
        _fill(session, "Statusrapport", code="other")
        place = _fill(session, "Statusrapport varje vecka")
        many = range(1, 2 * likeness.CANDIDATES)
        search.index(
            session,
            [search.Document(n, place.organisation_id, "Statusrapport", "", "") for n in many],
        )

        assert _titles(session, place, "statusrapport") == ["Statusrapport varje vecka"]


def test_a_task_that_is_no_longer_done_is_not_offered(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = session.get_one(Task, make.task(session, place))
        before = _titles(session, place, "Statusrapport")
        task.status = "stopped"
        settle(session, task, make.assumptions(session, place))

        assert (before, _titles(session, place, "Statusrapport")) == (["Statusrapport"], [])


def test_the_task_that_was_chosen_is_told_as_it_was_offered(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "other")
        task = make.task(session, place)

        found = similar_task(session, make.reviewer(place), task)

        assert (found.id, found.title, found.unit) == (
            to_text(task),
            "Statusrapport",
            "Avdelning 1",
        )
        for at, unknown in ((other, task), (place, 1)):
            with pytest.raises(NotFound):
                similar_task(session, make.reviewer(at), unknown)
