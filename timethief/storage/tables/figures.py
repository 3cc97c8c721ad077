"""Figures about reports as they were published: a month at a time, once, never changed afterwards."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned


class PublishedMonth(Owned, Base):
    """A month whose figures about anonymous reports have been published.

    `reports` is rounded, `hours` has two significant digits; empty is not shown. `smallest_count` is the
    organisation's threshold at the time.
    """

    __tablename__ = "published_month"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it as it stands
    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    published_on: Mapped[date]
    smallest_count: Mapped[int] = mapped_column(Integer)
    reports: Mapped[int | None] = mapped_column(Integer)
    hours: Mapped[float | None]


class PublishedFigure(Owned, Base):
    """One figure of a published month, of one part of one view.

    There is a row only where something is shown: few and none look alike in the table too. `key` is what the part
    is (an identifier as in addresses, or a code), `name` what it was called when it was published.
    """

    __tablename__ = "published_figure"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it as it stands
    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    view: Mapped[str] = mapped_column(Code, primary_key=True)
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(Name, default="")
    reports: Mapped[int] = mapped_column(Integer)
    hours: Mapped[float | None]
