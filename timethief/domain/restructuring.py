"""Merging tasks that are the same, and splitting the part that is the thief from the part that is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from timethief.domain.errors import Conflict, Invalid
from timethief.domain.intake import RequesterName
from timethief.domain.numbers import MINUTES, check_number
from timethief.domain.ranges import Range
from timethief.domain.vocabulary import Binding, TaskStatus

UNDONE_WITHIN = timedelta(days=30)
LEAST_MERGED = 2
MOST_MERGED = 20
"""Tasks that are merged at once, the kept one among them."""
_UNDECIDED = frozenset({TaskStatus.REPORTED.value, TaskStatus.IN_REVIEW.value})


class RestructuringKind(StrEnum):
    """What was done."""

    MERGE = "merge"
    SPLIT = "split"


class Belongs(StrEnum):
    """Which part a use belongs to after a split."""

    REST = "rest"
    PART = "part"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Merge:
    """Several tasks that are the same thing.

    Attributes:
        kept_id: the task that stays.
        other_ids: those that go into it.
        versions: of each task, as the reviewer saw it.
        unit_id: where the kept task counts from now on; needed where the tasks are of several units.
        use_ids: uses of the others that the kept task gets as well.
    """

    kept_id: int
    other_ids: tuple[int, ...]
    versions: Mapping[int, int]
    unit_id: int | None = None
    use_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Split:
    """The part that is taken out of a task.

    Attributes:
        title: of the part.
        minutes: that the part takes each time; the rest stays with the task.
        requester: who asks for the part; None for who asks for the whole.
        binding: what obliges us to do the part.
        uses: to which part each use of the task belongs, in their order.
        signals: those of the task's that the part has too.
    """

    title: str
    minutes: float
    requester: RequesterName | None
    binding: Binding
    legal_basis: str
    uses: tuple[Belongs, ...]
    signals: frozenset[str]


def check_number_merged(task_ids: Sequence[int]) -> None:
    """Refuse fewer than two tasks, more than can be compared, and one that stands twice.

    Raises:
        Invalid: field `task`.
    """
    if len(set(task_ids)) != len(task_ids):
        raise Invalid("task", "merged_with_itself")
    if len(task_ids) < LEAST_MERGED:
        raise Invalid("task", "too_few_tasks")
    if len(task_ids) > MOST_MERGED:
        raise Invalid("task", "too_many_tasks", limit=MOST_MERGED)


def check_can_be_merged(status: str, *, kept: bool) -> None:
    """Whether a task in that status can be kept, or go into another.

    Raises:
        Conflict: `stopped`, or `decided` where a task that goes has been decided on.
    """
    if status == TaskStatus.STOPPED.value:
        raise Conflict("stopped")
    if not kept and status not in _UNDECIDED:
        raise Conflict("decided")


def check_can_be_split(status: str) -> None:
    """Whether a task in that status can be split.

    Raises:
        Conflict: `stopped` or `decided`.
    """
    check_can_be_merged(status, kept=False)


def parted(minutes: float | Range, part: float) -> tuple[float | Range, float | Range]:
    """What is left of the minutes, and those of the part; a range is parted in the same proportion.

    Raises:
        Invalid: field `minutes`: not a number of minutes, or as much as the whole (`not_less_than_whole`).
    """
    check_number(part, "minutes", MINUTES)
    likely = minutes.likely if isinstance(minutes, Range) else minutes
    if part >= likely:
        raise Invalid("minutes", "not_less_than_whole", limit=likely)
    rest = likely - part
    check_number(rest, "minutes", MINUTES)
    if not isinstance(minutes, Range):
        return rest, part
    return _scaled(minutes, rest), _scaled(minutes, part)


def _scaled(whole: Range, likely: float) -> Range:
    share = likely / whole.likely
    low = max(min(whole.low * share, likely), MINUTES.least or 0)
    high = max(whole.high * share, likely)
    return Range(min(low, likely), likely, high)


def is_within_time(done_at: datetime, now: datetime) -> bool:
    """Whether it can still be undone."""
    return now - done_at <= UNDONE_WITHIN
