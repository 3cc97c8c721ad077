"""The figures of an organisation that may be open to all, read for those who decide whether they shall be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotAllowed
from timethief.domain.identifiers import to_text
from timethief.domain.measures import Measures
from timethief.domain.open_data import OpenDataFacts, OpenPart, Part, from_stored, opened
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.small_units import shown_as
from timethief.domain.vocabulary import Cause, Level, Verdict
from timethief.queries.report_figures import MonthOfReports, months_of_reports, smallest_count
from timethief.queries.totals import Scope, grouped_many, totals_of_units
from timethief.queries.visible_units import manages_a_unit, visible_units
from timethief.storage.assumptions import policy_in_force
from timethief.storage.tables import Organisation, Requester, Requirement
from timethief.storage.totals import NO_KEY
from timethief.storage.unit_tree import UnitNode

FLAGGED, NOT_FLAGGED = "flagged", "not_flagged"


@dataclass(frozen=True, slots=True)
class OpenData:
    """What the file holds.

    Attributes:
        day: of which the tasks' figures are.
        smallest: the number of tasks and of reports below which nothing is told.
        requesters: by level, then requester, then requirement; None where there are too few tasks for anything.
        verdicts: by whether it is a time thief, then verdict.
        causes: of the time thieves.
        units: by unit, then those below it.
        months: what has been published of anonymous reports, newest first.
        names: of requesters, requirements and units, by their keys.
    """

    code: str
    organisation: str
    kind: str
    language: str
    facts: OpenDataFacts
    day: date
    policy_version: int
    fte_hours: float
    smallest: int
    requesters: OpenPart | None
    verdicts: OpenPart | None
    causes: OpenPart | None
    units: OpenPart | None
    months: Sequence[MonthOfReports]
    names: Mapping[str, str]


def open_data(session: Session, actor: Actor, today: date) -> OpenData:
    """What may be open to all.

    Raises:
        NotAllowed: the actor is not one of those who decide on it, or leads one unit only.
    """
    ensure(actor, Permission.SHARE_OPEN_DATA)
    if manages_a_unit(actor):
        raise NotAllowed(Permission.SHARE_OPEN_DATA)
    own = actor.organisation_id
    row = session.get_one(Organisation, own)
    policy = policy_in_force(session, own)
    smallest = smallest_count(session, own)
    dimensions = ("all", "level", "requester", "requirement", "verdict", "cause")
    kept: dict[str, dict[str, Measures]] = defaultdict(dict)
    for (dimension, key), measures in grouped_many(session, Scope(own), dimensions).items():
        kept[dimension][key] = measures
    whole = kept["all"].get(NO_KEY, Measures())
    requesters = _named_requesters(session, kept["requester"])
    requirements = _named_requirements(session, kept["requirement"])
    units = visible_units(session, actor)
    by_level = Part("all", whole, _by_level(kept, requesters, requirements))
    verdicts = opened(Part("all", whole, _by_flag(kept["verdict"])), smallest, policy.fte_hours)
    by_unit = Part("all", whole, _by_unit(session, own, units.tree))
    names = {to_text(each): name for each, (name, _) in requesters.items()}
    names |= {to_text(each): title for each, (title, _) in requirements.items()}
    names |= {to_text(unit.id): unit.name for unit in units.tree.values()}
    return OpenData(
        code=row.code,
        organisation=row.name,
        kind=row.kind,
        language=row.language,
        facts=from_stored(row.statements),
        day=today,
        policy_version=policy.version,
        fte_hours=policy.fte_hours,
        smallest=smallest,
        requesters=opened(by_level, smallest, policy.fte_hours),
        verdicts=verdicts,
        causes=_causes(verdicts, kept["cause"], smallest, policy.fte_hours),
        units=opened(by_unit, smallest, policy.fte_hours),
        months=months_of_reports(session, actor, units) or (),
        names=names,
    )


def _named_requesters(session: Session, kept: Mapping[str, Measures]) -> dict[int, tuple[str, str]]:
    """Name and level of the requesters that may be named: of the registers, or looked at and found right."""
    rows = session.execute(
        select(Requester.id, Requester.name, Requester.level).where(
            Requester.id.in_([int(key) for key in kept]),
            Requester.organisation_id.is_(None) | Requester.verified.is_(True),
        )
    )
    return {row.id: (row.name, row.level) for row in rows}


def _named_requirements(
    session: Session, kept: Mapping[str, Measures]
) -> dict[int, tuple[str, int]]:
    """Title and requester of the requirements that may be named: those of the registers; others are free text."""
    rows = session.execute(
        select(Requirement.id, Requirement.title, Requirement.requester_id).where(
            Requirement.id.in_([int(key) for key in kept]), Requirement.organisation_id.is_(None)
        )
    )
    return {row.id: (row.title, row.requester_id) for row in rows}


def _by_level(
    kept: Mapping[str, Mapping[str, Measures]],
    requesters: Mapping[int, tuple[str, str]],
    requirements: Mapping[int, tuple[str, int]],
) -> tuple[Part, ...]:
    asked: dict[int, list[Part]] = defaultdict(list)
    for requirement_id, (_, requester_id) in requirements.items():
        measures = kept["requirement"][str(requirement_id)]
        asked[requester_id].append(Part(to_text(requirement_id), measures))
    asking: dict[str, list[Part]] = defaultdict(list)
    for requester_id, (_, level) in requesters.items():
        measures = kept["requester"][str(requester_id)]
        part = Part(to_text(requester_id), measures, tuple(asked[requester_id]))
        asking[level].append(part)
    return tuple(
        Part(level.value, kept["level"][level.value], tuple(asking[level.value]))
        for level in Level
        if level.value in kept["level"]
    )


def _by_flag(verdicts: Mapping[str, Measures]) -> tuple[Part, ...]:
    found = []
    for key, flagged in ((FLAGGED, True), (NOT_FLAGGED, False)):
        within = [each for each in Verdict if each.flagged is flagged and each.value in verdicts]
        parts = tuple(Part(each.value, verdicts[each.value]) for each in within)
        found.append(Part(key, _sum(part.whole for part in parts), parts))
    return tuple(found)


def _causes(
    verdicts: OpenPart | None, kept: Mapping[str, Measures], smallest: int, fte_hours: float
) -> OpenPart | None:
    """The causes of the time thieves, where it may be told how many those are: else their sum would tell it."""
    if verdicts is None or all(part.key != FLAGGED for part in verdicts.parts):
        return None
    parts = tuple(Part(each.value, kept[each.value]) for each in Cause if each.value in kept)
    return opened(Part(FLAGGED, _sum(part.whole for part in parts), parts), smallest, fte_hours)


def _by_unit(session: Session, own: int, tree: Mapping[int, UnitNode]) -> tuple[Part, ...]:
    """The units that are large enough for everybody, whoever asks, each with those below it."""
    shown = {unit_id for unit_id, place in shown_as(tree).items() if place == unit_id}
    totals = totals_of_units(session, Scope(own), shown)
    below: dict[int | None, list[int]] = defaultdict(list)
    for unit_id in sorted(shown):
        below[tree[unit_id].parent_id].append(unit_id)

    def parts(unit_id: int | None) -> tuple[Part, ...]:
        return tuple(
            Part(to_text(each), totals.get(each, Measures()), parts(each))
            for each in below[unit_id]
        )

    return parts(None)


def _sum(measures: Iterable[Measures]) -> Measures:
    found = Measures()
    for each in measures:
        found = found.plus(each)
    return found
