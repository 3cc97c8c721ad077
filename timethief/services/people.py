"""The people of an organisation: which role they hold, where they work, and whether they still belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.cases import CaseState
from timethief.domain.contact import read_name
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.names import alphabetical
from timethief.domain.people import Actor, Permission, Role, ensure
from timethief.services import audit
from timethief.services.staff_categories import owned_category
from timethief.services.units import owned_unit
from timethief.storage.tables import (
    ApiToken,
    Case,
    FunctionMember,
    SeenTask,
    User,
    UserSession,
)
from timethief.storage.turns import take_turn

LAST_ADMINISTRATOR = "last_administrator"
"""Reason of a conflict: there must be one who can let others in."""
CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What an administrator says of a person."""

    name: str
    role: Role
    unit_id: int | None
    staff_category_id: int | None


def actor_of(session: Session, user_id: int) -> Actor:
    """The person with the rights held at this moment: for what was asked for earlier and is done now.

    Raises:
        NotFound: there is no such account, or the membership has ended.
    """
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise NotFound("person")
    return as_actor(user)


def as_actor(user: User) -> Actor:
    """An account as the one who acts."""
    return Actor(
        user_id=user.id,
        organisation_id=user.organisation_id,
        role=Role(user.role),
        unit_id=user.unit_id,
        staff_category_id=user.staff_category_id,
        name=user.name,
    )


def check_role(role: Role) -> None:
    """Refuse the role that no organisation gives.

    Raises:
        Invalid: field `role`.
    """
    if role is Role.OPERATOR:
        raise Invalid("role", "not_a_choice")


def change_person(
    session: Session, actor: Actor, user_id: int, facts: PersonFacts, version: int, now: datetime
) -> None:
    """Change name, role, unit and staff category; the role holds from the person's next click on.

    Args:
        session: writing.
        actor: an administrator.
        user_id: whom.
        facts: what shall hold.
        version: of the account when the form was opened.
        now: time of the change.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: account, unit or staff category are not of the organisation.
        Invalid: the name cannot be used, or the role is not for organisations to give.
        Conflict: somebody else changed the account meanwhile, or nobody would be left who can let others in.
    """
    user = _locked(session, actor, user_id)
    if user.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    check_role(facts.role)
    name = read_name(facts.name)
    if facts.unit_id is not None:
        owned_unit(session, actor.organisation_id, facts.unit_id)
    if facts.staff_category_id is not None:
        owned_category(session, actor.organisation_id, facts.staff_category_id)
    if user.role == Role.ADMIN and user.active and facts.role is not Role.ADMIN:
        _keep_an_administrator(session, user)
    before = _told(user)
    changes_role = user.role != facts.role
    user.name = name
    user.sort_name = alphabetical(name)
    user.role = facts.role.value
    user.unit_id = facts.unit_id
    user.staff_category_id = facts.staff_category_id
    user.version += 1
    audit.record(
        session,
        actor,
        Act.ROLE_CHANGED if changes_role else Act.PERSON_CHANGED,
        "person",
        reference=to_text(user.id),
        before=before,
        after=_told(user),
        now=now,
    )


def end_membership(session: Session, actor: Actor, user_id: int, now: datetime) -> None:
    """The person no longer belongs: every log-in and every API token ends at once. What was written stays.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: the account is not of the organisation.
        Conflict: nobody would be left who can let others in.
    """
    user = _locked(session, actor, user_id)
    if not user.active:
        return
    if user.role == Role.ADMIN:
        _keep_an_administrator(session, user)
    user.active = False
    user.version += 1
    _end_log_ins(session, user)
    _leave_work(session, user)
    _note_membership(session, actor, user, Act.MEMBERSHIP_ENDED, now)


def _leave_work(session: Session, user: User) -> None:
    """What the person had taken waits for others again; what was decided and said keeps its name."""
    for column in (Case.user_id, Case.decider_id):
        session.execute(
            update(Case)
            .where(
                Case.organisation_id == user.organisation_id,
                column == user.id,
                Case.state != CaseState.CLOSED.value,
            )
            .values({column.key: None, "version": Case.version + 1})
        )
    for table in (FunctionMember, SeenTask):
        session.execute(
            delete(table).where(
                table.organisation_id == user.organisation_id, table.user_id == user.id
            )
        )


def restore_membership(session: Session, actor: Actor, user_id: int, now: datetime) -> None:
    """The person belongs again, with the role and the password held before.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: the account is not of the organisation.
    """
    user = _locked(session, actor, user_id)
    if user.active:
        return
    user.active = True
    user.version += 1
    _note_membership(session, actor, user, Act.MEMBERSHIP_RESTORED, now)


def end_log_ins(session: Session, actor: Actor, user_id: int, now: datetime) -> None:
    """End every log-in and every API token of a person, who may log in anew.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: the account is not of the organisation.
    """
    user = _locked(session, actor, user_id)
    _end_log_ins(session, user)
    audit.record(session, actor, Act.LOG_INS_ENDED, "person", reference=to_text(user.id), now=now)


def _locked(session: Session, actor: Actor, user_id: int) -> User:
    """The account, which nobody else of the organisation changes until the transaction ends."""
    ensure(actor, Permission.MANAGE_PEOPLE)
    take_turn(session, actor.organisation_id)
    user = session.get(User, user_id, populate_existing=True)
    if user is None or user.organisation_id != actor.organisation_id:
        raise NotFound("person")
    return user


def _keep_an_administrator(session: Session, leaving: User) -> None:
    others = session.scalars(
        select(func.count())
        .select_from(User)
        .where(
            User.organisation_id == leaving.organisation_id,
            User.role == Role.ADMIN.value,
            User.active.is_(True),
            User.id != leaving.id,
        )
    ).one()
    if not others:
        raise Conflict(LAST_ADMINISTRATOR)


def _end_log_ins(session: Session, user: User) -> None:
    for table in (UserSession, ApiToken):
        session.execute(
            delete(table).where(
                table.organisation_id == user.organisation_id, table.user_id == user.id
            )
        )


def _note_membership(session: Session, actor: Actor, user: User, act: Act, now: datetime) -> None:
    audit.record(
        session,
        actor,
        act,
        "person",
        reference=to_text(user.id),
        before={"active": not user.active},
        after={"active": user.active},
        now=now,
    )


def _told(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "role": user.role,
        "unit_id": user.unit_id,
        "staff_category_id": user.staff_category_id,
    }
