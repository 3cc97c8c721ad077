"""What the monthly letter says: read as its recipient sees the overview."""

from __future__ import annotations

from sqlalchemy.orm import Session

from timethief.domain.people import Actor, Permission
from timethief.queries.dashboard import dashboard
from timethief.queries.leadership import standing
from timethief.queries.totals import Scope, totals_of_units
from timethief.queries.visible_units import visible_units
from timethief.reports.digest import Digest, monthly_letter
from timethief.services.digest import Occasion


def write_digest(
    session: Session, actor: Actor, occasion: Occasion, base_url: str
) -> tuple[str, str]:
    """Subject and text of the letter to one person."""
    units = visible_units(session, actor)
    reads = occasion.with_figures and actor.may(Permission.READ_INVENTORY)
    opens_at = units.chosen(None)
    of_part = units.tree if opens_at is None else units.with_those_below(opens_at)
    mapped = totals_of_units(session, Scope(units.organisation_id), of_part)
    letter = monthly_letter(
        Digest(
            name=actor.name,
            organisation=occasion.organisation,
            closed=occasion.closed,
            today=occasion.today,
            shown=dashboard(session, units) if reads else None,
            standing=standing(session, units, occasion.today) if reads else None,
            units=(sum(each.tasks > 0 for each in mapped.values()), len(of_part)),
            counted=occasion.counted,
            dashboard=f"{base_url}/dashboard",
            own=f"{base_url}/log/mine",
        )
    )
    return letter.subject, letter.text
