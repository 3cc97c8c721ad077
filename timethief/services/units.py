"""The units of an organisation: added, changed, moved, removed and read in, with the totals that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, Invalid, Invalids, NotFound
from timethief.domain.identifiers import new_identifier, to_text
from timethief.domain.names import folded
from timethief.domain.numbers import check_number
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.seen import as_seen, check_seen
from timethief.domain.tasks import read_text
from timethief.domain.unit_plan import (
    HEADCOUNT,
    LONGEST_CODE,
    LONGEST_NAME,
    MOST_LEVELS,
    KnownUnit,
    Plan,
    PlannedUnit,
    UnitLine,
    free_code,
    plan,
)
from timethief.domain.vocabulary import Sector
from timethief.services.audit import record
from timethief.services.sent_forms import earlier_numbers, earlier_result, remember
from timethief.storage.assumptions import lineage_of
from timethief.storage.rebooking import change_sector_of_totals, move_totals
from timethief.storage.references import is_referred_to
from timethief.storage.tables import Total, Unit
from timethief.storage.turns import take_turn
from timethief.storage.unit_tree import with_those_below

MOST_UNITS = 5_000


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit as somebody wants it; without a code it gets one."""

    name: str
    sector: Sector
    code: str = ""
    headcount: int | None = None
    parent_id: int | None = None


