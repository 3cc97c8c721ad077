"""What tests are made of: typed functions with sane defaults, through the real services."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.intake import ReportFacts, RequesterName, UseAnswer
from timethief.domain.people import Actor, Role
from timethief.domain.review import Review
from timethief.domain.tasks import Frequency, Use, Worth
from timethief.domain.vocabulary import (
    Beneficiary,
    Binding,
    InUse,
    Level,
    OrganisationKind,
    Per,
    Purpose,
    Sector,
)
from timethief.queries.visible_units import VisibleUnits, visible_units
from timethief.services import reports
from timethief.services.organisations import NewUser, add_organisation, add_unit, add_user
from timethief.services.requesters import find_or_add
from timethief.storage.assumptions import Assumptions, load_assumptions
from timethief.storage.tables import StaffCategory

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """A small organisation: `ward` is below `north`, which with `south` is below `top`."""

    organisation_id: int
    top: int
    north: int
    ward: int
    south: int
    nurse: int
    all_staff: int
    requester: int
    state: int


def organisation(session: Session, code: str = "ort") -> Place:
    """An organisation with units, staff categories and two requesters."""
    organisation_id = add_organisation(
        session, code, code.title(), OrganisationKind.MUNICIPALITY, TODAY
    )
    top = add_unit(session, organisation_id, "top", "Förvaltningen", Sector.ADMINISTRATION)
    north = add_unit(session, organisation_id, "north", "Norra", Sector.CARE, top)
    return Place(
        organisation_id=organisation_id,
        top=top,
        north=north,
        ward=add_unit(session, organisation_id, "ward", "Avdelning 1", Sector.HEALTH, north, 30),
        south=add_unit(session, organisation_id, "south", "Södra", Sector.SCHOOL, top),
        nurse=category(session, organisation_id, "nurse"),
        all_staff=category(session, organisation_id, "all_staff"),
        requester=requester(session, organisation_id, "Personalenheten", Level.OWN_ORGANISATION),
        state=requester(session, organisation_id, "Tillsynsmyndigheten", Level.STATE),
    )


def category(session: Session, organisation_id: int, code: str) -> int:
    """The organisation's staff category of that code."""
    return session.scalars(
        select(StaffCategory.id).where(
            StaffCategory.organisation_id == organisation_id, StaffCategory.code == code
        )
    ).one()


def requester(session: Session, organisation_id: int, name: str, level: Level) -> int:
    """The requester of that name, known or new."""
    return find_or_add(session, organisation_id, RequesterName(name, level)).id


def actor(session: Session, place: Place, role: Role = Role.STAFF, name: str = "Rut") -> Actor:
    """Somebody with an account of the organisation; without a password, which takes time to hash."""
    email = f"{name.lower()}.{next(_NUMBERS)}@example.org"
    new = NewUser(email, name, role, place.ward, place.nurse, None)
    user_id = add_user(session, place.organisation_id, new)
    return Actor(user_id, place.organisation_id, role, place.ward, place.nurse, name)


def reviewer(place: Place) -> Actor:
    """Somebody who sees everything of the organisation and has no account: for tests that only read."""
    return Actor(0, place.organisation_id, Role.SUPPORT, None, None, "Anna")


def everything(session: Session, place: Place) -> VisibleUnits:
    """The units as a reviewer sees them: all, by their own names."""
    return visible_units(session, reviewer(place))


def report_facts(
    place: Place,
    **changes: Any,  # noqa: ANN401 - fields of the dataclass
) -> ReportFacts:
    """A complete report: 30 minutes a week by two, believed to be of use."""
    facts = ReportFacts(
        title="Statusrapport",
        minutes=30.0,
        frequency=Frequency(1.0, Per.WEEK),
        people=2,
        unit_id=place.ward,
        staff_category_id=place.nurse,
        requester_id=place.requester,
        use=UseAnswer.CITIZEN,
    )
    return replace(facts, **changes)


def key() -> str:
    """The key of a form that has not been sent."""
    return f"form-{next(_NUMBERS)}"


def sent(
    session: Session,
    who: Actor,
    facts: ReportFacts,
    now: datetime = NOW,
    same_as: int | None = None,
) -> reports.Sent:
    """A report sent in by a form of its own."""
    return reports.submit(session, who, facts, key(), now, same_as)


def task(
    session: Session,
    place: Place,
    who: Actor | None = None,
    now: datetime = NOW,
    **changes: Any,  # noqa: ANN401 - fields of the report
) -> int:
    """A task of the inventory, made by a report."""
    made = sent(session, who or actor(session, place), report_facts(place, **changes), now)
    if made.task_id is None:
        message = "the report is not complete"
        raise ValueError(message)
    return made.task_id


def review(**changes: Any) -> Review:  # noqa: ANN401 - fields of the dataclass
    """A review that leaves one confirmed use."""
    use = Use(Beneficiary.CITIZEN, Purpose.SAFETY, InUse.CONFIRMED, Worth(share=1.0))
    figures = Review(
        minutes=20.0,
        frequency=Frequency(2.0, Per.WEEK),
        people=3,
        binding=Binding.INTERNAL_RULE,
        uses=(use,),
    )
    return replace(figures, **changes)


def assumptions(session: Session, place: Place) -> Assumptions:
    """What the organisation assesses by today."""
    return load_assumptions(session, place.organisation_id, TODAY)
