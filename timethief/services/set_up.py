"""The first settings of a new organisation, in steps that can be left, skipped and taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.people import Actor, Permission, ensure
from timethief.services.audit import record
from timethief.storage.tables import Organisation
from timethief.storage.turns import take_turn

STEPS_TAKEN = "set_up_steps"
"""Where, in the organisation's statements, it stands which steps have been gone through."""


class Step(StrEnum):
    """A step, in the order they are taken."""

    ORGANISATION = "organisation"
    UNITS = "units"
    REPORTING = "reporting"
    PEOPLE = "people"
    DONE = "done"


class StepState(StrEnum):
    """How far a step has come."""

    NOT_YET = "not_yet"
    TAKEN = "taken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class SetUp:
    """How far the first settings have come.

    Attributes:
        states: of each step but the last.
        done_on: when the administrator was done; None until then.
    """

    states: dict[Step, StepState]
    done_on: date | None

    @property
    def next(self) -> Step:
        """The first step that has neither been taken nor skipped."""
        waiting = (step for step, state in self.states.items() if state is StepState.NOT_YET)
        return next(waiting, Step.DONE)


def set_up_of(session: Session, organisation_id: int) -> SetUp:
    """How far the organisation has come."""
    row = session.get_one(Organisation, organisation_id)
    noted = row.statements.get(STEPS_TAKEN, {})
    states: dict[Step, StepState] = {
        step: StepState(noted.get(step.value, StepState.NOT_YET.value))
        for step in Step
        if step is not Step.DONE
    }
    return SetUp(states, row.set_up_on)


def take_step(session: Session, actor: Actor, step: Step, state: StepState) -> None:
    """Note that a step has been taken or skipped; one that has been taken stays so.

    Raises:
        NotAllowed: the actor may not set up the organisation.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    row = session.get_one(Organisation, actor.organisation_id, populate_existing=True)
    noted = dict(row.statements.get(STEPS_TAKEN, {}))
    if noted.get(step.value) != StepState.TAKEN.value:
        noted[step.value] = state.value
    row.statements = {**row.statements, STEPS_TAKEN: noted}


def finish(session: Session, actor: Actor, now: datetime, today: date) -> None:
    """Note that the first settings are made; a second time changes nothing.

    Raises:
        NotAllowed: the actor may not set up the organisation.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    row = session.get_one(Organisation, actor.organisation_id, populate_existing=True)
    if row.set_up_on is not None:
        return
    row.set_up_on = today
    record(
        session,
        actor,
        Act.ORGANISATION_SET_UP,
        "organisation",
        after={"set_up_on": today},
        now=now,
    )
