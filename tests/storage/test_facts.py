from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.people import Role
from timethief.domain.policy import DEFAULT_POLICY, Policy
from timethief.domain.ranges import Range
from timethief.domain.review import Review
from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use, Worth
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose, Source
from timethief.services import reviews
from timethief.storage.database import Database
from timethief.storage.facts import facts_of, numbers_of, policy_of, statement_of
from timethief.storage.tables import PolicyVersion, Task, TaskUse, UseStatement
from timethief.storage.uses import uses_of

WORTHS = {
    "share": Worth(share=0.125),
    "minutes": Worth(minutes=7.25),
    "range": Worth(minutes=Range(1.5, 2.25, 9.75)),
    "sek": Worth(sek_per_year=123_456.78),
    "nothing": Worth(share=0.0),
}
AUTOMATION = Automation(0.9, 0.8, 0.1, stable=False, systems=3, needs_judgement=True)
CHANGES: dict[str, dict[str, Any]] = {
    "minutes": {"minutes": 12.5},
    "minutes range": {"minutes": Range(1.25, 2.5, 1_440.0)},
    "frequency": {"frequency": Frequency(2.5, Per.QUARTER)},
    "people": {"people": 17},
    "people range": {"people": Range(6, 11, 20)},
    "binding": {"binding": Binding.LAW},
    "achievable minutes": {"achievable_minutes": 0.0},
    "sufficient frequency": {"sufficient_frequency": Frequency(0.5, Per.YEAR)},
    "duplicate share": {"duplicate_share": 0.375},
    "automation": {"automation": AUTOMATION},
    "no automation": {"automation": None},
    "no uses": {"uses": ()},
    **{
        f"worth {name}": {
            "uses": (Use(Beneficiary.RESEARCH, Purpose.LEARNING, InUse.CONFIRMED, worth),)
        }
        for name, worth in WORTHS.items()
    },
}


def _facts(session: Session, place: make.Place, task_id: int) -> TaskFacts:
    task = session.get_one(Task, task_id)
    tariffs = make.assumptions(session, place).tariffs
    return facts_of(task, uses_of(session, [task_id])[task_id], tariffs)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_a_reviewer_sets_is_read_back_as_it_was(
    database: Database, change: dict[str, Any]
) -> None:
    review = make.review(**change)
    with database.writing_all() as session:
        place = make.organisation(session)
        task = make.task(session, place)
        support = make.actor(session, place, Role.SUPPORT)
        reviews.store(session, support, task, review, 1, make.key(), make.NOW)

    with database.reading_all() as session:
        facts = _facts(session, place, task)

    shared = {field.name for field in fields(Review)} & {field.name for field in fields(TaskFacts)}
    assert len(shared) == 9
    for name in shared:
        assert getattr(facts, name) == getattr(review, name), name


def test_costs_come_from_the_tariffs_unless_the_task_has_its_own(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        task = make.task(session, place)
        tariffs = make.assumptions(session, place).tariffs
        row = session.get_one(Task, task)
        row.other_staff_category_id = place.all_staff
        by_tariff = _facts(session, place, task)
        row.hourly_cost_sek, row.other_hourly_cost_sek = 700.5, 1.0
        session.flush()
        own = _facts(session, place, task)

    assert by_tariff.hourly_cost_sek == tariffs[place.nurse]
    assert by_tariff.other_hourly_cost_sek == tariffs[place.all_staff]
    assert own == replace(by_tariff, hourly_cost_sek=700.5, other_hourly_cost_sek=1.0)


def test_the_reviewer_outweighs_the_receiver_and_the_receiver_the_performer() -> None:
    use = TaskUse(beneficiary="citizen", purpose="safety")
    said = [
        UseStatement(source=source.value, in_use=in_use, worth_share=share, said_on=make.TODAY)
        for source, in_use, share in (
            (Source.REVIEWER, "not_used", 0.0),
            (Source.RECEIVER, "confirmed", 2.0),
            (Source.PERFORMER, "believed", 1.0),
        )
    ]

    tariffs = {1: 400.0}
    task = Task(staff_category_id=1, minutes=1.0, times=1.0, per="week", people=1, binding="custom")
    task.duplicate_share = 0.0
    counted = [facts_of(task, [(use, said[n:])], tariffs).uses[0].in_use for n in range(3)]

    assert counted == [InUse.NOT_USED, InUse.CONFIRMED, InUse.BELIEVED]
    assert statement_of(said[0]).source is Source.REVIEWER


def test_a_policy_is_read_back_as_it_was() -> None:
    changed = Policy(
        version=9,
        occasions=dict.fromkeys(Per, 3.5),
        usage=dict.fromkeys(InUse, Range(0.1, 0.2, 0.3)),
        **{
            field.name: getattr(DEFAULT_POLICY, field.name) / 1.5
            for field in fields(Policy)
            if field.name not in ("version", "occasions", "usage", "unstable_factor")
        },
        unstable_factor=1.25,
    )

    again = policy_of(PolicyVersion(version=9, numbers=numbers_of(changed)))

    assert again == changed


def test_a_number_that_is_not_stored_has_its_default() -> None:
    policy = policy_of(PolicyVersion(version=2, numbers={"fte_hours": 1_700.0}))

    assert policy == replace(DEFAULT_POLICY, version=2, fte_hours=1_700.0)
