"""Who says what a use is worth: the one who does the work, the one who receives it, a reviewer.

All statements are kept. The assessment takes the most authoritative; where they differ, the page shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from timethief.domain.errors import Invalid
from timethief.domain.tasks import Worth
from timethief.domain.vocabulary import InUse, Source

_AUTHORITY = {source: rank for rank, source in enumerate(Source)}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one party says of one use.

    Attributes:
        source: in which capacity it is said.
        in_use: is it really used?
        worth: what the use is worth.
        said_on: the day it was said.
    """

    source: Source
    in_use: InUse
    worth: Worth
    said_on: date

    def __post_init__(self) -> None:
        """Only the receiver or a reviewer can confirm a use."""
        if self.in_use is InUse.CONFIRMED and self.source is Source.PERFORMER:
            raise Invalid("in_use", "performer_cannot_confirm")


def authoritative(statements: Sequence[Statement]) -> Statement:
    """The statement that counts: reviewer before receiver before performer, and of one source the latest.

    Args:
        statements: in the order in which they were made; at least one.
    """
    latest = statements[0]
    for said in statements[1:]:
        if _AUTHORITY[said.source] >= _AUTHORITY[latest.source]:
            latest = said
    return latest


def latest_by_source(statements: Sequence[Statement]) -> dict[Source, Statement]:
    """What each source says now, most authoritative first; `statements` in the order they were made."""
    latest = {said.source: said for said in statements}
    return {source: latest[source] for source in reversed(Source) if source in latest}


def differ(statements: Sequence[Statement]) -> bool:
    """Whether the sources disagree on use or worth, each by its latest word."""
    said = latest_by_source(statements).values()
    return len({(statement.in_use, statement.worth) for statement in said}) > 1
