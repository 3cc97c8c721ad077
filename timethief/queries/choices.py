"""What forms and filters let people choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import to_text
from timethief.domain.names import alphabetical
from timethief.queries.totals import Scope, grouped
from timethief.storage.tables import Requester, StaffCategory, Tariff
from timethief.storage.unit_tree import UnitNode, units_in_order

NAMED_REQUESTERS = 6


@dataclass(frozen=True, slots=True)
class RequesterChoice:
    """A requester to choose."""

    id: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class StaffCategoryChoice:
    """A staff category to choose, in both languages."""

    id: str
    code: str
    name_sv: str
    name_en: str

    def name(self, language: str) -> str:
        """The name in the reader's language."""
        return self.name_en if language == "en" else self.name_sv


@dataclass(frozen=True, slots=True)
class TariffLine:
    """What an hour of a staff category costs from a day on."""

    staff_category: StaffCategoryChoice
    valid_from: date
    hourly_cost_sek: float
    source: str
    estimated: bool
    in_force: bool


def units(session: Session, organisation_id: int) -> tuple[UnitNode, ...]:
    """The units of the organisation, each followed by those below it."""
    return units_in_order(session, organisation_id)


def staff_categories(session: Session, organisation_id: int) -> tuple[StaffCategoryChoice, ...]:
    """The staff categories of the organisation, by their Swedish name."""
    rows = session.scalars(
        select(StaffCategory).where(StaffCategory.organisation_id == organisation_id)
    )
    found = [StaffCategoryChoice(to_text(r.id), r.code, r.name_sv, r.name_en) for r in rows]
    return tuple(sorted(found, key=lambda each: alphabetical(each.name_sv)))


def most_named_requesters(session: Session, organisation_id: int) -> tuple[RequesterChoice, ...]:
    """The requesters that most tasks name, the own organisation's first: much is decided there."""
    totals = grouped(session, Scope(organisation_id), "requester")
    most = sorted(totals, key=lambda key: (-totals[key].tasks, key))[:NAMED_REQUESTERS]
    rows = session.scalars(select(Requester).where(Requester.id.in_([int(key) for key in most])))
    found = sorted(
        rows,
        key=lambda r: (r.level != "own_organisation", -totals[str(r.id)].tasks, r.folded_name),
    )
    return tuple(RequesterChoice(to_text(r.id), r.name, r.level) for r in found)


def requester_names(session: Session, organisation_id: int) -> tuple[str, ...]:
    """Names to be offered while typing: the organisation's own and those that its tasks name."""
    named = [int(key) for key in grouped(session, Scope(organisation_id), "requester")]
    rows = session.scalars(
        select(Requester.name).where(
            or_(Requester.organisation_id == organisation_id, Requester.id.in_(named))
        )
    )
    return tuple(sorted(set(rows), key=alphabetical))


def tariffs(session: Session, organisation_id: int, today: date) -> tuple[TariffLine, ...]:
    """Every tariff, by category, newest first; the first that is valid today is in force."""
    categories = staff_categories(session, organisation_id)
    rows = session.scalars(
        select(Tariff)
        .where(Tariff.organisation_id == organisation_id)
        .order_by(Tariff.valid_from.desc(), Tariff.id.desc())
    ).all()
    lines = []
    for category in categories:
        own = [row for row in rows if to_text(row.staff_category_id) == category.id]
        current = next((row for row in own if row.valid_from <= today), None)
        lines += [
            TariffLine(
                category,
                row.valid_from,
                row.hourly_cost_sek,
                row.source,
                row.estimated,
                row is current,
            )
            for row in own
        ]
    return tuple(lines)
