"""The numbers of a policy one by one: what each means, its usual value, what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from timethief.domain.numbers import Limits
from timethief.domain.policy import DEFAULT_POLICY, LIMITS, OCCASIONS, SHARES, Policy
from timethief.domain.ranges import Range
from timethief.domain.vocabulary import InUse, Per
from timethief.i18n import N_, gettext, language, number
from timethief.reports.labels import label


class Unit(StrEnum):
    """What a number counts."""

    TIMES = "times"
    HOURS = "hours"
    YEARS = "years"
    PERCENT = "percent"
    FACTOR = "factor"


class Group(StrEnum):
    """What belongs together on the page."""

    YEAR = "year"
    TIME = "time"
    USE = "use"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class PolicyNumber:
    """One number of the policy.

    Attributes:
        name: of its field in a form.
        path: where it stands in the policy: attribute, or attribute, key and which of the three.
        unit: what it counts; shares are shown in per cent.
    """

    name: str
    path: tuple[str, ...]
    unit: Unit
    group: Group
    limits: Limits

    @property
    def name_of_it(self) -> str:
        """What it is called, in the language in use."""
        if self.path[0] == "occasions":
            words = label("per", self.path[1])
            return words[:1].upper() + words[1:]
        if self.path[0] == "usage":
            return f"{label('in_use', self.path[1])}: {self.place}"
        return gettext(_WORDS[self.name][0])

    @property
    def place(self) -> str:
        """Which of the three numbers of a use it is."""
        return gettext(_PLACES[self.path[-1]]) if self.path[0] == "usage" else ""

    @property
    def help(self) -> str:
        """What it means where its group does not tell, its usual value, and what it may be."""
        meaning = gettext(_WORDS[self.name][1]) if self.name in _WORDS else ""
        least = self.limits.least if self.limits.least is not None else self.limits.above or 0
        usual = gettext("Usually %(usual)s.", usual=self.shown(self.of(DEFAULT_POLICY)))
        may_be = gettext(
            "From %(least)s to %(most)s.",
            least=number(least * self._scale, 3),
            most=self.shown(self.limits.most),
        )
        # Limits that nobody comes near only tire; the refusal tells them.
        near = self.path[0] != "usage" and self.unit in (Unit.PERCENT, Unit.FACTOR)
        return " ".join(each for each in (meaning, usual, may_be if near else "") if each)

    @property
    def _scale(self) -> int:
        return 100 if self.unit is Unit.PERCENT else 1

    def of(self, policy: Policy) -> float:
        """The number in a policy."""
        if self.path[0] == "occasions":
            return policy.occasions[Per(self.path[1])]
        if self.path[0] == "usage":
            factor: float = getattr(policy.usage[InUse(self.path[1])], self.path[2])
            return factor
        value: float = getattr(policy, self.path[0])
        return value

    def shown(self, value: float) -> str:
        """The number with what it counts."""
        if self.unit is Unit.PERCENT:
            sign = "%" if language() == "en" else "\u00a0%"
            return f"{number(value * 100, 2)}{sign}"
        text = number(value, 3)
        if self.unit is Unit.HOURS:
            return gettext("%(hours)s hours", hours=text)
        if self.unit is Unit.YEARS:
            return gettext("%(years)s years", years=text)
        return text


_PLACES = {"low": N_("at least"), "likely": N_("likely"), "high": N_("at most")}
_WORDS = {
    "fte_hours": (
        N_("A full-time equivalent, a year"),
        N_("Hours that one person works in a year; hours are divided by it."),
    ),
    "default_spread": (
        N_("A single number is read as plus or minus"),
        N_("How unsure an answer is that was given as one number."),
    ),
    "horizon_years": (
        N_("One-off hours are spread over"),
        N_("A change that takes work once is paid back over so many years."),
    ),
    "automation_base_hours": (N_("To automate anything"), N_("Work once, whatever is automated.")),
    "automation_hours_per_system": (
        N_("To automate, more for each system"),
        N_("Work once, for each system that is touched."),
    ),
    "unstable_factor": (
        N_("To automate work that keeps changing, times"),
        N_("The work once is multiplied by it where the task keeps changing."),
    ),
    "integration_hours": (
        N_("To register once"),
        N_("Work once, to let systems share what is registered."),
    ),
    "maintenance_share": (
        N_("Upkeep, a year, of the one-off hours"),
        N_("What a change costs every year after it has been made."),
    ),
}
_UNITS = {
    "fte_hours": (Unit.HOURS, Group.TIME),
    "default_spread": (Unit.PERCENT, Group.TIME),
    "horizon_years": (Unit.YEARS, Group.CHANGE),
    "automation_base_hours": (Unit.HOURS, Group.CHANGE),
    "automation_hours_per_system": (Unit.HOURS, Group.CHANGE),
    "unstable_factor": (Unit.FACTOR, Group.CHANGE),
    "integration_hours": (Unit.HOURS, Group.CHANGE),
    "maintenance_share": (Unit.PERCENT, Group.CHANGE),
}

NUMBERS: tuple[PolicyNumber, ...] = (
    *(
        PolicyNumber(
            f"occasions_{per}", ("occasions", per.value), Unit.TIMES, Group.YEAR, OCCASIONS
        )
        for per in Per
    ),
    *(
        PolicyNumber(name, (name,), unit, group, LIMITS[name])
        for name, (unit, group) in _UNITS.items()
    ),
    *(
        PolicyNumber(
            f"usage_{in_use}_{place}",
            ("usage", in_use.value, place),
            Unit.PERCENT,
            Group.USE,
            SHARES,
        )
        for in_use in InUse
        for place in _PLACES
    ),
)
"""Every number that can be changed, in the order they are shown."""


def policy_from(values: Mapping[str, float], version: int) -> Policy:
    """A policy of these numbers, by the names of their fields.

    Raises:
        Invalid: a number out of bounds; the field is a path as in the policy.
    """
    return Policy(
        version=version,
        occasions={per: values[f"occasions_{per}"] for per in Per},
        usage={
            in_use: Range(*(values[f"usage_{in_use}_{place}"] for place in _PLACES))
            for in_use in InUse
        },
        **{name: values[name] for name in _UNITS},
    )


def differences(old: Policy, new: Policy) -> list[tuple[str, str, str]]:
    """The numbers that differ: name, then as it was, then as it is."""
    return [
        (each.name_of_it, each.shown(each.of(old)), each.shown(each.of(new)))
        for each in NUMBERS
        if each.of(old) != each.of(new)
    ]