def owned_unit(session: Session, organisation_id: int, unit_id: int) -> Unit:
    """A unit of the organisation.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    unit = session.get(Unit, unit_id)
    if unit is None or unit.organisation_id != organisation_id:
        raise NotFound("unit")
    return unit


def seen_unit(unit: Unit) -> str:
    """A print of the unit as it stands, for the form that changes it."""
    return as_seen(_told(unit))


def add(session: Session, actor: Actor, facts: UnitFacts, key: str, now: datetime) -> int:
    """A new unit; the form sent again gives the same one.

    Raises:
        NotAllowed: the actor may not change units.
        NotFound: the unit above is not of the organisation.
        Invalids: name, code, head count or place cannot be used.
    """
    organisation_id = _begin(session, actor)
    earlier = earlier_numbers(session, organisation_id, key)
    if earlier is not None:
        return earlier[0]
    if _count(session, organisation_id) >= MOST_UNITS:
        raise Invalid("name", "too_many_units", limit=MOST_UNITS)
    read = _read(session, organisation_id, facts, None)
    unit = Unit(id=new_identifier(), organisation_id=organisation_id)
    _write(unit, read)
    session.add(unit)
    session.flush()
    record(
        session,
        actor,
        Act.UNIT_ADDED,
        "unit",
        reference=to_text(unit.id),
        after=_told(unit),
        now=now,
    )
    remember(session, organisation_id, key, str(unit.id), now)
    return unit.id


def change(
    session: Session,
    actor: Actor,
    unit_id: int,
    facts: UnitFacts,
    seen: str,
    key: str,
    now: datetime,
) -> None:
    """Rename, move or describe a unit anew; the totals of its tasks follow it.

    Args:
        session: writing.
        actor: an administrator.
        unit_id: the unit.
        facts: all of it, as it shall be.
        seen: from `seen_unit`, of what the actor saw.
        key: of the form; sent again it changes nothing.
        now: time of the change.

    Raises:
        NotAllowed: the actor may not change units.
        NotFound: the unit, or the one above it, is not of the organisation.
        Invalids: name, code, head count or place cannot be used.
        Conflict: somebody changed it meanwhile.
    """
    organisation_id = _begin(session, actor)
    unit = owned_unit(session, organisation_id, unit_id)
    if earlier_result(session, organisation_id, key) is not None:
        return
    check_seen(_told(unit), seen)
    before = _told(unit)
    _apply(session, unit, _read(session, organisation_id, facts, unit))
    reference, after = to_text(unit.id), _told(unit)
    if before != after:
        record(
            session,
            actor,
            Act.UNIT_CHANGED,
            "unit",
            reference=reference,
            before=before,
            after=after,
            now=now,
        )
    remember(session, organisation_id, key, str(unit.id), now)


def remove(session: Session, actor: Actor, unit_id: int, now: datetime) -> None:
    """Take away a unit that nothing belongs to.

    Raises:
        NotAllowed: the actor may not change units.
        NotFound: it is not of the organisation.
        Conflict: reason `not_empty`.
    """
    organisation_id = _begin(session, actor)
    unit = owned_unit(session, organisation_id, unit_id)
    if is_referred_to(session, "unit", unit.id):
        raise Conflict("not_empty")
    session.execute(
        delete(Total).where(Total.organisation_id == organisation_id, Total.unit_id == unit.id)
    )
    before = _told(unit)
    session.delete(unit)
    session.flush()
    record(
        session,
        actor,
        Act.UNIT_REMOVED,
        "unit",
        reference=to_text(unit_id),
        before=before,
        now=now,
    )


def planned(session: Session, organisation_id: int, lines: Sequence[UnitLine]) -> Plan:
    """What a list of units would make of those that there are."""
    return plan(known_units(session, organisation_id), lines)


def known_units(session: Session, organisation_id: int) -> list[KnownUnit]:
    """Every unit of the organisation."""
    rows = session.execute(
        select(Unit.id, Unit.parent_id, Unit.code, Unit.name, Unit.sector, Unit.headcount).where(
            Unit.organisation_id == organisation_id
        )
    )
    return [
        KnownUnit(r.id, r.parent_id, r.code, r.name, Sector(r.sector), r.headcount) for r in rows
    ]


def adopt_lines(
    session: Session, actor: Actor, lines: Sequence[UnitLine], key: str, now: datetime
) -> tuple[int, int]:
    """Read in a list of units, all of it or nothing: how many are new, how many changed.

    Raises:
        NotAllowed: the actor may not change units.
        Invalids: a line cannot be used; the plan tells which.
        Invalid: there would be more units than `MOST_UNITS`.
    """
    organisation_id = _begin(session, actor)
    earlier = earlier_numbers(session, organisation_id, key, many=2)
    if earlier is not None:
        return earlier[0], earlier[1]
    made = planned(session, organisation_id, lines)
    if made.faults:
        raise Invalids([fault.refusal for fault in made.faults])
    if _count(session, organisation_id) + made.new > MOST_UNITS:
        raise Invalid("file", "too_many_units", limit=MOST_UNITS)
    _adopt(session, organisation_id, made.units)
    after = {
        "new": [unit.name for unit in made.units if unit.id is None],
        "changed": [unit.name for unit in made.units if unit.id is not None and unit.changed],
    }
    if made.new or made.changed:
        record(session, actor, Act.UNITS_IMPORTED, "unit", after=after, now=now)
    remember(session, organisation_id, key, f"{made.new} {made.changed}", now)
    return made.new, made.changed


def _adopt(session: Session, organisation_id: int, units: Sequence[PlannedUnit]) -> None:
    known = {
        unit.id: unit
        for unit in session.scalars(select(Unit).where(Unit.organisation_id == organisation_id))
    }
    by_row: dict[int, int] = {}
    for each in units:
        by_row[each.row] = each.id or new_identifier()
    for each in units:
        parent_id = each.parent_id if each.parent_row is None else by_row[each.parent_row]
        read = UnitFacts(each.name, each.sector, each.code, each.headcount, parent_id)
        if each.id is None:
            unit = Unit(id=by_row[each.row], organisation_id=organisation_id)
            _write(unit, read)
            session.add(unit)
            session.flush()
        elif each.changed:
            _apply(session, known[each.id], read)


def _begin(session: Session, actor: Actor) -> int:
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    return actor.organisation_id


def _count(session: Session, organisation_id: int) -> int:
    counted = select(func.count()).select_from(Unit)
    return session.scalar(counted.where(Unit.organisation_id == organisation_id)) or 0


def _told(unit: Unit) -> dict[str, Any]:
    return {
        "name": unit.name,
        "code": unit.code,
        "sector": unit.sector,
        "headcount": unit.headcount,
        "parent_id": unit.parent_id,
    }


def _read(session: Session, organisation_id: int, facts: UnitFacts, unit: Unit | None) -> UnitFacts:
    """The facts as they can be stored; every field that cannot be used is told at once."""
    refusals: list[Invalid] = []
    name, code, headcount = "", "", facts.headcount
    try:
        name = read_text(facts.name, "name", LONGEST_NAME, required=True)
    except Invalid as refusal:
        refusals.append(refusal)
    try:
        code = read_text(facts.code, "code", LONGEST_CODE)
    except Invalid as refusal:
        refusals.append(refusal)
    try:
        if headcount is not None:
            check_number(headcount, "headcount", HEADCOUNT)
    except Invalid as refusal:
        refusals.append(refusal)
    others = [u for u in known_units(session, organisation_id) if unit is None or u.id != unit.id]
    refusals += _place_refusals(session, organisation_id, facts, unit)
    codes = {folded(other.code) for other in others}
    if code and folded(code) in codes:
        refusals.append(Invalid("code", "code_taken"))
    beside = {folded(other.name) for other in others if other.parent_id == facts.parent_id}
    if name and folded(name) in beside:
        refusals.append(Invalid("name", "name_taken"))
    if refusals:
        raise Invalids(refusals)
    if not code:
        code = unit.code if unit is not None else free_code(name, codes)
    return UnitFacts(name, facts.sector, code, headcount, facts.parent_id)


def _place_refusals(
    session: Session, organisation_id: int, facts: UnitFacts, unit: Unit | None
) -> list[Invalid]:
    """What is wrong with where the unit shall stand: below itself, or too deep with those below it."""
    if facts.parent_id is None:
        return []
    owned_unit(session, organisation_id, facts.parent_id)
    parents = _parents(session, organisation_id)
    lineage = lineage_of(parents)
    above, height = len(lineage[facts.parent_id]), 1
    if unit is not None:
        below = with_those_below(parents, unit.id)
        if facts.parent_id in below:
            return [Invalid("parent", "below_itself")]
        height = max(len(lineage[each]) for each in below) - len(lineage[unit.id]) + 1
    if above + height > MOST_LEVELS:
        return [Invalid("parent", "too_many_levels", limit=MOST_LEVELS)]
    return []


def _parents(session: Session, organisation_id: int) -> dict[int, int | None]:
    session.flush()
    rows = session.execute(
        select(Unit.id, Unit.parent_id).where(Unit.organisation_id == organisation_id)
    )
    return {unit_id: parent_id for unit_id, parent_id in rows}  # noqa: C416 - rows are not pairs to the type checker


def _write(unit: Unit, read: UnitFacts) -> None:
    unit.name, unit.code, unit.sector = read.name, read.code, read.sector.value
    unit.headcount, unit.parent_id = read.headcount, read.parent_id


def _apply(session: Session, unit: Unit, read: UnitFacts) -> None:
    """Write the facts, and let the kept totals follow: the sector first, then the place."""
    organisation_id = unit.organisation_id
    if (unit.sector, unit.parent_id) != (read.sector.value, read.parent_id):
        parents = _parents(session, organisation_id)
        lineage = lineage_of(parents)
        if unit.sector != read.sector.value:
            children = [each for each, parent in parents.items() if parent == unit.id]
            sectors = (unit.sector, read.sector.value)
            change_sector_of_totals(session, organisation_id, lineage[unit.id], children, sectors)
        if unit.parent_id != read.parent_id:
            above = () if read.parent_id is None else lineage[read.parent_id]
            move_totals(session, organisation_id, unit.id, lineage[unit.id][1:], above)
    _write(unit, read)
    session.flush()
