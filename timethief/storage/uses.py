"""What is stated of tasks: their uses with everything said of them, and their signals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.storage.binding import BOUND_BY
from timethief.storage.facts import UseRows
from timethief.storage.tables import TaskSignal, TaskUse, UseStatement

_BY_THE_TASKS = {BOUND_BY: "identifiers of tasks that the caller has read or made itself"}


def uses_of(session: Session, task_ids: Sequence[int]) -> dict[int, list[UseRows]]:
    """The uses of each task, in order, with everything said of them in the order it was said.

    Those that a reviewer has struck are left out.
    """
    uses = session.scalars(
        select(TaskUse)
        .where(TaskUse.task_id.in_(task_ids), TaskUse.position > 0)
        .order_by(TaskUse.task_id, TaskUse.position)
    ).all()
    said: dict[int, list[UseStatement]] = defaultdict(list)
    for statement in session.scalars(
        select(UseStatement)
        .where(UseStatement.use_id.in_([use.id for use in uses]))
        .order_by(UseStatement.use_id, UseStatement.sequence)
    ):
        said[statement.use_id].append(statement)
    found: dict[int, list[UseRows]] = defaultdict(list)
    for use in uses:
        found[use.task_id].append((use, said[use.id]))
    return found


def signals_of(session: Session, task_ids: Sequence[int]) -> dict[int, set[str]]:
    """The signals of each task."""
    found: dict[int, set[str]] = defaultdict(set)
    # With the organisation among the conditions SQLite goes through every signal that the organisation has.
    query = select(TaskSignal).where(TaskSignal.task_id.in_(task_ids))
    for row in session.scalars(query.execution_options(**_BY_THE_TASKS)):
        found[row.task_id].add(row.signal)
    return found
