from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.cases import CaseOrigin, CaseState, ClosedAs
from timethief.domain.decisions import (
    DecisionState,
    FreedFor,
    NewDecision,
    NotOfTheUnit,
    Outcome,
    Rung,
    Stance,
    StepState,
)
from timethief.domain.errors import Conflict, Invalid, Invalids, NotAllowed, NotFound
from timethief.domain.people import Actor, Role
from timethief.domain.vocabulary import Binding
from timethief.queries.decisions import newest_decision_id
from timethief.queries.verification import differences
from timethief.services import reviews
from timethief.services.cases.opening import case_of_task, open_task_case
from timethief.services.decisions import deciding, ladder, opinions
from timethief.services.decisions.deciding import decide, decide_many
from timethief.storage.database import Database
from timethief.storage.tables import (
    Case,
    CaseAnswer,
    Decision,
    EscalationStep,
    FollowUp,
    Opinion,
    Task,
    TaskEvent,
)

LATER = make.NOW + timedelta(days=1)


@pytest.fixture
def place(database: Database) -> make.Place:
    with database.writing_all() as session:
        return make.organisation(session)


@pytest.fixture
def anna(database: Database, place: make.Place) -> Actor:
    with database.writing_all() as session:
        return make.actor(session, place, Role.SUPPORT, "Anna")


@pytest.fixture
def task(database: Database, place: make.Place) -> int:
    with database.writing_all() as session:
        return make.task(session, place)


def new(outcome: Outcome = Outcome.REMOVE, **changes: Any) -> NewDecision:  # noqa: ANN401 - fields
    given: dict[str, Any] = {"reason": "Ingen läser den."}
    if outcome is Outcome.TRIAL:
        given |= {"trial_weeks": 8, "watched": "Om någon frågar."}
    if outcome is Outcome.RAISE:
        given |= {"raised_with": "Personalenheten"}
    return NewDecision(outcome, **(given | changes))


def _decide(
    session: Session,
    who: Actor,
    task: int,
    wanted: NewDecision | None = None,
    now: datetime = make.NOW,
) -> Decision:
    version = session.get_one(Task, task).version
    seen = newest_decision_id(session, task)
    made = decide(session, who, task, wanted or new(), seen, version, make.key(), now)
    return session.get_one(Decision, made)


def _task(session: Session, task: int) -> Task:
    return session.get_one(Task, task, populate_existing=True)


def _clean(session: Session) -> bool:
    return not list(differences(session))


