"""How an organisation's people log in by a provider, as its administrator and the operator see it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import to_text
from timethief.domain.names import alphabetical
from timethief.domain.people import INSTALLATION
from timethief.storage.tables import Organisation, SignOn, SignOnMembership, SignOnRule, Unit


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set; the secret itself is never shown.

    Attributes:
        set_up: whether anything is.
        version: 0 where nothing is.
    """

    set_up: bool = False
    issuer: str = ""
    client_id: str = ""
    has_secret: bool = False
    button: str = ""
    default_role: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule with the name of its unit."""

    id: str
    claim: str
    value: str
    role: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """Which value of a claim stands for which organisation."""

    id: str
    organisation: str
    code: str
    claim: str
    value: str


def settings(session: Session, organisation_id: int) -> Settings:
    """What the organisation has set."""
    row = session.scalars(
        select(SignOn).where(SignOn.organisation_id == organisation_id)
    ).one_or_none()
    if row is None:
        return Settings()
    return Settings(
        set_up=True,
        issuer=row.issuer or "",
        client_id=row.client_id or "",
        has_secret=row.sealed_client_secret is not None,
        button=row.button,
        default_role=row.default_role,
        version=row.version,
    )


def rules(session: Session, organisation_id: int) -> list[RuleLine]:
    """The organisation's rules in their order."""
    rows = session.execute(
        select(SignOnRule, Unit.name)
        .join(Unit, Unit.id == SignOnRule.unit_id, isouter=True)
        .where(SignOnRule.organisation_id == organisation_id)
        .order_by(SignOnRule.position, SignOnRule.id)
    ).all()
    return [
        RuleLine(to_text(rule.id), rule.claim, rule.value, rule.role, unit) for rule, unit in rows
    ]


def memberships(session: Session) -> list[MembershipLine]:
    """Every line of the installation, by organisation; over all organisations."""
    rows = session.execute(
        select(SignOnMembership, Organisation.name, Organisation.code).join(
            Organisation, Organisation.id == SignOnMembership.organisation_id
        )
    ).all()
    found = [
        MembershipLine(to_text(row.id), name, code, row.claim, row.value)
        for row, name, code in rows
    ]
    return sorted(found, key=lambda line: (alphabetical(line.organisation), line.claim, line.value))


def organisation_codes(session: Session) -> list[tuple[str, str]]:
    """Code and name of every organisation of the installation."""
    rows = session.execute(
        select(Organisation.code, Organisation.name).where(
            Organisation.active.is_(True), Organisation.code != INSTALLATION
        )
    ).all()
    found = [(code, name) for code, name in rows]
    return sorted(found, key=lambda each: alphabetical(each[1]))


def code_of(session: Session, organisation_id: int) -> str:
    """The organisation's code, which stands in the address of its log-in page."""
    return session.scalars(
        select(Organisation.code).where(Organisation.id == organisation_id)
    ).one()
