from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import loop, make
from tests.queries.conftest import Stock
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.intake import UseAnswer
from timethief.domain.own_time import Activity
from timethief.domain.people import Role
from timethief.queries.leadership import TO_DECIDE, Needs, Standing, needed, standing
from timethief.queries.visible_units import visible_units
from timethief.services import own_time
from timethief.services.tasks import settle
from timethief.storage import freed_time
from timethief.storage.database import Database
from timethief.storage.tables import AssessmentRow, Task


def test_the_five_to_decide_are_the_time_thieves_that_free_most(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        found = standing(session, make.everything(session, stock.place), make.TODAY).to_decide
        rows = session.scalars(
            select(AssessmentRow)
            .where(
                AssessmentRow.organisation_id == stock.place.organisation_id,
                AssessmentRow.cause.is_not(None),
                AssessmentRow.status.in_(("reported", "in_review")),
            )
            .order_by(AssessmentRow.avoidable_hours.desc())
        ).all()

    hours = [each.task.avoidable_hours for each in found]
    assert len(found) == TO_DECIDE
    assert hours == pytest.approx([row.avoidable_hours / 1e6 for row in rows[:TO_DECIDE]])
    by_id = {to_text(row.task_id): row for row in rows}
    for each in found:
        row = by_id[each.task.id]
        ours = row.recommended == row.within_own_mandate != "raise_with_requester"
        assert (each.needs is Needs.OWN_DECISION) == ours


@pytest.mark.parametrize("level", ["state", "own_organisation"])
def test_they_follow_the_part_and_the_level_that_are_chosen(stock: Stock, level: str) -> None:
    with stock.database.reading_all() as session:
        units = make.everything(session, stock.place)
        found = standing(session, units, make.TODAY, stock.place.north, level).to_decide

    assert {each.task.level for each in found} <= {level}
    assert {each.task.unit for each in found} <= {"Norra", "Avdelning 1"}


def _place(database: Database) -> tuple[make.Place, int]:
    with database.writing_all() as session:
        place = make.organisation(session)
        return place, make.task(session, place)


def _standing(database: Database, place: make.Place, role: Role = Role.LEADERSHIP) -> Standing:
    with database.writing_all() as session:
        who = make.actor(session, place, role)
    with database.reading(place.organisation_id) as session:
        return standing(session, visible_units(session, who), make.TODAY)


@pytest.mark.parametrize("status", ["decided", "done", "kept", "stopped"])
def test_what_is_decided_is_not_to_be_decided(database: Database, status: str) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task_id = make.task(session, place, use=UseAnswer.NOBODY)
    before = _standing(database, place).to_decide
    with database.writing_all() as session:
        task = session.get_one(Task, task_id)
        task.status = status
        settle(session, task, make.assumptions(session, place))

    assert [from_text(each.task.id) for each in before] == [task_id]
    assert _standing(database, place).to_decide == ()


@pytest.mark.parametrize(
    ("binding", "recommended", "own", "needs"),
    [
        ("law", "raise_with_requester", "keep", Needs.LAW),
        ("internal_rule", "raise_with_requester", "raise_with_requester", Needs.REQUESTER),
        ("custom", "simplify", "keep", Needs.REQUESTER),
        ("law", "simplify", "simplify", Needs.OWN_DECISION),
    ],
)
def test_each_says_what_it_takes(binding: str, recommended: str, own: str, needs: Needs) -> None:
    assert needed(binding, recommended, own) is needs


def test_freed_and_own_time_stand_beside_one_another(database: Database) -> None:
    place, task_id = _place(database)
    with database.writing_all() as session:
        decided = loop.decision(place.organisation_id, task_id, "2026-0001")
        session.add(decided)
        session.flush()
        freed_time.keep(session, decided)
        own_time.count(session, place.organisation_id, Activity.LOG, 1200, make.NOW)
        other = make.organisation(session, "annan")
        own_time.count(session, other.organisation_id, Activity.LOG, 1200, make.NOW)

    found = _standing(database, place)

    assert (found.freed.expected_hours, found.freed.confirmed_hours) == (20.0, 0.0)
    assert found.own.occasions == 1
    assert found.own.hours == pytest.approx(1200 / 3600)


def test_the_newest_task_tells_how_old_the_figures_are(database: Database) -> None:
    place, _ = _place(database)
    with database.writing_all() as session:
        empty = make.organisation(session, "tom")
        make.task(session, place, now=make.NOW - timedelta(days=90))

    assert _standing(database, place).newest_on == make.TODAY
    assert _standing(database, empty).newest_on is None
