"""The inventory's state lives in its address: read from it, and written back to every link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import url_for

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Action, Cause, Level, Signal, TaskStatus, Verdict
from timethief.queries.filters import Sort, TaskFilter
from timethief.queries.inventory import Cursor
from timethief.storage.search import LONGEST_QUERY

REFERENCES = ("unit", "requester", "requirement", "staff_category", "imported")
CODES: dict[str, type[StrEnum]] = {
    "level": Level,
    "verdict": Verdict,
    "cause": Cause,
    "recommended": Action,
    "signal": Signal,
    "status": TaskStatus,
}
FLAGGED = {"yes": True, "no": False}


class Addressed(Protocol):
    """A list whose filter, and all else that is wanted of it, stands in its address."""

    @property
    def filter(self) -> TaskFilter:
        """Which tasks."""

    def pairs(self) -> dict[str, str | None]:
        """Everything that is wanted, as it stands in addresses."""

    def address(self, **changes: str | None) -> str:
        """The address of the same list with these changes, from its first page."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the inventory somebody wants to see.

    Attributes:
        filter: which tasks.
        sort: in which order.
        cursor: from where; None for the first page.
    """

    filter: TaskFilter
    sort: Sort = Sort.AVOIDABLE
    cursor: Cursor | None = None

    def address(self, **changes: str | None) -> str:
        """The address of the same inventory with these changes, from its first page.

        Args:
            changes: value by name of condition, `sort` or `cursor`, as it stands in addresses; None takes it away.
        """
        return _address("inventory.inventory", self.pairs() | changes)

    def address_of(self, endpoint: str) -> str:
        """The address of what else shows the same inventory."""
        return _address(endpoint, self.pairs())

    def filters_address(self) -> str:
        """The address of all filters, with those that are chosen."""
        return _address("inventory.filters", self.pairs())

    def pairs(self) -> dict[str, str | None]:
        """Every condition, and the order where it is not the usual one, as they stand in addresses."""
        told: dict[str, str | None] = {}
        for name in self.filter.conditions():
            value = getattr(self.filter, name)
            if name in REFERENCES:
                told[name] = to_text(value)
            elif name == "flagged":
                told[name] = "yes" if value else "no"
            else:
                told[name] = str(value)
        if self.sort is not Sort.AVOIDABLE:
            told["sort"] = self.sort.value
        return told


def _address(endpoint: str, pairs: Mapping[str, str | None]) -> str:
    query = urlencode({name: value for name, value in pairs.items() if value})
    return f"{url_for(endpoint)}?{query}" if query else url_for(endpoint)


def read_wanted(given: Mapping[str, str]) -> Wanted:
    """What the address asks for; names that mean nothing here are passed over.

    Raises:
        Invalid: a value that is none of the choices.
        NotFound: a reference that cannot be one.
    """
    told = {name: value for name, value in given.items() if value}
    conditions: dict[str, Any] = {
        **{name: from_text(told[name]) for name in REFERENCES if name in told},
        **{name: _one_of(name, told[name], list(CODES[name])) for name in CODES if name in told},
        "q": read_text(told.get("q", ""), "q", LONGEST_QUERY),
    }
    if "flagged" in told:
        conditions["flagged"] = FLAGGED[_one_of("flagged", told["flagged"], list(FLAGGED))]
    return Wanted(
        TaskFilter(**conditions),
        Sort(_one_of("sort", told.get("sort", Sort.AVOIDABLE), list(Sort))),
        Cursor.read(told["cursor"]) if "cursor" in told else None,
    )


def _one_of(name: str, value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise Invalid(name, "not_a_choice")
    return value
