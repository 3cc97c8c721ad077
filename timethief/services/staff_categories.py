"""Staff categories and what an hour of them costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import new_identifier, to_text
from timethief.domain.names import folded
from timethief.domain.numbers import HOURLY_COST_SEK, check_number
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.seen import as_seen, check_seen
from timethief.domain.tasks import read_text
from timethief.domain.unit_plan import free_code
from timethief.i18n import TIME_ZONE
from timethief.services import audit
from timethief.services.assessments import assess_organisation
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.storage.assumptions import load_assumptions
from timethief.storage.database import Database
from timethief.storage.tables import AssessmentRow, StaffCategory, Tariff
from timethief.storage.turns import take_turn

DEFAULT_CATEGORY = "all_staff"
"""Of those who have not said what they work as."""
LONGEST_SOURCE = 200
LONGEST_NAME = 200
FURTHEST_AHEAD = timedelta(days=2 * 366)
"""A tariff may be written down before it is in force."""


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


def adopt_tariff(
    session: Session, actor: Actor, tariff: NewTariff, today: date, now: datetime
) -> int:
    """Let an hour cost this much from that day on, and assess every task anew; how many there were.

    Where the day is still to come no task is assessed until then: `assess_changed_tariffs` sees to it.

    Raises:
        NotAllowed: the actor may not change tariffs.
        NotFound: the category is not of the actor's organisation.
        Invalid: cost out of bounds, no source, or a day too far ahead.
    """
    ensure(actor, Permission.MANAGE_TARIFFS)
    take_turn(session, actor.organisation_id)
    category = owned_category(session, actor.organisation_id, tariff.staff_category_id)
    check_number(tariff.hourly_cost_sek, "hourly_cost_sek", HOURLY_COST_SEK)
    source = read_text(tariff.source, "source", LONGEST_SOURCE, required=True)
    latest = today + FURTHEST_AHEAD
    if tariff.valid_from > latest:
        raise Invalid("valid_from", "too_far_ahead", limit=latest.isoformat())
    same_day = session.scalars(
        select(Tariff).where(
            Tariff.staff_category_id == category.id, Tariff.valid_from == tariff.valid_from
        )
    ).one_or_none()
    before = _told(same_day) if same_day else {}
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
    audit.record(
        session,
        actor,
        Act.TARIFF_ADOPTED,
        "staff_category",
        reference=to_text(category.id),
        before=before,
        after=_told(row),
        now=now,
    )
    if tariff.valid_from > today:
        return 0
    assumptions = load_assumptions(session, actor.organisation_id, today)
    return assess_organisation(session, assumptions)


def assess_changed_tariffs(
    database: Database, organisation_id: int, now: datetime
) -> Mapping[str, int]:
    """Assess every task anew where a tariff has come into force since; done again it finds nothing to do."""
    today = now.astimezone(TIME_ZONE).date()
    with database.writing(organisation_id) as session:
        take_turn(session, organisation_id)
        newest = session.scalar(
            select(func.max(Tariff.valid_from)).where(
                Tariff.organisation_id == organisation_id, Tariff.valid_from <= today
            )
        )
        oldest = session.scalar(
            select(func.min(AssessmentRow.assessed_on)).where(
                AssessmentRow.organisation_id == organisation_id
            )
        )
        if newest is None or oldest is None or newest <= oldest:
            return {"assessed": 0}
        assumptions = load_assumptions(session, organisation_id, today)
        return {"assessed": assess_organisation(session, assumptions)}


@dataclass(frozen=True, slots=True)
class CategoryNames:
    """What a staff category is called; without an English name the Swedish one stands there too."""

    swedish: str
    english: str = ""


def add_category(
    session: Session,
    actor: Actor,
    names: CategoryNames,
    tariff: tuple[float, str],
    key: str,
    now: datetime,
) -> int:
    """A new staff category, with what an hour of it costs from today on and where that figure comes from.

    Raises:
        NotAllowed: the actor may not change staff categories.
        Invalid: a name that is missing or taken, a cost out of bounds, no source.
    """
    ensure(actor, Permission.MANAGE_TARIFFS)
    organisation_id = actor.organisation_id
    take_turn(session, organisation_id)
    earlier = earlier_numbers(session, organisation_id, key)
    if earlier is not None:
        return earlier[0]
    swedish, english = _read_names(session, organisation_id, names, None)
    cost, source = tariff
    check_number(cost, "hourly_cost_sek", HOURLY_COST_SEK)
    source = read_text(source, "source", LONGEST_SOURCE, required=True)
    known = session.scalars(
        select(StaffCategory.code).where(StaffCategory.organisation_id == organisation_id)
    )
    category = StaffCategory(
        id=new_identifier(),
        organisation_id=organisation_id,
        code=free_code(swedish, {folded(code) for code in known}),
        name_sv=swedish,
        name_en=english,
    )
    row = Tariff(
        organisation_id=organisation_id,
        staff_category_id=category.id,
        valid_from=now.astimezone(TIME_ZONE).date(),
        hourly_cost_sek=cost,
        source=source,
        estimated=False,
    )
    session.add(category)
    session.flush()
    session.add(row)
    after = {"name_sv": swedish, "name_en": english} | _told(row)
    audit.record(
        session,
        actor,
        Act.STAFF_CATEGORY_ADDED,
        "staff_category",
        reference=to_text(category.id),
        after=after,
        now=now,
    )
    remember(session, organisation_id, key, str(category.id), now)
    return category.id


def seen_category(category: StaffCategory) -> str:
    """A print of the names as they stand, for the form that changes them."""
    return as_seen(_names_of(category))


def rename_category(
    session: Session,
    actor: Actor,
    category_id: int,
    names: CategoryNames,
    seen: str,
    now: datetime,
) -> None:
    """Call a staff category by other names.

    Raises:
        NotAllowed: the actor may not change staff categories.
        NotFound: it is not of the organisation.
        Invalid: a name that is missing or taken.
        Conflict: somebody renamed it meanwhile.
    """
    ensure(actor, Permission.MANAGE_TARIFFS)
    organisation_id = actor.organisation_id
    take_turn(session, organisation_id)
    category = owned_category(session, organisation_id, category_id)
    before = _names_of(category)
    swedish, english = _read_names(session, organisation_id, names, category)
    if before == {"name_sv": swedish, "name_en": english}:
        return  # the same form sent again
    check_seen(before, seen)
    category.name_sv, category.name_en = swedish, english
    session.flush()
    audit.record(
        session,
        actor,
        Act.STAFF_CATEGORY_RENAMED,
        "staff_category",
        reference=to_text(category.id),
        before=before,
        after=_names_of(category),
        now=now,
    )


def _names_of(category: StaffCategory) -> dict[str, Any]:
    return {"name_sv": category.name_sv, "name_en": category.name_en}


def _read_names(
    session: Session, organisation_id: int, names: CategoryNames, category: StaffCategory | None
) -> tuple[str, str]:
    swedish = " ".join(read_text(names.swedish, "name_sv", LONGEST_NAME, required=True).split())
    english = " ".join(read_text(names.english, "name_en", LONGEST_NAME).split()) or swedish
    others = session.scalars(
        select(StaffCategory.name_sv).where(
            StaffCategory.organisation_id == organisation_id,
            StaffCategory.id != (category.id if category else 0),
        )
    )
    if folded(swedish) in {folded(other) for other in others}:
        raise Invalid("name_sv", "category_taken")
    return swedish, english


def _told(row: Tariff) -> dict[str, Any]:
    """What the trail tells of a tariff."""
    return {
        "valid_from": row.valid_from,
        "hourly_cost_sek": row.hourly_cost_sek,
        "source": row.source,
    }
