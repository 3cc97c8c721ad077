"""Logging in by an identity provider: who comes in where, and as what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timethief.domain.names import alphabetical, folded
from timethief.domain.people import INSTALLATION, Role
from timethief.domain.sign_on import Claims, Identity, Rights, SignOnRefused, rights
from timethief.services.access.sign_on_rules import rules_of
from timethief.storage.tables import Organisation, SignOn, UsedAnswer, User, UserSession
from timethief.storage.turns import take_turn

_KEPT = timedelta(hours=1)
"""Longer than any answer of a provider can be used."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """An organisation whose people log in by a provider.

    Attributes:
        own: the provider is the organisation's, not the installation's.
    """

    organisation_id: int
    code: str
    name: str
    button: str
    own: bool


def entrance(session: Session, code: str, *, installation: bool) -> Entrance | None:
    """The way in to an organisation; None where it has none or does not exist, which look the same.

    Args:
        session: over all organisations.
        code: of the organisation.
        installation: whether the installation has a provider.
    """
    found = [each for each in _entrances(session, installation=installation) if each.code == code]
    return found[0] if found else None


def only_entrance(session: Session, *, installation: bool) -> Entrance | None:
    """The way in where the installation serves one organisation: then it can be shown to all."""
    organisations = session.scalars(
        select(Organisation.id)
        .where(Organisation.active.is_(True), Organisation.code != INSTALLATION)
        .limit(2)
    ).all()
    found = _entrances(session, installation=installation)
    return found[0] if len(organisations) == 1 and found else None


def any_entrance(session: Session, *, installation: bool) -> bool:
    """Whether any organisation has a way in by a provider."""
    return bool(_entrances(session, installation=installation))


def _entrances(session: Session, *, installation: bool) -> list[Entrance]:
    rows = session.execute(
        select(Organisation, SignOn)
        .join(SignOn, SignOn.organisation_id == Organisation.id)
        .where(Organisation.active.is_(True), Organisation.code != INSTALLATION)
    ).all()
    return [
        Entrance(
            organisation_id=organisation.id,
            code=organisation.code,
            name=organisation.name,
            button=sign_on.button,
            own=sign_on.issuer is not None,
        )
        for organisation, sign_on in rows
        if installation or sign_on.issuer is not None
    ]


def names_of(session: Session, organisation_ids: frozenset[int]) -> dict[int, str]:
    """The names of organisations to choose from."""
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisation_ids))
    )
    found = [(organisation_id, name) for organisation_id, name in rows]
    return dict(sorted(found, key=lambda each: alphabetical(each[1])))


def spend_answer(session: Session, nonce: str, now: datetime) -> None:
    """An answer of a provider opens one log-in.

    Args:
        session: writing, over all organisations.
        nonce: of the answer, which has been found in order.
        now: the time.

    Raises:
        SignOnRefused: it has opened one already.
    """
    session.execute(delete(UsedAnswer).where(UsedAnswer.used_at < now - _KEPT))
    hashed = hashlib.sha256(nonce.encode()).hexdigest()
    if session.get(UsedAnswer, hashed) is not None:
        raise SignOnRefused("answer_used")
    session.add(UsedAnswer(nonce_hash=hashed, used_at=now))


def rights_in(session: Session, organisation_id: int, claims: Claims) -> Rights:
    """What the claims give in the organisation, by its own rules."""
    row = session.get(SignOn, organisation_id)
    default = Role(row.default_role) if row is not None and row.default_role else None
    return rights(rules_of(session, organisation_id), default, claims)


def claims_needed(session: Session, organisation_id: int) -> frozenset[str]:
    """The claims that the organisation's rules ask for."""
    return frozenset(rule.claim for rule in rules_of(session, organisation_id))


def enter(session: Session, organisation_id: int, person: Identity, given: Rights) -> int | None:
    """The account of the person, made or brought up to date; None where the claims give no role now.

    Without a role an account that there is closes, with all its log-ins; and none is made.

    Args:
        session: writing, of the organisation.
        organisation_id: which.
        person: who, by the word of the provider.
        given: what the claims give at this moment.

    Raises:
        SignOnRefused: an administrator has ended the account, or another one has the address.
    """
    take_turn(session, organisation_id)
    user = session.scalars(
        select(User).where(
            User.organisation_id == organisation_id,
            User.issuer == person.issuer,
            User.subject == person.subject,
        )
    ).one_or_none()
    if user is not None and not user.active and not user.closed_by_claims:
        raise SignOnRefused("account_closed")
    if given.role is None:
        if user is not None:
            _close(session, user)
        return None
    if user is None:
        _check_address_is_free(session, organisation_id, person.email)
        user = User(
            organisation_id=organisation_id,
            issuer=person.issuer,
            subject=person.subject,
            name=person.name,
            email=person.email,
            folded_email=folded(person.email),
            role=given.role.value,
            unit_id=given.unit_id,
        )
        session.add(user)
    if (user.name, user.email) != (person.name, person.email):
        user.name, user.sort_name = person.name, alphabetical(person.name)
        user.email, user.folded_email = person.email, folded(person.email)
    user.active, user.closed_by_claims = True, False
    user.role = given.role.value
    if given.units_are_given:
        user.unit_id = given.unit_id
    session.flush()
    return user.id


def _close(session: Session, user: User) -> None:
    user.active, user.closed_by_claims = False, True
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def _check_address_is_free(session: Session, organisation_id: int, email: str) -> None:
    """An account with a password is nobody's for having its address."""
    if not email:
        return
    taken = session.scalars(
        select(User.id)
        .where(
            User.organisation_id == organisation_id,
            User.folded_email == folded(email),
            User.issuer.is_(None),
            User.active.is_(True),
        )
        .limit(1)
    ).first()
    if taken is not None:
        raise SignOnRefused("address_taken")
