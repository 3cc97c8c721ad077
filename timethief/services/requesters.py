"""Finding the requester that somebody means, and adding one that nobody has named before."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.intake import RequesterName
from timethief.domain.names import folded
from timethief.domain.vocabulary import Level
from timethief.storage.tables import Requester, RequesterAlias

LONGEST_NAME = 200


def requester_of(session: Session, organisation_id: int, requester_id: int) -> Requester:
    """A requester of the organisation or of the shared registers.

    Raises:
        NotFound: it is neither.
    """
    requester = session.get(Requester, requester_id)
    if requester is None or requester.organisation_id not in (None, organisation_id):
        raise NotFound("requester")
    return requester


def find_or_add(session: Session, organisation_id: int, meant: RequesterName) -> Requester:
    """The requester of that name: the organisation's own first, then the registers, their aliases, their
    successors; else a new one, unverified until somebody has looked at it.
    """  # noqa: D205 - one sentence
    found = find(session, organisation_id, meant)
    if found is not None:
        return found
    requester = Requester(
        organisation_id=organisation_id,
        level=(meant.level or Level.OTHER).value,
        name=" ".join(meant.name.split()),
        folded_name=_key(meant.name),
        verified=False,
    )
    session.add(requester)
    session.flush()
    return requester


def find(session: Session, organisation_id: int, meant: RequesterName) -> Requester | None:
    """The known requester of that name; a body that is gone leads to its successor."""
    name = _key(meant.name)
    visible = or_(Requester.organisation_id.is_(None), Requester.organisation_id == organisation_id)
    query = (
        select(Requester)
        .outerjoin(RequesterAlias, RequesterAlias.requester_id == Requester.id)
        .where(visible, or_(Requester.folded_name == name, RequesterAlias.folded_name == name))
    )
    if meant.level is not None:
        query = query.where(Requester.level == meant.level.value)
    found = session.scalars(query).unique().all()
    if not found:
        return None
    best = min(
        found,
        key=lambda each: (
            each.organisation_id is None,
            each.folded_name != name,
            not each.active,
            each.id,
        ),
    )
    return _successor(session, best)


def _key(name: str) -> str:
    """What names are compared by; folding may make a name longer than there is room for."""
    return folded(name)[:LONGEST_NAME]


def _successor(session: Session, requester: Requester) -> Requester:
    seen = {requester.id}
    while requester.successor_id is not None and requester.successor_id not in seen:
        requester = session.get_one(Requester, requester.successor_id)
        seen.add(requester.id)
    return requester
