"""The registers that all organisations share: state authorities, municipalities, regions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.names import folded
from timethief.domain.vocabulary import Level
from timethief.storage.tables import Requester, RequesterAlias

DATA = Path(__file__).parent.parent / "data"


def reference_rows(file: str) -> Iterator[dict[str, str]]:
    """The rows of a file of reference data that ships with the product."""
    with (DATA / file).open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def load_registers(session: Session) -> None:
    """Load the shared registers, once."""
    loaded = session.scalars(
        select(Requester.id).where(Requester.organisation_id.is_(None)).limit(1)
    ).first()
    if loaded is not None:
        return
    for row in reference_rows("municipalities.csv"):
        _add(session, Level.MUNICIPALITY, row["name"], row["code"], [row["short_name"]])
    for row in reference_rows("regions.csv"):
        _add(session, Level.REGION, row["name"], row["code"], row["aliases"].split(";"))
    _load_authorities(session)


def _load_authorities(session: Session) -> None:
    authorities: dict[str, Requester] = {}
    successors: dict[str, str] = {}
    for row in reference_rows("state_authorities.csv"):
        aliases = [row["short_name"], row["name_en"], *row["aliases"].split(";")]
        requester = _add(
            session, Level.STATE, row["name"], row["organisation_number"] or None, aliases
        )
        requester.active = row["active"] == "1"
        authorities[requester.folded_name] = requester
        if row["successor"]:
            successors[requester.folded_name] = folded(row["successor"])
    session.flush()
    for name, successor in successors.items():
        authorities[name].successor_id = authorities[successor].id


def _add(
    session: Session, level: Level, name: str, code: str | None, aliases: list[str]
) -> Requester:
    requester = Requester(
        level=level.value, name=name, folded_name=folded(name), official_code=code
    )
    session.add(requester)
    session.flush()
    other_names = {folded(alias): alias.strip() for alias in aliases if alias.strip()}
    other_names.pop(requester.folded_name, None)
    for folded_name, alias in other_names.items():
        session.add(RequesterAlias(requester_id=requester.id, name=alias, folded_name=folded_name))
    return requester


def default_names(language: str) -> list[str]:
    """Names of the staff categories that a new organisation gets."""
    return [row[f"name_{language}"] for row in reference_rows("staff_categories.csv")]


def default_tariffs() -> dict[str, float]:
    """SEK per hour of each staff category, as shipped."""
    return {
        row["code"]: float(row["hourly_cost_sek"]) for row in reference_rows("staff_categories.csv")
    }
