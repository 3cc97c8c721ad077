"""What an organisation says of itself on the pages that are open to all."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.public_statements import PublicStatements, checked, from_stored, to_store
from timethief.domain.seen import as_seen, check_seen
from timethief.services import audit
from timethief.storage.tables import Organisation
from timethief.storage.turns import take_turn


def seen_statements(statements: PublicStatements) -> str:
    """A print of the statements as they stand, for the form that changes them."""
    return as_seen(to_store(statements))


def change(
    session: Session,
    actor: Actor,
    given: PublicStatements,
    seen: str,
    today: date,
    now: datetime,
) -> None:
    """Say this from now on. It counts as gone through today, also where nothing has changed.

    Raises:
        NotAllowed: the actor may not change the organisation.
        Invalids: `timethief.domain.public_statements.checked`.
        Conflict: somebody changed it meanwhile.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    take_turn(session, actor.organisation_id)
    row = session.get_one(Organisation, actor.organisation_id, populate_existing=True)
    before = to_store(from_stored(row.statements))
    check_seen(before, seen)
    after = to_store(checked(given, today))
    row.statements = {**row.statements, **after}
    audit.record(
        session,
        actor,
        Act.STATEMENTS_CHANGED,
        "organisation",
        before=_flat(before),
        after=_flat(after),
        now=now,
    )


def _flat(stored: dict[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in stored.items():
        found |= value if isinstance(value, dict) else {name: value}
    return found
