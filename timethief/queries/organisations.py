"""The organisations of the installation, by code: for commands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.people import INSTALLATION
from timethief.storage.tables import Organisation


@dataclass(frozen=True, slots=True)
class NamedOrganisation:
    """An organisation; `language` is that of those who have not chosen one."""

    id: int
    name: str
    language: str


def organisation_of_code(session: Session, code: str) -> NamedOrganisation:
    """The organisation of that code; that of the operators has no content and is not among them.

    Raises:
        NotFound: there is none.
    """
    found = session.execute(
        select(Organisation.id, Organisation.name, Organisation.language).where(
            Organisation.code == code, Organisation.code != INSTALLATION
        )
    ).one_or_none()
    if found is None:
        message = f"no organisation has the code {code[:64]!r}"
        raise NotFound(message)
    return NamedOrganisation(*found)
