from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.automation_gate import GateAnswerKind, GateQuestion, NewAnswer, Standing
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.people import Actor, Role
from timethief.domain.tasks import Automation
from timethief.domain.vocabulary import TaskStatus
from timethief.queries.automation import Gate, candidates, gate_of_task
from timethief.queries.inventory import Cursor
from timethief.queries.tasks import task_page
from timethief.services import automation_gate as gate
from timethief.services import policies, reviews
from timethief.services.tasks import settle
from timethief.storage.assumptions import policy_in_force
from timethief.storage.database import Database
from timethief.storage.tables import AutomationCandidate, GateAnswer, Task

EASY = Automation(1.0, 1.0, 0.0)
LATER = make.NOW + timedelta(minutes=1)
CHECK = "En handläggare läser igenom"


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def anna(database: Database, place: make.Place) -> Actor:
    with database.writing_all() as session:
        return make.actor(session, place, Role.SUPPORT, "Anna")


def _task(
    session: Session,
    place: make.Place,
    anna: Actor,
    **changes: Any,  # noqa: ANN401 - fields of the review
) -> int:
    task_id = make.task(session, place)
    _review(session, anna, task_id, **changes)
    return task_id


def _review(
    session: Session,
    anna: Actor,
    task_id: int,
    **changes: Any,  # noqa: ANN401 - fields of the review
) -> None:
    changes = {"automation": EASY, "minutes": 480.0} | changes
    version = session.get_one(Task, task_id).version
    reviews.store(session, anna, task_id, make.review(**changes), version, make.key(), make.NOW)


def _new(
    question: GateQuestion,
    kind: GateAnswerKind = GateAnswerKind.NOT_POSSIBLE,
    reason: str = "Vi har prövat",
) -> NewAnswer:
    return NewAnswer(question, kind, reason)


def _answer_all(session: Session, anna: Actor, task_id: int) -> None:
    for question in GateQuestion:
        gate.answer(session, anna, task_id, _new(question), None, make.key(), make.NOW)


def _listed(session: Session, anna: Actor, task_id: int) -> Standing:
    _answer_all(session, anna, task_id)
    return gate.state_check(session, anna, task_id, CHECK, "", make.key(), make.NOW)


def _gate(session: Session, place: make.Place, task_id: int) -> Gate:
    return gate_of_task(session, task_page(session, make.reviewer(place), task_id))


def _list(session: Session, place: make.Place) -> list[str]:
    return [line.id for line in candidates(session, make.everything(session, place)).lines]


