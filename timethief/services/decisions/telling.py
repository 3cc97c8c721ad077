"""Those who wrote of a task are told what was decided and why: at once, or by a job where they are many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.cases import AnswerTemplate
from timethief.domain.decisions import DecisionState, Outcome
from timethief.i18n import N_, TIME_ZONE, day, gettext, speaking
from timethief.services.cases.answers import tell_writers
from timethief.services.people import as_actor
from timethief.services.surroundings import Surroundings
from timethief.storage.tables import AnonymousReport, Decision, Organisation, User
from timethief.storage.turns import take_turn

TOLD_AT_ONCE = 50
"""Threads; more of them are written by the job."""
_AT_A_TIME = 50
"""Decisions whose writers are told in one run of the job and organisation."""
_SAID = {
    Outcome.REMOVE: N_("We take it away."),
    Outcome.AUTOMATE: N_("We let a program do it."),
    Outcome.REGISTER_ONCE: N_("It will be registered once only."),
    Outcome.SIMPLIFY: N_("We make it simpler."),
    Outcome.MOVE: N_("Somebody else will do it."),
    Outcome.REDUCE_FREQUENCY: N_("We do it less often."),
    Outcome.RAISE: N_("We raise it with %(raised_with)s."),
    Outcome.REFUSE_REQUIREMENT: N_("We say no to the requirement."),
    Outcome.TRIAL: N_("We pause it until %(trial_ends_on)s, and see how it goes."),
    Outcome.KEEP: N_("We keep it: it is justified administration."),
}


def told_text(decision: Decision) -> str:
    """What the writers are told, in the language in use."""
    ends = decision.trial_ends_on
    values = {
        "raised_with": decision.raised_with,
        "trial_ends_on": day(ends) if ends else "",
    }
    said = gettext(_SAID[Outcome(decision.outcome)], **values)
    parts = [
        gettext("It has been decided. %(said)s", said=said),
        gettext("Why: %(reason)s", reason=decision.reason),
    ]
    if decision.planned_on:
        parts.append(gettext("It shall be done by %(day)s.", day=day(decision.planned_on)))
    return "\n\n".join(parts)


def tell(session: Session, decision: Decision, now: datetime) -> None:
    """Tell those who wrote, unless they are so many that the job does it."""
    if _threads(session, decision.task_id) <= TOLD_AT_ONCE:
        _tell(session, decision, now)


def take_back(session: Session, decision: Decision, now: datetime) -> None:
    """Tell those who were told of a decision that it has been undone; others hear nothing of it at all."""
    if not decision.answers_told:
        return
    with speaking(_language(session, decision)):
        on = day(decision.decided_at.astimezone(TIME_ZONE).date())
        text = gettext(
            "The decision of %(day)s has been taken back. The matter is looked at again.", day=on
        )
        tell_writers(session, None, decision.task_id, AnswerTemplate.THANKS.value, text, now)


def tell_waiting(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Tell the writers of decisions whose writers have not been told: each decision in a transaction of its own.

    Where a process is killed in between, either all writers of a decision have been told, or none.
    """
    database = surroundings.database
    with database.reading_all() as session:
        waiting = session.execute(
            select(Decision.organisation_id, Decision.id)
            .where(Decision.answers_told.is_(False), Decision.state.in_(_HOLDING))
            .order_by(Decision.decided_at, Decision.id)
            .limit(_AT_A_TIME)
        ).all()
    told = 0
    for organisation_id, decision_id in waiting:
        with database.writing(organisation_id) as session:
            take_turn(session, organisation_id)
            decision = session.get(Decision, decision_id)
            if decision is None or decision.answers_told or decision.state not in _HOLDING:
                continue
            _tell(session, decision, now)
            told += 1
    return {"told": told} if told else {}


_HOLDING = (DecisionState.IN_FORCE.value, DecisionState.CARRIED_OUT.value)


def _tell(session: Session, decision: Decision, now: datetime) -> None:
    keeps = decision.outcome == Outcome.KEEP
    template = AnswerTemplate.KEPT if keeps else AnswerTemplate.DECIDED
    user = None if decision.user_id is None else session.get(User, decision.user_id)
    decider = as_actor(user) if user is not None and user.active else None
    with speaking(_language(session, decision)):
        text = told_text(decision)
        tell_writers(session, decider, decision.task_id, template.value, text, now)
    decision.answers_told = True
    session.flush()


def _threads(session: Session, task_id: int) -> int:
    query = select(func.count()).where(
        AnonymousReport.task_id == task_id, AnonymousReport.receipt_hash.is_not(None)
    )
    return session.scalar(query) or 0


def _language(session: Session, decision: Decision) -> str:
    organisation = session.scalars(
        select(Organisation).where(Organisation.id == decision.organisation_id)
    ).one()
    return organisation.language
