"""What an organisation is called, speaks and calls those it is there for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from timethief.domain.audit import Act
from timethief.domain.disclosure import SMALLEST_COUNT
from timethief.domain.errors import Invalid, Invalids
from timethief.domain.numbers import Limits, check_number
from timethief.domain.people import Actor, Permission, ensure
from timethief.domain.seen import as_seen, check_seen
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import ClientWord, OrganisationKind
from timethief.i18n import LANGUAGES
from timethief.services.audit import record
from timethief.services.sent_forms import earlier_result, remember
from timethief.storage.tables import Organisation
from timethief.storage.turns import take_turn

LONGEST_NAME = 200
SMALLEST_COUNTS = Limits(least=SMALLEST_COUNT, most=50, whole=True)
"""How many reports there must be for a figure about reports to be shown: never fewer than five."""


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An organisation as its administrator wants it."""

    name: str
    kind: OrganisationKind
    language: str
    client_word: ClientWord
    smallest_count: int


def organisation_facts(session: Session, organisation_id: int) -> OrganisationFacts:
    """The organisation as it stands."""
    row = session.get_one(Organisation, organisation_id)
    return OrganisationFacts(
        row.name,
        OrganisationKind(row.kind),
        row.language,
        ClientWord(row.client_word),
        row.smallest_count,
    )


def seen_organisation(facts: OrganisationFacts) -> str:
    """A print of the organisation as it stands, for the form that changes it."""
    return as_seen(_told(facts))


def change(
    session: Session,
    actor: Actor,
    facts: OrganisationFacts,
    seen: str,
    key: str,
    now: datetime,
) -> None:
    """Call the organisation and its people by these words.

    Raises:
        NotAllowed: the actor may not change the organisation.
        Invalids: a name, language or number that cannot be used.
        Conflict: somebody changed it meanwhile.
    """
    ensure(actor, Permission.MANAGE_ORGANISATION)
    organisation_id = actor.organisation_id
    take_turn(session, organisation_id)
    if earlier_result(session, organisation_id, key) is not None:
        return
    row = session.get_one(Organisation, organisation_id, populate_existing=True)
    before = _told(organisation_facts(session, organisation_id))
    check_seen(before, seen)
    refusals: list[Invalid] = []
    name = ""
    try:
        name = " ".join(read_text(facts.name, "name", LONGEST_NAME, required=True).split())
    except Invalid as refusal:
        refusals.append(refusal)
    try:
        check_number(facts.smallest_count, "smallest_count", SMALLEST_COUNTS)
    except Invalid as refusal:
        refusals.append(refusal)
    if facts.language not in LANGUAGES:
        refusals.append(Invalid("language", "not_a_choice"))
    if refusals:
        raise Invalids(refusals)
    row.name, row.kind, row.language = name, facts.kind.value, facts.language
    row.client_word, row.smallest_count = facts.client_word.value, facts.smallest_count
    session.flush()
    after = _told(organisation_facts(session, organisation_id))
    if before != after:
        record(
            session,
            actor,
            Act.ORGANISATION_CHANGED,
            "organisation",
            before=before,
            after=after,
            now=now,
        )
    remember(session, organisation_id, key, "changed", now)


def _told(facts: OrganisationFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "kind": facts.kind.value,
        "language": facts.language,
        "client_word": facts.client_word.value,
        "smallest_count": facts.smallest_count,
    }


def statement(session: Session, organisation_id: int, name: str) -> dict[str, Any]:
    """What the organisation has noted under a name; nothing where it has not."""
    noted = session.get_one(Organisation, organisation_id).statements.get(name)
    return dict(noted) if isinstance(noted, dict) else {}
