"""Imports of spreadsheets: how each went, what headings mean, and what changed tasks were before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers


class TaskImport(Owned, Base):
    """One file that somebody sent in to become tasks, and how far it has come.

    `digest` is a print of the file, to know it again. `about` tells of the file: `sheet`, `header_row`, `unknown`
    (headings that are not known, each with `key` and `heading`), `examples` (rows of the form's own example, left out),
    `new_requesters` (the first of them) and `new_requesters_count`. `refusal` is empty, or why the
    file cannot be used or something was not done: `field`, `reason`, `values`. `mapped` is set once somebody has said
    what the headings mean. `attempts` counts how often the work in this state was begun.
    """

    __tablename__ = "task_import"
    __table_args__ = (Index(None, "organisation_id", "made_at", "id"), Index(None, "state"))
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    user_id: Mapped[int | None] = may_refer("user_account.id")
    file_name: Mapped[str] = mapped_column(Name)
    digest: Mapped[str] = mapped_column(Code)
    language: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    mapped: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    chosen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undo_until: Mapped[datetime | None]
    rows_total: Mapped[int] = mapped_column(Integer, default=0)
    rows_right: Mapped[int] = mapped_column(Integer, default=0)
    rows_wrong: Mapped[int] = mapped_column(Integer, default=0)
    rows_similar: Mapped[int] = mapped_column(Integer, default=0)
    added: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    unchanged: Mapped[int] = mapped_column(Integer, default=0)
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    refusal: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ImportColumn(Owned, Base):
    """What a heading means to an organisation: the code of a column, or nothing where it is to be left aside."""

    __tablename__ = "import_column"
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisation.id"), primary_key=True, autoincrement=False
    )
    heading: Mapped[str] = mapped_column(Name, primary_key=True)
    code: Mapped[str] = mapped_column(Code)


class ImportedChange(Owned, Base):
    """What a task was before an import changed it, so that the import can be undone. Deleted when it no longer can."""

    __tablename__ = "imported_change"
    task_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("task.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    import_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("task_import.id"), primary_key=True, autoincrement=False, index=True
    )
    organisation_id: Mapped[int] = refers("organisation.id")
    before: Mapped[dict[str, Any]]
