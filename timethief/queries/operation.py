"""The organisations of the installation, by name only: all that operators see of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.names import alphabetical
from timethief.domain.people import INSTALLATION
from timethief.storage.tables import Organisation


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation as operators see it."""

    code: str
    name: str
    kind: str
    active: bool
    is_set_up: bool


def organisations(session: Session) -> tuple[OrganisationLine, ...]:
    """Every organisation but the operators' own, by name. The session is over all of them."""
    rows = session.scalars(select(Organisation).where(Organisation.code != INSTALLATION))
    lines = [
        OrganisationLine(row.code, row.name, row.kind, row.active, row.set_up_on is not None)
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: (alphabetical(line.name), line.code)))
