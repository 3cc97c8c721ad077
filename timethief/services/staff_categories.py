"""Staff categories and what an hour of them costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.numbers import HOURLY_COST_SEK, check_number
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.tasks import read_text
from timethief.services.assessments import assess_organisation
from timethief.storage.assumptions import load_assumptions
from timethief.storage.tables import StaffCategory, Tariff
from timethief.storage.turns import take_turn

DEFAULT_CATEGORY = "all_staff"
"""Of those who have not said what they work as."""
LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class NewTariff:
    """What an hour of a staff category costs from a day on, employer's costs included."""

    staff_category_id: int
    valid_from: date
    hourly_cost_sek: float
    source: str


def category_or_default(
    session: Session, organisation_id: int, staff_category_id: int | None
) -> int:
    """The category if it is the organisation's, else the one that stands for all staff.

    Raises:
        NotFound: it is another organisation's.
    """
    if staff_category_id is None:
        return session.scalars(
            select(StaffCategory.id).where(
                StaffCategory.organisation_id == organisation_id,
                StaffCategory.code == DEFAULT_CATEGORY,
            )
        ).one()
    return owned_category(session, organisation_id, staff_category_id).id


def owned_category(session: Session, organisation_id: int, category_id: int) -> StaffCategory:
    """A staff category of the organisation.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    category = session.get(StaffCategory, category_id)
    if category is None or category.organisation_id != organisation_id:
        raise NotFound("staff_category")
    return category


def adopt_tariff(session: Session, actor: Actor, tariff: NewTariff, today: date) -> int:
    """Let an hour cost this much from that day on, and assess every task anew; how many there were.

    Raises:
        NotAllowed: the actor may not change tariffs.
        NotFound: the category is not of the actor's organisation.
        Invalid: cost out of bounds, no source, or a day to come.
    """
    ensure(actor, Permission.MANAGE_TARIFFS)
    take_turn(session, actor.organisation_id)
    category = owned_category(session, actor.organisation_id, tariff.staff_category_id)
    check_number(tariff.hourly_cost_sek, "hourly_cost_sek", HOURLY_COST_SEK)
    source = read_text(tariff.source, "source", LONGEST_SOURCE, required=True)
    if tariff.valid_from > today:
        raise Invalid("valid_from", "in_the_future")
    same_day = session.scalars(
        select(Tariff).where(
            Tariff.staff_category_id == category.id, Tariff.valid_from == tariff.valid_from
        )
    ).one_or_none()
    row = same_day or Tariff(
        organisation_id=actor.organisation_id,
        staff_category_id=category.id,
        valid_from=tariff.valid_from,
    )
    row.hourly_cost_sek = tariff.hourly_cost_sek
    row.source = source
    row.estimated = False
    session.add(row)
    session.flush()
    assumptions = load_assumptions(session, actor.organisation_id, today)
    return assess_organisation(session, assumptions)
