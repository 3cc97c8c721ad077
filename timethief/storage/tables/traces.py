"""Who did what, and when; what is kept for how long, and what was weeded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers


class TaskEvent(Owned, Base):
    """One line of a task's history: what was done, with what stood before and after.

    Who did it is kept for acts of review and decision only, never for those who report.
    """

    __tablename__ = "task_event"
    __table_args__ = (
        Index(None, "task_id", "happened_at"),
        # For the trail: acts of office of an organisation, newest first.
        Index(
            None,
            *("organisation_id", "happened_at", "id"),
            sqlite_where=text("user_id IS NOT NULL"),
            postgresql_where=text("user_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("task.id", ondelete="CASCADE"))
    happened_at: Mapped[datetime]
    user_id: Mapped[int | None] = may_refer("user_account.id")
    role: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class AuditEvent(Owned, Base):
    """One administrative act: who did it, to what, and what stood there before and after. Never changed.

    `user_id` is no reference: the line stays as it is when the account is gone. It is empty, and `role` with it,
    where a command or a job acted. `subject` is the kind of thing, `reference` which of them.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "organisation_id", "happened_at", "id"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    happened_at: Mapped[datetime]
    user_id: Mapped[int | None]
    role: Mapped[str] = mapped_column(Code)
    act: Mapped[str] = mapped_column(Code)
    subject: Mapped[str] = mapped_column(Code)
    reference: Mapped[str] = mapped_column(Name, default="")
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class RetentionRule(Owned, Base):
    """How long one kind of thing is kept. Without a row, months or a decision it is kept for good.

    `decision` names the decision that allows the weeding, as it can be found in the organisation's register.
    """

    __tablename__ = "retention_rule"
    __table_args__ = (UniqueConstraint("organisation_id", "kind"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    kind: Mapped[str] = mapped_column(Code)
    months: Mapped[int | None] = mapped_column(Integer)
    decision: Mapped[str] = mapped_column(Name, default="")
    decided_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, default=1)


class Hold(Owned, Base):
    """Something that may not be weeded for now, whatever the rules say: one thing, or all of a kind.

    `reference` is the identifier of the one thing as it stands in addresses; empty for all of the kind.
    """

    __tablename__ = "hold"
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id", index=True)
    kind: Mapped[str] = mapped_column(Code)
    reference: Mapped[str] = mapped_column(Code, default="")
    reason: Mapped[str] = mapped_column(Name)
    placed_on: Mapped[date]
    lifted_on: Mapped[date | None]


class Weeding(Owned, Base):
    """A line of the protocol of what was weeded: how many of which kind, by which rule. Never what they held."""

    __tablename__ = "weeding"
    __table_args__ = (Index(None, "organisation_id", "happened_at"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    happened_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(Code)
    months: Mapped[int] = mapped_column(Integer)
    decision: Mapped[str] = mapped_column(Name)
    count: Mapped[int] = mapped_column(Integer)
    held: Mapped[int] = mapped_column(Integer)
