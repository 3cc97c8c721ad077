"""What an organisation says of itself on the pages that are open to all: privacy, accessibility, whistle-blowing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.tasks import read_text

LONGEST_LINE = 200
LONGEST_TEXT = 2_000
_OLD_AFTER_DAYS = 365


class Compliance(StrEnum):
    """How far the service meets the rules on accessibility."""

    FULLY = "fully"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class PublicStatements:
    """What an organisation has filled in; empty where it has not.

    Attributes:
        privacy_contact: whom to ask about personal data.
        data_protection_officer: how to reach the officer.
        legal_basis: why the organisation may handle the data.
        whistleblowing: where the whistle-blowing channel is: an address, or words.
        accessibility_contact: where shortcomings are told and help is asked for.
        compliance: how far the service meets the rules.
        shortcomings: what is not accessible, and why.
        alternatives: what one can do instead.
        assessed_how: who tested it, and how.
        assessed_on: when.
        updated_on: when the statement was last gone through.
    """

    privacy_contact: str = ""
    data_protection_officer: str = ""
    legal_basis: str = ""
    whistleblowing: str = ""
    accessibility_contact: str = ""
    compliance: Compliance | None = None
    shortcomings: str = ""
    alternatives: str = ""
    assessed_how: str = ""
    assessed_on: date | None = None
    updated_on: date | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What the pages need and nobody has filled in."""
        needed = {
            "privacy_contact": self.privacy_contact,
            "data_protection_officer": self.data_protection_officer,
            "accessibility_contact": self.accessibility_contact,
            "compliance": self.compliance,
            "assessed_how": self.assessed_how,
            "assessed_on": self.assessed_on,
        }
        if self.compliance in (Compliance.PARTLY, Compliance.NOT):
            needed["shortcomings"] = self.shortcomings
        return tuple(name for name, value in needed.items() if not value)

    def is_old(self, today: date) -> bool:
        """Whether the statement on accessibility has not been gone through for a year."""
        return self.updated_on is None or (today - self.updated_on).days > _OLD_AFTER_DAYS


_LINES = ("privacy_contact", "data_protection_officer", "whistleblowing", "accessibility_contact")
_TEXTS = ("legal_basis", "shortcomings", "alternatives", "assessed_how")
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_ACCESSIBILITY = (
    *("compliance", "shortcomings", "alternatives", "assessed_how", "assessed_on", "updated_on"),
    "accessibility_contact",
)


def checked(given: PublicStatements, today: date) -> PublicStatements:
    """The statements as they can be stored, gone through today.

    Raises:
        Invalids: texts too long, an address that is none, or a day to come.
    """
    refusals: list[Invalid] = []
    texts: dict[str, str] = {}
    for names, longest in ((_LINES, LONGEST_LINE), (_TEXTS, LONGEST_TEXT)):
        for name in names:
            try:
                texts[name] = read_text(getattr(given, name), name, longest)
            except Invalid as refusal:
                refusals.append(refusal)
    link = texts.get("whistleblowing", "")
    if "://" in link and not WEB_ADDRESS.fullmatch(link):
        refusals.append(Invalid("whistleblowing", "not_a_web_address"))
    if given.assessed_on is not None and given.assessed_on > today:
        refusals.append(Invalid("assessed_on", "in_the_future"))
    if refusals:
        raise Invalids(refusals)
    return replace(given, **texts, updated_on=today)  # type: ignore[arg-type]


def from_stored(stored: Mapping[str, Any]) -> PublicStatements:
    """The statements as they are stored with the organisation, beside what else stands there."""
    privacy, accessibility = stored.get("privacy", {}), stored.get("accessibility", {})
    told = stored.get("whistleblowing")
    found = {name: str(privacy.get(name, "")) for name in (*_LINES[:2], "legal_basis")}
    found |= {
        name: str(accessibility.get(name, "")) for name in (*_TEXTS[1:], "accessibility_contact")
    }
    compliance = accessibility.get("compliance")
    return PublicStatements(
        **found,
        whistleblowing=told if isinstance(told, str) else "",
        compliance=Compliance(compliance) if compliance else None,
        assessed_on=_day(accessibility.get("assessed_on")),
        updated_on=_day(accessibility.get("updated_on")),
    )


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def to_store(statements: PublicStatements) -> dict[str, Any]:
    """The statements by the name that they are stored under."""
    told = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(statements).items()
    }
    return {
        "privacy": {name: told[name] for name in (*_LINES[:2], "legal_basis")},
        "accessibility": {name: told[name] for name in _ACCESSIBILITY},
        "whistleblowing": told["whistleblowing"],
    }
