"""The policies that an organisation has assessed by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.policy import Policy
from timethief.storage.facts import policy_of
from timethief.storage.tables import PolicyVersion


@dataclass(frozen=True, slots=True)
class AdoptedPolicy:
    """A policy and the day from which it has been in force."""

    policy: Policy
    adopted_on: date


def policy_history(session: Session, organisation_id: int) -> tuple[AdoptedPolicy, ...]:
    """Every version, newest first: the first is in force."""
    rows = session.scalars(
        select(PolicyVersion)
        .where(PolicyVersion.organisation_id == organisation_id)
        .order_by(PolicyVersion.version.desc())
    )
    return tuple(AdoptedPolicy(policy_of(row), row.adopted_on) for row in rows)
