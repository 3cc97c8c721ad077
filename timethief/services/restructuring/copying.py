"""Uses that another task gets as well, with everything that was said of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import new_identifier
from timethief.storage.facts import UseRows
from timethief.storage.tables import Task, TaskUse, UseStatement

_OWN = frozenset({"id", "use_id"})


def next_position(session: Session, task: Task) -> int:
    """Behind all uses of the task. The first place is its first report's."""
    last = session.scalar(select(func.max(TaskUse.position)).where(TaskUse.task_id == task.id))
    return max(last or 0, 1) + 1


def copy_use(session: Session, rows: UseRows, task: Task, position: int) -> TaskUse:
    """Let the task have the use as well."""
    row, statements = rows
    copy = TaskUse(
        id=new_identifier(),
        organisation_id=task.organisation_id,
        task_id=task.id,
        position=position,
        beneficiary=row.beneficiary,
        purpose=row.purpose,
    )
    session.add(copy)
    session.flush()
    for said in statements:
        values = {
            column.key: getattr(said, column.key)
            for column in UseStatement.__table__.columns
            if column.key not in _OWN
        }
        session.add(UseStatement(id=new_identifier(), use_id=copy.id, **values))
    session.flush()
    return copy


def remove_uses(session: Session, use_ids: Collection[int]) -> None:
    """Take uses away again, with what was said of them."""
    session.execute(delete(UseStatement).where(UseStatement.use_id.in_(use_ids)))
    session.execute(delete(TaskUse).where(TaskUse.id.in_(use_ids)))
