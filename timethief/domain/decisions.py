"""Decisions: what can be decided of a task, by what states a decision goes, and what freed time is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from timethief.domain.disclosure import two_digits
from timethief.domain.errors import Invalid, Invalids, NotAllowed
from timethief.domain.numbers import Limits, check_number
from timethief.domain.ranges import Range
from timethief.domain.remedies import TOLERANCE
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Action

UNDONE_WITHIN = timedelta(days=30)
MOST_AT_ONCE = 50
"""Tasks decided together."""
LONGEST_REASON = 1_500
LONGEST_WATCHED = 1_000
LONGEST_OPINION = 2_000
LONGEST_NOTE = 1_000
LONGEST_NAME = 200
"""Of who it is raised with, and of the capacity in which somebody decides."""
MOST_OPINIONS = 200
"""On one task."""
MOST_STEPS = 20
"""Of one ladder."""
TRIAL_WEEKS = Limits(least=1, most=52)
PLANNED_WITHIN = timedelta(days=3 * 366)
FREED_HOURS = Limits(least=0, most=1_000_000_000)


class Outcome(StrEnum):
    """What was decided of a task. To keep it is as full an outcome as any."""

    REMOVE = "remove"
    AUTOMATE = "automate"
    REGISTER_ONCE = "register_once"
    SIMPLIFY = "simplify"
    MOVE = "move"
    """Somebody else does it: the model's `reassign`."""
    REDUCE_FREQUENCY = "reduce_frequency"
    RAISE = "raise"
    """It is raised with the requester or the owner of the rule, step by step."""
    REFUSE_REQUIREMENT = "refuse_requirement"
    """The organisation says no to a new requirement."""
    TRIAL = "trial"
    """It is paused for some weeks, and something is watched meanwhile."""
    KEEP = "keep"


class DecisionState(StrEnum):
    """How a decision stands."""

    IN_FORCE = "in_force"
    CARRIED_OUT = "carried_out"
    REPLACED = "replaced"
    UNDONE = "undone"


class FreedFor(StrEnum):
    """What freed time goes to."""

    CORE_WORK = "core_work"
    QUALITY = "quality"
    LESS_OVERTIME = "less_overtime"
    CASH = "cash"
    NOT_REALISED = "not_realised"


class Stance(StrEnum):
    """What somebody thinks of what is proposed or decided."""

    AGREES = "agrees"
    DISSENTS = "dissents"
    REMARKS = "remarks"


class Rung(StrEnum):
    """Where a task is raised, from the nearest upwards."""

    RULE_OWNER = "rule_owner"
    REQUESTER = "requester"
    ABOVE_REQUESTER = "above_requester"
    ASSOCIATION = "association"
    """Such as SKR or a network of authorities."""
    GOVERNMENT = "government"


class StepState(StrEnum):
    """How a step of the ladder stands."""

    PLANNED = "planned"
    SENT = "sent"
    AGREED = "agreed"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


class ClosedOutcome(StrEnum):
    """Why an outcome cannot be chosen for a task."""

    BOUND = "bound"
    """Law or agreement obliges: it takes the consent of the one who asks, so it is raised first."""
    JUDGEMENT = "judgement"
    """It takes human judgement about a person, and is never left to a program."""
    GATE = "gate"
    """The questions that come before automation are not answered."""
    NO_REQUIREMENT = "no_requirement"
    """There is no requirement that could be refused."""


