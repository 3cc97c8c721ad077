"""Links that open something once: for how long they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

INVITATION_LIFE = timedelta(days=7)
PASSWORD_LINK_LIFE = timedelta(minutes=60)
HANDED_OVER_LIFE = timedelta(days=1)
"""Of a link for a new password that an administrator hands over."""
PASSWORD_LINKS_A_DAY = 5
"""For one address."""


class LinkState(StrEnum):
    """Whether a link opens anything."""

    OPEN = "open"
    USED = "used"
    TOO_OLD = "too_old"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Life:
    """When a link ends, and whether it has been used."""

    valid_until: datetime
    used_at: datetime | None

    def state(self, now: datetime) -> LinkState:
        """What the link is worth now."""
        if self.used_at is not None:
            return LinkState.USED
        return LinkState.OPEN if now <= self.valid_until else LinkState.TOO_OLD
