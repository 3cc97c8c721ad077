"""Making an organisation: its policy, its staff categories with tariffs, its units and people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import new_identifier
from timethief.domain.names import folded
from timethief.domain.people import Role
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.vocabulary import OrganisationKind, Sector
from timethief.services.passwords import hash_password
from timethief.services.registers import reference_rows
from timethief.services.staff_categories import owned_category
from timethief.storage.facts import numbers_of
from timethief.storage.tables import (
    Organisation,
    PolicyVersion,
    StaffCategory,
    Tariff,
    Unit,
    User,
)


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be made; without a password it cannot log in by one."""

    email: str
    name: str
    role: Role
    unit_id: int | None
    staff_category_id: int | None
    password: str | None


def add_organisation(
    session: Session, code: str, name: str, kind: OrganisationKind, today: date
) -> int:
    """A new organisation with the default policy and the default tariffs."""
    organisation = Organisation(code=code, name=name, kind=kind.value)
    session.add(organisation)
    session.flush()
    session.add(
        PolicyVersion(
            organisation_id=organisation.id,
            version=DEFAULT_POLICY.version,
            adopted_on=today,
            numbers=numbers_of(DEFAULT_POLICY),
        )
    )
    _add_staff_categories(session, organisation.id)
    return organisation.id


def _add_staff_categories(session: Session, organisation_id: int) -> None:
    for row in reference_rows("staff_categories.csv"):
        category = StaffCategory(
            id=new_identifier(),
            organisation_id=organisation_id,
            code=row["code"],
            name_sv=row["name_sv"],
            name_en=row["name_en"],
        )
        session.add(category)
        session.add(
            Tariff(
                organisation_id=organisation_id,
                staff_category_id=category.id,
                valid_from=date(int(row["wage_year"]), 1, 1),
                hourly_cost_sek=float(row["hourly_cost_sek"]),
                source=_source(row),
                estimated=row["estimated"] == "1",
            )
        )
    session.flush()


def _source(row: Mapping[str, str]) -> str:
    """Where a default tariff comes from, and what has been done to it since."""
    return (
        f"{row['wage_source']} ({row['wage_year']}), "
        f"uppräknad {row['raised_percent']} % till {row['raised_to_year']}"
    )


def add_unit(
    session: Session,
    organisation_id: int,
    code: str,
    name: str,
    sector: Sector,
    parent_id: int | None = None,
    headcount: int | None = None,
) -> int:
    """A new unit, below `parent_id` or at the top.

    Raises:
        NotFound: the unit above is not of the organisation.
    """
    if parent_id is not None:
        _check_unit(session, organisation_id, parent_id)
    unit = Unit(
        organisation_id=organisation_id,
        code=code,
        name=name,
        sector=sector.value,
        parent_id=parent_id,
        headcount=headcount,
    )
    session.add(unit)
    session.flush()
    return unit.id


def add_user(session: Session, organisation_id: int, new: NewUser) -> int:
    """A new account of the organisation.

    Raises:
        NotFound: unit or staff category are not of the organisation.
    """
    if new.unit_id is not None:
        _check_unit(session, organisation_id, new.unit_id)
    if new.staff_category_id is not None:
        owned_category(session, organisation_id, new.staff_category_id)
    user = User(
        organisation_id=organisation_id,
        email=new.email,
        folded_email=folded(new.email),
        name=new.name,
        role=new.role.value,
        unit_id=new.unit_id,
        staff_category_id=new.staff_category_id,
        password_hash=hash_password(new.password) if new.password is not None else None,
    )
    session.add(user)
    session.flush()
    return user.id


def _check_unit(session: Session, organisation_id: int, unit_id: int) -> None:
    unit = session.get(Unit, unit_id)
    if unit is None or unit.organisation_id != organisation_id:
        raise NotFound("unit")
