"""What organisations say of themselves on the pages that are open to all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.public_statements import PublicStatements, from_stored
from timethief.domain.retention import Kind, Rule
from timethief.storage.tables import Organisation, RetentionRule


@dataclass(frozen=True, slots=True)
class Speaker:
    """An organisation, what it says, and how long it keeps things.

    Attributes:
        rules: those that weed.
    """

    id: int
    name: str
    reporting_mode: str
    statements: PublicStatements
    rules: tuple[Rule, ...]


def speaker(session: Session, organisation_id: int) -> Speaker:
    """An organisation, in a session of its own."""
    row = session.get_one(Organisation, organisation_id)
    stored = session.scalars(
        select(RetentionRule).where(RetentionRule.organisation_id == organisation_id)
    )
    rules = {
        each.kind: Rule(Kind(each.kind), each.months, each.decision, each.decided_on)
        for each in stored
    }
    return Speaker(
        row.id,
        row.name,
        row.reporting_mode,
        from_stored(row.statements),
        tuple(rules[kind] for kind in Kind if kind in rules and rules[kind].weeds),
    )


def only_organisation(session: Session) -> int | None:
    """The organisation of an installation that has but one: who has not logged in can only mean that."""
    found = session.scalars(
        select(Organisation.id).where(Organisation.active.is_(True)).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None
