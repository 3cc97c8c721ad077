"""The filters of the inventory as the page shows them: those in force, and those to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from timethief.i18n import gettext, language, number
from timethief.queries.inventory_choices import InventoryChoices
from timethief.reports.labels import label, labels
from timethief.reports.unit_names import unit_options
from timethief.web.inventory_address import Addressed, Wanted

Counts = Mapping[tuple[str, str], int]
"""How many tasks a code leaves, by (dimension, code)."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force."""

    label: str
    value: str
    remove_href: str


@dataclass(frozen=True, slots=True)
class Option:
    """A filter to choose with one press; `count` is empty where it is not known."""

    label: str
    count: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Select:
    """A filter to choose from a list; `everything` stands for none chosen."""

    name: str
    label: str
    everything: str
    options: list[tuple[str, str]]


def chips(wanted: Addressed, names: Mapping[str, str]) -> list[Chip]:
    """The filters in force, in words; `names` are those of what they refer to."""
    codes = {
        **{kind: kind for kind in ("level", "verdict", "cause", "signal", "status")},
        "recommended": "action",
    }
    words = {
        "unit": gettext("Unit"),
        "requester": gettext("Who asks for it"),
        "requirement": gettext("Requirement"),
        "staff_category": gettext("Staff category"),
        "level": gettext("Level of requester"),
        "verdict": gettext("Verdict"),
        "flagged": gettext("Verdict"),
        "cause": gettext("Cause"),
        "recommended": gettext("Remedy"),
        "signal": gettext("Why it takes time"),
        "status": gettext("Status"),
        "imported": gettext("Import"),
        "q": gettext("Words"),
    }
    shown = []
    for name, value in wanted.pairs().items():
        if name not in words or value is None:
            continue
        told = names.get(name, value)
        if name in codes:
            told = label(codes[name], value)
        elif name == "flagged":
            told = gettext("All time thieves") if value == "yes" else gettext("No time thief")
        shown.append(Chip(words[name], told, wanted.address(**{name: None})))
    return shown


def verdicts(wanted: Wanted, counts: Counts) -> list[Option]:
    """All time thieves together, then each verdict: to choose one is to leave the other."""
    thieves = [counts.get(("verdict", verdict), 0) for verdict in ("clear", "probable", "partial")]
    known = any(dimension == "verdict" for dimension, _ in counts)
    return [
        Option(
            gettext("All time thieves"),
            number(sum(thieves)) if known else "",
            wanted.address(flagged="yes", verdict=None),
            wanted.filter.flagged is True,
        ),
        *options(wanted, counts, "verdict", replaced=("flagged",)),
    ]


def options(
    wanted: Addressed, counts: Counts, name: str, replaced: Iterable[str] = ()
) -> list[Option]:
    """Every code of a dimension; where counts are known, those that no task has are left out."""
    known = {code: count for (dimension, code), count in counts.items() if dimension == name}
    chosen = getattr(wanted.filter, name)
    return [
        Option(
            words,
            number(known[code]) if code in known else "",
            wanted.address(**{name: code}, **dict.fromkeys(replaced)),
            code == chosen,
        )
        for code, words in labels("action" if name == "recommended" else name).items()
        if not known or code in known or code == chosen
    ]


def selects(choices: InventoryChoices, counts: Counts) -> list[Select]:
    """The filters that are lists."""

    def counted(name: str, kind: str) -> list[tuple[str, str]]:
        return [
            (code, f"{words} ({number(counts[name, code])})")
            if (name, code) in counts
            else (code, words)
            for code, words in labels(kind).items()
        ]

    return [
        Select(
            "unit", gettext("Unit"), gettext("The whole organisation"), unit_options(choices.units)
        ),
        Select(
            "requester",
            gettext("Who asks for it"),
            gettext("All"),
            [
                (each.id, f"{each.name} ({label('level', each.level).lower()})")
                for each in choices.requesters
            ],
        ),
        Select(
            "staff_category",
            gettext("Staff category"),
            gettext("All"),
            [(each.id, each.name(language())) for each in choices.staff_categories],
        ),
        Select("cause", gettext("Cause"), gettext("All"), counted("cause", "cause")),
        Select("recommended", gettext("Remedy"), gettext("All"), counted("recommended", "action")),
        Select("signal", gettext("Why it takes time"), gettext("All"), counted("signal", "signal")),
        Select("status", gettext("Status"), gettext("All"), counted("status", "status")),
    ]
