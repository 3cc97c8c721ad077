"""What follows from the tasks: assessments and totals. Everything here can be computed anew."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Owned


class AssessmentRow(Owned, Base):
    """What follows from a task, with the dimensions it is filtered and added up by.

    Everything here can be computed anew from the task, the policy and the tariffs; `verify` does. Hours per
    year in millionths, SEK in hundredths (`timethief.domain.measures`).
    """

    __tablename__ = "assessment"
    task_id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey("task.id"),
        primary_key=True,
        autoincrement=False,
    )
    organisation_id: Mapped[int]
    unit_id: Mapped[int]
    requester_id: Mapped[int]
    requirement_id: Mapped[int | None]
    staff_category_id: Mapped[int]
    level: Mapped[str] = mapped_column(Code)
    status: Mapped[str] = mapped_column(Code)
    month: Mapped[str] = mapped_column(String(7))
    signals: Mapped[str]
    verdict: Mapped[str] = mapped_column(Code)
    cause: Mapped[str | None] = mapped_column(Code)
    recommended: Mapped[str] = mapped_column(Code)
    within_own_mandate: Mapped[str] = mapped_column(Code)
    confirmed: Mapped[bool]
    cost_low: Mapped[int]
    cost_likely: Mapped[int]
    cost_high: Mapped[int]
    cost_ore: Mapped[int]
    benefit_low: Mapped[int]
    benefit_likely: Mapped[int]
    benefit_high: Mapped[int]
    avoidable_hours: Mapped[int]
    gain_hours: Mapped[int]
    policy_version: Mapped[int] = mapped_column(Integer)
    assessed_on: Mapped[date]
    review_on: Mapped[date] = mapped_column(server_default="1970-01-01")
    """When somebody shall look again whether the task is needed."""
    sequence: Mapped[int]
    """Time of logging in microseconds: what "newest first" goes by."""

    __table_args__ = (
        Index(None, "organisation_id", "review_on", "task_id"),
        *(
            Index(f"ix_assessment_by_{column}", "organisation_id", column)
            for column in (
                "unit_id",
                "requester_id",
                "requirement_id",
                "staff_category_id",
                "level",
                "status",
                "verdict",
                "cause",
                "recommended",
            )
        ),
        *(
            # Holds every filter column, so that walking it reads no row that is not shown.
            Index(
                f"ix_assessment_sorted_by_{column}",
                "organisation_id",
                column,
                "task_id",
                "unit_id",
                "requester_id",
                "requirement_id",
                "staff_category_id",
                "level",
                "status",
                "verdict",
                "cause",
                "recommended",
            )
            for column in ("avoidable_hours", "cost_likely", "gain_hours", "sequence")
        ),
    )


class Total(Owned, Base):
    """Totals kept with the data: changed in the transaction that changes a task.

    A row counts the tasks of a unit and those below it (`unit_id` 0: the whole organisation), of one requester
    level ('' for all), that have `key` in `dimension`.
    """

    __tablename__ = "total"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it as it stands
    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[str] = mapped_column(Code, primary_key=True)
    dimension: Mapped[str] = mapped_column(Code, primary_key=True)
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    tasks: Mapped[int]
    flagged_tasks: Mapped[int]
    cost_low: Mapped[int]
    cost_likely: Mapped[int]
    cost_high: Mapped[int]
    cost_ore: Mapped[int]
    benefit_low: Mapped[int]
    benefit_likely: Mapped[int]
    benefit_high: Mapped[int]
    flagged_hours: Mapped[int]
    confirmed_hours: Mapped[int]
    avoidable_hours: Mapped[int]
    gain_hours: Mapped[int]
