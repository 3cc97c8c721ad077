from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import make
from tests.services.settings import CONFIG
from timethief.domain.cases import CaseState
from timethief.domain.decisions import NewDecision, Outcome
from timethief.domain.people import Role
from timethief.services.decisions import deciding, telling
from timethief.services.decisions.deciding import decide, decide_many
from timethief.services.decisions.trials import end_trials
from timethief.services.surroundings import Surroundings
from timethief.storage.database import Database
from timethief.storage.tables import Case, CaseAnswer, Decision, OutboxMail, Task

OVER = make.NOW + timedelta(weeks=8, days=1)


def test_when_a_trial_is_over_the_case_is_open_and_the_decider_is_mailed_once(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        anna = make.actor(session, place, Role.SUPPORT, "Anna")
        task = make.task(session, place)
        new = NewDecision(Outcome.TRIAL, "Vi provar.", trial_weeks=8, watched="Om någon frågar.")
        version = session.get_one(Task, task).version
        decide(session, anna, task, new, None, version, make.key(), make.NOW)
    surroundings = Surroundings(database, CONFIG)

    assert end_trials(surroundings, OVER - timedelta(days=1)) == {}
    assert end_trials(surroundings, OVER) == {"ended": 1}
    assert end_trials(surroundings, OVER) == {}

    with database.reading_all() as session:
        assert session.scalars(select(Case)).one().state == CaseState.OPEN
        mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "decision")).one()
        assert "/decide" in mail.text
        assert "Vi provar." not in mail.text


def test_writers_are_told_by_the_job_once_and_not_of_what_was_undone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        anna = make.actor(session, place, Role.SUPPORT, "Anna")
        tasks = [make.task(session, place, title=f"Lista nummer {n}") for n in range(2)]
        monkeypatch.setattr(telling, "TOLD_AT_ONCE", -1)
        decide_many(session, anna, tasks, Outcome.KEEP, "Behövs.", make.key(), make.NOW)
        first = session.scalars(select(Decision).where(Decision.task_id == tasks[0])).one()
        assert not first.answers_told
        deciding.undo(session, anna, first.id, make.NOW)
    surroundings = Surroundings(database, CONFIG)

    assert telling.tell_waiting(surroundings, make.NOW) == {"told": 1}
    assert telling.tell_waiting(surroundings, make.NOW) == {}

    with database.reading_all() as session:
        assert session.scalar(select(func.count()).select_from(CaseAnswer)) == 1
