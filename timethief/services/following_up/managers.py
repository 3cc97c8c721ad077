"""Who is written to about a unit: those who lead it, or the nearest unit above that somebody leads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.cases import FunctionKind
from timethief.domain.people import Role
from timethief.storage.assumptions import lineage_of
from timethief.storage.tables import FunctionMember, SupportFunction, Unit, User


@dataclass(frozen=True, slots=True)
class Managers:
    """The managers of an organisation's units.

    Attributes:
        by_unit: who leads each unit that somebody leads.
        lineage: for each unit, itself and all units above it, nearest first.
        support: those who work in support functions, for what nobody leads.
    """

    by_unit: Mapping[int, Sequence[User]]
    lineage: Mapping[int, tuple[int, ...]]
    support: Sequence[User]

    def of(self, unit_id: int) -> Sequence[User]:
        """Who leads the unit, or the nearest one above; nobody where nobody leads any of them."""
        places = self.lineage.get(unit_id, ())
        return next((self.by_unit[each] for each in places if each in self.by_unit), ())


def managers(session: Session, organisation_id: int) -> Managers:
    """The managers of the organisation's units, as of now."""
    by_unit = defaultdict(list)
    leading = session.scalars(
        select(User)
        .where(
            User.organisation_id == organisation_id,
            User.active.is_(True),
            User.role == Role.LEADERSHIP.value,
            User.unit_id.is_not(None),
        )
        .order_by(User.id)
    )
    for user in leading:
        if user.unit_id is not None:
            by_unit[user.unit_id].append(user)
    rows = session.execute(
        select(Unit.id, Unit.parent_id).where(Unit.organisation_id == organisation_id)
    )
    parents = {unit_id: parent_id for unit_id, parent_id in rows}  # noqa: C416 - rows are no pairs to the type checker
    support = session.scalars(
        select(User)
        .join(FunctionMember, FunctionMember.user_id == User.id)
        .join(SupportFunction, SupportFunction.id == FunctionMember.function_id)
        .where(
            User.organisation_id == organisation_id,
            FunctionMember.organisation_id == organisation_id,
            SupportFunction.organisation_id == organisation_id,
            User.active.is_(True),
            SupportFunction.active.is_(True),
            SupportFunction.kind == FunctionKind.SUPPORT.value,
        )
        .order_by(User.id)
        .distinct()
    ).all()
    return Managers(dict(by_unit), lineage_of(parents), support)
