"""Who sees which units: the one place that says which may be named, chosen and added up.

Two things decide. *How small a unit is*: too small ones are shown within an ancestor
(`timethief.domain.small_units`), to all but reviewers, whose work is the single tasks. *What somebody is*: a unit
manager (leadership that belongs to a unit) sees figures of that unit and those below; leadership of the whole,
support and administrators see all; staff see the whole organisation's figures, as everybody does, and by unit only
those of their own. What is out of reach answers as what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.people import Actor, Permission, Role
from timethief.domain.small_units import shown_as
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import Organisation
from timethief.storage.unit_tree import UnitNode, in_order, units_of, with_those_below


@dataclass(frozen=True, slots=True)
class VisibleUnits:
    """The units of an organisation as one person sees them; made once for a request.

    Attributes:
        organisation_id: whose they are.
        organisation: its name, for what belongs to no unit that is shown.
        tree: every unit, by id.
        shown: the unit that each is shown as; None for the whole organisation.
        within_reach: those that may be chosen.
        opens_at: the unit that figures are of where none is chosen; None for the whole organisation.
    """

    organisation_id: int
    organisation: str
    tree: Mapping[int, UnitNode]
    shown: Mapping[int, int | None]
    within_reach: frozenset[int]
    opens_at: int | None

    def name(self, unit_id: int) -> str:
        """The unit as it is named: its own name, or that of what it is shown within."""
        place = self.shown.get(unit_id)
        return self.organisation if place is None else self.tree[place].name

    def choices(self) -> tuple[UnitNode, ...]:
        """What there is to choose from, each followed by those below it."""
        return in_order(self.tree[unit_id] for unit_id in self.within_reach)

    def chosen(self, unit_id: int | None) -> int | None:
        """The unit that figures are of, where this one was chosen, or none.

        Raises:
            NotFound: it does not exist, is too small to be shown, or is out of reach.
        """
        if unit_id is None:
            return self.opens_at
        return self.check(unit_id)

    def check(self, unit_id: int) -> int:
        """The unit, if it may be chosen.

        Raises:
            NotFound: it does not exist, is too small to be shown, or is out of reach.
        """
        if unit_id not in self.within_reach:
            raise NotFound("unit")
        return unit_id

    def within(self, unit_id: int | None) -> frozenset[int]:
        """The units that may be chosen, of those of a part of the organisation, or of the whole."""
        if unit_id is None:
            return self.within_reach
        return self.within_reach & self.with_those_below(unit_id)

    def with_those_below(self, unit_id: int) -> frozenset[int]:
        """The unit and every unit below it, those that are shown within it too."""
        return with_those_below({each.id: each.parent_id for each in self.tree.values()}, unit_id)


_NAME = (
    select(Organisation.name)
    .where(Organisation.id == bindparam("organisation_id"))
    .execution_options(**{BOUND_BY: "organisation_id"})
)


def visible_units(session: Session, actor: Actor) -> VisibleUnits:
    """The units of the actor's organisation as the actor sees them."""
    tree = {unit.id: unit for unit in units_of(session, actor.organisation_id)}
    shown: Mapping[int, int | None]
    if actor.may(Permission.REVIEW_TASKS):
        shown = {unit_id: unit_id for unit_id in tree}
    else:
        shown = shown_as(tree)
    within_reach, opens_at = _reach(actor, tree, shown)
    return VisibleUnits(
        organisation_id=actor.organisation_id,
        organisation=session.connection().scalar(_NAME, {"organisation_id": actor.organisation_id})
        or "",
        tree=tree,
        shown=shown,
        within_reach=within_reach,
        opens_at=opens_at,
    )


def _reach(
    actor: Actor, tree: Mapping[int, UnitNode], shown: Mapping[int, int | None]
) -> tuple[frozenset[int], int | None]:
    """The units that the actor may choose, and the one that figures are of where none is chosen."""
    named = frozenset(unit_id for unit_id, place in shown.items() if place == unit_id)
    of_one_unit = actor.role is Role.STAFF or manages_a_unit(actor)
    if not of_one_unit:
        return named, None
    place = None if actor.unit_id is None else shown.get(actor.unit_id)
    if place is None:
        return frozenset(), None
    within = frozenset({place})
    if place == actor.unit_id:
        parents = {unit.id: unit.parent_id for unit in tree.values()}
        within = named & with_those_below(parents, place)
    # Else the unit is seen within its ancestor, which opens none of the ancestor's other units.
    return within, place if manages_a_unit(actor) else None


def manages_a_unit(actor: Actor) -> bool:
    """Whether the actor leads one unit, not the whole organisation."""
    return actor.role is Role.LEADERSHIP and actor.unit_id is not None
