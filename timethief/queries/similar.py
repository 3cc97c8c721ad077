"""Tasks that may be the same thing as what somebody is about to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.names import folded
from timethief.domain.people import Actor
from timethief.domain.vocabulary import TaskStatus
from timethief.queries.visible_units import visible_units
from timethief.storage import search
from timethief.storage.tables import Task

SHOWN = 3
CANDIDATES = 200
LEAST_LIKENESS = 0.5
SHORTEST_BLOCK = 3
"""Letters: shorter runs that two titles share are chance."""


@dataclass(frozen=True, slots=True)
class SimilarTask:
    """A task that looks alike."""

    id: str
    title: str
    unit: str


def similar_tasks(session: Session, actor: Actor, title: str) -> tuple[SimilarTask, ...]:
    """Up to three tasks of the organisation whose titles are most like this one.

    Those that hold every word come first; where there are too few, those that hold the longest words.
    """
    words = search.words_of(title)
    if not words or len(folded(title)) < SHOWN:
        return ()
    found = _candidates(session, actor.organisation_id, words)
    if len(found) < SHOWN:
        longest = sorted(words, key=len, reverse=True)[:SHOWN]
        known = {task_id for task_id, _, _ in found}
        for word in longest:
            more = _candidates(session, actor.organisation_id, (word,))
            found += [each for each in more if each[0] not in known]
            known |= {task_id for task_id, _, _ in more}
    wanted = folded(title)
    ranked = sorted(
        (
            (_likeness(wanted, folded(name)), task_id, name, unit_id)
            for task_id, name, unit_id in found
        ),
        key=lambda each: (-each[0], each[1]),
    )
    alike = [each for each in ranked[:SHOWN] if each[0] >= LEAST_LIKENESS]
    if not alike:
        return ()
    units = visible_units(session, actor)
    return tuple(
        SimilarTask(to_text(task_id), name, units.name(unit_id))
        for _, task_id, name, unit_id in alike
    )


def _candidates(
    session: Session, organisation_id: int, words: Sequence[str]
) -> list[tuple[int, str, int]]:
    found = search.matching(session, words).subquery()
    rows = session.execute(
        select(Task.id, Task.title, Task.unit_id)
        .join_from(found, Task, Task.id == found.c[0])
        .where(
            # An expression is not in any index: from the words to their tasks, never the other way round.
            Task.organisation_id + 0 == organisation_id,
            Task.status != TaskStatus.STOPPED.value,
        )
        .limit(CANDIDATES)
    )
    return [(task_id, title, unit_id) for task_id, title, unit_id in rows]


def _likeness(wanted: str, name: str) -> float:
    """0-1: how much of the text stands in the title in the same order; one that begins with it is most alike."""
    if name.startswith(wanted):
        return 1.0
    blocks = SequenceMatcher(None, wanted, name, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= SHORTEST_BLOCK) / len(wanted)


def similar_task(session: Session, actor: Actor, task_id: int) -> SimilarTask:
    """One task as it was offered.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    found = session.execute(
        select(Task.title, Task.unit_id).where(
            Task.id == task_id, Task.organisation_id == actor.organisation_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("task")
    return SimilarTask(to_text(task_id), found[0], visible_units(session, actor).name(found[1]))
