"""What the assessment of an organisation's tasks rests on, loaded once for any number of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.policy import Policy
from timethief.storage.facts import policy_of
from timethief.storage.tables import PolicyVersion, Tariff, Unit


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Policy, tariffs and unit tree of one organisation on one day.

    Attributes:
        tariffs: SEK per hour by staff category.
        lineage: for each unit, itself and all units above it, nearest first.
        sectors: sector of each unit.
    """

    organisation_id: int
    on: date
    policy: Policy
    tariffs: Mapping[int, float]
    lineage: Mapping[int, tuple[int, ...]]
    sectors: Mapping[int, str]


def load_assumptions(session: Session, organisation_id: int, on: date) -> Assumptions:
    """The assumptions in force on that day."""
    units = session.execute(
        select(Unit.id, Unit.parent_id, Unit.sector).where(Unit.organisation_id == organisation_id)
    ).all()
    return Assumptions(
        organisation_id=organisation_id,
        on=on,
        policy=policy_in_force(session, organisation_id),
        tariffs=tariffs_in_force(session, organisation_id, on),
        lineage=lineage_of({unit_id: parent_id for unit_id, parent_id, _ in units}),
        sectors={unit_id: sector for unit_id, _, sector in units},
    )


def policy_in_force(session: Session, organisation_id: int) -> Policy:
    """The newest version of the organisation's policy."""
    newest = session.scalars(
        select(PolicyVersion)
        .where(PolicyVersion.organisation_id == organisation_id)
        .order_by(PolicyVersion.version.desc())
        .limit(1)
    ).one()
    return policy_of(newest)


def tariffs_in_force(session: Session, organisation_id: int, on: date) -> dict[int, float]:
    """SEK per hour by staff category: of each, the newest tariff that is valid on the day."""
    rows = session.execute(
        select(Tariff.staff_category_id, Tariff.hourly_cost_sek)
        .where(Tariff.organisation_id == organisation_id, Tariff.valid_from <= on)
        .order_by(Tariff.valid_from, Tariff.id)
    )
    return {category: cost for category, cost in rows}  # noqa: C416 - rows are not pairs to the type checker


def lineage_of(parents: Mapping[int, int | None]) -> dict[int, tuple[int, ...]]:
    """For each unit, itself and all units above it, nearest first.

    Args:
        parents: the unit that each unit belongs to; None at the top.
    """
    found: dict[int, tuple[int, ...]] = {}
    for unit in parents:
        line: list[int] = []
        at: int | None = unit
        # A ring of parents cannot be stored by the service; should one be, it ends here.
        while at is not None and at not in line:
            line.append(at)
            at = parents.get(at)
        found[unit] = tuple(line)
    return found
