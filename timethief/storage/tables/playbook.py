"""What the organisation itself has done about time thieves."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, refers


class PlaybookEntry(Owned, Base):
    """What was done and what came of it. Who wrote it down stands nowhere: it is about work.

    `signals` and `causes` are codes with a space between. `folded_text` is what searching compares with.
    """

    __tablename__ = "playbook_entry"
    __table_args__ = (Index(None, "organisation_id", "added_on", "id"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    title: Mapped[str] = mapped_column(Name)
    where: Mapped[str] = mapped_column(Name)
    done: Mapped[str]
    effect: Mapped[str]
    action: Mapped[str] = mapped_column(Code)
    signals: Mapped[str]
    causes: Mapped[str]
    freed_hours: Mapped[float | None]
    folded_text: Mapped[str]
    added_on: Mapped[date]
    version: Mapped[int]
