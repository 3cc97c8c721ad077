"""One line of the trail for each administrative act, in the transaction that carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from timethief.domain.audit import Act, told
from timethief.domain.people import Actor
from timethief.storage.binding import OrganisationSession
from timethief.storage.tables import AuditEvent


def record(  # noqa: PLR0913 - an act has so many sides
    session: Session,
    actor: Actor | None,
    act: Act,
    subject: str,
    *,
    reference: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
    organisation_id: int | None = None,
) -> None:
    """Add a line; of what stood before and after only what differs is kept.

    Args:
        session: writing, the one that carries the act out.
        actor: who did it; None for a command or a job.
        act: what was done.
        subject: the kind of thing that it was done to, as "unit".
        reference: which of them: its identifier as it stands in addresses, or its code.
        before: what stood there.
        after: what stands there now.
        now: time of the act.
        organisation_id: whose trail; needed only where neither actor nor session tell it.
    """
    old, new = told(before or {}), told(after or {})
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    session.add(
        AuditEvent(
            organisation_id=_owner(session, actor, organisation_id),
            happened_at=now,
            user_id=None if actor is None else actor.user_id,
            role="" if actor is None else actor.role.value,
            act=act.value,
            subject=subject,
            reference=reference,
            before={name: old[name] for name in old if name in changed},
            after={name: new[name] for name in new if name in changed},
        )
    )


def _owner(session: Session, actor: Actor | None, organisation_id: int | None) -> int:
    if organisation_id is not None:
        return organisation_id
    if isinstance(session, OrganisationSession):
        return session.organisation_id
    if actor is None:
        message = "it does not say in whose trail the act stands"
        raise ValueError(message)
    return actor.organisation_id
