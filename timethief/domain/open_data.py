"""What of an organisation's figures may be open to all, and what it says of the file that holds them.

Tasks are about work, but behind a figure of one or two of them somebody can be seen. So every figure is of at least as
many tasks as the organisation's threshold, and so is every difference between a figure and its parts: the parts that
are too few are left together, and the smallest of the others with them where the few would be told by subtraction.
Numbers are rounded besides (security rules as in `timethief.domain.disclosure`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from timethief.domain.contact import read_email
from timethief.domain.disclosure import shown_count, two_digits
from timethief.domain.errors import Invalid, Invalids
from timethief.domain.measures import PER_HOUR, PER_SEK, Measures
from timethief.domain.public_statements import WEB_ADDRESS
from timethief.domain.tasks import read_text

LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Part:
    """Some tasks, and the parts that they fall into; what is in none of the parts is the part's own.

    Attributes:
        named: whether the name may be told; else it is only counted together with others.
    """

    key: str
    whole: Measures
    parts: tuple[Part, ...] = ()
    named: bool = True


@dataclass(frozen=True, slots=True)
class OpenFigure:
    """A figure as it is told: number of tasks rounded to 5, hours, kronor and full-time equivalents to two digits."""

    tasks: int
    hours: float
    sek: float
    fte: float


@dataclass(frozen=True, slots=True)
class OpenPart:
    """What is told of a part.

    Attributes:
        parts: those that are told of, the largest first.
        rest: all that is in none of them; None where there is nothing, or too little to be told.
    """

    key: str
    figure: OpenFigure
    parts: tuple[OpenPart, ...]
    rest: OpenFigure | None

    def within(self) -> Iterator[OpenPart]:
        """Every part below, each followed by those below it."""
        for part in self.parts:
            yield part
            yield from part.within()


def opened(part: Part, smallest: int, fte_hours: float) -> OpenPart | None:
    """What may be told of a part and all below it; None where it is too little itself.

    Args:
        part: some tasks.
        smallest: the number of tasks below which nothing is told.
        fte_hours: working hours of a full-time equivalent a year.
    """
    figure = _figure(part.whole, smallest, fte_hours)
    if figure is None:
        return None
    told = [each for each in part.parts if each.named and each.whole.tasks >= smallest]
    told.sort(key=lambda each: (-each.whole.tasks, -each.whole.cost_likely, each.key))
    while 0 < (rest := _rest(part, told)).tasks < smallest and told:
        told.pop()
    told.sort(key=lambda each: (-each.whole.cost_likely, each.key))
    within = (opened(each, smallest, fte_hours) for each in told)
    return OpenPart(
        key=part.key,
        figure=figure,
        parts=tuple(each for each in within if each is not None),
        rest=_figure(rest, smallest, fte_hours),
    )


def _rest(part: Part, told: list[Part]) -> Measures:
    left = part.whole
    for each in told:
        left = left.minus(each.whole)
    return left


def _figure(measures: Measures, smallest: int, fte_hours: float) -> OpenFigure | None:
    tasks = shown_count(measures.tasks, smallest)
    if tasks is None:
        return None
    hours = measures.cost_likely / PER_HOUR
    return OpenFigure(
        tasks=tasks,
        hours=two_digits(hours),
        sek=two_digits(measures.cost_ore / PER_SEK),
        fte=two_digits(hours / fte_hours),
    )


class Licence(StrEnum):
    """What others may do with the data. The organisation chooses it; the service never does."""

    CC0 = "cc0"
    CC_BY = "cc_by"

    @property
    def address(self) -> str:
        """What stands for it in descriptions of data."""
        return {
            Licence.CC0: "http://creativecommons.org/publicdomain/zero/1.0/",
            Licence.CC_BY: "http://creativecommons.org/licenses/by/4.0/",
        }[self]


@dataclass(frozen=True, slots=True)
class OpenDataFacts:
    """What the organisation says of its open data; empty where it has not.

    Attributes:
        contact: whom to ask: a function, not a person.
        email: of that function.
        address: where the file is published.
        licence: under which others may use it.
    """

    contact: str = ""
    email: str = ""
    address: str = ""
    licence: Licence | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What a description needs and nobody has filled in."""
        return tuple(name for name, value in asdict(self).items() if not value)


def checked(given: OpenDataFacts) -> OpenDataFacts:
    """The facts as they can be stored.

    Raises:
        Invalids: a text too long, an address that is none.
    """
    refusals: list[Invalid] = []
    texts: dict[str, str] = {}
    for name in ("contact", "address"):
        try:
            texts[name] = read_text(getattr(given, name), name, LONGEST_LINE)
        except Invalid as refusal:
            refusals.append(refusal)
    if texts.get("address") and not WEB_ADDRESS.fullmatch(texts["address"]):
        refusals.append(Invalid("address", "not_a_web_address"))
    email = ""
    if given.email.strip():
        try:
            email = read_email(given.email)
        except Invalid as refusal:
            refusals.append(refusal)
    if refusals:
        raise Invalids(refusals)
    return OpenDataFacts(texts["contact"], email, texts["address"], given.licence)


def from_stored(stored: Mapping[str, Any]) -> OpenDataFacts:
    """The facts as they are stored with the organisation."""
    found = stored.get("open_data", {})
    licence = found.get("licence")
    return OpenDataFacts(
        **{name: str(found.get(name, "")) for name in ("contact", "email", "address")},
        licence=Licence(licence) if licence else None,
    )


def to_store(facts: OpenDataFacts) -> dict[str, Any]:
    """The facts as they are stored, and told in the trail."""
    told = asdict(facts)
    return told | {"licence": facts.licence.value if facts.licence else None}
