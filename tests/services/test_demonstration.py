from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.assessment import Assessment, assess
from timethief.domain.errors import Conflict
from timethief.domain.measures import Measures
from timethief.domain.people import Role
from timethief.domain.statements import differ
from timethief.domain.vocabulary import Action, Cause, Level, Signal, Verdict
from timethief.queries.totals import Scope, grouped, total
from timethief.queries.verification import differences
from timethief.services import demonstration
from timethief.storage.assumptions import load_assumptions
from timethief.storage.database import Database
from timethief.storage.facts import facts_of, statement_of
from timethief.storage.tables import Organisation, Requester, Task, User
from timethief.storage.totals import DIMENSIONS
from timethief.storage.uses import uses_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).parent.parent / "domain" / "examples.json"
CASE = "Källdokumenten, fall "


def examples() -> list[Any]:
    cases: list[Any] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return cases


def load(database: Database) -> None:
    with database.writing_all() as session:
        demonstration.load(session, NOW)


@pytest.fixture(scope="module")
def session(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    # Loaded once for all that only read; that every database gets the same is a test of its own.
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("demonstration") / "loaded.sqlite3")
    database = Database(f"sqlite:///{file}")
    load(database)
    with database.reading_all() as reading:
        yield reading
    database.close()


def organisation_id(session: Session) -> int:
    code = demonstration.CODE
    return session.scalars(select(Organisation.id).where(Organisation.code == code)).one()


def scope(session: Session) -> Scope:
    return Scope(organisation_id(session))


def shares(session: Session, dimension: str) -> dict[str, float]:
    # Share of all hours, by the keys of the dimension.
    place = scope(session)
    whole = total(session, place).cost_likely
    groups = grouped(session, place, dimension)
    return {key: measures.cost_likely / whole for key, measures in groups.items()}


def assessments(session: Session) -> dict[str, Assessment]:
    # By title; computed here and now, not those that are kept.
    assumptions = load_assumptions(session, organisation_id(session), NOW.date())
    tasks = session.scalars(select(Task)).all()
    uses = uses_of(session, [task.id for task in tasks])
    return {
        task.title: assess(facts_of(task, uses[task.id], assumptions.tariffs), assumptions.policy)
        for task in tasks
    }


def measures_by_group(database: Database, dimension: str) -> list[tuple[str, Measures]]:
    with database.reading_all() as session:
        return sorted(grouped(session, scope(session), dimension).items())


def test_five_people_can_log_in_for_each_role_of_an_organisation(session: Session) -> None:
    people = session.scalars(select(User)).all()

    assert {Role(person.role) for person in people} == set(Role) - {Role.OPERATOR}
    assert len(people) == 5
    assert all(person.password_hash for person in people)


def test_one_leads_the_whole_and_one_a_unit(session: Session) -> None:
    leading = session.scalars(select(User).where(User.role == Role.LEADERSHIP.value)).all()

    assert {person.email: person.unit_id is None for person in leading} == {
        "ledning@exempel.se": True,
        "enhetschef@exempel.se": False,
    }


def test_the_twenty_examples_are_in_the_inventory(session: Session) -> None:
    origins = session.scalars(select(Task.origin).where(Task.origin.startswith(CASE))).all()

    assert sorted(origins) == sorted(CASE + case["id"] for case in examples())


def test_each_example_gets_its_expected_assessment(database: Database) -> None:
    load(database)
    with database.reading_all() as session:
        found = assessments(session)

    for case in examples():
        expected, answer = case["expected"], found[case["task"]["title"]]
        cost, benefit = answer.cost_hours, answer.benefit_hours
        assert [cost.low, cost.likely, cost.high] == pytest.approx(expected["cost_hours"], abs=1e-6)
        assert [benefit.low, benefit.likely, benefit.high] == pytest.approx(
            expected["benefit_hours"], abs=1e-6
        )
        assert answer.avoidable_hours == pytest.approx(expected["avoidable_hours"], abs=1e-6)
        codes = (answer.verdict, answer.cause, answer.recommended, answer.within_own_mandate)
        names = ("verdict", "cause", "recommended", "within_own_mandate")
        assert codes == tuple(expected[name] for name in names), case["id"]


