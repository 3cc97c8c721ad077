"""What others have done about time thieves, and which of it is worth looking at for a task."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from timethief.domain.numbers import Limits, check_number
from timethief.domain.tasks import LONGEST_TITLE, read_text
from timethief.domain.vocabulary import Action, Cause, Signal

LONGEST_TOLD = 2_000
"""Code points of what was done, and of what came of it."""
FREED_HOURS = Limits(least=0, most=10_000_000)
"""Hours a year that were freed, in all who did it."""
_TEXTS = {
    "title": (LONGEST_TITLE, True),
    "where": (LONGEST_TITLE, False),
    "done": (LONGEST_TOLD, True),
    "effect": (LONGEST_TOLD, False),
}
"""How long each text may be, and whether it is needed."""
MOST_SHOWN = 3
"""Examples beside a task: as many as somebody reads."""


@dataclass(frozen=True, slots=True)
class Example:
    """Something that was done about a kind of task, somewhere.

    Attributes:
        code: names it in addresses.
        title: what was done, in a few words.
        where: the organisation or the unit that did it.
        done: what was done, so that others can do it too.
        effect: what came of it; that nobody measured it is said too.
        action: the remedy that it is an example of.
        signals: what made the tasks take time.
        causes: why they were time thieves.
        source: document that tells of it; empty for what the own organisation did.
        freed_hours: hours a year, as measured; None where nobody has.
        own: the own organisation did it.
    """

    code: str
    title: str
    where: str
    done: str
    effect: str
    action: Action
    signals: frozenset[Signal]
    causes: frozenset[Cause]
    source: str = ""
    freed_hours: float | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Practice:
    """What the own organisation did, as somebody wrote it down ("Så här gjorde vi")."""

    title: str
    where: str
    done: str
    effect: str
    action: Action
    signals: frozenset[Signal] = field(default_factory=frozenset)
    causes: frozenset[Cause] = field(default_factory=frozenset)
    freed_hours: float | None = None

    def tidied(self) -> Practice:
        """The same with its texts as they were meant.

        Raises:
            Invalid: a text is missing or too long, or the hours are out of bounds.
        """
        if self.freed_hours is not None:
            check_number(self.freed_hours, "freed_hours", FREED_HOURS)
        return replace(
            self,
            title=read_told(self.title, "title"),
            where=read_told(self.where, "where"),
            done=read_told(self.done, "done"),
            effect=read_told(self.effect, "effect"),
        )


def read_told(text: str, name: str) -> str:
    """A text of a practice, as it was meant.

    Args:
        text: as it was written.
        name: which of the texts.

    Raises:
        Invalid: it is missing or too long.
    """
    longest, required = _TEXTS[name]
    return read_text(text, name, longest, required=required)


def fitting(
    examples: Iterable[Example],
    signals: Collection[Signal],
    cause: Cause | None,
    action: Action,
    most: int = MOST_SHOWN,
) -> list[Example]:
    """The examples that are most like a task, best first.

    What makes the work heavy says most of which remedy helps, so a shared signal weighs more than the same cause or
    the same remedy. An example that shares no signal is shown only where both the others agree. What the own
    organisation did goes before what others did, if it fits as well.

    Args:
        examples: all there are.
        signals: of the task.
        cause: of the task; None where it is no time thief: then nothing fits.
        action: the remedy that the model recommends.
        most: how many at most.
    """
    if cause is None:
        return []
    ranked = []
    for place, example in enumerate(examples):
        shared = len(example.signals & frozenset(signals))
        agreeing = (cause in example.causes) + (action is example.action)
        if agreeing and (shared or agreeing == len((cause, action))):
            ranked.append((-(2 * shared + agreeing), not example.own, place, example))
    return [example for *_, example in sorted(ranked, key=lambda each: each[:3])[:most]]
