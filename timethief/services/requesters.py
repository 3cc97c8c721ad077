"""Finding the requester that somebody means, and adding one that nobody has named before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.intake import RequesterName
from timethief.domain.names import folded
from timethief.domain.vocabulary import Level
from timethief.storage.tables import Requester, RequesterAlias

LONGEST_NAME = 200
_AT_ONCE = 500
"""Names that are asked for by one query."""


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
    requester = Requester(**columns_of_new(organisation_id, meant))
    session.add(requester)
    session.flush()
    return requester


def columns_of_new(organisation_id: int, meant: RequesterName) -> dict[str, Any]:
    """What is stored of a requester that nobody has named before."""
    return {
        "organisation_id": organisation_id,
        "level": (meant.level or Level.OTHER).value,
        "name": " ".join(meant.name.split()),
        "folded_name": name_key(meant.name),
        "verified": False,
    }


def find(session: Session, organisation_id: int, meant: RequesterName) -> Requester | None:
    """The known requester of that name; a body that is gone leads to its successor."""
    return find_all(session, organisation_id, [meant]).get(meant)


def find_all(
    session: Session, organisation_id: int, meant: Collection[RequesterName]
) -> dict[RequesterName, Requester]:
    """The known requesters of these names; bodies that are gone lead to their successors."""
    wanted = sorted({name_key(each.name) for each in meant})
    by_name: dict[str, dict[int, Requester]] = defaultdict(dict)
    for start in range(0, len(wanted), _AT_ONCE):
        names = wanted[start : start + _AT_ONCE]
        for requester, alias in session.execute(_of_names(organisation_id, names)):
            for name in (requester.folded_name, alias):
                by_name[name][requester.id] = requester
    found = {}
    for each in meant:
        name = name_key(each.name)
        fitting = [
            requester
            for requester in by_name.get(name, {}).values()
            if each.level is None or requester.level == each.level.value
        ]
        if fitting:
            found[each] = _successor(session, _best(fitting, name))
    return found


def unknown_names(
    session: Session, organisation_id: int, meant: Iterable[RequesterName]
) -> list[str]:
    """Names that stand for no known requester yet, each once, in the order given."""
    first: dict[tuple[Level | None, str], RequesterName] = {}
    for each in meant:
        first.setdefault((each.level, name_key(each.name)), each)
    found = find_all(session, organisation_id, first.values())
    return [" ".join(each.name.split()) for each in first.values() if each not in found]


def _of_names(organisation_id: int, names: Sequence[str]) -> Select[Requester, str]:
    """Requesters, each with every other name that it has."""
    visible = or_(Requester.organisation_id.is_(None), Requester.organisation_id == organisation_id)
    return (
        select(Requester, RequesterAlias.folded_name)
        .outerjoin(RequesterAlias, RequesterAlias.requester_id == Requester.id)
        .where(
            visible, or_(Requester.folded_name.in_(names), RequesterAlias.folded_name.in_(names))
        )
    )


def _best(fitting: Iterable[Requester], name: str) -> Requester:
    return min(
        fitting,
        key=lambda each: (
            each.organisation_id is None,
            each.folded_name != name,
            not each.active,
            each.id,
        ),
    )


def name_key(name: str) -> str:
    """What names are compared by; folding may make a name longer than there is room for."""
    return folded(name)[:LONGEST_NAME]


def _successor(session: Session, requester: Requester) -> Requester:
    seen = {requester.id}
    while requester.successor_id is not None and requester.successor_id not in seen:
        requester = session.get_one(Requester, requester.successor_id)
        seen.add(requester.id)
    return requester
