"""What tests of merging and splitting share: everything that is stored, to be compared before and after."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from timethief.domain.people import Actor
from timethief.domain.restructuring import Belongs, Merge, Split
from timethief.domain.vocabulary import Binding
from timethief.services.restructuring.merging import merge
from timethief.services.restructuring.splitting import split
from timethief.services.restructuring.undoing import undo
from timethief.storage.tables import Base, RestructuredTask, Task
from timethief.storage.uses import uses_of

_HISTORY = frozenset({"task_event", "restructuring", "restructured_task", "sent_form"})


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but history, without the versions of tasks; totals that are nothing left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for mapper in Base.registry.mappers:
        name = mapper.local_table.name  # type: ignore[attr-defined]
        if name in _HISTORY:
            continue
        rows = [
            {column.key: getattr(row, column.key) for column in mapper.columns}
            for row in session.scalars(select(mapper.class_))
        ]
        if name == "task":
            rows = [{key: row[key] for key in row if key != "version"} for row in rows]
        if name == "total":
            rows = [row for row in rows if row["tasks"]]
        found[name] = sorted(rows, key=repr)
    return found


def versions(session: Session, *task_ids: int) -> dict[int, int]:
    """The tasks' versions as they are now."""
    return {each: session.get_one(Task, each).version for each in task_ids}


def merged(
    session: Session,
    anna: Actor,
    kept: int,
    *others: int,
    **chosen: Any,  # noqa: ANN401 - fields of the dataclass
) -> int:
    """A merge by somebody who has seen the tasks as they are."""
    wanted = Merge(kept, others, versions(session, kept, *others), **chosen)
    return merge(session, anna, wanted, make.key(), make.NOW)


def part(session: Session, task: int, **changes: Any) -> Split:  # noqa: ANN401 - fields of the dataclass
    """A part of ten minutes, which serves no use."""
    uses = len(uses_of(session, [task])[task])
    wanted: dict[str, Any] = {
        "title": "Skriver in det en gång till",
        "minutes": 10.0,
        "requester": None,
        "binding": Binding.CUSTOM,
        "legal_basis": "",
        "uses": (Belongs.REST,) * uses,
        "signals": frozenset(),
    }
    return Split(**wanted | changes)


def parted(session: Session, anna: Actor, task: int, **changes: Any) -> tuple[int, int]:  # noqa: ANN401
    """A split by somebody who has seen the task as it is: the split, and the part that it made."""
    wanted = part(session, task, **changes)
    version = session.get_one(Task, task).version
    done = split(session, anna, task, wanted, version, make.key(), make.NOW)
    made = session.scalars(
        select(RestructuredTask.task_id).where(RestructuredTask.restructuring_id == done)
    ).one()
    return done, made


def undone(session: Session, anna: Actor, restructuring_id: int) -> None:
    """Taken back."""
    undo(session, anna, restructuring_id, make.NOW)
