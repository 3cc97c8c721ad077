"""Who asks for tasks, what it costs in all, and what of it is confirmed as used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.measures import Measures
from timethief.domain.names import alphabetical, folded
from timethief.domain.policy import Policy
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import InventoryLine, page
from timethief.queries.refusals import Refusal, refusals
from timethief.queries.totals import Figures, Scope, grouped, grouped_many, total
from timethief.queries.visible_units import VisibleUnits
from timethief.storage.assumptions import policy_in_force
from timethief.storage.tables import Requester, RequesterAlias, Requirement
from timethief.storage.totals import NO_KEY

TASKS_SHOWN = 10
LINES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class RequesterLine:
    """A requester as the list shows it."""

    id: str
    name: str
    level: str
    verified: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class RequesterList:
    """The requesters that tasks name, largest first.

    Attributes:
        lines: the largest of them, as many as were asked for.
        count: how many there are in all that meet level and words.
        levels: what each level asks for, by its code.
        whole: the total of all levels.
        policy_version: what the tasks are assessed by.
    """

    lines: tuple[RequesterLine, ...]
    count: int
    levels: Mapping[str, Figures]
    whole: Figures
    policy_version: int


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """One thing that a requester asks for; `refusal` where the organisation says no to it."""

    id: str
    title: str
    binding: str
    legal_basis: str
    grant_sek_per_year: float | None
    figures: Figures
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class RequesterPage:
    """What one requester asks for and what it costs the organisation.

    Attributes:
        successor: name of who took over, where the body is gone.
        requirements: with what answering each costs, largest first.
        tasks: the ones that cost most.
    """

    id: str
    name: str
    level: str
    official_code: str | None
    verified: bool
    aliases: tuple[str, ...]
    successor: str | None
    figures: Figures
    whole: Figures
    requirements: tuple[RequirementLine, ...]
    tasks: tuple[InventoryLine, ...]


def requester_list(
    session: Session,
    units: VisibleUnits,
    level: str | None = None,
    q: str = "",
    most: int | None = LINES_SHOWN,
) -> RequesterList:
    """The requesters of the tasks that the reader's figures are of, whose names hold some words.

    Args:
        session: reading.
        units: as the reader sees them: a unit manager gets the figures of the own unit.
        level: None for all.
        q: words; empty for all.
        most: lines that are given; None for all of them.
    """
    policy = policy_in_force(session, units.organisation_id)
    kept = grouped_many(session, _scope(units), ("all", "level", "requester"))
    figures = {place: Figures.of(total, policy.fte_hours) for place, total in kept.items()}
    asked = [int(key) for dimension, key in kept if dimension == "requester"]
    wanted = select(Requester.id, Requester.name, Requester.level, Requester.verified).where(
        Requester.id.in_(asked)
    )
    if level is not None:
        wanted = wanted.where(Requester.level == level)
    for word in folded(q).split():
        wanted = wanted.where(Requester.folded_name.contains(word, autoescape=True))
    lines = [
        RequesterLine(
            to_text(requester_id), name, at, verified, figures["requester", str(requester_id)]
        )
        for requester_id, name, at, verified in session.execute(wanted)
    ]
    lines.sort(key=lambda line: (-line.figures.cost_hours.likely, alphabetical(line.name)))
    return RequesterList(
        lines=tuple(lines[:most]),
        count=len(lines),
        levels={key: each for (dimension, key), each in figures.items() if dimension == "level"},
        whole=figures.get(("all", NO_KEY), Figures.of(Measures(), policy.fte_hours)),
        policy_version=policy.version,
    )


def _scope(units: VisibleUnits) -> Scope:
    return Scope(units.organisation_id, units.opens_at)


def requester_page(session: Session, units: VisibleUnits, requester_id: int) -> RequesterPage:
    """One requester.

    Raises:
        NotFound: it is neither the organisation's nor of the shared registers.
    """
    organisation_id = units.organisation_id
    requester = session.get(Requester, requester_id)
    if requester is None or requester.organisation_id not in (None, organisation_id):
        raise NotFound("requester")
    policy = policy_in_force(session, organisation_id)
    scope = _scope(units)
    measures = grouped(session, scope, "requester").get(str(requester_id), Measures())
    wanted = TaskFilter(unit=units.opens_at, requester=requester_id)
    tasks = page(session, units, wanted, Sort.COST, limit=TASKS_SHOWN)
    successor = (
        None if requester.successor_id is None else session.get(Requester, requester.successor_id)
    )
    return RequesterPage(
        id=to_text(requester.id),
        name=requester.name,
        level=requester.level,
        official_code=requester.official_code,
        verified=requester.verified,
        aliases=tuple(
            session.scalars(
                select(RequesterAlias.name)
                .where(RequesterAlias.requester_id == requester.id)
                .order_by(RequesterAlias.folded_name)
            )
        ),
        successor=successor.name if successor else None,
        figures=Figures.of(measures, policy.fte_hours),
        whole=Figures.of(total(session, scope), policy.fte_hours),
        requirements=_requirements(session, scope, requester_id, policy),
        tasks=tasks.lines,
    )


def _requirements(
    session: Session, scope: Scope, requester_id: int, policy: Policy
) -> tuple[RequirementLine, ...]:
    rows = session.scalars(
        select(Requirement).where(
            Requirement.requester_id == requester_id,
            or_(
                Requirement.organisation_id.is_(None),
                Requirement.organisation_id == scope.organisation_id,
            ),
        )
    ).all()
    totals = grouped_many(session, scope, ["requirement"]) if rows else {}
    refused = refusals(session, scope.organisation_id, [row.id for row in rows])
    lines = [
        RequirementLine(
            to_text(row.id),
            row.title,
            row.binding,
            row.legal_basis,
            row.grant_sek_per_year,
            Figures.of(totals.get(("requirement", str(row.id)), Measures()), policy.fte_hours),
            refused.get(row.id),
        )
        for row in rows
    ]
    lines.sort(key=lambda line: (-line.figures.cost_hours.likely, alphabetical(line.title)))
    return tuple(lines)
