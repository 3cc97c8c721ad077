"""Writing to people in the way that they want, and letting them say which: logged in, or by the link in a letter."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.mail import Mail, MailKind
from timethief.domain.mail_preferences import (
    OFFERED,
    Choice,
    check_choice,
    offered_to,
    wants,
)
from timethief.domain.people import Actor, Permission, Role, ensure
from timethief.i18n import TIME_ZONE
from timethief.services import outbox
from timethief.storage.tables import MailPreference, Organisation, User
from timethief.storage.turns import take_turn

UNSUBSCRIBE = "/unsubscribe"
"""Where the page for those begins who want no more letters of a kind."""
LINK_LASTS = timedelta(days=400)
_EPOCH = date(2020, 1, 1)
_NUMBER = 8
_DAY = 4
_SIGNATURE = 16


def queue_if_wanted(
    session: Session, user: User, kind: MailKind, mail: Mail, now: datetime
) -> Choice:
    """Have a mail sent to somebody with an account, if and as that person wants it; how it was taken.

    Args:
        session: writing.
        user: who gets it; nobody whose account is closed.
        kind: what it is about; the mail's own.
        mail: the mail.
        now: the time.

    Raises:
        Invalid: as `timethief.services.outbox.queue`.
    """
    if not user.active:
        return Choice.NEVER
    choice = wants(kind, Role(user.role), _chosen(session, user.id).get(kind))
    if choice is Choice.EACH:
        outbox.queue(session, mail, now)
    elif choice is Choice.DIGEST:
        outbox.count_for_digest(session, mail, now)
    return choice


def preferences_of(session: Session, actor: Actor) -> dict[MailKind, Choice]:
    """How the actor gets each kind that the actor's role gets."""
    chosen = _chosen(session, actor.user_id)
    return {kind: wants(kind, actor.role, chosen.get(kind)) for kind in offered_to(actor.role)}


def wants_digest(session: Session, user: User) -> bool:
    """Whether somebody gets the monthly letter with its figures."""
    chosen = _chosen(session, user.id).get(MailKind.DIGEST)
    return wants(MailKind.DIGEST, Role(user.role), chosen) is Choice.EACH


def choose(session: Session, actor: Actor, choices: Mapping[str, str]) -> None:
    """Get these kinds in these ways from now on.

    Args:
        session: writing.
        actor: whose mail it is.
        choices: the way of each kind, by its code.

    Raises:
        NotAllowed: the actor has no account.
        Invalid: a kind that the actor's role does not get, or a way in which it cannot be had.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    checked = [check_choice(kind, choice, actor.role) for kind, choice in choices.items()]
    take_turn(session, actor.organisation_id)
    for kind, choice in checked:
        _set(session, actor.organisation_id, actor.user_id, kind, choice)


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """What a link in a letter is for."""

    organisation_id: int
    user_id: int
    kind: MailKind


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Whose letter it was, as the page shows it: nothing that names the person."""

    organisation: str
    language: str
    choice: Choice


def address_of(base_url: str, secret_key: str, of: Unsubscribed, now: datetime) -> str:
    """Where somebody says that no more letters of this kind are wanted."""
    today = now.astimezone(TIME_ZONE).date()
    return f"{base_url}{UNSUBSCRIBE}/{_token(secret_key, of, (today - _EPOCH).days)}"


def read_link(secret_key: str, token: str, now: datetime) -> Unsubscribed:
    """What the link is for.

    Raises:
        NotFound: we have made no such link, or it is too old.
    """
    try:
        raw = base64.b64decode(
            (token + "=" * (-len(token) % 4)).encode("ascii"), altchars=b"-_", validate=True
        )
        kind = MailKind(raw[2 * _NUMBER + _DAY : -_SIGNATURE].decode("ascii"))
    except (ValueError, binascii.Error) as error:
        raise NotFound("link") from error
    found = Unsubscribed(
        int.from_bytes(raw[:_NUMBER]), int.from_bytes(raw[_NUMBER : 2 * _NUMBER]), kind
    )
    days = int.from_bytes(raw[2 * _NUMBER : 2 * _NUMBER + _DAY])
    # Compared as it is written: the last letter could else stand for several of the same meaning.
    if not hmac.compare_digest(token.encode(), _token(secret_key, found, days).encode()):
        raise NotFound("link")
    made = _EPOCH + timedelta(days=days)
    if now.astimezone(TIME_ZONE).date() > made + LINK_LASTS or kind not in OFFERED:
        raise NotFound("link")
    return found


def subscriber(session: Session, of: Unsubscribed) -> Subscriber:
    """Whose link it is.

    Raises:
        NotFound: the account is closed, or not of that organisation.
    """
    user = _member(session, of)
    organisation = session.get_one(Organisation, of.organisation_id)
    choice = wants(of.kind, Role(user.role), _chosen(session, user.id).get(of.kind))
    return Subscriber(organisation.name, user.language or organisation.language, choice)


def unsubscribe(session: Session, of: Unsubscribed) -> None:
    """Send no more letters of the kind. Doing it again changes nothing.

    Raises:
        NotFound: the account is closed, or not of that organisation.
    """
    take_turn(session, of.organisation_id)
    user = _member(session, of)
    _set(session, of.organisation_id, user.id, of.kind, Choice.NEVER)


def subscribe_again(session: Session, of: Unsubscribed) -> None:
    """Take it back: the kind comes at once.

    Raises:
        NotFound: the account is closed, or not of that organisation.
    """
    take_turn(session, of.organisation_id)
    user = _member(session, of)
    _set(session, of.organisation_id, user.id, of.kind, Choice.EACH)


def _member(session: Session, of: Unsubscribed) -> User:
    user = session.get(User, of.user_id)
    if user is None or user.organisation_id != of.organisation_id or not user.active:
        raise NotFound("link")
    return user


def _chosen(session: Session, user_id: int) -> dict[str, str]:
    rows = session.execute(
        select(MailPreference.kind, MailPreference.choice).where(MailPreference.user_id == user_id)
    )
    return {kind: choice for kind, choice in rows}  # noqa: C416 - rows are no pairs to the type checker


def _set(
    session: Session, organisation_id: int, user_id: int, kind: MailKind, choice: Choice
) -> None:
    session.execute(
        delete(MailPreference).where(
            MailPreference.user_id == user_id, MailPreference.kind == kind.value
        )
    )
    session.add(
        MailPreference(
            user_id=user_id,
            kind=kind.value,
            organisation_id=organisation_id,
            choice=choice.value,
        )
    )
    session.flush()


def _token(secret_key: str, of: Unsubscribed, days: int) -> str:
    named = (
        of.organisation_id.to_bytes(_NUMBER)
        + of.user_id.to_bytes(_NUMBER)
        + days.to_bytes(_DAY)
        + of.kind.value.encode("ascii")
    )
    signed = hmac.digest(secret_key.encode(), b"timethief unsubscribe " + named, "sha256")
    return base64.urlsafe_b64encode(named + signed[:_SIGNATURE]).rstrip(b"=").decode()
