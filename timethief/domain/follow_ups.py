"""Did it happen? When a unit is asked what came of a decision, and what its answer says.

Two things are kept apart. What a task took *before* may turn out to have been estimated wrong: that frees nothing.
What it takes *now* against what it took before in truth: that is what was freed. Hours are per year.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from timethief.domain.errors import Invalid
from timethief.domain.numbers import MINUTES, PEOPLE, check_number
from timethief.domain.people import Actor, Permission, Role
from timethief.domain.policy import Policy
from timethief.domain.remedies import exceeds
from timethief.domain.tasks import Frequency, check_yearly_time
from timethief.domain.vocabulary import Per

MONTHS = (3, 12)
"""So many months after a decision was to be carried out, the unit is asked."""
REMINDED_AFTER = timedelta(days=14)
"""A unit that has not answered is reminded once."""
CHANGEABLE_FOR = timedelta(days=30)
"""So long an answer may be changed."""
LONGEST_COMMENT = 1_000
_MONTHS_A_YEAR = 12
_MINUTES_AN_HOUR = 60


class FollowUpState(StrEnum):
    """How a question stands."""

    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


class FollowUpAnswer(StrEnum):
    """What it takes now, by those who do it."""

    GONE = "gone"
    LESS = "less"
    SAME = "same"
    MORE = "more"
    UNKNOWN = "unknown"


TOLD_IN_MINUTES = frozenset({FollowUpAnswer.LESS, FollowUpAnswer.MORE})
"""Answers that say how long it takes now."""
NOT_FREED = frozenset({FollowUpAnswer.SAME, FollowUpAnswer.MORE})
"""Answers after which the task is to be tried again: what was decided has not helped."""


RESEMBLES = 0.6
RESEMBLES_NEAR = 0.5
"""How alike the titles of a report and a stopped task must be; less where unit or requester are the same."""


class ReturnState(StrEnum):
    """Whether a stopped task that a report resembles has come back."""

    OPEN = "open"
    CAME_BACK = "came_back"
    SOMETHING_ELSE = "something_else"


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day."""
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a task took when it was decided on, frozen.

    Attributes:
        minutes: per occasion and person, likely.
        occasions: occasions a year by the unit they are counted in, as the policy had them.
    """

    minutes: float
    frequency: Frequency
    people: int
    occasions: Mapping[str, float]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Baseline:
        """What of a decision's frozen baseline the answers are measured against."""
        return cls(
            minutes=float(document["minutes"]),
            frequency=Frequency(float(document["times"]), Per(document["per"])),
            people=int(document["people"]),
            occasions={str(per): float(count) for per, count in document["occasions"].items()},
        )

    def hours(self, minutes: float | None = None) -> float:
        """What it took in a year, or would have with so many minutes each time."""
        each = self.minutes if minutes is None else minutes
        return _hours(each, self.frequency, self.people, self.occasions)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the unit says.

    Attributes:
        minutes_now: per occasion and person; needed for less and more, and for nothing else.
        frequency_now: where it is done more or less often now; else as before.
        people_now: where more or fewer do it now; else as before.
        minutes_before: what it took in truth before, where the first estimate was wrong.
    """

    answer: FollowUpAnswer
    minutes_now: float | None = None
    frequency_now: Frequency | None = None
    people_now: int | None = None
    minutes_before: float | None = None
    comment: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers out of bounds, and minutes that are missing."""
        for name in ("minutes_now", "minutes_before"):
            value = getattr(self, name)
            if value is not None:
                check_number(value, name, MINUTES)
        if self.people_now is not None:
            check_number(self.people_now, "people_now", PEOPLE)
        if self.answer in TOLD_IN_MINUTES and self.minutes_now is None:
            raise Invalid("minutes_now", "required")


@dataclass(frozen=True, slots=True)
class Outturn:
    """What an answer comes to; hours per year.

    Attributes:
        hours_now: what it takes now; None where nobody knows.
        confirmed_hours: what was freed, below 0 where it takes more than before; None where nobody knows.
        estimate_change_hours: what the first estimate was too low by; it frees nothing.
    """

    hours_now: float | None
    confirmed_hours: float | None
    estimate_change_hours: float


def outturn(baseline: Baseline, said: Answer, policy: Policy) -> Outturn:
    """What an answer comes to against the baseline: confirmed + now = what it took before in truth.

    Raises:
        Invalid: reason `not_less` or `not_more` of `minutes_now` where the figures say otherwise than the answer,
            or it would take a person more than all hours of a year.
    """
    before = baseline.hours(said.minutes_before)
    if said.minutes_before is not None:
        _check_before(said.minutes_before, baseline.frequency, policy)
    changed = before - baseline.hours()
    now = _hours_now(baseline, said, before, policy)
    if now is None:
        return Outturn(None, None, changed)
    if said.answer is FollowUpAnswer.LESS and not exceeds(before, now):
        raise Invalid("minutes_now", "not_less")
    if said.answer is FollowUpAnswer.MORE and not exceeds(now, before):
        raise Invalid("minutes_now", "not_more")
    return Outturn(now, before - now, changed)


def may_answer(
    actor: Actor, unit_id: int, decider_id: int | None, lineage: Mapping[int, Sequence[int]]
) -> bool:
    """Whether somebody may answer for a unit: who works in it or below it, who leads it, support, and who decided.

    Args:
        actor: who would.
        unit_id: where the task is done.
        decider_id: who decided, while the account is there.
        lineage: for each unit, itself and all units above it.
    """
    if actor.may(Permission.REVIEW_TASKS) or actor.user_id == decider_id:
        return True
    leads = actor.role is Role.LEADERSHIP
    if leads and (actor.unit_id is None or actor.unit_id in lineage.get(unit_id, ())):
        return True
    return actor.unit_id is not None and unit_id in lineage.get(actor.unit_id, ())


def may_change(answered_at: datetime, now: datetime) -> bool:
    """Whether an answer may still be changed."""
    return now - answered_at <= CHANGEABLE_FOR


def _check_before(minutes: float, frequency: Frequency, policy: Policy) -> None:
    try:
        check_yearly_time(minutes, frequency, policy)
    except Invalid as refusal:
        raise Invalid("minutes_before", refusal.reason, **refusal.values) from refusal


def _hours_now(baseline: Baseline, said: Answer, before: float, policy: Policy) -> float | None:
    if said.answer is FollowUpAnswer.UNKNOWN:
        return None
    if said.answer is FollowUpAnswer.GONE:
        return 0.0
    if said.answer is FollowUpAnswer.SAME or said.minutes_now is None:
        return before
    frequency = said.frequency_now or baseline.frequency
    check_yearly_time(said.minutes_now, frequency, policy)
    people = baseline.people if said.people_now is None else said.people_now
    return _hours(said.minutes_now, frequency, people, baseline.occasions)


def _hours(
    minutes: float, frequency: Frequency, people: int, occasions: Mapping[str, float]
) -> float:
    volume = frequency.times * occasions[frequency.per.value] * people
    return minutes * volume / _MINUTES_AN_HOUR