def test_a_task_enters_the_list_with_the_last_thing_that_was_missing(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing_all() as session:
        task_id = _task(session, place, anna)
        _answer_all(session, anna, task_id)
        assert _gate(session, place, task_id).standing is Standing.NO_CHECK
        assert _list(session, place) == []

        standing = gate.state_check(session, anna, task_id, CHECK, "", make.key(), make.NOW)

        assert standing is Standing.LISTED
        (line,) = candidates(session, make.everything(session, place)).lines
        assert (line.id, line.human_check) == (to_text(task_id), CHECK)
        assert line.entered_on == make.TODAY


def test_who_answered_and_when_is_kept(database: Database, place: make.Place, anna: Actor) -> None:
    with database.writing_all() as session:
        task_id = _task(session, place, anna)
        gate.answer(
            session, anna, task_id, _new(GateQuestion.TAKE_AWAY), None, make.key(), make.NOW
        )

        step, *rest = _gate(session, place, task_id).steps

        assert step.answered is not None
        assert (step.answered.name, step.answered.answered_at) == ("Anna", make.NOW)
        assert (step.answered.kind, step.answered.reason) == ("not_possible", "Vi har prövat")
        assert [each.is_turn for each in rest] == [True, False, False, False]


def test_a_question_waits_for_its_turn(database: Database, place: make.Place, anna: Actor) -> None:
    with database.writing_all() as session:
        task_id = _task(session, place, anna)

        with pytest.raises(Invalid, match="earlier_question_first"):
            gate.answer(session, anna, task_id, _new(GateQuestion.MOVE), None, make.key(), make.NOW)


@pytest.mark.parametrize("left", ["judgement", "nothing known", "kept", "stopped", "taken away"])
def test_it_leaves_the_list_when_it_no_longer_holds_and_comes_back(
    database: Database, place: make.Place, anna: Actor, left: str
) -> None:
    with database.writing_all() as session:
        task_id = _task(session, place, anna)
        assert _listed(session, anna, task_id) is Standing.LISTED

        if left == "judgement":
            _review(session, anna, task_id, automation=Automation(1, 1, 0, needs_judgement=True))
        elif left == "nothing known":
            _review(session, anna, task_id, automation=None)
        elif left == "taken away":
            new = _new(GateQuestion.TAKE_AWAY, GateAnswerKind.DONE)
            gate.answer(session, anna, task_id, new, make.NOW, make.key(), LATER)
        else:
            _set_status(session, place, task_id, TaskStatus(left))
        assert _list(session, place) == []
        assert session.get_one(AutomationCandidate, task_id).entered_on is None

        _set_status(session, place, task_id, TaskStatus.IN_REVIEW)
        if left == "taken away":
            gate.undo(session, anna, task_id, "take_away", LATER, LATER)
        else:
            _review(session, anna, task_id)
        assert _list(session, place) == [to_text(task_id)]
        assert _gate(session, place, task_id).human_check == CHECK


def _set_status(session: Session, place: make.Place, task_id: int, status: TaskStatus) -> None:
    task = session.get_one(Task, task_id)
    task.status = status.value
    settle(session, task, make.assumptions(session, place))
    session.flush()


def test_work_that_takes_judgement_is_refused(
    database: Database, place: make.Place, anna: Actor
) -> None:
    judged = Automation(1.0, 1.0, 0.0, needs_judgement=True)
    with database.writing_all() as session:
        task_id = _task(session, place, anna, automation=judged)
        _answer_all(session, anna, task_id)

        with pytest.raises(Invalid, match="takes_judgement"):
            gate.state_check(session, anna, task_id, CHECK, "", make.key(), make.NOW)
        assert _gate(session, place, task_id).case is None


def test_the_list_follows_a_change_of_policy(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing_all() as session:
        # The larger one touches so many systems that it gains most only while systems are cheap.
        small = _task(session, place, anna)
        large = _task(
            session, place, anna, minutes=500.0, automation=Automation(1, 1, 0, systems=40)
        )
        for task_id in (small, large):
            _listed(session, anna, task_id)
        assert _list(session, place) == [to_text(small), to_text(large)]
        admin = make.actor(session, place, Role.ADMIN, "Ada")

        _adopt(session, admin, automation_hours_per_system=0.0)

        assert _list(session, place) == [to_text(large), to_text(small)]


def _adopt(session: Session, admin: Actor, **numbers: float) -> None:
    policy = replace(policy_in_force(session, admin.organisation_id), **numbers)  # type: ignore[arg-type]
    policies.adopt(session, admin, policy, "Vi provar", policy.version, make.key(), make.NOW)
    session.flush()


def test_the_pages_hold_each_task_once_in_both_directions(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing_all() as session:
        tasks = [_task(session, place, anna, minutes=120.0 + 60 * (n // 2)) for n in range(5)]
        for task_id in tasks:
            _listed(session, anna, task_id)
        units = make.everything(session, place)
        whole = [line.id for line in candidates(session, units).lines]
        gains = [line.case.net_hours for line in candidates(session, units).lines]
        assert sorted(whole) == sorted(map(to_text, tasks))
        assert gains == sorted(gains, reverse=True)

        forwards, cursor, last = [], None, None
        while True:
            found = candidates(session, units, cursor, limit=2)
            forwards += [line.id for line in found.lines]
            last, cursor = found, found.next
            if cursor is None:
                break
        assert forwards == whole

        backwards = [line.id for line in last.lines]
        while last.previous is not None:
            last = candidates(session, units, Cursor.read(str(last.previous)), limit=2)
            backwards = [*(line.id for line in last.lines), *backwards]
        assert backwards == whole


def test_of_two_who_answer_at_once_the_second_is_told(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing_all() as session:
        task_id = _task(session, place, anna)
        question = GateQuestion.TAKE_AWAY
        gate.answer(session, anna, task_id, _new(question), None, make.key(), make.NOW)

        with pytest.raises(Conflict, match="changed_meanwhile"):
            gate.answer(session, anna, task_id, _new(question), None, make.key(), make.NOW)
        gate.state_check(session, anna, task_id, CHECK, "", make.key(), make.NOW)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            gate.state_check(session, anna, task_id, "Annat", "", make.key(), make.NOW)


def test_a_form_sent_twice_counts_once(database: Database, place: make.Place, anna: Actor) -> None:
    with database.writing_all() as session:
        task_id = _task(session, place, anna)
        key, question = make.key(), GateQuestion.TAKE_AWAY
        for reason in ("Första", "Andra"):
            new = _new(question, reason=reason)
            gate.answer(session, anna, task_id, new, None, key, make.NOW)

        row = session.get_one(GateAnswer, (task_id, question.value))
        assert row.reason == "Första"
        with pytest.raises(Conflict, match="form_of_another"):
            gate.state_check(session, anna, task_id, CHECK, "", key, make.NOW)


def test_undoing_puts_back_the_answer_before_with_its_author(
    database: Database, place: make.Place, anna: Actor
) -> None:
    later = make.NOW + timedelta(hours=1)
    with database.writing_all() as session:
        bo = make.actor(session, place, Role.SUPPORT, "Bo")
        task_id = _task(session, place, anna)
        first = _new(GateQuestion.TAKE_AWAY, reason="Samma skäl")
        gate.answer(session, anna, task_id, first, None, make.key(), make.NOW)
        second = _new(GateQuestion.TAKE_AWAY, GateAnswerKind.NOT_RELEVANT, "Samma skäl")
        gate.answer(session, bo, task_id, second, make.NOW, make.key(), later)

        gate.undo(session, anna, task_id, "take_away", later, later)

        (step, *_) = _gate(session, place, task_id).steps
        assert step.answered is not None
        assert step.answered.kind is GateAnswerKind.NOT_POSSIBLE
        assert (step.answered.name, step.answered.reason) == ("Anna", "Samma skäl")
        assert step.answered.answered_at == make.NOW


def test_undoing_the_first_answer_leaves_none_and_the_task_leaves_the_list(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing_all() as session:
        task_id = _task(session, place, anna)
        for question in GateQuestion:
            when = LATER if question is GateQuestion.MOVE else make.NOW
            gate.answer(session, anna, task_id, _new(question), None, make.key(), when)
        gate.state_check(session, anna, task_id, CHECK, "", make.key(), make.NOW)

        assert gate.undo(session, anna, task_id, "move", LATER, LATER) is Standing.QUESTIONS

        assert _list(session, place) == []
        query = select(GateAnswer.question).where(GateAnswer.task_id == task_id)
        assert "move" not in set(session.scalars(query))


def test_nothing_that_somebody_built_on_is_undone_nor_anything_old(
    database: Database, place: make.Place, anna: Actor
) -> None:
    later = make.NOW + timedelta(days=31)
    with database.writing_all() as session:
        task_id = _task(session, place, anna)
        new = _new(GateQuestion.TAKE_AWAY)
        gate.answer(session, anna, task_id, new, None, make.key(), make.NOW)

        with pytest.raises(Conflict, match="too_late"):
            gate.undo(session, anna, task_id, "take_away", make.NOW, later)
        gate.answer(session, anna, task_id, new, make.NOW, make.key(), later)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            gate.undo(session, anna, task_id, "take_away", make.NOW, later)


def test_only_reviewers_of_the_organisation_answer(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing_all() as session:
        task_id = _task(session, place, anna)
        new = _new(GateQuestion.TAKE_AWAY)
        for role in (Role.STAFF, Role.LEADERSHIP, Role.ADMIN):
            other = make.actor(session, place, role)
            with pytest.raises(NotAllowed):
                gate.answer(session, other, task_id, new, None, make.key(), make.NOW)
        elsewhere = make.actor(session, make.organisation(session, "annan"), Role.SUPPORT)
        with pytest.raises(NotFound):
            gate.answer(session, elsewhere, task_id, new, None, make.key(), make.NOW)
        with pytest.raises(NotFound):
            gate.undo(session, anna, task_id, "no_such", make.NOW, make.NOW)
