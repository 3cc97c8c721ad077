"""Which claims give which role and unit, set by an organisation; and which organisation, set by the operator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import new_identifier, to_text
from timethief.domain.people import INSTALLATION, Actor, Permission, Role, ensure
from timethief.domain.sign_on import MAPPED_ROLES, Membership, Rule, moved_up
from timethief.domain.tasks import read_text
from timethief.services import audit
from timethief.services.units import owned_unit
from timethief.storage.tables import Organisation, SignOn, SignOnMembership, SignOnRule
from timethief.storage.turns import take_turn

LONGEST = 200
MOST_RULES = 500


def rules_of(session: Session, organisation_id: int) -> list[Rule]:
    """The organisation's rules in their order."""
    return [_rule(row) for row in _rows(session, organisation_id)]


def add_rule(session: Session, actor: Actor, rule: Rule, now: datetime) -> None:
    """A new rule, after all others.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: the unit is not of the organisation.
        Invalid: there is such a rule already, it gives nothing, or a role that no rule gives.
    """
    ensure(actor, Permission.MANAGE_PEOPLE)
    take_turn(session, actor.organisation_id)
    claim = read_text(rule.claim, "claim", LONGEST, required=True)
    value = read_text(rule.value, "value", LONGEST, required=True)
    if rule.role is None and rule.unit_id is None:
        raise Invalid("role", "gives_nothing")
    if rule.role is not None and rule.role not in MAPPED_ROLES:
        raise Invalid("role", "not_a_choice")
    if rule.unit_id is not None:
        owned_unit(session, actor.organisation_id, rule.unit_id)
    rows = _rows(session, actor.organisation_id)
    if len(rows) >= MOST_RULES:
        raise Invalid("claim", "too_many_rules", limit=MOST_RULES)
    if any((row.claim, row.value) == (claim, value) for row in rows):
        raise Invalid("value", "rule_exists")
    row = SignOnRule(
        id=new_identifier(),
        organisation_id=actor.organisation_id,
        position=rows[-1].position + 1 if rows else 1,
        claim=claim,
        value=value,
        role=rule.role.value if rule.role else None,
        unit_id=rule.unit_id,
    )
    session.add(row)
    _note(session, actor, row, now, after=_told(row))


def remove_rule(session: Session, actor: Actor, rule_id: int, now: datetime) -> None:
    """Take a rule away; it holds no longer from each person's next log-in on.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: there is no such rule, or it is another organisation's.
    """
    ensure(actor, Permission.MANAGE_PEOPLE)
    row = _owned(session, actor, rule_id)
    _note(session, actor, row, now, before=_told(row))
    session.delete(row)


def move_rule_up(session: Session, actor: Actor, rule_id: int, now: datetime) -> None:
    """Let a rule be asked before the one above it.

    Raises:
        NotAllowed: `actor` is no administrator.
        NotFound: there is no such rule, or it is another organisation's.
    """
    ensure(actor, Permission.MANAGE_PEOPLE)
    take_turn(session, actor.organisation_id)
    row = _owned(session, actor, rule_id)
    rows = {each.id: each for each in _rows(session, actor.organisation_id)}
    before = list(rows).index(rule_id) + 1
    for place, each in enumerate(moved_up(list(rows), rule_id), start=1):
        rows[each].position = place
    _note(
        session,
        actor,
        row,
        now,
        before={**_told(row), "place": before},
        after={**_told(row), "place": row.position},
    )


def _rows(session: Session, organisation_id: int) -> list[SignOnRule]:
    return list(
        session.scalars(
            select(SignOnRule)
            .where(SignOnRule.organisation_id == organisation_id)
            .order_by(SignOnRule.position, SignOnRule.id)
        )
    )


def _owned(session: Session, actor: Actor, rule_id: int) -> SignOnRule:
    row = session.get(SignOnRule, rule_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound("rule")
    return row


def _rule(row: SignOnRule) -> Rule:
    return Rule(row.claim, row.value, Role(row.role) if row.role else None, row.unit_id)


def _told(row: SignOnRule) -> dict[str, object]:
    return {"claim": row.claim, "value": row.value, "role": row.role, "unit_id": row.unit_id}


def _note(
    session: Session,
    actor: Actor,
    row: SignOnRule,
    now: datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        session,
        actor,
        Act.SIGN_ON_RULES_CHANGED,
        "sign_on_rule",
        reference=to_text(row.id),
        before=before,
        after=after,
        now=now,
    )


def memberships(session: Session) -> list[Membership]:
    """Which claims of the installation's provider stand for which organisation, over all that log in by it."""
    rows = session.scalars(
        select(SignOnMembership)
        .join(SignOn, SignOn.organisation_id == SignOnMembership.organisation_id)
        .join(Organisation, Organisation.id == SignOnMembership.organisation_id)
        .where(SignOn.issuer.is_(None), Organisation.active.is_(True))
    )
    return [Membership(row.claim, row.value, row.organisation_id) for row in rows]


def add_membership(
    session: Session, actor: Actor, code: str, claim: str, value: str, now: datetime
) -> None:
    """Let people with this value of a claim belong to the organisation.

    Args:
        session: writing, over all organisations.
        actor: an operator.
        code: of the organisation.
        claim: its name.
        value: as the provider writes it.
        now: time of the change.

    Raises:
        NotAllowed: `actor` is no operator.
        Invalid: there is no such organisation, or this stands there already.
    """
    ensure(actor, Permission.OPERATE)
    claim = read_text(claim, "claim", LONGEST, required=True)
    value = read_text(value, "value", LONGEST, required=True)
    organisation_id = session.scalars(
        select(Organisation.id).where(
            Organisation.code == code.strip(), Organisation.code != INSTALLATION
        )
    ).one_or_none()
    if organisation_id is None:
        raise Invalid("organisation", "no_such_organisation")
    known = session.scalar(
        select(func.count())
        .select_from(SignOnMembership)
        .where(
            SignOnMembership.organisation_id == organisation_id,
            SignOnMembership.claim == claim,
            SignOnMembership.value == value,
        )
    )
    if known:
        raise Invalid("value", "rule_exists")
    session.add(SignOnMembership(organisation_id=organisation_id, claim=claim, value=value))
    _note_membership(session, actor, organisation_id, now, after={"claim": claim, "value": value})


def remove_membership(session: Session, actor: Actor, membership_id: int, now: datetime) -> None:
    """People with this value of a claim no longer belong to the organisation by it.

    Raises:
        NotAllowed: `actor` is no operator.
        NotFound: there is no such line.
    """
    ensure(actor, Permission.OPERATE)
    row = session.get(SignOnMembership, membership_id)
    if row is None:
        raise NotFound("membership")
    told: dict[str, object] = {"claim": row.claim, "value": row.value}
    _note_membership(session, actor, row.organisation_id, now, before=told)
    session.delete(row)


def _note_membership(
    session: Session,
    actor: Actor,
    organisation_id: int,
    now: datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """In the trail of the organisation that it is about."""
    audit.record(
        session,
        actor,
        Act.SIGN_ON_MEMBERSHIPS_CHANGED,
        "sign_on_membership",
        before=before,
        after=after,
        now=now,
        organisation_id=organisation_id,
    )
