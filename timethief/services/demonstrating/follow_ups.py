"""What came of the demonstration's decisions: one answer, one question that waits, and rules that are old."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.follow_ups import Answer, FollowUpAnswer
from timethief.domain.people import Actor, Role
from timethief.i18n import TIME_ZONE
from timethief.services.following_up.answering import answer
from timethief.services.following_up.asking import mark
from timethief.services.following_up.review_dates import date_rules
from timethief.services.people import as_actor
from timethief.storage.tables import Decision, FollowUp, Requirement, User

_ANSWERED = "Resa till möten utan tydligt syfte"
_MINUTES_NOW = 60
_COMMENT = "Vi har fyra möten om året på plats. De andra tar vi på distans, och de är kortare."
_OLD_RULES = frozenset({"Tertialrapport", "Månadsuppföljning av mål och mått"})
_AGE_OF_RULES = timedelta(days=3 * 365 + 40)


def demonstrate(session: Session, organisation_id: int, now: datetime) -> None:
    """Ask what is due and answer one question; let some rules be old."""
    support = _somebody(session, organisation_id, Role.SUPPORT)
    mark(session, organisation_id, now)
    question = session.scalars(
        select(FollowUp)
        .join(Decision, Decision.id == FollowUp.decision_id)
        .where(FollowUp.organisation_id == organisation_id, Decision.title == _ANSWERED)
        .order_by(FollowUp.months)
        .limit(1)
    ).one()
    said = Answer(FollowUpAnswer.LESS, minutes_now=_MINUTES_NOW, comment=_COMMENT)
    answer(session, support, question.id, said, question.version, "demonstration-answer", now)
    _age_rules(session, organisation_id, now)


def _age_rules(session: Session, organisation_id: int, now: datetime) -> None:
    today = now.astimezone(TIME_ZONE).date()
    for rule in session.scalars(
        select(Requirement).where(
            Requirement.organisation_id == organisation_id, Requirement.title.in_(_OLD_RULES)
        )
    ):
        rule.added_on = today - _AGE_OF_RULES
    session.flush()
    date_rules(session, organisation_id, today)


def _somebody(session: Session, organisation_id: int, role: Role) -> Actor:
    query = (
        select(User)
        .where(User.organisation_id == organisation_id, User.role == role.value)
        .order_by(User.sort_name)
    )
    return as_actor(session.scalars(query.limit(1)).one())
