"""API tokens: how wide they reach and how long they live."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from timethief.domain.errors import Invalid, Refusal

LONGEST_LIFE = timedelta(days=365)
PREFIX = "tt_"
"""Every token begins so: it is seen for what it is wherever it does not belong."""


class Scope(StrEnum):
    """What a token may be used for, within what its owner may do."""

    READ = "read"
    WRITE = "write"
    """Read and write."""


class OutOfScope(Refusal):
    """The token is for reading only."""


class TokenInAddress(Refusal):
    """A token stands in an address, where many can read it."""


def ensure_scope(scope: Scope, *, writes: bool) -> None:
    """Refuse what the token is not for.

    Raises:
        OutOfScope: names the scope that it takes.
    """
    if writes and scope is not Scope.WRITE:
        raise OutOfScope(Scope.WRITE)


def check_expiry(expires_on: date, today: date) -> None:
    """Refuse a last day that has passed, or that is more than a year away.

    Raises:
        Invalid: field `expires_on`.
    """
    if expires_on < today:
        raise Invalid("expires_on", "has_passed")
    if expires_on > today + LONGEST_LIFE:
        raise Invalid("expires_on", "too_far_away")
