"""Requesters and requirements that the rows of a spreadsheet name: found by many at once, or to be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from timethief.domain.identifiers import new_identifier
from timethief.domain.intake import RequesterName
from timethief.domain.sheet_tasks import SheetTask
from timethief.services.importing.rows import Named
from timethief.services.requesters import columns_of_new, find_all, name_key
from timethief.services.requirements import (
    columns_of_new_requirement,
    find_requirements,
    requirement_key,
)
from timethief.storage.tables import Requester

_Key = tuple[str, str]
"""Level, and the name as names are compared."""
_Who = tuple[int, str, str, bool]
"""Identifier, level, name, and whether somebody has looked at it."""

_NOT_IN_A_SHEET = ("grant_sek_per_year", "added_on", "reviewed_on", "review_on", "refused_on")
"""Columns of a requirement that no sheet tells."""


class Names:
    """What has been found, and what is to be made.

    Attributes:
        new_requesters, new_requirements: the rows to be put in, each with an identifier.
    """

    def __init__(self, organisation_id: int) -> None:
        """Nothing is known yet."""
        self.organisation_id = organisation_id
        self.new_requesters: list[dict[str, Any]] = []
        self.new_requirements: list[dict[str, Any]] = []
        self.requesters: dict[_Key, _Who] = {}
        self.meant: dict[_Key, RequesterName] = {}
        self.requirements: dict[tuple[int, str], int] = {}

    def hold(self, session: Session) -> bool:
        """Whether all names still stand for what was found, and those for nothing that are to be made."""
        made = {each["id"] for each in self.new_requesters}
        found = find_all(session, self.organisation_id, list(self.meant.values()))
        for key, known in self.requesters.items():
            requester = found.get(self.meant[key])
            if _who(requester) != (None if known[0] in made else known):
                return False
        fresh = {each["id"] for each in self.new_requirements}
        known_requirements = find_requirements(session, self.requirements)
        return all(
            known_requirements.get(key) == (None if identifier in fresh else identifier)
            for key, identifier in self.requirements.items()
        )


class NameFinder:
    """Finds what rows name, and plans what nobody has named before."""

    def __init__(self, session: Session, names: Names) -> None:
        """Prepare.

        Args:
            session: reading will do.
            names: what is known so far; grows.
        """
        self._session = session
        self._names = names

    def named(self, tasks: Sequence[SheetTask]) -> list[Named]:
        """What each task names."""
        self._find_requesters(tasks)
        who = [self._names.requesters[_key(task)] for task in tasks]
        self._find_requirements(tasks, who)
        return [
            Named(
                identifier,
                level,
                name,
                self._names.requirements[identifier, requirement_key(task.requirement)]
                if task.requirement
                else None,
            )
            for task, (identifier, level, name, _) in zip(tasks, who, strict=True)
        ]

    def _find_requesters(self, tasks: Sequence[SheetTask]) -> None:
        names = self._names
        meant: dict[_Key, RequesterName] = {}
        for task in tasks:
            key = _key(task)
            if key not in names.requesters:
                meant.setdefault(key, RequesterName(task.requester, task.level))
        found = find_all(self._session, names.organisation_id, list(meant.values()))
        for key, each in meant.items():
            who = _who(found.get(each))
            if who is None:
                new = {
                    "id": new_identifier(),
                    "official_code": None,
                    "active": True,
                    "successor_id": None,
                    **columns_of_new(names.organisation_id, each),
                }
                names.new_requesters.append(new)
                who = (new["id"], new["level"], new["name"], new["verified"])
            names.meant[key], names.requesters[key] = each, who

    def _find_requirements(self, tasks: Sequence[SheetTask], who: Sequence[_Who]) -> None:
        known = self._names.requirements
        wanted: dict[tuple[int, str], SheetTask] = {}
        for task, (requester_id, *_) in zip(tasks, who, strict=True):
            key = (requester_id, requirement_key(task.requirement))
            if task.requirement and key not in known:
                wanted.setdefault(key, task)
        known |= find_requirements(self._session, wanted)
        for key, task in wanted.items():
            if key not in known:
                columns = columns_of_new_requirement(
                    self._names.organisation_id,
                    key[0],
                    task.requirement,
                    task.binding,
                    task.legal_basis,
                )
                new = {"id": new_identifier(), **dict.fromkeys(_NOT_IN_A_SHEET), **columns}
                self._names.new_requirements.append(new)
                known[key] = new["id"]


def _key(task: SheetTask) -> _Key:
    return task.level.value, name_key(task.requester)


def _who(requester: Requester | None) -> _Who | None:
    if requester is None:
        return None
    return requester.id, requester.level, requester.name, requester.verified
