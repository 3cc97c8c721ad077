"""Which tasks have titles like one that is written: those that hold its words, by how much of it they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from timethief.domain.names import folded
from timethief.storage import search
from timethief.storage.tables import Task

SHOWN = 3
CANDIDATES = 200
LEAST_LIKENESS = 0.5
SHORTEST_BLOCK = 3
"""Letters: shorter runs that two titles share are chance."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A task with a title like the one that was written; `likeness` is 0-1."""

    task_id: int
    title: str
    unit_id: int
    likeness: float


def most_alike(
    session: Session, organisation_id: int, title: str, *conditions: ColumnElement[bool]
) -> list[Alike]:
    """Up to three tasks of the organisation whose titles are most like this one, the most alike first.

    Those that hold every word are looked at first; where there are too few, those that hold the longest words.

    Args:
        session: reading.
        organisation_id: whose tasks.
        title: as written.
        conditions: of the tasks that count.
    """
    words = search.words_of(title)
    wanted = folded(title)
    if not words or len(wanted) < SHOWN:
        return []
    found = _candidates(session, organisation_id, words, conditions)
    if len(found) < SHOWN:
        longest = sorted(words, key=len, reverse=True)[:SHOWN]
        known = {task_id for task_id, _, _ in found}
        for word in longest:
            more = _candidates(session, organisation_id, (word,), conditions)
            found += [each for each in more if each[0] not in known]
            known |= {task_id for task_id, _, _ in more}
    ranked = sorted(
        (
            Alike(task_id, name, unit_id, likeness(wanted, folded(name)))
            for task_id, name, unit_id in found
        ),
        key=lambda each: (-each.likeness, each.task_id),
    )
    return [each for each in ranked[:SHOWN] if each.likeness >= LEAST_LIKENESS]


def _candidates(
    session: Session,
    organisation_id: int,
    words: Sequence[str],
    conditions: Sequence[ColumnElement[bool]],
) -> list[tuple[int, str, int]]:
    found = search.matching(session, words).subquery()
    rows = session.execute(
        select(Task.id, Task.title, Task.unit_id)
        .join_from(found, Task, Task.id == found.c[0])
        # An expression is not in any index: from the words to their tasks, never the other way round.
        .where(Task.organisation_id + 0 == organisation_id, *conditions)
        .limit(CANDIDATES)
    )
    return [(task_id, title, unit_id) for task_id, title, unit_id in rows]


def likeness(wanted: str, name: str) -> float:
    """How much of the text stands in the title in the same order; one that begins with it is most alike."""
    if name.startswith(wanted):
        return 1.0
    blocks = SequenceMatcher(None, wanted, name, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= SHORTEST_BLOCK) / len(wanted)
