"""Mail on its way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, refers


class OutboxMail(Owned, Base):
    """One mail to one recipient. Subject and text are emptied when it has been sent, or never will be.

    `error` is the kind of the last failure, `answer` the number that the other mail server gave.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        UniqueConstraint("organisation_id", "recipient", "kind", "key"),
        Index(None, "state", "next_try_at"),
    )
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    recipient: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Code)
    key: Mapped[str] = mapped_column(Code)
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    state: Mapped[str] = mapped_column(Code)
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    first_tried_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Code)
    answer: Mapped[int | None] = mapped_column(Integer)
