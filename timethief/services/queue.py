"""What a support function does in its queue: take, hand on, hand back and keep, some at once, and undo it.

Each task is told with the versions that its reader saw. What has changed since is left as it is, and it is told by
whom; the others are done. What stood before lies with the key of the form, by which it is undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.cases import CaseState
from timethief.domain.decisions import MOST_AT_ONCE, Outcome
from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Actor, Permission, ensure
from timethief.services.cases import handling, placing
from timethief.services.decisions import deciding
from timethief.services.sent_forms import earlier_result, remember
from timethief.storage.tables import Case, SeenTask, SentForm, Task, TaskEvent, User
from timethief.storage.turns import take_turn

_PLACED, _KEPT, _UNDONE = "placed", "kept", "undone"
_NO_CASE = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A task as its reader saw it.

    Attributes:
        case_version: of its open case; 0 where there was none.
    """

    task_id: int
    task_version: int
    case_version: int

    def __str__(self) -> str:
        """As it stands in a form."""
        return f"{to_text(self.task_id)}.{self.task_version}.{self.case_version}"

    @classmethod
    def read(cls, text: str) -> Chosen:
        """What stands in a form.

        Raises:
            NotFound: that is no task.
        """
        task, _, versions = text.partition(".")
        numbers = versions.split(".")
        if len(numbers) != 2 or not all(each.isascii() and each.isdigit() for each in numbers):  # noqa: PLR2004
            raise NotFound("task")
        if max(map(len, numbers)) > 9:  # noqa: PLR2004 - as the database can hold
            raise NotFound("task")
        return cls(from_text(task), int(numbers[0]), int(numbers[1]))


@dataclass(frozen=True, slots=True)
class Changed:
    """A task that was left as it is, since somebody else has done something.

    Attributes:
        by: who, where that may be told.
        kind: what, as in the history; empty where that is not known.
        at: when.
    """

    title: str
    by: str
    kind: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Done:
    """How many tasks it was done to, and which were left."""

    count: int
    changed: tuple[Changed, ...] = ()


def take(session: Session, actor: Actor, chosen: Sequence[Chosen], key: str, now: datetime) -> Done:
    """The actor sees to these tasks.

    Raises:
        Invalid: none was chosen, or too many.
        NotFound: one is not a task of the organisation.
    """
    found = _begin(session, actor, chosen, key, free=True)
    if isinstance(found, Done):
        return found
    task_ids = [each.task_id for each in found.unchanged]
    before = handling.take(session, actor, task_ids, now) if task_ids else ()
    return _end(session, actor, found, key, f"{_PLACED} {placing.to_text(before)}", now)


def give(
    session: Session,
    actor: Actor,
    chosen: Sequence[Chosen],
    function_id: int,
    key: str,
    now: datetime,
) -> Done:
    """A function sees to these tasks.

    Raises:
        Invalid: none was chosen, or too many; or the function takes no cases.
        NotFound: one is not a task of the organisation, or there is no such function.
    """
    found = _begin(session, actor, chosen, key)
    if isinstance(found, Done):
        return found
    task_ids = [each.task_id for each in found.unchanged]
    before = handling.assign(session, actor, task_ids, function_id, now) if task_ids else ()
    return _end(session, actor, found, key, f"{_PLACED} {placing.to_text(before)}", now)


def give_back(
    session: Session, actor: Actor, chosen: Sequence[Chosen], key: str, now: datetime
) -> Done:
    """Others may take these tasks.

    Raises:
        Invalid: none was chosen, or too many.
        NotFound: one is not a task of the organisation.
    """
    found = _begin(session, actor, chosen, key)
    if isinstance(found, Done):
        return found
    task_ids = [each.task_id for each in found.unchanged]
    before = handling.give_back(session, actor, task_ids, now) if task_ids else ()
    return _end(session, actor, found, key, f"{_PLACED} {placing.to_text(before)}", now)


def keep(
    session: Session,
    actor: Actor,
    chosen: Sequence[Chosen],
    reason: str,
    key: str,
    now: datetime,
) -> Done:
    """Decide that these tasks are kept: they are worth their time.

    Raises:
        Invalid: none was chosen, or too many; or the reason is none.
        NotFound: one is not a task of the organisation.
    """
    found = _begin(session, actor, chosen, key, exactly=True)
    if isinstance(found, Done):
        return found
    task_ids, result = [each.task_id for each in found.unchanged], f"{_KEPT} 0"
    if task_ids:
        # The decisions are remembered by a key of their own.
        batch = deciding.decide_many(
            session, actor, task_ids, Outcome.KEEP, reason, f"{key}-keep", now
        )
        result = f"{_KEPT} {batch}"
    return _end(session, actor, found, key, result, now)


