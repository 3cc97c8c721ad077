"""What the organisation did about time thieves, written down so that others can do it too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.names import folded
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.playbook import Practice
from timethief.services import audit
from timethief.services.sent_forms import earlier_numbers, remember
from timethief.storage.tables import PlaybookEntry


def add(session: Session, actor: Actor, practice: Practice, key: str, now: datetime) -> int:
    """Write down what was done; its identifier.

    Args:
        session: writing.
        actor: a reviewer.
        practice: what was done.
        key: of the form; sent again it adds nothing.
        now: time of the act.

    Raises:
        NotAllowed: the actor may not.
        Conflict: reason `form_of_another`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    earlier = earlier_numbers(session, actor.organisation_id, key)
    if earlier is not None:
        return earlier[0]
    entry = PlaybookEntry(
        organisation_id=actor.organisation_id, added_on=now.date(), version=1, **_columns(practice)
    )
    session.add(entry)
    session.flush()
    remember(session, actor.organisation_id, key, str(entry.id), now)
    _note(session, actor, entry, Act.PLAYBOOK_ENTRY_ADDED, now)
    return entry.id


def change(
    session: Session, actor: Actor, entry_id: int, practice: Practice, version: int, now: datetime
) -> None:
    """Tell it otherwise.

    Raises:
        NotAllowed: the actor may not.
        NotFound: no such entry of the organisation.
        Conflict: somebody else changed it meanwhile.
    """
    entry = owned_entry(session, actor, entry_id)
    if entry.version != version:
        raise Conflict("changed_meanwhile")
    for name, value in _columns(practice).items():
        setattr(entry, name, value)
    entry.version += 1
    _note(session, actor, entry, Act.PLAYBOOK_ENTRY_CHANGED, now)


def remove(session: Session, actor: Actor, entry_id: int, now: datetime) -> None:
    """Take it away.

    Raises:
        NotAllowed, NotFound: as `change`.
    """
    entry = owned_entry(session, actor, entry_id)
    _note(session, actor, entry, Act.PLAYBOOK_ENTRY_REMOVED, now)
    session.delete(entry)


def owned_entry(session: Session, actor: Actor, entry_id: int) -> PlaybookEntry:
    """An entry that the actor may change.

    Raises:
        NotAllowed, NotFound: as `change`.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    entry = session.get(PlaybookEntry, entry_id)
    if entry is None or entry.organisation_id != actor.organisation_id:
        raise NotFound("example")
    return entry


def _columns(practice: Practice) -> dict[str, str | float | None]:
    texts = (practice.title, practice.where, practice.done, practice.effect)
    return {
        "title": practice.title,
        "where": practice.where,
        "done": practice.done,
        "effect": practice.effect,
        "action": practice.action.value,
        "signals": " ".join(sorted(practice.signals)),
        "causes": " ".join(sorted(practice.causes)),
        "freed_hours": practice.freed_hours,
        "folded_text": folded(" ".join(texts)),
    }


def _note(session: Session, actor: Actor, entry: PlaybookEntry, act: Act, now: datetime) -> None:
    after = {"title": entry.title, "action": entry.action}
    audit.record(
        session, actor, act, "playbook_entry", reference=to_text(entry.id), after=after, now=now
    )
