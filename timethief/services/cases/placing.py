"""How a case stands: who owns it and on which way it is, as it is kept to be put back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from timethief.domain.errors import NotFound
from timethief.storage.tables import Case


@dataclass(frozen=True, slots=True)
class Placement:
    """Who owns a case, who has taken it, and on which way it is."""

    state: str
    route: str | None
    routed_reason: str
    function_id: int | None
    unit_id: int | None
    user_id: int | None
    waits_since: date | None
    routed_on: date | None

    @classmethod
    def of(cls, case: Case) -> Placement:
        """As the case stands now."""
        return cls(**{name: getattr(case, name) for name in cls.__slots__})

    def put_back(self, case: Case) -> None:
        """Let the case stand so again."""
        for name in self.__slots__:
            setattr(case, name, getattr(self, name))

    def to_plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        days = {"waits_since": _text(self.waits_since), "routed_on": _text(self.routed_on)}
        return asdict(self) | days

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Placement:
        """What `to_plain` made."""
        days = {name: _day(plain.get(name)) for name in ("waits_since", "routed_on")}
        return cls(**{name: plain.get(name) for name in cls.__slots__} | days)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Placed:
    """A task's case as it stood before somebody took it, gave it or handed it back.

    Attributes:
        version: of the case after that: another one means that somebody has done something since.
        opened: that act opened the case.
        status: of the task before.
    """

    task_id: int
    case_id: int
    version: int
    opened: bool
    status: str
    placement: Placement


def to_text(before: Iterable[Placed]) -> str:
    """What stood before as a text, to be kept until it is undone."""
    return json.dumps([asdict(each) | {"placement": each.placement.to_plain()} for each in before])


def from_text(text: str) -> tuple[Placed, ...]:
    """What `to_text` made.

    Raises:
        NotFound: it made something else.
    """
    try:
        return tuple(
            Placed(**each | {"placement": Placement.from_plain(each["placement"])})
            for each in json.loads(text)
        )
    except (ValueError, TypeError, KeyError) as error:
        raise NotFound("undo") from error


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
