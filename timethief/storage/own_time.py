"""The kept counts of what the service itself takes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timethief.domain.own_time import OwnCost, cost, first_month
from timethief.storage.tables import OwnTime, PublishedMonth


def own_cost(session: Session, organisation_id: int, today: date) -> OwnCost:
    """What the service has taken of an organisation's people in twelve months.

    Reports without a log-in count from when their month is published, as rounded there: so the figure tells no more.
    """
    since = first_month(today)
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    rows = session.execute(
        select(OwnTime.activity, OwnTime.seconds, func.sum(OwnTime.occasions))
        .where(OwnTime.organisation_id == organisation_id, OwnTime.month >= since)
        .group_by(OwnTime.activity, OwnTime.seconds)
    )
    for activity, seconds, occasions in rows:
        counts[activity][seconds] = int(occasions)
    anonymous = session.scalar(
        select(func.sum(PublishedMonth.reports)).where(
            PublishedMonth.organisation_id == organisation_id, PublishedMonth.month >= since
        )
    )
    return cost(counts, int(anonymous or 0))
