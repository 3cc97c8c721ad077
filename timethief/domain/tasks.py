"""What is known of a task: the input of an assessment."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from timethief.domain.errors import Invalid
from timethief.domain.numbers import (
    ACHIEVABLE_MINUTES,
    HOURLY_COST_SEK,
    HOURS_IN_A_YEAR,
    MINUTES,
    PEOPLE,
    SEK_PER_YEAR,
    SHARE_OF_ONE,
    SYSTEMS,
    TIMES,
    WORTH_MINUTES,
    WORTH_SHARE,
    Limits,
    check_number,
)
from timethief.domain.policy import Policy
from timethief.domain.ranges import Range, check_range
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 4_000
_SHOWN_AS_NOTHING = frozenset({"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"})
"""Kinds of characters that alone show nothing: controls, joiners and directions, marks, spaces."""
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by kind that are drawn empty."""
_KEPT_CONTROLS = frozenset("\n\t")


def read_text(text: str, field: str, longest: int, *, required: bool = False) -> str:
    """Text as a person meant it: composed (NFC), trimmed, without control characters.

    Raises:
        Invalid: reason `required` (nothing visible in it), `too_long` (values `limit`, `length`; code points),
            `bad_characters` (NUL or a lone surrogate).
    """
    # What Python calls printable holds none of the signs that are looked for one by one in the rest.
    kept = text if text.isprintable() else _without_controls(text, field)
    plain = unicodedata.normalize("NFC", kept).strip()
    if required and not any(_is_visible(character) for character in plain):
        raise Invalid(field, "required")
    if len(plain) > longest:
        raise Invalid(field, "too_long", limit=longest, length=len(plain))
    return plain


def _without_controls(text: str, field: str) -> str:
    if "\x00" in text or any(unicodedata.category(c) == "Cs" for c in text):
        raise Invalid(field, "bad_characters")
    return "".join(
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in _KEPT_CONTROLS or unicodedata.category(character) != "Cc"
    )


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in _SHOWN_AS_NOTHING and character not in _FILLERS


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often: `times` per `per`, as in two times a week."""

    times: float
    per: Per

    def __post_init__(self) -> None:
        """Refuse a number of times that cannot be."""
        check_number(self.times, "times", TIMES)

    def occasions_a_year(self, policy: Policy) -> float:
        """Times x occasions a year of the unit it is counted in."""
        return self.times * policy.occasions[self.per]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a use is worth: exactly one of three.

    Attributes:
        share: of the time the task takes.
        minutes: per occasion and person; a number, or a range as given.
        sek_per_year: kronor a year, such as a state grant or a fee.
    """

    share: float | None = None
    minutes: float | Range | None = None
    sek_per_year: float | None = None

    def __post_init__(self) -> None:
        """Refuse none or several kinds of worth, and numbers out of bounds."""
        kinds = (self.share, self.minutes, self.sek_per_year)
        if sum(kind is not None for kind in kinds) != 1:
            raise Invalid("worth", "exactly_one")
        if self.share is not None:
            check_number(self.share, "worth.share", WORTH_SHARE)
        if isinstance(self.minutes, Range):
            check_range(
                self.minutes.low,
                self.minutes.likely,
                self.minutes.high,
                "worth.minutes",
                WORTH_MINUTES,
            )
        elif self.minutes is not None:
            check_number(self.minutes, "worth.minutes", WORTH_MINUTES)
        if self.sek_per_year is not None:
            check_number(self.sek_per_year, "worth.sek_per_year", SEK_PER_YEAR)


@dataclass(frozen=True, slots=True)
class Use:
    """One stated use of a task, as its most authoritative statement has it."""

    beneficiary: Beneficiary
    purpose: Purpose
    in_use: InUse
    worth: Worth


