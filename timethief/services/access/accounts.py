"""What somebody changes about the own account: the password, the language."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict, Invalid
from timethief.domain.people import Actor, Permission, ensure
from timethief.services.access import sessions
from timethief.storage.tables import Organisation, User


@dataclass(frozen=True, slots=True)
class Known:
    """The present password as it is stored, and what others would guess the new one from."""

    password_hash: str | None
    words: tuple[str, ...]


def known(session: Session, user_id: int) -> Known:
    """What is known of an account before its password is changed. Hashing takes time, which no transaction should."""
    user = session.get_one(User, user_id)
    organisation = session.get_one(Organisation, user.organisation_id)
    return Known(user.password_hash, (user.name, user.email, organisation.name, organisation.code))


def change_password(session: Session, actor: Actor, password_hash: str, token: str) -> None:
    """Give the own account another password, and end every log-in but the one with this token.

    Whether the present password is known is for who calls to check before.

    Raises:
        Conflict: reason `no_password`; the account is opened in another way.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    user = session.get_one(User, actor.user_id)
    if user.password_hash is None:
        raise Conflict("no_password")
    user.password_hash = password_hash
    sessions.end_all(session, user.id, but=token)


def choose_language(
    session: Session, actor: Actor, language: str | None, known: tuple[str, ...]
) -> None:
    """The language of the pages from now on, at every log-in; None for that of the organisation.

    Raises:
        Invalid: it is none of those that there are texts in.
    """
    ensure(actor, Permission.OWN_ACCOUNT)
    if language is not None and language not in known:
        raise Invalid("language", "not_a_choice")
    session.get_one(User, actor.user_id).language = language
