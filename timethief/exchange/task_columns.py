"""The columns of a spreadsheet of tasks: their codes, headings and kinds, for template, import and export alike.

The codes are public (the contract). A heading is understood in Swedish, in English and as its code, in any case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from timethief.domain.names import folded
from timethief.domain.numbers import (
    ACHIEVABLE_MINUTES,
    HOURLY_COST_SEK,
    MINUTES,
    PEOPLE,
    SEK_PER_YEAR,
    SHARE_OF_ONE,
    SYSTEMS,
    TIMES,
    WORTH_MINUTES,
    WORTH_SHARE,
    Limits,
)
from timethief.domain.tasks import LONGEST_DESCRIPTION, LONGEST_TITLE
from timethief.i18n import LANGUAGES, N_, gettext, speaking
from timethief.reports.labels import labels

MOST_USES = 3
LONGEST_EXTERNAL_ID = 64
EXAMPLE = N_("Fill in the attendance list on paper (example, write over it)")
"""Title of the row that the form comes with. It is nobody's task, so an import leaves it out."""


class Kind(StrEnum):
    """What a cell of the column may hold."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_OR_NO = "yes_or_no"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        code: its public name.
        heading: in English; translated where it is shown.
        required: a file without the column, and a row without a value in it, is refused.
        limits: of a number.
        longest: of a text, in characters.
        choices: which list of the vocabulary its words are from.
        register: the cell names something of the organisation: "unit", "staff_category" or "requester".
        rare: understood and exported, but not in the form to fill in.
        use: which of the stated uses it is about; 0 for none.
    """

    code: str
    heading: str
    kind: Kind = Kind.TEXT
    required: bool = False
    limits: Limits | None = None
    longest: int = LONGEST_TITLE
    choices: str = ""
    register: str = ""
    rare: bool = False
    use: int = 0

    def title(self) -> str:
        """The heading in the language in use."""
        if not self.use:
            return gettext(self.heading)
        return gettext("Use %(number)s: %(what)s", number=self.use, what=gettext(self.heading))


def _text(code: str, heading: str, longest: int = LONGEST_TITLE, **more: bool | str) -> Column:
    return Column(code, heading, longest=longest, **more)  # type: ignore[arg-type]


def _number(
    code: str, heading: str, limits: Limits, *, required: bool = False, rare: bool = False
) -> Column:
    return Column(code, heading, Kind.NUMBER, required, limits, rare=rare)


def _choice(code: str, heading: str, choices: str, *, required: bool = False) -> Column:
    return Column(code, heading, Kind.CHOICE, required, choices=choices)


def _use(number: int) -> tuple[Column, ...]:
    minutes = f"use{number}_worth_minutes"
    return tuple(
        replace(column, use=number)
        for column in (
            _choice(f"use{number}_beneficiary", N_("who benefits"), "beneficiary"),
            _choice(f"use{number}_purpose", N_("what it is for"), "purpose"),
            _choice(f"use{number}_in_use", N_("is it used"), "in_use"),
            _number(f"use{number}_worth_share", N_("worth as a share of the time"), WORTH_SHARE),
            _number(minutes, N_("worth in minutes each time"), WORTH_MINUTES, rare=True),
            _number(f"{minutes}_low", N_("worth in minutes, at least"), WORTH_MINUTES, rare=True),
            _number(f"{minutes}_high", N_("worth in minutes, at most"), WORTH_MINUTES, rare=True),
            _number(
                f"use{number}_worth_sek_per_year",
                N_("worth in kronor a year"),
                SEK_PER_YEAR,
                rare=True,
            ),
        )
    )