IN_FORCE_STATES = frozenset({DecisionState.IN_FORCE, DecisionState.CARRIED_OUT})
"""Of the decision that holds; a task has at most one."""
FREEING = frozenset(
    {
        Outcome.REMOVE,
        Outcome.AUTOMATE,
        Outcome.REGISTER_ONCE,
        Outcome.SIMPLIFY,
        Outcome.MOVE,
        Outcome.REDUCE_FREQUENCY,
        Outcome.REFUSE_REQUIREMENT,
    }
)
"""Outcomes that free time once they are carried out. To raise a task or to try frees none that could be counted yet."""
STOPPING = frozenset({Outcome.REMOVE, Outcome.REFUSE_REQUIREMENT})
"""Outcomes after which the task is not done any more."""
WAITING = frozenset({Outcome.RAISE, Outcome.TRIAL})
"""Outcomes that leave the case open: somebody answers, or the trial ends, and then it is decided anew."""
IN_BULK = frozenset(Outcome) - WAITING
"""What can be decided of many tasks at once, since it takes no more than a reason."""
_NEEDS_CONSENT = STOPPING | {Outcome.TRIAL, Outcome.REDUCE_FREQUENCY}
ACTION_OF: Mapping[Outcome, Action] = {
    Outcome.AUTOMATE: Action.AUTOMATE,
    Outcome.REGISTER_ONCE: Action.REGISTER_ONCE,
    Outcome.SIMPLIFY: Action.SIMPLIFY,
    Outcome.MOVE: Action.REASSIGN,
    Outcome.REDUCE_FREQUENCY: Action.REDUCE_FREQUENCY,
}
"""The model's remedy that tells what an outcome frees; what stops the task frees all that it costs."""
OUTCOME_OF: Mapping[Action, Outcome] = {
    **{action: outcome for outcome, action in ACTION_OF.items()},
    Action.REMOVE: Outcome.REMOVE,
    Action.RAISE_WITH_REQUESTER: Outcome.RAISE,
    Action.KEEP: Outcome.KEEP,
}
"""The outcome that carries a remedy out."""


class NotOfTheUnit(NotAllowed):
    """Whoever leads one unit decides of what is done there and below."""


@dataclass(frozen=True, slots=True)
class Decidable:
    """What says which outcomes are open for a task.

    Attributes:
        bound: law or agreement obliges.
        consent: who asks for it, or the owner of the rule, has agreed on some step of the ladder.
        needs_judgement: it takes human judgement about a person.
        may_automate: it has passed the questions that come before automation.
        has_requirement: it answers a requirement.
    """

    bound: bool
    consent: bool
    needs_judgement: bool
    may_automate: bool
    has_requirement: bool


def closed_outcome(outcome: Outcome, task: Decidable) -> ClosedOutcome | None:
    """Why the outcome cannot be chosen; None where it can."""
    if outcome is Outcome.REFUSE_REQUIREMENT and not task.has_requirement:
        return ClosedOutcome.NO_REQUIREMENT
    if outcome is Outcome.AUTOMATE and task.needs_judgement:
        return ClosedOutcome.JUDGEMENT
    if outcome is Outcome.AUTOMATE and not task.may_automate:
        return ClosedOutcome.GATE
    if outcome in _NEEDS_CONSENT and task.bound and not task.consent:
        return ClosedOutcome.BOUND
    return None


