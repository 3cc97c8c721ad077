"""The playbook: what the own organisation did, and what the source documents tell that others did."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.decisions import OUTCOME_OF, DecisionState, Outcome
from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.names import folded
from timethief.domain.people import Actor, Role
from timethief.domain.playbook import Example, fitting
from timethief.domain.vocabulary import Action, Cause, Signal
from timethief.queries.tasks import TaskPage
from timethief.queries.visible_units import visible_units
from timethief.storage.search import words_of
from timethief.storage.tables import Decision, PlaybookEntry, Task

_FILE = Path(__file__).parent.parent / "data" / "playbook.json"
PAGE = 50
_LOOKED_AT = 200
"""Own examples that a task is compared with, the newest: an organisation that has more will find them by search."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which examples to show; empty and None for all."""

    words: str = ""
    signal: Signal | None = None
    cause: Cause | None = None
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Playbook:
    """One page of it.

    Attributes:
        own: what the own organisation did, newest first.
        others: what others did; on the first page only.
        next: where the next page of own ones begins; None on the last.
    """

    own: list[Example]
    others: list[Example]
    next: str | None


@cache
def _shipped() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(_FILE.read_text(encoding="utf-8"))["examples"]
    return found


@cache
def shipped(language: str) -> tuple[Example, ...]:
    """The examples of the source documents, in one language."""
    return tuple(_read(row, language) for row in _shipped())


def _read(row: dict[str, object], language: str) -> Example:
    def told(name: str) -> str:
        texts = row[name]
        if not isinstance(texts, dict):
            message = f"{name} of the playbook is told in each language"
            raise TypeError(message)
        return str(texts[language])

    def codes(name: str) -> Iterable[str]:
        listed = row[name]
        return [str(code) for code in listed] if isinstance(listed, list) else []

    return Example(
        code=str(row["code"]),
        title=told("title"),
        where=str(row["where"]),
        done=told("what"),
        effect=told("effect"),
        action=Action(str(row["action"])),
        signals=frozenset(Signal(code) for code in codes("signals")),
        causes=frozenset(Cause(code) for code in codes("causes")),
        source=str(row["source"]),
    )


def playbook(session: Session, wanted: Wanted, language: str, after: str | None = None) -> Playbook:
    """The examples that are wanted.

    Args:
        session: reading, bound to the organisation.
        wanted: which.
        language: of the shipped ones; own ones stand as they were written.
        after: `next` of the page before.

    Raises:
        Invalid: `after` is none that we gave.
    """
    query = select(PlaybookEntry).order_by(PlaybookEntry.added_on.desc(), PlaybookEntry.id.desc())
    if after is not None:
        found = session.get(PlaybookEntry, _place(after))
        if found is not None:
            place = tuple_(PlaybookEntry.added_on, PlaybookEntry.id)
            query = query.where(place < tuple_(found.added_on, found.id))
    rows = session.scalars(query.where(*_conditions(wanted)).limit(PAGE + 1)).all()
    own = [_of_row(row) for row in rows[:PAGE]]
    others = [] if after else [each for each in shipped(language) if _is_wanted(each, wanted)]
    return Playbook(own, others, own[-1].code if len(rows) > PAGE else None)


def own_example(session: Session, actor: Actor, entry_id: int) -> tuple[Example, int]:
    """One example of the actor's organisation, and its version.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    row = session.get(PlaybookEntry, entry_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound("example")
    return _of_row(row), row.version


def _place(code: str) -> int:
    try:
        return from_text(code)
    except NotFound as fault:
        raise Invalid("after", "not_a_choice") from fault


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [
        PlaybookEntry.folded_text.contains(word, autoescape=True) for word in words_of(wanted.words)
    ]
    if wanted.signal is not None:
        conditions.append(_holds(PlaybookEntry.signals, wanted.signal))
    if wanted.cause is not None:
        conditions.append(_holds(PlaybookEntry.causes, wanted.cause))
    if wanted.action is not None:
        conditions.append(PlaybookEntry.action == wanted.action.value)
    return conditions


def _holds(column: InstrumentedAttribute[str], code: str) -> ColumnElement[bool]:
    """Whether a list of codes with spaces between holds the code, as a whole."""
    return (" " + column + " ").contains(f" {code} ", autoescape=True)


def _is_wanted(example: Example, wanted: Wanted) -> bool:
    text = folded(f"{example.title} {example.where} {example.done} {example.effect}")
    return (
        all(word in text for word in words_of(wanted.words))
        and (wanted.signal is None or wanted.signal in example.signals)
        and (wanted.cause is None or wanted.cause in example.causes)
        and (wanted.action is None or wanted.action is example.action)
    )


def fitting_a_task(
    session: Session,
    signals: Collection[str],
    cause: Cause | None,
    action: Action,
    language: str,
) -> list[Example]:
    """The examples that are most like a task; none for one that is no time thief."""
    if cause is None:
        return []
    like = [_holds(PlaybookEntry.signals, signal) for signal in sorted(signals)]
    rows = session.scalars(
        select(PlaybookEntry)
        .where(or_(PlaybookEntry.action == action.value, *like))
        .order_by(PlaybookEntry.added_on.desc(), PlaybookEntry.id.desc())
        .limit(_LOOKED_AT)
    )
    examples = [*(_of_row(row) for row in rows), *shipped(language)]
    return fitting(examples, [Signal(code) for code in signals], cause, action)


def fitting_a_question(
    session: Session,
    signals: Collection[str],
    actions: Collection[Action],
    language: str,
    most: int,
) -> list[Example]:
    """Examples of some kinds of remedy, those that share most with a task first; of equal ones own before others."""
    rows = session.scalars(
        select(PlaybookEntry)
        .where(PlaybookEntry.action.in_([action.value for action in actions]))
        .order_by(PlaybookEntry.added_on.desc(), PlaybookEntry.id.desc())
        .limit(_LOOKED_AT)
    )
    others = (each for each in shipped(language) if each.action in actions)
    examples = [*(_of_row(row) for row in rows), *others]
    return sorted(examples, key=lambda each: -len(each.signals & set(signals)))[:most]


def begun_from(session: Session, actor: Actor, task: TaskPage) -> Example:
    """What is known already of an example that tells what was done about a task: all but how, and what came of it.

    Everybody reads an example, so its place is named as staff see it.
    """
    decided = session.scalars(
        select(Decision.outcome)
        .where(
            Decision.task_id == from_text(task.id),
            Decision.state.in_([DecisionState.IN_FORCE, DecisionState.CARRIED_OUT]),
        )
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(1)
    ).first()
    actions = {outcome: action for action, outcome in OUTCOME_OF.items()}
    action = task.assessment.recommended
    if decided is not None:
        action = actions.get(Outcome(decided), action)
    unit_id = session.scalars(select(Task.unit_id).where(Task.id == from_text(task.id))).one()
    seen = visible_units(session, replace(actor, role=Role.STAFF))
    cause = task.assessment.cause
    return Example(
        code="",
        title=task.title,
        where=seen.name(unit_id),
        done="",
        effect="",
        action=action,
        signals=frozenset(Signal(code) for code in task.signals),
        causes=frozenset({cause} if cause else ()),
        own=True,
    )


def _of_row(row: PlaybookEntry) -> Example:
    return Example(
        code=to_text(row.id),
        title=row.title,
        where=row.where,
        done=row.done,
        effect=row.effect,
        action=Action(row.action),
        signals=frozenset(Signal(code) for code in row.signals.split()),
        causes=frozenset(Cause(code) for code in row.causes.split()),
        freed_hours=row.freed_hours,
        own=True,
    )