def undo(session: Session, actor: Actor, key: str, now: datetime) -> None:
    """Undo what the form with this key did; undone once, it stays so.

    Raises:
        Conflict: somebody has built on it.
        NotFound: no such form was sent in the queue.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    take_turn(session, actor.organisation_id)
    sent = session.get(SentForm, (actor.organisation_id, key))
    if sent is None:
        raise NotFound("undo")
    act, _, told = sent.result.partition(" ")
    if act == _UNDONE:
        return
    if act == _PLACED:
        handling.restore(session, actor, placing.from_text(told), now)
    elif act == _KEPT and told.isascii() and told.isdigit():
        if int(told):
            deciding.undo_batch(session, actor, int(told), now)
    else:
        raise NotFound("undo")
    sent.result = _UNDONE


def mark_seen(session: Session, actor: Actor, task_ids: Sequence[int]) -> None:
    """The actor has seen these tasks as they are now; what is no task of the organisation is passed over."""
    ensure(actor, Permission.REVIEW_TASKS)
    versions = session.execute(
        select(Task.id, Task.version).where(
            Task.organisation_id == actor.organisation_id, Task.id.in_(list(task_ids))
        )
    )
    for task_id, version in versions:
        seen = session.get(SeenTask, (actor.user_id, task_id))
        if seen is None:
            session.add(
                SeenTask(
                    user_id=actor.user_id,
                    task_id=task_id,
                    organisation_id=actor.organisation_id,
                    version=version,
                )
            )
        else:
            seen.version = version


@dataclass(frozen=True, slots=True)
class _Found:
    unchanged: tuple[Chosen, ...]
    changed: tuple[Changed, ...]


def _begin(
    session: Session,
    actor: Actor,
    chosen: Sequence[Chosen],
    key: str,
    *,
    exactly: bool = False,
    free: bool = False,
) -> _Found | Done:
    """Which tasks are still as they were seen; what was done, where the form has been sent before.

    Args:
        session: writing.
        actor: who acts.
        chosen: the tasks.
        key: of the form.
        exactly: not only the case, the task too must be as it was.
        free: nobody else may have it.
    """
    ensure(actor, Permission.REVIEW_TASKS)
    if not chosen:
        raise Invalid("task", "none_chosen")
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid("task", "too_many_at_once", limit=MOST_AT_ONCE)
    take_turn(session, actor.organisation_id)
    earlier = earlier_result(session, actor.organisation_id, key)
    if earlier is not None:
        if earlier.partition(" ")[0] not in (_PLACED, _KEPT, _UNDONE):
            raise Conflict("form_of_another")
        return Done(len(chosen))
    ids = [each.task_id for each in chosen]
    tasks = {
        row.id: row
        for row in session.scalars(
            select(Task).where(Task.organisation_id == actor.organisation_id, Task.id.in_(ids))
        )
    }
    if len(tasks) < len(set(ids)):
        raise NotFound("task")
    rows = session.execute(
        select(Case.task_id, Case.version, Case.user_id).where(
            Case.organisation_id == actor.organisation_id,
            Case.task_id.in_(ids),
            Case.state != CaseState.CLOSED.value,
        )
    )
    cases = {row[0]: (row[1], row[2]) for row in rows}
    unchanged, changed = [], []
    for each in {each.task_id: each for each in chosen}.values():
        task = tasks[each.task_id]
        version, owner = cases.get(each.task_id, (_NO_CASE, None))
        same = version == each.case_version and (not free or owner in (None, actor.user_id))
        if same and (not exactly or task.version == each.task_version):
            unchanged.append(each)
        else:
            changed.append(_changed(session, actor, task))
    return _Found(tuple(unchanged), tuple(changed))


def _changed(session: Session, actor: Actor, task: Task) -> Changed:
    """Who did something last, of those who act in office."""
    last = session.execute(
        select(User.name, TaskEvent.kind, TaskEvent.happened_at)
        .join(User, User.id == TaskEvent.user_id)
        .where(TaskEvent.task_id == task.id, TaskEvent.user_id != actor.user_id)
        .order_by(TaskEvent.happened_at.desc(), TaskEvent.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return Changed(task.title, "", "", None)
    return Changed(task.title, last[0], last[1], last[2])


def _end(
    session: Session, actor: Actor, found: _Found, key: str, result: str, now: datetime
) -> Done:
    """Note what was done, where anything was; whoever acts on a task has seen it."""
    if found.unchanged:
        remember(session, actor.organisation_id, key, result, now)
        session.flush()
        mark_seen(session, actor, [each.task_id for each in found.unchanged])
    return Done(len(found.unchanged), found.changed)
