"""Who did what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Owned, identifier, may_refer, refers


class TaskEvent(Owned, Base):
    """One line of a task's history: what was done, with what stood before and after.

    Who did it is kept for acts of review and decision only, never for those who report.
    """

    __tablename__ = "task_event"
    __table_args__ = (Index(None, "task_id", "happened_at"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    task_id: Mapped[int] = refers("task.id")
    happened_at: Mapped[datetime]
    user_id: Mapped[int | None] = may_refer("user_account.id")
    role: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
