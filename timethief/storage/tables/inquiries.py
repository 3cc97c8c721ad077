"""What requesters are asked, and what they answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers


class Inquiry(Owned, Base):
    """A question to the requester of one task, or of every task of one requirement.

    `recipient` is empty where the link was handed over by hand. `ended_at` is when it was answered or withdrawn.
    `shown_hours` is what the one who answered was shown that it takes a year. An answer is carried out task by task
    in the order of their identifiers: `carried_to` is the last one, `carried_out_at` when all were done. The link
    is not stored: it is signed.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        Index(None, "organisation_id", "state", "deadline", "id"),
        Index(None, "organisation_id", "state", "ended_at", "id"),
    )
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    task_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("task.id", ondelete="CASCADE"), index=True
    )
    requirement_id: Mapped[int | None] = may_refer("requirement.id", index=True)
    user_id: Mapped[int | None] = may_refer("user_account.id")
    asked_at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(Name)
    message: Mapped[str]
    deadline: Mapped[date]
    state: Mapped[str] = mapped_column(Code)
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    used: Mapped[str | None] = mapped_column(Code)
    beneficiary: Mapped[str | None] = mapped_column(Code)
    purpose: Mapped[str | None] = mapped_column(Code)
    relevant: Mapped[str | None] = mapped_column(Code)
    worth: Mapped[str | None] = mapped_column(Code)
    comment: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[str] = mapped_column(Name, default="")
    shown_hours: Mapped[float | None]
    carried_to: Mapped[int | None]
    carried_out_at: Mapped[datetime | None]
    carried_tasks: Mapped[int] = mapped_column(Integer, default=0)
