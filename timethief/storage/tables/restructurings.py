"""Tasks that were merged or split, with what it takes to undo it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Owned, identifier, may_refer, refers
from timethief.storage.tables.cases import belongs_to_task


class Restructuring(Owned, Base):
    """A merge into a task, or a split of it. `before` is what the task was; `version_after` its version since."""

    __tablename__ = "restructuring"
    __table_args__ = (Index(None, "organisation_id", "done_at", "id"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    kind: Mapped[str] = mapped_column(Code)
    task_id: Mapped[int] = belongs_to_task()
    user_id: Mapped[int | None] = may_refer("user_account.id")
    done_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    version_after: Mapped[int] = mapped_column(Integer)
    before: Mapped[dict[str, Any]]


class RestructuredTask(Owned, Base):
    """A task that was merged into another, or that a split made. `moved` names what went over with it."""

    __tablename__ = "restructured_task"
    restructuring_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("restructuring.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    task_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("task.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    organisation_id: Mapped[int] = refers("organisation.id")
    moved: Mapped[dict[str, Any]]
