"""What was done to a task, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timethief.i18n import N_, gettext, number, percent
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
    "verdict": N_("Verdict"),
    "recommended": N_("Recommended"),
}
_KINDS = {
    "per": "per",
    "sufficient_per": "per",
    "binding": "binding",
    "status": "status",
    "verdict": "verdict",
    "recommended": "action",
}
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
    return number(value, 2) if isinstance(value, int | float) else str(value)
