"""Finding what a requester asks for by its title, and adding what nobody has named before."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from timethief.domain.names import folded
from timethief.domain.vocabulary import Binding
from timethief.storage.tables import Requirement

LONGEST_TITLE = 200
_AT_ONCE = 200
"""Requirements that are asked for by one query."""


def find_or_add_requirement(
    session: Session,
    organisation_id: int,
    requester_id: int,
    title: str,
    binding: Binding,
    legal_basis: str,
) -> int:
    """The requirement of that title, the organisation's own first; else a new one.

    Args:
        session: writing.
        organisation_id: whose requirement it becomes.
        requester_id: who asks for it.
        title: as written.
        binding: what obliges the organisation, for a new one.
        legal_basis: likewise.
    """
    key = (requester_id, requirement_key(title))
    found = find_requirements(session, [key]).get(key)
    if found is not None:
        return found
    added = Requirement(
        **columns_of_new_requirement(organisation_id, requester_id, title, binding, legal_basis)
    )
    session.add(added)
    session.flush()
    return added.id


def requirement_key(title: str) -> str:
    """What titles are compared by; folding may make one longer than there is room for."""
    return folded(title)[:LONGEST_TITLE]


def find_requirements(
    session: Session, keys: Collection[tuple[int, str]]
) -> dict[tuple[int, str], int]:
    """The known requirements by requester and key; the organisation's own goes before one that all share."""
    found: dict[tuple[int, str], tuple[bool, int]] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        rows = session.execute(
            select(
                Requirement.requester_id,
                Requirement.folded_title,
                Requirement.organisation_id,
                Requirement.id,
            ).where(tuple_(Requirement.requester_id, Requirement.folded_title).in_(part))
        )
        for requester_id, title, owner, identifier in rows:
            rank, key = (owner is None, identifier), (requester_id, title)
            found[key] = min(found.get(key, rank), rank)
    return {key: identifier for key, (_, identifier) in found.items()}


def columns_of_new_requirement(
    organisation_id: int, requester_id: int, title: str, binding: Binding, legal_basis: str
) -> dict[str, Any]:
    """What is stored of a requirement that nobody has named before."""
    return {
        "organisation_id": organisation_id,
        "requester_id": requester_id,
        "title": title,
        "folded_title": requirement_key(title),
        "binding": binding.value,
        "legal_basis": legal_basis,
    }
