"""Publishing what anonymous reports come to: each month once, when it is closed, and never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.anonymity import ReportingMode
from timethief.domain.assessment import assess
from timethief.domain.disclosure import SMALLEST_COUNT, month_of_week, months_to_publish
from timethief.domain.identifiers import to_text
from timethief.domain.intake import DEFAULT_WORTH_SHARE, STATED_USES, UseAnswer
from timethief.domain.policy import Policy
from timethief.domain.publication import Contribution, Publication, publication
from timethief.domain.small_units import shown_as
from timethief.domain.tasks import Frequency, TaskFacts, Use, Worth
from timethief.domain.vocabulary import Per
from timethief.i18n import TIME_ZONE
from timethief.services.staff_categories import category_or_default
from timethief.storage.assumptions import policy_in_force, tariffs_in_force
from timethief.storage.database import Database
from timethief.storage.facts import people_of
from timethief.storage.tables import (
    AnonymousReport,
    Organisation,
    PublishedFigure,
    PublishedMonth,
    Requester,
    StaffCategory,
)
from timethief.storage.unit_tree import UnitNode, units_of

VIEWS = ("unit", "level", "staff_category", "verdict")
NO_PART = "none"
"""Key of what belongs to no part of a view: no unit that is shown, no category told, too little to judge."""


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the reports of an organisation are counted by, on the day of publication."""

    smallest: int
    units: Mapping[int, UnitNode]
    shown: Mapping[int, int | None]
    categories: Mapping[int, str]
    default_category: int
    levels: Mapping[int, str]
    policy: Policy
    tariffs: Mapping[int, float]


def publish(database: Database, organisation_id: int, now: datetime) -> Mapping[str, int]:
    """Publish every closed month that has not been; to do it again changes nothing.

    Months are published from the first one on in which anonymous reports could come, whether any did or not: that a
    month is there tells nothing.
    """
    today = now.astimezone(TIME_ZONE).date()
    with database.writing(organisation_id) as session:
        organisation = session.get_one(Organisation, organisation_id)
        published = session.scalar(
            select(func.max(PublishedMonth.month)).where(
                PublishedMonth.organisation_id == organisation_id
            )
        )
        by_month = _by_month(session, organisation_id)
        is_open = organisation.reporting_mode == ReportingMode.OPEN.value
        if is_open and published is None and not by_month:
            return {"months": 0}
        months = list(months_to_publish(published, min(by_month, default=None), today))
        basis = _basis(session, organisation, today) if months else None
        for month in months:
            if basis is not None:
                given = [_contribution(row, basis) for row in by_month.get(month, ())]
                found = publication(given, VIEWS, basis.smallest)
                _store(session, organisation_id, month, found, basis, today)
    return {"months": len(months)}


def _by_month(session: Session, organisation_id: int) -> dict[str, list[AnonymousReport]]:
    """The reports that have been shown to reviewers, by the month of that week."""
    rows = session.scalars(
        select(AnonymousReport).where(
            AnonymousReport.organisation_id == organisation_id,
            AnonymousReport.released_week.is_not(None),
        )
    )
    found: dict[str, list[AnonymousReport]] = defaultdict(list)
    for row in rows:
        found[month_of_week(row.released_week or "")].append(row)
    return found


def _basis(session: Session, organisation: Organisation, today: date) -> _Basis:
    units = {unit.id: unit for unit in units_of(session, organisation.id)}
    categories = select(StaffCategory.id, StaffCategory.name_sv).where(
        StaffCategory.organisation_id == organisation.id
    )
    levels = (
        select(Requester.id, Requester.level)
        .join(AnonymousReport, AnonymousReport.requester_id == Requester.id)
        .where(AnonymousReport.organisation_id == organisation.id)
    )
    return _Basis(
        smallest=max(organisation.smallest_count, SMALLEST_COUNT),
        units=units,
        shown=shown_as(units),
        categories={each: name for each, name in session.execute(categories)},  # noqa: C416 - rows are no pairs to the type checker
        default_category=category_or_default(session, organisation.id, None),
        levels={each: level for each, level in session.execute(levels)},  # noqa: C416 - as above
        policy=policy_in_force(session, organisation.id),
        tariffs=tariffs_in_force(session, organisation.id, today),
    )


def _contribution(row: AnonymousReport, basis: _Basis) -> Contribution:
    place = None if row.unit_id is None else basis.shown.get(row.unit_id)
    known = row.requester_id is not None and row.requester_id in basis.levels
    verdict, hours = _judged(row, basis)
    return Contribution(
        parts={
            "unit": NO_PART if place is None else to_text(place),
            "level": basis.levels[row.requester_id] if known and row.requester_id else NO_PART,
            "staff_category": NO_PART
            if row.staff_category_id is None
            else to_text(row.staff_category_id),
            "verdict": verdict,
        },
        hours=hours,
    )


def _judged(row: AnonymousReport, basis: _Basis) -> tuple[str, float | None]:
    """The verdict that the report's own words lead to, and its likely hours a year."""
    if row.minutes is None or row.times is None or row.per is None or row.people is None:
        return NO_PART, None
    stated = STATED_USES[UseAnswer(row.use_answer)]
    share = DEFAULT_WORTH_SHARE if row.worth_share is None else row.worth_share
    category = row.staff_category_id or basis.default_category
    facts = TaskFacts(
        minutes=row.minutes,
        frequency=Frequency(row.times, Per(row.per)),
        people=people_of(row.people_low, row.people, row.people_high),
        hourly_cost_sek=basis.tariffs[category],
        achievable_minutes=row.achievable_minutes,
        uses=()
        if stated is None
        else (Use(stated.beneficiary, stated.purpose, stated.in_use, Worth(share=share)),),
    )
    found = assess(facts, basis.policy)
    return found.verdict.value, found.cost_hours.likely


def _store(
    session: Session,
    organisation_id: int,
    month: str,
    found: Publication,
    basis: _Basis,
    today: date,
) -> None:
    session.add(
        PublishedMonth(
            organisation_id=organisation_id,
            month=month,
            published_on=today,
            smallest_count=basis.smallest,
            reports=found.total.reports,
            hours=found.total.hours,
        )
    )
    names = {to_text(unit.id): unit.name for unit in basis.units.values()}
    names |= {to_text(each): name for each, name in basis.categories.items()}
    session.add_all(
        PublishedFigure(
            organisation_id=organisation_id,
            month=month,
            view=view,
            key=key,
            name=names.get(key, ""),
            reports=cell.reports,
            hours=cell.hours,
        )
        for view, cells in found.views.items()
        for key, cell in cells.items()
    )
