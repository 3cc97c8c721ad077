"""What one person sends in, with as much as that person knows, and what it takes to become a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from timethief.domain.numbers import (
    ACHIEVABLE_MINUTES,
    MINUTES,
    PEOPLE,
    WORTH_SHARE,
    check_number,
)
from timethief.domain.ranges import Range
from timethief.domain.tasks import Frequency, check_estimate
from timethief.domain.vocabulary import Beneficiary, InUse, Level, Purpose, Signal

REPORTS_FOR_A_RANGE = 3
"""So many reports that give minutes make the task's minutes a range of their own."""

DEFAULT_WORTH_SHARE = 1.25
"""Said to be useful and no more: held to be worth its time and the estimate's own spread, until somebody says
otherwise. At exactly its time, taking the task away would do as well as keeping it, which nobody has said."""


class UseAnswer(StrEnum):
    """The answers to "what is it used for?"; that nobody knows is an answer of its own."""

    CITIZEN = "citizen"
    SOMEBODY_ELSE = "somebody_else"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StatedUse:
    """What an answer says of the use, in the model's terms."""

    beneficiary: Beneficiary
    purpose: Purpose
    in_use: InUse


STATED_USES: dict[UseAnswer, StatedUse | None] = {
    UseAnswer.CITIZEN: StatedUse(Beneficiary.CITIZEN, Purpose.OTHER, InUse.BELIEVED),
    UseAnswer.SOMEBODY_ELSE: StatedUse(Beneficiary.REQUESTER, Purpose.OTHER, InUse.BELIEVED),
    UseAnswer.NOBODY: StatedUse(Beneficiary.REQUESTER, Purpose.OTHER, InUse.NOT_USED),
    UseAnswer.UNKNOWN: None,
}


@dataclass(frozen=True, slots=True)
class RequesterName:
    """Who asks for it, as written; the level is known where a register or a chip gave it."""

    name: str
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """One report. None stands for "don't know", which is a full answer.

    Attributes:
        title: what is done; the only thing that is required.
        minutes: working time per occasion and person.
        people: how many do it; a chip such as "2-5" is a range.
        unit_id: where it is done.
        staff_category_id: who does it.
        requester_id: who asks for it, where it is known already; else `requester` may name it.
        use: what it is used for.
        worth_share: what the use is worth, as a share of the time it takes.
        achievable_minutes: how long it would take if everything worked as it should.
    """

    title: str
    description: str = ""
    minutes: float | None = None
    frequency: Frequency | None = None
    people: int | Range | None = None
    unit_id: int | None = None
    staff_category_id: int | None = None
    requester_id: int | None = None
    requester: RequesterName | None = None
    use: UseAnswer = UseAnswer.UNKNOWN
    worth_share: float | None = None
    achievable_minutes: float | None = None
    signals: frozenset[Signal] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a number out of bounds; not to know one is no fault."""
        if self.minutes is not None:
            check_number(self.minutes, "minutes", MINUTES)
        if self.people is not None:
            check_estimate(self.people, "people", PEOPLE)
        if self.worth_share is not None:
            check_number(self.worth_share, "worth_share", WORTH_SHARE)
        if self.achievable_minutes is not None:
            check_number(self.achievable_minutes, "achievable_minutes", ACHIEVABLE_MINUTES)

    def missing(self) -> tuple[str, ...]:
        """The fields that somebody must add before the report can be a task; none means it is complete."""
        needed: dict[str, object] = {
            "minutes": self.minutes,
            "frequency": self.frequency,
            "people": self.people,
            "unit": self.unit_id,
            "requester": self.requester_id or self.requester,
        }
        return tuple(name for name, value in needed.items() if value is None)


def minutes_of_reports(minutes: Sequence[float]) -> Range | None:
    """Lowest, median and highest of what the reports say; None while fewer than three say anything."""
    if len(minutes) < REPORTS_FOR_A_RANGE:
        return None
    return Range(min(minutes), median(minutes), max(minutes))