def test_a_decision_freezes_how_the_task_stood(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        made = _decide(session, anna, task, new(planned_on=date(2026, 5, 1)))

        assert made.number == "2026-0001"
        assert made.baseline["minutes"] == 30.0
        assert made.baseline["cost_hours"]["likely"] == pytest.approx(made.expected_likely)
        assert (made.expected_low, made.expected_high) == pytest.approx((33.0, 55.0))
        assert made.state == DecisionState.IN_FORCE
        assert _task(session, task).status == "decided"
        months = [(row.months, row.due_on) for row in session.scalars(select(FollowUp))]
        assert sorted(months) == [(3, date(2026, 8, 1)), (12, date(2027, 5, 1))]
        assert _clean(session)


def test_to_keep_ends_as_kept_frees_nothing_and_is_told(
    database: Database, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        made = _decide(session, anna, task, new(Outcome.KEEP, reason="Den skyddar patienterna."))

        assert _task(session, task).status == "kept"
        assert made.expected_high == 0
        assert not session.scalars(select(FollowUp)).all()
        answer = session.scalars(select(CaseAnswer)).one()
        assert "Den skyddar patienterna." in answer.text
        assert answer.template == "kept"
        assert made.answers_told


def test_the_case_is_closed_and_comes_back_when_the_decision_is_undone(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        case = open_task_case(
            session, place.organisation_id, task, CaseOrigin.REVIEW_REQUEST, make.NOW
        )
        before = _task(session, task).status
        made = _decide(session, anna, task)
        assert (case.state, case.closed_as) == (CaseState.CLOSED, ClosedAs.DECIDED)

        deciding.undo(session, anna, made.id, LATER)
        deciding.undo(session, anna, made.id, LATER)

        assert (case.state, case.closed_as) == (CaseState.OPEN, None)
        assert _task(session, task).status == before
        assert {row.state for row in session.scalars(select(FollowUp))} == {"cancelled"}
        assert session.scalar(select(func.count()).select_from(CaseAnswer)) == 2
        assert _clean(session)


def test_who_has_not_seen_the_others_decision_is_told(
    database: Database, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        version = session.get_one(Task, task).version
        first = _decide(session, anna, task)

        with pytest.raises(Conflict, match="decided_meanwhile"):
            decide(session, anna, task, new(Outcome.KEEP), None, version, make.key(), LATER)
        second = _decide(session, anna, task, new(Outcome.KEEP), LATER)

        assert (first.state, first.replaced_by_id) == (DecisionState.REPLACED, second.id)
        with pytest.raises(Conflict, match="replaced"):
            deciding.undo(session, anna, first.id, LATER)
        deciding.undo(session, anna, second.id, LATER)
        assert newest_decision_id(session, task) == first.id
        assert _task(session, task).status == "decided"
        assert {row.state for row in session.scalars(select(FollowUp))} == {"waiting"}


def test_a_task_that_changed_meanwhile_is_not_decided_of(
    database: Database, anna: Actor, task: int
) -> None:
    with database.writing_all() as session, pytest.raises(Conflict, match="changed_meanwhile"):
        decide(session, anna, task, new(), None, 99, make.key(), make.NOW)


def test_a_form_sent_twice_decides_once(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        version, key = session.get_one(Task, task).version, make.key()
        first = decide(session, anna, task, new(), None, version, key, make.NOW)
        assert decide(session, anna, task, new(), None, version, key, LATER) == first
        assert session.scalar(select(func.count()).select_from(Decision)) == 1


@pytest.mark.parametrize(
    "outcome", [Outcome.REMOVE, Outcome.TRIAL, Outcome.REDUCE_FREQUENCY, Outcome.REFUSE_REQUIREMENT]
)
def test_what_law_obliges_is_raised_first(
    database: Database, anna: Actor, task: int, outcome: Outcome
) -> None:
    with database.writing_all() as session:
        review = make.review(binding=Binding.LAW)
        version = session.get_one(Task, task).version
        reviews.store(session, anna, task, review, version, make.key(), make.NOW)
        with pytest.raises(Invalid, match="closed_"):
            _decide(session, anna, task, new(outcome))


def test_when_they_agree_it_can_be_taken_away(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        review = make.review(binding=Binding.LAW)
        version = session.get_one(Task, task).version
        reviews.store(session, anna, task, review, version, make.key(), make.NOW)
        raised = _decide(session, anna, task, new(Outcome.RAISE))
        case = case_of_task(session, task)
        assert case is not None
        assert case.state == CaseState.WAITING
        step = session.scalars(select(EscalationStep)).one()
        assert (step.position, step.rung, step.to_whom) == (1, "requester", "Personalenheten")

        seen = ladder.seen_step(step.state, step.note)
        ladder.change_step(session, anna, step.id, StepState.REFUSED, "Nej.", seen, LATER)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            ladder.change_step(session, anna, step.id, StepState.SENT, "", seen, LATER)
        above = ladder.NewStep(Rung.ABOVE_REQUESTER, "Direktören")
        added = ladder.add_step(session, anna, raised.id, above, make.key(), LATER)
        ladder.change_step(session, anna, added, StepState.AGREED, "Ja.", "planned ", LATER)

        assert case.state == CaseState.OPEN
        taken = _decide(session, anna, task, new(), LATER)
        assert taken.expected_likely > 0
        assert case.state == CaseState.CLOSED
        assert _clean(session)


def test_nothing_is_automated_before_the_questions_are_answered(
    database: Database, anna: Actor, task: int
) -> None:
    with database.writing_all() as session, pytest.raises(Invalid, match="closed_gate"):
        _decide(session, anna, task, new(Outcome.AUTOMATE))


def test_no_more_is_allotted_than_is_expected(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        too_much = new(allotment={FreedFor.CORE_WORK: 40.0, FreedFor.CASH: 10.0})
        with pytest.raises(Invalids, match="more_than_expected"):
            _decide(session, anna, task, too_much)
        made = _decide(session, anna, task, new(allotment={FreedFor.CORE_WORK: 44.0}))
        assert made.allotment == {"core_work": 44.0}


def test_carried_out_it_is_stopped_and_that_can_be_taken_back(
    database: Database, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        made = _decide(session, anna, task)
        deciding.carry_out(session, anna, made.id, LATER)
        assert _task(session, task).status == "stopped"
        with pytest.raises(Conflict, match="carried_out"):
            deciding.undo(session, anna, made.id, LATER)
        with pytest.raises(Conflict, match="stopped_task"):
            _decide(session, anna, task, new(Outcome.KEEP), LATER)

        deciding.take_back_carrying_out(session, anna, made.id, LATER)
        assert _task(session, task).status == "decided"
        deciding.undo(session, anna, made.id, LATER)
        assert _clean(session)


@pytest.mark.parametrize("day", [make.TODAY - timedelta(1), make.TODAY + timedelta(2)])
def test_it_is_done_neither_before_the_decision_nor_tomorrow(
    database: Database, anna: Actor, task: int, day: date
) -> None:
    with database.writing_all() as session:
        made = _decide(session, anna, task)
        with pytest.raises(Invalid, match="carried_out_on"):
            deciding.carry_out(session, anna, made.id, LATER, day)


def test_after_thirty_days_nothing_is_undone(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        made = _decide(session, anna, task)
        with pytest.raises(Conflict, match="too_late_to_undo"):
            deciding.undo(session, anna, made.id, make.NOW + timedelta(days=31))


def test_what_a_unit_has_told_of_is_not_undone(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        made = _decide(session, anna, task)
        for row in session.scalars(select(FollowUp)):
            row.state = "answered"
        with pytest.raises(Conflict, match="followed_up"):
            deciding.undo(session, anna, made.id, LATER)


def test_a_manager_decides_of_the_own_unit_only(
    database: Database, place: make.Place, task: int
) -> None:
    with database.writing_all() as session:
        boss = make.actor(session, place, Role.LEADERSHIP, "Bo")
        elsewhere = make.task(session, place, unit_id=place.south, title="Något annat här")
        made = _decide(session, boss, task)
        with pytest.raises(NotOfTheUnit):
            _decide(session, boss, elsewhere)
        other = make.actor(session, place, Role.LEADERSHIP, "Eva")
        with pytest.raises(NotAllowed):
            deciding.undo(session, other, made.id, LATER)
        deciding.undo(session, boss, made.id, LATER)


def test_staff_decide_nothing_and_strangers_find_nothing(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        with pytest.raises(NotAllowed):
            _decide(session, make.actor(session, place), task)
        far = make.organisation(session, "annan")
        stranger = make.actor(session, far, Role.SUPPORT, "Gun")
        with pytest.raises(NotFound):
            _decide(session, stranger, task)
        made = _decide(session, anna, task)
        for act in (deciding.undo, deciding.carry_out):
            with pytest.raises(NotFound):
                act(session, stranger, made.id, LATER)


def test_many_are_decided_together_or_none(
    database: Database, place: make.Place, anna: Actor
) -> None:
    with database.writing_all() as session:
        tasks = [make.task(session, place, title=f"Lista nummer {n}") for n in range(3)]
        key = make.key()
        batch = decide_many(session, anna, tasks, Outcome.KEEP, "Behövs.", key, make.NOW)
        assert decide_many(session, anna, tasks, Outcome.KEEP, "B", key, make.NOW) == batch
        rows = session.scalars(select(Decision).where(Decision.batch_id == batch)).all()
        assert sorted(row.number[-4:] for row in rows) == ["0001", "0002", "0003"]
        assert {_task(session, each).status for each in tasks} == {"kept"}
    with database.writing_all() as session:
        another = make.task(session, place, title="En till")
    with pytest.raises(Conflict), database.writing_all() as session:
        decide_many(session, anna, [another, tasks[0]], Outcome.REMOVE, "Nej.", "nyckel", LATER)
    with database.writing_all() as session:
        assert newest_decision_id(session, another) is None
        deciding.undo_batch(session, anna, batch, LATER)
        assert {_task(session, each).status for each in tasks} == {"reported"}
        assert _clean(session)
        with pytest.raises(NotFound):
            deciding.undo_batch(session, anna, 17, LATER)


@pytest.mark.parametrize(
    ("outcome", "count"),
    [(Outcome.TRIAL, 1), (Outcome.RAISE, 1), (Outcome.KEEP, 51), (Outcome.KEEP, 0)],
)
def test_what_cannot_be_decided_together(
    database: Database, anna: Actor, task: int, outcome: Outcome, count: int
) -> None:
    with database.writing_all() as session, pytest.raises(Invalid):
        decide_many(session, anna, [task] * count, outcome, "Så.", make.key(), make.NOW)


def test_dissent_stands_beside_the_verdict(
    database: Database, place: make.Place, anna: Actor, task: int
) -> None:
    with database.writing_all() as session:
        rut = make.actor(session, place)
        said = opinions.NewOpinion(Stance.DISSENTS, "Vi behöver den på natten.")
        with pytest.raises(Conflict, match="not_tried"):
            opinions.say(session, rut, task, said, make.key(), make.NOW)
        made = _decide(session, anna, task)
        key = make.key()
        first = opinions.say(session, rut, task, said, key, LATER)
        assert opinions.say(session, rut, task, said, key, LATER) == first
        row = session.get_one(Opinion, first)
        assert (row.decision_id, row.user_id) == (made.id, rut.user_id)
        with pytest.raises(NotFound):
            opinions.take_back(session, anna, first, LATER)
        opinions.take_back(session, rut, first, LATER)
        session.flush()
        assert not session.scalars(select(Opinion)).all()


def test_the_history_names_who_decided(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        _decide(session, anna, task)
        event = session.scalars(select(TaskEvent).where(TaskEvent.kind == "decided")).one()
        assert event.user_id == anna.user_id
        assert event.after["outcome"] == "remove"


def test_a_trial_leaves_the_case_waiting(database: Database, anna: Actor, task: int) -> None:
    with database.writing_all() as session:
        made = _decide(session, anna, task, new(Outcome.TRIAL))
        assert made.trial_ends_on == make.TODAY + timedelta(weeks=8)
        case = session.scalars(select(Case)).one()
        assert (case.state, case.waits_since) == (CaseState.WAITING, make.TODAY)
        deciding.undo(session, anna, made.id, LATER)
        assert case.state == CaseState.CLOSED
        assert _clean(session)
