"""The requesters that an organisation can name, as its administrator sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.names import folded
from timethief.storage.tables import Requester, RequesterAlias, Total
from timethief.storage.totals import ALL_LEVELS, WHOLE_ORGANISATION

LINES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RequesterLine:
    """A requester in the list.

    Attributes:
        own: the organisation has added it, and may change it.
        successor: (id, name) of what it has been merged into.
    """

    id: str
    name: str
    level: str
    verified: bool
    own: bool
    tasks: int
    successor: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class RequesterList:
    """A page of requesters, by name; `next` is where the next one begins."""

    lines: tuple[RequesterLine, ...]
    next: str | None


def requesters(
    session: Session,
    organisation_id: int,
    q: str = "",
    after: int | None = None,
    *,
    everyone: bool = False,
) -> RequesterList:
    """The organisation's own requesters, or all that it can name, by name.

    Args:
        session: reading.
        organisation_id: the organisation.
        q: words that the name or another name holds.
        after: the last one of the page before.
        everyone: those of the registers too.

    Raises:
        NotFound: there is no requester `after` which to begin.
    """
    query = select(Requester)
    if everyone:
        own_or_shared = (
            Requester.organisation_id.is_(None),
            Requester.organisation_id == organisation_id,
        )
        query = query.where(or_(*own_or_shared))
    else:
        query = query.where(Requester.organisation_id == organisation_id)
    for word in folded(q).split():
        also = select(RequesterAlias.requester_id).where(
            RequesterAlias.folded_name.contains(word, autoescape=True)
        )
        query = query.where(
            or_(Requester.folded_name.contains(word, autoescape=True), Requester.id.in_(also))
        )
    if after is not None:
        last = session.get(Requester, after)
        if last is None:
            raise NotFound("requester")
        query = query.where(
            or_(
                Requester.folded_name > last.folded_name,
                (Requester.folded_name == last.folded_name) & (Requester.id > last.id),
            )
        )
    rows = session.scalars(
        query.order_by(Requester.folded_name, Requester.id).limit(LINES_SHOWN + 1)
    ).all()
    shown = rows[:LINES_SHOWN]
    tasks = _tasks_by_requester(session, organisation_id, [row.id for row in shown])
    names = _names(session, [row.successor_id for row in shown if row.successor_id])
    return RequesterList(
        tuple(
            RequesterLine(
                to_text(row.id),
                row.name,
                row.level,
                row.verified,
                row.organisation_id is not None,
                tasks.get(row.id, 0),
                None
                if row.successor_id is None
                else (to_text(row.successor_id), names[row.successor_id]),
            )
            for row in shown
        ),
        to_text(shown[-1].id) if len(rows) > LINES_SHOWN else None,
    )


def requester_line(session: Session, organisation_id: int, requester_id: int) -> RequesterLine:
    """One requester.

    Raises:
        NotFound: it is neither the organisation's nor of the registers.
    """
    row = session.get(Requester, requester_id)
    if row is None or row.organisation_id not in (None, organisation_id):
        raise NotFound("requester")
    names = _names(session, [row.successor_id] if row.successor_id else [])
    return RequesterLine(
        to_text(row.id),
        row.name,
        row.level,
        row.verified,
        row.organisation_id is not None,
        _tasks_by_requester(session, organisation_id, [row.id]).get(row.id, 0),
        None if row.successor_id is None else (to_text(row.successor_id), names[row.successor_id]),
    )


def other_names(session: Session, requester_id: int, *, own: bool) -> tuple[str, ...]:
    """The other names of a requester: those that the organisation gave it, or those of the registers."""
    owner = RequesterAlias.organisation_id
    rows = session.scalars(
        select(RequesterAlias.name)
        .where(
            RequesterAlias.requester_id == requester_id,
            owner.is_not(None) if own else owner.is_(None),
        )
        .order_by(RequesterAlias.folded_name)
    )
    return tuple(rows)


def _tasks_by_requester(
    session: Session, organisation_id: int, ids: Sequence[int]
) -> dict[int, int]:
    rows = session.execute(
        select(Total.key, Total.tasks).where(
            Total.organisation_id == organisation_id,
            Total.unit_id == WHOLE_ORGANISATION,
            Total.level == ALL_LEVELS,
            Total.dimension == "requester",
            Total.key.in_([str(each) for each in ids]),
        )
    )
    return {int(key): tasks for key, tasks in rows}


def _names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(Requester.id, Requester.name).where(Requester.id.in_(ids)))
    return {requester_id: name for requester_id, name in rows}  # noqa: C416 - rows are not pairs to the type checker
