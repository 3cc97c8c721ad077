"""What the service itself takes, for those who read what it has freed."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from timethief.domain.own_time import OwnCost
from timethief.storage.own_time import own_cost


def what_the_service_takes(session: Session, organisation_id: int, today: date) -> OwnCost:
    """Occasions and hours of twelve months, of everybody together."""
    return own_cost(session, organisation_id, today)