def test_each_example_has_the_level_and_the_signals_of_its_source(session: Session) -> None:
    asked = session.execute(select(Task.title, Requester.level).join_from(Task, Requester))
    levels = {row.title: row.level for row in asked}
    content = {task["title"]: task for task in demonstration._content()["tasks"]}

    for case in examples():
        source = case["task"]
        assert levels[source["title"]] == source["requester"]["level"]
        assert content[source["title"]].get("signals", []) == source["signals"]


def test_the_whole_tells_a_believable_story_by_verdict(session: Session) -> None:
    whole = total(session, scope(session))
    by_verdict = shares(session, "verdict")
    flagged = sum(by_verdict[verdict] for verdict in Verdict if verdict.flagged)

    assert whole.tasks >= 165
    assert 90_000 <= whole.cost_likely / 1e6 <= 160_000
    assert 0.35 <= by_verdict[Verdict.JUSTIFIED] <= 0.48
    assert 0.32 <= flagged <= 0.45
    assert 0.12 <= by_verdict[Verdict.POSSIBLE] <= 0.22
    assert 0.15 <= whole.avoidable_hours / whole.cost_likely <= 0.25


def test_most_is_asked_for_by_the_own_organisation(session: Session) -> None:
    by_level = shares(session, "level")

    assert set(by_level) == set(Level)
    assert 0.48 <= by_level[Level.OWN_ORGANISATION] <= 0.60
    assert 0.18 <= by_level[Level.STATE] <= 0.28
    assert 0.06 <= by_level[Level.REGION] <= 0.14
    assert 0 < by_level[Level.EU] + by_level[Level.OTHER] <= 0.03


def test_every_verdict_cause_remedy_and_signal_occurs(session: Session) -> None:
    place = scope(session)

    assert set(grouped(session, place, "verdict")) == set(Verdict)
    assert set(grouped(session, place, "cause")) == set(Cause)
    assert set(grouped(session, place, "recommended")) == set(Action)
    assert set(grouped(session, place, "signal")) == set(Signal)


def test_no_single_task_dominates(session: Session) -> None:
    hours = [answer.cost_hours.likely for answer in assessments(session).values()]

    assert max(hours) <= 0.08 * sum(hours)


def test_no_person_spends_more_than_a_working_year_on_one_task(session: Session) -> None:
    people = {task.title: task.people for task in session.scalars(select(Task))}

    for title, answer in assessments(session).items():
        assert answer.cost_hours.likely / people[title] < 2_000, title


def test_performer_and_receiver_disagree_about_some_uses(session: Session) -> None:
    ids = session.scalars(select(Task.id)).all()
    uses = [use for of_task in uses_of(session, ids).values() for use in of_task]
    disputed = [use for use, said in uses if differ([statement_of(row) for row in said])]

    assert len(disputed) >= 20


def test_many_requirements_are_answered_by_several_tasks(session: Session) -> None:
    groups = grouped(session, scope(session), "requirement").values()

    assert sum(measures.tasks > 1 for measures in groups) >= 15


def test_requesters_that_a_register_knows_are_those_of_the_register(session: Session) -> None:
    asked = select(Task.requester_id).distinct()
    known = select(Requester.name).where(
        Requester.id.in_(asked), Requester.organisation_id.is_(None)
    )

    names = set(session.scalars(known))

    assert {"Socialstyrelsen", "Skolverket", "Region Uppsala"} <= names


def test_what_is_kept_agrees_with_what_it_is_kept_of(database: Database) -> None:
    load(database)

    with database.reading_all() as session:
        assert list(differences(session)) == []


def test_loading_a_second_time_is_refused_and_changes_nothing(database: Database) -> None:
    load(database)
    before = measures_by_group(database, "verdict")

    with pytest.raises(Conflict):
        load(database)

    assert measures_by_group(database, "verdict") == before


def test_loading_gives_the_same_totals_in_every_database(
    sqlite_url: str, postgresql_url: str
) -> None:
    # Without those whose keys are identifiers, which are new in every database.
    dimensions = set(DIMENSIONS) - {"requester", "requirement", "staff_category"}
    found = []
    for url in (sqlite_url, postgresql_url):
        database = Database(url)
        load(database)
        found.append({each: measures_by_group(database, each) for each in dimensions})
        database.close()

    assert found[0] == found[1]
