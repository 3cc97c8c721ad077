"""The filters of the inventory as the page shows them: those in force, and those to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from timethief.domain.identifiers import to_text
from timethief.i18n import gettext, language, number
from timethief.queries.inventory_choices import InventoryChoices
from timethief.reports.labels import label, labels
from timethief.reports.unit_names import unit_options
from timethief.web.inventory_address import Wanted


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


def chips(wanted: Wanted, choices: InventoryChoices) -> list[Chip]:
    """The filters in force, in words."""
    names: dict[str, tuple[str, Mapping[str, str]]] = {
        "unit": (gettext("Unit"), {to_text(unit.id): unit.name for unit in choices.units}),
        "requester": (
            gettext("Who asks for it"),
            {each.id: each.name for each in choices.requesters},
        ),
        "requirement": (gettext("Requirement"), {}),
        "staff_category": (
            gettext("Staff category"),
            {each.id: each.name(language()) for each in choices.staff_categories},
        ),
        "level": (gettext("Level of requester"), labels("level")),
        "verdict": (gettext("Verdict"), labels("verdict")),
        "flagged": (
            gettext("Verdict"),
            {"yes": gettext("All time thieves"), "no": gettext("No time thief")},
        ),
        "cause": (gettext("Cause"), labels("cause")),
        "recommended": (gettext("Remedy"), labels("action")),
        "signal": (gettext("Why it takes time"), labels("signal")),
        "status": (gettext("Status"), labels("status")),
        "q": (gettext("Words"), {}),
    }
    shown = []
    for name, value in wanted.pairs().items():
        if name not in names or value is None:
            continue
        words, known = names[name]
        told = choices.requirement if name == "requirement" else known.get(value, value)
        shown.append(Chip(words, told or value, wanted.address(**{name: None})))
    return shown


def verdicts(wanted: Wanted, choices: InventoryChoices) -> list[Option]:
    """All time thieves together, then each verdict: to choose one is to leave the other."""
    thieves = [
        choices.counts.get(("verdict", verdict), 0) for verdict in ("clear", "probable", "partial")
    ]
    known = any(dimension == "verdict" for dimension, _ in choices.counts)
    return [
        Option(
            gettext("All time thieves"),
            number(sum(thieves)) if known else "",
            wanted.address(flagged="yes", verdict=None),
            wanted.filter.flagged is True,
        ),
        *options(wanted, choices, "verdict", replaced=("flagged",)),
    ]


def options(
    wanted: Wanted, choices: InventoryChoices, name: str, replaced: Iterable[str] = ()
) -> list[Option]:
    """Every code of a dimension; where counts are known, those that no task has are left out."""
    counts = {
        code: count for (dimension, code), count in choices.counts.items() if dimension == name
    }
    chosen = getattr(wanted.filter, name)
    return [
        Option(
            words,
            number(counts[code]) if code in counts else "",
            wanted.address(**{name: code}, **dict.fromkeys(replaced)),
            code == chosen,
        )
        for code, words in labels(name).items()
        if not counts or code in counts or code == chosen
    ]


def selects(choices: InventoryChoices) -> list[Select]:
    """The filters that are lists."""

    def counted(name: str, kind: str) -> list[tuple[str, str]]:
        return [
            (code, f"{words} ({number(choices.counts[name, code])})")
            if (name, code) in choices.counts
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
