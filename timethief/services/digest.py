"""The monthly letter: to leadership, and to those of others who want it or have letters counted for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.mail import Mail, MailKind, MailState
from timethief.domain.people import Actor, Role
from timethief.i18n import TIME_ZONE, speaking
from timethief.services import outbox
from timethief.services.mail_preferences import wants_digest
from timethief.services.surroundings import Surroundings
from timethief.storage.tables import Organisation, OutboxMail, User
from timethief.storage.turns import take_turn

FIRST_DAY, LAST_DAY = 3, 9
"""Days of the month on which it is sent: on the first of them, or later where nothing ran on that."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What one letter is about.

    Attributes:
        closed: the last day of the month that has ended.
        today: the day in Sweden.
        with_figures: whether the recipient wants the figures.
        counted: how many letters of each kind were only counted.
    """

    organisation: str
    closed: date
    today: date
    with_figures: bool
    counted: Mapping[str, int]


Write = Callable[[Session, Actor, Occasion, str], tuple[str, str]]
"""Subject and text for who gets it, given how the service is reached; called in the recipient's language."""


def send_digests(surroundings: Surroundings, now: datetime) -> Mapping[str, int]:
    """Queue this month's letters, one for each person however often it runs."""
    today = now.astimezone(TIME_ZONE).date()
    if not FIRST_DAY <= today.day <= LAST_DAY:
        return {}
    letters = 0
    with surroundings.database.reading_all() as session:
        organisations = session.scalars(
            select(Organisation.id).where(Organisation.active.is_(True)).order_by(Organisation.code)
        ).all()
    for organisation_id in organisations:
        with surroundings.database.reading(organisation_id) as session:
            people = _recipients(session, organisation_id, today)
        for user_id in people:
            if surroundings.stopping():
                return {"letters": letters}
            with surroundings.database.writing(organisation_id) as session:
                take_turn(session, organisation_id)
                letters += _send(session, surroundings, user_id, today, now)
    return {"letters": letters} if letters else {}


def _recipients(session: Session, organisation_id: int, today: date) -> list[int]:
    """Those who have not had this month's letter and are to have it."""
    users = session.scalars(
        select(User)
        .where(User.organisation_id == organisation_id, User.active.is_(True))
        .order_by(User.id)
    ).all()
    had, counted = _mail_of(session, organisation_id, today)
    return [
        user.id
        for user in users
        if user.email not in had and (user.email in counted or wants_digest(session, user))
    ]


def _mail_of(session: Session, organisation_id: int, today: date) -> tuple[set[str], set[str]]:
    """Addresses that this month's letter has been queued for, and those that letters were counted for."""
    rows = session.execute(
        select(OutboxMail.recipient, OutboxMail.state, OutboxMail.kind, OutboxMail.key).where(
            OutboxMail.organisation_id == organisation_id,
            (OutboxMail.kind == MailKind.DIGEST.value)
            | (OutboxMail.state == MailState.IN_DIGEST.value),
        )
    ).all()
    had = {row.recipient for row in rows if row.kind == MailKind.DIGEST and row.key == _key(today)}
    counted = {row.recipient for row in rows if row.state == MailState.IN_DIGEST}
    return had, counted


def _send(
    session: Session, surroundings: Surroundings, user_id: int, today: date, now: datetime
) -> bool:
    user = session.get(User, user_id)
    if user is None or not user.active:
        return False
    organisation = session.get_one(Organisation, user.organisation_id)
    occasion = Occasion(
        organisation=organisation.name,
        closed=today.replace(day=1) - timedelta(days=1),
        today=today,
        with_figures=wants_digest(session, user),
        counted=outbox.counted_for_digest(session, user.organisation_id, user.email),
    )
    if not (occasion.with_figures or occasion.counted):
        return False
    if surroundings.write_digest is None:
        message = "nobody has said what the monthly letter says"
        raise RuntimeError(message)
    with speaking(user.language or organisation.language):
        subject, text = surroundings.write_digest(
            session, _actor(user), occasion, surroundings.config.base_url
        )
    mail = Mail(user.organisation_id, user.email, MailKind.DIGEST, _key(today), subject, text)
    outbox.queue(session, mail, now)
    outbox.forget_counted(session, user.organisation_id, user.email, now)
    return True


def _key(today: date) -> str:
    return f"digest-{today:%Y-%m}"


def _actor(user: User) -> Actor:
    return Actor(
        user.id,
        user.organisation_id,
        Role(user.role),
        user.unit_id,
        user.staff_category_id,
        user.name,
    )
