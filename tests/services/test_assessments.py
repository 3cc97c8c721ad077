from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from tests import make
from tests.queries import naive
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.vocabulary import Per
from timethief.queries.verification import differences
from timethief.services.assessments import (
    assess_organisation,
    assess_task,
    assess_tasks,
    forget_assessment,
)
from timethief.storage.database import Database
from timethief.storage.facts import numbers_of
from timethief.storage.tables import AssessmentRow, PolicyVersion, Task
from timethief.storage.totals import Ledger


def test_a_change_of_policy_assesses_every_task_anew(database: Database) -> None:
    weeks = {**DEFAULT_POLICY.occasions, Per.WEEK: 40.0}
    with database.writing_all() as session:
        place = make.organisation(session)
        tasks = [make.task(session, place, people=people) for people in (1, 2, 3)]
        session.add(
            PolicyVersion(
                organisation_id=place.organisation_id,
                version=2,
                adopted_on=make.TODAY,
                numbers=numbers_of(replace(DEFAULT_POLICY, occasions=weeks)),
            )
        )
        session.flush()

        count = assess_organisation(session, make.assumptions(session, place))

    with database.reading_all() as session:
        rows = [session.get_one(AssessmentRow, task) for task in tasks]
        assert count == 3
        assert [row.cost_likely for row in rows] == [20_000_000, 40_000_000, 60_000_000]
        assert {row.policy_version for row in rows} == {2}
        assert list(differences(session)) == []
        sums = naive.totals(session, place.organisation_id)
        assert naive.kept(session, place.organisation_id) == sums


def test_assessing_again_moves_no_total_and_keeps_the_order(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = session.get_one(Task, make.task(session, place))
        before = naive.kept(session, place.organisation_id)
        sequence = session.get_one(AssessmentRow, task.id).sequence

        row = assess_task(session, task, make.assumptions(session, place), 5)

        assert row.sequence == sequence == int(make.NOW.timestamp() * 1_000_000)
        assert naive.kept(session, place.organisation_id) == before


def test_many_tasks_are_booked_in_one_ledger(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        for _ in range(3):
            make.task(session, place)
        tasks = session.scalars(select(Task)).all()
        for task in tasks:
            task.minutes = 60.0
        ledger = Ledger()

        rows = assess_tasks(session, tasks, make.assumptions(session, place), ledger)
        ledger.store(session)

        assert {row.cost_likely for row in rows} == {88_000_000}
        assert list(differences(session)) == []


def test_a_forgotten_assessment_leaves_the_totals(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = make.task(session, place)

        forget_assessment(session, task, make.assumptions(session, place))

        assert session.get(AssessmentRow, task) is None
        assert naive.kept(session, place.organisation_id) == {}