def expected_hours(outcome: Outcome, cost: Range, released: Mapping[Action, float]) -> Range:
    """What the outcome is expected to free, hours per year.

    What the remedy releases of the likely cost is a share of it, and the same share of the low and of the high cost
    is released if those are right.

    Args:
        outcome: what is decided.
        cost: what the task takes.
        released: likely hours that each remedy gives back to those who do it; a remedy that nobody has figures for
            is missing, and then nothing is expected.
    """
    if outcome not in FREEING:
        return Range.exactly(0.0)
    if outcome in STOPPING:
        return cost
    share = released.get(ACTION_OF[outcome], 0.0) / cost.likely if cost.likely > 0 else 0.0
    return Range(cost.low * share, cost.likely * share, cost.high * share)


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision as somebody makes it.

    Attributes:
        reason: why; always needed.
        planned_on: when it shall be done; None where that is not set.
        allotment: what the freed hours go to; what is left of them is not decided yet.
        trial_weeks: how long it is paused.
        watched: what is looked at meanwhile.
        raised_with: whom it is raised with, and `rung` where that is on the ladder.
        capacity: in which capacity the decider acts; empty for the role.
    """

    outcome: Outcome
    reason: str
    planned_on: date | None = None
    allotment: Mapping[FreedFor, float] = field(default_factory=dict)
    trial_weeks: int | None = None
    watched: str = ""
    raised_with: str = ""
    rung: Rung = Rung.REQUESTER
    capacity: str = ""

    def tidied(self) -> NewDecision:
        """The same, with its texts as they were meant.

        Raises:
            Invalids: texts that are too long, or missing where they are needed.
        """
        texts = _Gathered()
        trial, raised = self.outcome is Outcome.TRIAL, self.outcome is Outcome.RAISE
        reason = texts.read(self.reason, "reason", LONGEST_REASON, required=True)
        watched = texts.read(self.watched, "watched", LONGEST_WATCHED, required=trial)
        raised_with = texts.read(self.raised_with, "raised_with", LONGEST_NAME, required=raised)
        capacity = texts.read(self.capacity, "capacity", LONGEST_NAME)
        texts.refuse()
        return NewDecision(
            outcome=self.outcome,
            reason=reason,
            planned_on=self.planned_on,
            allotment={kind: hours for kind, hours in self.allotment.items() if hours},
            trial_weeks=self.trial_weeks,
            watched=watched,
            raised_with=raised_with,
            rung=self.rung,
            capacity=capacity,
        )

    def check(self, expected: Range, today: date) -> None:
        """Refuse what does not go together.

        Raises:
            Invalids: each value that cannot be used.
        """
        found = list(self._faults(expected, today))
        if found:
            raise Invalids(found)

    def _faults(self, expected: Range, today: date) -> Iterator[Invalid]:
        if self.outcome not in FREEING:
            for name in ("planned_on", "allotment"):
                if getattr(self, name):
                    yield Invalid(name, "not_with_outcome")
        elif self.planned_on is not None:
            yield from _faults_of_day(self.planned_on, today)
        if self.outcome in FREEING:
            yield from _faults_of_allotment(self.allotment, expected)
        if self.outcome is Outcome.TRIAL:
            yield from _faults_of_weeks(self.trial_weeks)
        for name, outcome in _ONLY_WITH.items():
            if self.outcome is not outcome and getattr(self, name):
                yield Invalid(name, "not_with_outcome")


_ONLY_WITH = {
    "trial_weeks": Outcome.TRIAL,
    "watched": Outcome.TRIAL,
    "raised_with": Outcome.RAISE,
}


class _Gathered:
    """Reads several texts and refuses them together."""

    def __init__(self) -> None:
        self._refusals: list[Invalid] = []

    def read(self, text: str, field_name: str, longest: int, *, required: bool = False) -> str:
        try:
            return read_text(text, field_name, longest, required=required)
        except Invalid as refusal:
            self._refusals.append(refusal)
            return ""

    def refuse(self) -> None:
        if self._refusals:
            raise Invalids(self._refusals)


def _faults_of_day(planned_on: date, today: date) -> Iterator[Invalid]:
    last = today + PLANNED_WITHIN
    if planned_on < today:
        yield Invalid("planned_on", "has_passed")
    elif planned_on > last:
        yield Invalid("planned_on", "day_too_late", last=last)


def _faults_of_weeks(weeks: int | None) -> Iterator[Invalid]:
    if weeks is None:
        yield Invalid("trial_weeks", "required")
        return
    try:
        check_number(weeks, "trial_weeks", TRIAL_WEEKS)
    except Invalid as refusal:
        yield refusal


def _faults_of_allotment(allotment: Mapping[FreedFor, float], expected: Range) -> Iterator[Invalid]:
    for kind, hours in allotment.items():
        try:
            check_number(hours, f"allotment.{kind}", FREED_HOURS)
        except Invalid as refusal:
            yield refusal
            return
    if sum(allotment.values()) > most_allotted(expected):
        yield Invalid("allotment", "more_than_expected", limit=most_allotted(expected))


def most_allotted(expected: Range) -> float:
    """As many hours as can be allotted: those that are likely, as they are shown, rounded to two digits or exact."""
    return max(expected.likely, two_digits(expected.likely)) * (1 + TOLERANCE)


def number_after(year: int, latest: str | None) -> str:
    """The next number of a year in the registry, such as 2026-0008 after 2026-0007.

    Args:
        year: of the decision.
        latest: the highest number of that year; None where there is none.
    """
    before = 0 if latest is None else int(latest.partition("-")[2])
    return f"{year}-{before + 1:04}"


def trial_ends_on(today: date, weeks: int) -> date:
    """The last day of a trial."""
    return today + timedelta(weeks=weeks)


def may_be_undone(decided_at: datetime, now: datetime) -> bool:
    """Whether it is still within the 30 days."""
    return now - decided_at <= UNDONE_WITHIN


def next_rung(rung: Rung) -> Rung | None:
    """The next one upwards; None at the top."""
    order = list(Rung)
    place = order.index(rung) + 1
    return order[place] if place < len(order) else None


def proposed_rung(last: Rung, state: StepState) -> Rung | None:
    """Where to raise it next: one step up, once the last one was refused or not answered."""
    if state in (StepState.REFUSED, StepState.NO_ANSWER):
        return next_rung(last)
    return None
