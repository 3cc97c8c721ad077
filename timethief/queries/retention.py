"""How long things are kept, what would be weeded today, and what has been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import to_text
from timethief.domain.retention import Kind, Rule, kept_since
from timethief.storage.tables import Hold, RetentionRule, Weeding
from timethief.storage.weedable import counts, held

LINES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class KeptKind:
    """One kind: its rule and what it would do today.

    Attributes:
        version: of the rule; 0 where nobody has set one.
        due: how many would be weeded.
        held: how many would be, if they were not held back.
    """

    rule: Rule
    version: int
    due: int
    held: int


@dataclass(frozen=True, slots=True)
class HoldLine:
    """Something that is held back."""

    id: str
    kind: Kind
    reference: str
    reason: str
    placed_on: date


@dataclass(frozen=True, slots=True)
class WeedingLine:
    """A line of the protocol."""

    happened_at: datetime
    kind: str
    months: int
    decision: str
    count: int
    held: int


def kept_kinds(session: Session, organisation_id: int, today: date) -> list[KeptKind]:
    """Every kind, whether a rule has been set or not."""
    return [kept_kind(session, organisation_id, kind, today) for kind in Kind]


def kept_kind(session: Session, organisation_id: int, kind: Kind, today: date) -> KeptKind:
    """One kind."""
    row = session.scalars(
        select(RetentionRule).where(
            RetentionRule.organisation_id == organisation_id, RetentionRule.kind == kind.value
        )
    ).one_or_none()
    if row is None:
        return KeptKind(Rule(kind), 0, 0, 0)
    rule = Rule(kind, row.months, row.decision, row.decided_on)
    return KeptKind(rule, row.version, *would_weed(session, organisation_id, rule, today))


def would_weed(session: Session, organisation_id: int, rule: Rule, today: date) -> tuple[int, int]:
    """How many entries the rule would weed today, and how many are held back."""
    if rule.months is None:
        return 0, 0
    since = kept_since(today, rule.months)
    return counts(session, rule.kind, organisation_id, since, held(session, organisation_id))


def holds(session: Session, organisation_id: int) -> list[HoldLine]:
    """What is held back now."""
    rows = session.scalars(
        select(Hold)
        .where(Hold.organisation_id == organisation_id, Hold.lifted_on.is_(None))
        .order_by(Hold.placed_on.desc(), Hold.id)
    )
    return [
        HoldLine(to_text(row.id), Kind(row.kind), row.reference, row.reason, row.placed_on)
        for row in rows
    ]


def protocol(session: Session, organisation_id: int) -> list[WeedingLine]:
    """The newest lines of what was weeded."""
    rows = session.scalars(
        select(Weeding)
        .where(Weeding.organisation_id == organisation_id)
        .order_by(Weeding.happened_at.desc(), Weeding.id)
        .limit(LINES_SHOWN)
    )
    return [
        WeedingLine(row.happened_at, row.kind, row.months, row.decision, row.count, row.held)
        for row in rows
    ]