COLUMNS: tuple[Column, ...] = (
    _text("title", N_("What is done"), required=True),
    _text("description", N_("Description"), LONGEST_DESCRIPTION),
    _text("unit", N_("Unit"), required=True, register="unit"),
    _text("staff_category", N_("Staff category"), required=True, register="staff_category"),
    _number("minutes", N_("Minutes each time"), MINUTES, required=True),
    _number("minutes_low", N_("Minutes at least"), MINUTES),
    _number("minutes_high", N_("Minutes at most"), MINUTES),
    _number("times", N_("Number of times"), TIMES, required=True),
    _choice("per", N_("Per"), "per", required=True),
    _number("people", N_("Number of people"), PEOPLE, required=True),
    _choice("requester_level", N_("Level of the requester"), "level", required=True),
    _text("requester", N_("Requester"), required=True, register="requester"),
    _text("requirement", N_("Requirement")),
    _choice("binding", N_("What obliges us"), "binding"),
    _text("legal_basis", N_("Legal basis"), LONGEST_DESCRIPTION),
    *(column for number in range(1, MOST_USES + 1) for column in _use(number)),
    Column("signals", N_("What makes it take time"), Kind.CHOICES, choices="signal"),
    _number("achievable_minutes", N_("Minutes if everything worked"), ACHIEVABLE_MINUTES),
    _number("sufficient_times", N_("Number of times that is enough"), TIMES),
    _choice("sufficient_per", N_("Per, where fewer are enough"), "per"),
    _text("other_staff_category", N_("Others who could do it"), register="staff_category"),
    _number("duplicate_share", N_("Share that is entered twice"), SHARE_OF_ONE),
    _number("rule_based", N_("Share that follows rules"), SHARE_OF_ONE),
    _number("digital_input", N_("Share that comes in digitally"), SHARE_OF_ONE),
    _number("exceptions", N_("Share that is exceptions"), SHARE_OF_ONE),
    Column("stable", N_("Seldom changes"), Kind.YES_OR_NO),
    _number("systems", N_("Number of systems"), SYSTEMS),
    Column("needs_judgement", N_("Takes judgement about a person"), Kind.YES_OR_NO),
    _text("external_id", N_("Own reference"), LONGEST_EXTERNAL_ID),
    _number("people_low", N_("People at least"), PEOPLE, rare=True),
    _number("people_high", N_("People at most"), PEOPLE, rare=True),
    _number("hourly_cost_sek", N_("Kronor an hour"), HOURLY_COST_SEK, rare=True),
    _number("other_hourly_cost_sek", N_("Kronor an hour for others"), HOURLY_COST_SEK, rare=True),
)
BY_CODE = {column.code: column for column in COLUMNS}

RESULTS: tuple[Column, ...] = (
    _choice("status", N_("Status"), "status"),
    _choice("verdict", N_("Verdict"), "verdict"),
    _choice("cause", N_("Cause"), "cause"),
    _choice("recommended", N_("Recommended"), "action"),
    Column("cost_hours", N_("Hours a year"), Kind.NUMBER),
    Column("cost_sek", N_("Kronor a year"), Kind.NUMBER),
    Column("benefit_hours", N_("Benefit, hours a year"), Kind.NUMBER),
    Column("avoidable_hours", N_("Hours that could be freed a year"), Kind.NUMBER),
    Column("gain_hours", N_("Gain, hours a year"), Kind.NUMBER),
)
"""What an export tells beside: it follows from the rest, so an import leaves it aside."""
_DETAILS = frozenset(
    (
        *("sufficient_times", "sufficient_per", "other_staff_category", "duplicate_share"),
        *("rule_based", "digital_input", "exceptions", "stable", "systems", "needs_judgement"),
    )
)
EXPORTED = (*COLUMNS, *RESULTS)
SELDOM_FILLED = frozenset(
    column.code for column in COLUMNS if column.rare or column.use > 1 or column.code in _DETAILS
)
"""Columns that an export leaves out where no task fills them: a table of sixty columns is read by nobody."""
MARKS = Column("to_correct", N_("To correct"))
"""What a workbook with marked faults tells first in each row; left aside when it comes back."""
_YES = (N_("yes"), N_("no"))


@cache
def columns_by_heading() -> dict[str, Column]:
    """Each column by everything that its heading may say, folded."""
    found: dict[str, Column] = {}
    for language in LANGUAGES:
        with speaking(language):
            found |= {heading_key(column.title()): column for column in COLUMNS}
    return found | {heading_key(column.code): column for column in COLUMNS}


@cache
def titles_of_example() -> frozenset[str]:
    """The title of the form's example, in every language."""
    found = set()
    for language in LANGUAGES:
        with speaking(language):
            found.add(gettext(EXAMPLE))
    return frozenset(found)


@cache
def headings_of_results() -> frozenset[str]:
    """Everything that the headings of what an import leaves aside may say, folded."""
    found = {heading_key(column.code) for column in (*RESULTS, MARKS)}
    for language in LANGUAGES:
        with speaking(language):
            found |= {heading_key(column.title()) for column in (*RESULTS, MARKS)}
    return frozenset(found)


def heading_key(text: str) -> str:
    """What headings are compared by: a star for what is required, spaces and case do not count."""
    return folded(text.replace("*", " ").replace("_", " "))


@cache
def codes_by_word(choices: str) -> dict[str, str]:
    """Each code of a list of the vocabulary by its words in every language, and by itself; folded."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with speaking(language):
            found |= {folded(words): code for code, words in labels(choices).items()}
    return found | {folded(code): code for code in labels(choices)}


@cache
def answers_by_word() -> dict[str, bool]:
    """What yes and no may be written as; folded."""
    found = {"1": True, "0": False, "true": True, "false": False, "x": True, "sant": True}
    found["falskt"] = False
    for language in LANGUAGES:
        with speaking(language):
            yes, no = (gettext(word) for word in _YES)
            found |= {folded(yes): True, folded(no): False}
    return found


def yes_or_no(*, answer: bool) -> str:
    """As the template writes it, in the language in use."""
    yes, no = (gettext(word) for word in _YES)
    return yes if answer else no
