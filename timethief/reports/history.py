"""What was done to a task, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timethief.domain.automation_gate import GateQuestion
from timethief.i18n import N_, gettext, number, percent, significant
from timethief.reports.labels import label

_FIELDS = {
    "minutes": N_("Minutes each time"),
    "minutes_low": N_("Minutes at least"),
    "minutes_high": N_("Minutes at most"),
    "times": N_("Times"),
    "per": N_("How often"),
    "people": N_("People"),
    "people_low": N_("People at least"),
    "people_high": N_("People at most"),
    "binding": N_("What obliges us"),
    "legal_basis": N_("Law, agreement or rule"),
    "achievable_minutes": N_("Minutes if everything worked"),
    "sufficient_times": N_("Times that would be enough"),
    "sufficient_per": N_("How often would be enough"),
    "duplicate_share": N_("Share that is entered twice"),
    "rule_based": N_("Share that follows rules"),
    "digital_input": N_("Share of the input that is digital"),
    "exceptions": N_("Share of exceptions"),
    "systems": N_("Systems it touches"),
    "stable": N_("The work seldom changes its form"),
    "needs_judgement": N_("Takes human judgement about a person"),
    "status": N_("Status"),
    "outcome": N_("Decision"),
    "number": N_("Number in the registry"),
    "verdict": N_("Verdict"),
    "recommended": N_("Recommended"),
    "answer": N_("What it takes now"),
    "minutes_now": N_("Minutes each time, now"),
    "times_now": N_("Times, now"),
    "per_now": N_("How often, now"),
    "people_now": N_("People, now"),
    "minutes_before": N_("Minutes each time before, in truth"),
    "confirmed_hours": N_("Freed, hours a year"),
    "estimate_change_hours": N_("Only estimated wrong, hours a year"),
    "returned": N_("Has it come back?"),
    "reviewed_on": N_("Last looked at"),
    "reason": N_("Reason"),
    "take_away": N_("Take it away"),
    "reduce_frequency": N_("Do it less often"),
    "register_once": N_("Register once"),
    "simplify": N_("Simplify"),
    "move": N_("Let somebody else do it"),
    "human_check": N_("What a person still looks at"),
}
_KINDS = {
    "per": "per",
    "sufficient_per": "per",
    "binding": "binding",
    "status": "status",
    "outcome": "outcome",
    "verdict": "verdict",
    "recommended": "action",
    "answer": "follow_up_answer",
    "per_now": "per",
    "returned": "return_state",
    **{question.value: "gate_answer" for question in GateQuestion},
}
_HOURS = frozenset({"confirmed_hours", "estimate_change_hours"})
_SHARES = frozenset({"duplicate_share", "rule_based", "digital_input", "exceptions"})


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Each thing that changed, as "Minutes each time: 30 -> 10"."""
    return [
        f"{gettext(words)}: {_told(name, before.get(name))} \u2192 {_told(name, after.get(name))}"
        for name, words in _FIELDS.items()
        if name in before or name in after
    ]


def _told(name: str, value: Any) -> str:  # noqa: ANN401 - as stored
    if value is None or value == "":
        return gettext("not stated")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if name in _KINDS:
        return label(_KINDS[name], value)
    if name in _SHARES:
        return percent(value)
    if name in _HOURS:
        return significant(value)
    return number(value, 2) if isinstance(value, int | float) else str(value)
