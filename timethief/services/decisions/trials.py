"""When a trial has ended, somebody is to say how it went and decide anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.decisions import DecisionState, Outcome
from timethief.domain.identifiers import to_text
from timethief.domain.mail import Mail, MailKind, one_line
from timethief.i18n import TIME_ZONE, gettext, speaking
from timethief.services.decisions.cases_of import let_go_on
from timethief.services.mail_preferences import queue_if_wanted
from timethief.services.surroundings import Surroundings
from timethief.storage.tables import Decision, Organisation, User
from timethief.storage.turns import take_turn


def end_trials(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Open the cases of trials that are over, and mail those who decided. Doing it again does nothing more."""
    database, ended = surroundings.database, 0
    today = now.astimezone(TIME_ZONE).date()
    over = (
        Decision.state == DecisionState.IN_FORCE.value,
        Decision.outcome == Outcome.TRIAL.value,
        Decision.trial_ends_on < today,
        Decision.ended_at.is_(None),
    )
    with database.reading_all() as session:
        places = session.scalars(select(Decision.organisation_id).where(*over).distinct()).all()
    for organisation_id in places:
        with database.writing(organisation_id) as session:
            take_turn(session, organisation_id)
            for decision in session.scalars(
                select(Decision).where(Decision.organisation_id == organisation_id, *over)
            ).all():
                decision.ended_at = now
                let_go_on(session, decision)
                _mail(session, decision, surroundings.config.base_url, now)
                ended += 1
    return {"ended": ended} if ended else {}


def _mail(session: Session, decision: Decision, base_url: str, now: datetime) -> None:
    user = None if decision.user_id is None else session.get(User, decision.user_id)
    if user is None or not user.active:
        return
    organisation = session.get_one(Organisation, decision.organisation_id)
    with speaking(user.language or organisation.language):
        subject = gettext("The trial is over: how did it go?")
        text = "\n\n".join(
            [
                gettext("Hello %(name)s.", name=one_line(user.name)),
                gettext(
                    "A trial that you decided on is over (decision %(number)s). Say how it went, and decide what "
                    "becomes of it now:",
                    number=decision.number,
                ),
                f"{base_url}/tasks/{to_text(decision.task_id)}/decide",
            ]
        )
    mail = Mail(
        decision.organisation_id,
        user.email,
        MailKind.DECISION,
        f"trial-{to_text(decision.id)}",
        subject,
        text,
    )
    queue_if_wanted(session, user, MailKind.DECISION, mail, now)
