"""What an organisation says of its open data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.open_data import OpenDataFacts, checked, from_stored, to_store
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.seen import as_seen, check_seen
from timethief.services import audit
from timethief.storage.tables import Organisation
from timethief.storage.turns import take_turn


def seen_facts(facts: OpenDataFacts) -> str:
    """A print of the facts as they stand, for the form that changes them."""
    return as_seen(to_store(facts))


def note_taken_out(session: Session, actor: Actor, now: datetime) -> None:
    """The figures are taken out, to be published.

    Raises:
        NotAllowed: the actor may not.
    """
    ensure(actor, Permission.SHARE_OPEN_DATA)
    audit.record(session, actor, Act.OPEN_DATA_TAKEN_OUT, "organisation", now=now)


def change(session: Session, actor: Actor, given: OpenDataFacts, seen: str, now: datetime) -> None:
    """Say this from now on.

    Raises:
        NotAllowed: the actor may not change the organisation.
        Invalids: `timethief.domain.open_data.checked`.
        Conflict: somebody changed it meanwhile.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    row = session.get_one(Organisation, actor.organisation_id, populate_existing=True)
    before = to_store(from_stored(row.statements))
    check_seen(before, seen)
    after = to_store(checked(given))
    if after == before:
        return
    row.statements = {**row.statements, "open_data": after}
    audit.record(
        session,
        actor,
        Act.OPEN_DATA_CHANGED,
        "organisation",
        before=before,
        after=after,
        now=now,
    )