@dataclass(frozen=True, slots=True)
class Automation:
    """What speaks for and against letting a program do it.

    Attributes:
        rule_based: share of the work that follows rules, 0-1.
        digital_input: share of the input that is digital, 0-1.
        exceptions: share of the cases that are exceptions, 0-1.
        stable: the work seldom changes its form.
        systems: how many systems it touches.
        needs_judgement: takes human judgement about a person; then it is never offered for automation.
    """

    rule_based: float
    digital_input: float
    exceptions: float
    stable: bool = True
    systems: int = 1
    needs_judgement: bool = False

    def __post_init__(self) -> None:
        """Refuse shares outside 0-1 and fewer than one system."""
        for name in ("rule_based", "digital_input", "exceptions"):
            check_number(getattr(self, name), f"automation.{name}", SHARE_OF_ONE)
        check_number(self.systems, "automation.systems", SYSTEMS)

    @property
    def share(self) -> float:
        """Share of the work that can be automated: rule_based x digital_input x (1 - exceptions)."""
        return self.rule_based * self.digital_input * (1 - self.exceptions)


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What the model needs to know of a task.

    Attributes:
        minutes: working time per occasion and person; a single number gets the policy's spread.
        frequency: how often.
        people: how many people do it that often; a single number has no spread.
        hourly_cost_sek: tariff of those who do it, employer's costs included.
        binding: what obliges us.
        uses: the stated uses; none means that nobody here knows what it is for.
        achievable_minutes: per occasion and person, if tools and routines worked as they should.
        sufficient_frequency: how often would be enough.
        other_hourly_cost_sek: tariff of those who could do it as well.
        duplicate_share: share of the work that enters again what is registered already, 0-1.
        automation: None where nobody has looked.
    """

    minutes: float | Range
    frequency: Frequency
    people: int | Range
    hourly_cost_sek: float
    binding: Binding = Binding.UNKNOWN
    uses: tuple[Use, ...] = ()
    achievable_minutes: float | None = None
    sufficient_frequency: Frequency | None = None
    other_hourly_cost_sek: float | None = None
    duplicate_share: float = 0.0
    automation: Automation | None = None

    def __post_init__(self) -> None:
        """Refuse any number out of bounds, so that an invalid task cannot be assessed."""
        check_estimate(self.minutes, "minutes", MINUTES)
        check_estimate(self.people, "people", PEOPLE)
        check_number(self.hourly_cost_sek, "hourly_cost_sek", HOURLY_COST_SEK)
        check_number(self.duplicate_share, "duplicate_share", SHARE_OF_ONE)
        if self.achievable_minutes is not None:
            check_number(self.achievable_minutes, "achievable_minutes", ACHIEVABLE_MINUTES)
        if self.other_hourly_cost_sek is not None:
            check_number(self.other_hourly_cost_sek, "other_hourly_cost_sek", HOURLY_COST_SEK)

    def minutes_range(self, policy: Policy) -> Range:
        """Minutes per occasion and person."""
        if isinstance(self.minutes, Range):
            return self.minutes
        return Range.around(self.minutes, policy.default_spread)

    def people_range(self) -> Range:
        """How many people; a single number has no spread."""
        return self.people if isinstance(self.people, Range) else Range.exactly(self.people)


def check_yearly_time(minutes: float, frequency: Frequency, policy: Policy) -> None:
    """Refuse a task that would take one person more than all hours of a year.

    Raises:
        Invalid: field `frequency`, reason `more_than_a_year` (values `hours`, `limit`).
    """
    hours = minutes * frequency.occasions_a_year(policy) / 60
    if hours > HOURS_IN_A_YEAR:
        raise Invalid("frequency", "more_than_a_year", hours=hours, limit=HOURS_IN_A_YEAR)


def check_estimate(estimate: float | Range, field: str, limits: Limits) -> None:
    """A number or a range within the limits.

    Raises:
        Invalid: as `check_number` or `check_range`.
    """
    if isinstance(estimate, Range):
        check_range(estimate.low, estimate.likely, estimate.high, field, limits)
    else:
        check_number(estimate, field, limits)
