from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tests import make
from tests.decided import decided, follow_ups
from timethief.domain.decisions import (
    FREEING,
    IN_FORCE_STATES,
    FreedFor,
    NewDecision,
    Outcome,
)
from timethief.domain.errors import Conflict, Refusal
from timethief.domain.follow_ups import Answer, FollowUpAnswer, FollowUpState
from timethief.domain.people import Actor, Role
from timethief.queries.freed import Freed, freed
from timethief.queries.verification import differences
from timethief.services.decisions.deciding import (
    carry_out,
    decide,
    decide_many,
    standing_decision,
    take_back_carrying_out,
    undo,
    undo_batch,
)
from timethief.services.following_up.answering import answer, take_back
from timethief.storage.database import Database
from timethief.storage.tables import Decision, FollowUp, FreedTime, Task

T = TypeVar("T")
LATER = make.NOW + timedelta(days=20)
ACTS = 40
OUTCOMES = (Outcome.REMOVE, Outcome.SIMPLIFY, Outcome.KEEP, Outcome.REDUCE_FREQUENCY)
ANSWERS = (
    Answer(FollowUpAnswer.GONE),
    Answer(FollowUpAnswer.LESS, minutes_now=11, minutes_before=25),
    Answer(FollowUpAnswer.SAME, minutes_before=40),
    Answer(FollowUpAnswer.MORE, minutes_now=70),
    Answer(FollowUpAnswer.UNKNOWN, minutes_before=20),
)


class _Life:
    """Acts of the loop in an order of chance; those that are refused change nothing."""

    def __init__(self, session: Session, place: make.Place, seed: int) -> None:
        self.session, self.place = session, place
        self.chance = random.Random(seed)  # noqa: S311 - chance of a test
        self.support: Actor = make.actor(session, place, Role.SUPPORT)
        self.tasks = [make.task(session, place, minutes=10 * n) for n in range(1, 5)]
        self.batches: list[int] = []
        self.done = 0

    def act(self) -> None:
        acts: tuple[Callable[[], None], ...] = (
            self._decide,
            self._decide_many,
            self._carry_out,
            self._take_back_carrying_out,
            self._undo,
            self._answer,
            self._answer,
            self._take_back,
        )
        with suppress(Refusal), self.session.begin_nested():
            self.chance.choice(acts)()
            self.done += 1

    def _decide(self) -> None:
        task = self.session.get_one(Task, self.chance.choice(self.tasks))
        standing = standing_decision(self.session, task.id)
        outcome = self.chance.choice(OUTCOMES)
        allotment = {FreedFor.QUALITY: 1.0, FreedFor.CASH: 0.5} if outcome in FREEING else {}
        new = NewDecision(outcome, "Det räcker.", allotment=allotment)
        seen = None if standing is None else standing.id
        decide(self.session, self.support, task.id, new, seen, task.version, make.key(), make.NOW)

    def _decide_many(self) -> None:
        some = self.chance.sample(self.tasks, 2)
        self.batches.append(
            decide_many(
                self.session, self.support, some, Outcome.REMOVE, "Bort.", make.key(), make.NOW
            )
        )

    def _carry_out(self) -> None:
        carry_out(self.session, self.support, self._decision().id, LATER)

    def _take_back_carrying_out(self) -> None:
        take_back_carrying_out(self.session, self.support, self._decision().id, LATER)

    def _undo(self) -> None:
        if self.batches and self.chance.random() < 0.3:
            undo_batch(self.session, self.support, self.chance.choice(self.batches), LATER)
        else:
            undo(self.session, self.support, self._decision().id, LATER)

    def _answer(self) -> None:
        row = self._question()
        if row.state == FollowUpState.WAITING:
            row.state = FollowUpState.ASKED.value
        said = self.chance.choice(ANSWERS)
        answer(self.session, self.support, row.id, said, row.version, make.key(), LATER)

    def _take_back(self) -> None:
        row = self._question()
        take_back(self.session, self.support, row.id, row.version, LATER)

    def _decision(self) -> Decision:
        rows = self.session.scalars(select(Decision).order_by(Decision.number)).all()
        return self.chance.choice(_some(rows))

    def _question(self) -> FollowUp:
        rows = self.session.scalars(
            select(FollowUp)
            .join(Decision, Decision.id == FollowUp.decision_id)
            .order_by(Decision.number, FollowUp.months)
        ).all()
        return self.chance.choice(_some(rows))


def _some(rows: Sequence[T]) -> Sequence[T]:
    if not rows:
        raise Conflict("nothing")
    return rows


def _naively(session: Session) -> Freed:
    """The same, decision by decision, from what people have said."""
    expected = confirmed = changed = 0.0
    count = told = 0
    expected_for: dict[FreedFor, float] = {}
    confirmed_for: dict[FreedFor, float] = {}
    for row in session.scalars(select(Decision)):
        if row.state not in IN_FORCE_STATES or row.outcome not in FREEING:
            continue
        count += 1
        answers = follow_ups(session, row.id)[::-1]
        known = [each.confirmed_hours for each in answers if each.confirmed_hours is not None]
        changes = [e.estimate_change_hours for e in answers if e.estimate_change_hours is not None]
        changed += changes[0] if changes else 0
        told += bool(known)
        expected += 0 if known else row.expected_likely
        confirmed += known[0] if known else 0
        shares, share = (
            (confirmed_for, known[0] / row.expected_likely) if known else (expected_for, 1.0)
        )
        for kind, hours in row.allotment.items():
            shares[FreedFor(kind)] = shares.get(FreedFor(kind), 0) + hours * share
    return Freed(expected, confirmed, changed, count, told, expected_for, confirmed_for)


def _same(one: Freed, other: Freed) -> None:
    for name in ("expected_hours", "confirmed_hours", "estimate_change_hours"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9)
    assert (one.decisions, one.confirmed_decisions) == (other.decisions, other.confirmed_decisions)
    for name in ("expected_for", "confirmed_for"):
        is_now = {kind: hours for kind, hours in getattr(one, name).items() if hours}
        should_be = {kind: hours for kind, hours in getattr(other, name).items() if hours}
        assert is_now == pytest.approx(should_be)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_what_is_kept_agrees_with_the_decisions(
    database: Database, seed: int
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        life = _Life(session, place, seed)
        for _ in range(ACTS):
            life.act()
            _same(freed(session, place.organisation_id), _naively(session))
        assert life.done > ACTS / 3
    with database.reading_all() as session:
        assert list(differences(session)) == []


def test_what_goes_with_its_task_frees_nothing_any_more(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        support = make.actor(session, place, Role.SUPPORT)
        kept, gone = (decided(session, support, make.task(session, place)) for _ in range(2))
        session.execute(delete(Decision).where(Decision.id == gone))

        assert freed(session, place.organisation_id).decisions == 1
        assert session.scalars(select(FreedTime.decision_id)).all() == [kept]


def test_another_organisation_frees_nothing_here(database: Database) -> None:
    with database.writing_all() as session:
        place, other = make.organisation(session), make.organisation(session, "annan")
        support = make.actor(session, place, Role.SUPPORT)
        decided(session, support, make.task(session, place))

        assert session.scalar(select(func.count()).select_from(FreedTime)) == 1
        assert freed(session, other.organisation_id) == Freed()
