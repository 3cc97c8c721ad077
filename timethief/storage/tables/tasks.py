"""The inventory: tasks, their uses and what was said of them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers


class Task(Owned, Base):
    """An entry of the inventory: a recurring task of one unit, as it is known.

    `minutes_low` and `minutes_high` are empty where a single number was given, and so for people. The two
    hourly costs stand in place of the staff categories' tariffs where they are given. `figures_by` tells
    whether the figures are those of the reports or a reviewer's. `external_id` is what the organisation's own
    spreadsheet calls the task. `import_id` is the import that added it; no reference that the database watches,
    since a hundred thousand rows come at once. `merged_into_id` names the task that it was merged into: such a task
    has no assessment and is in no figure. `reviewed_on`: when somebody last looked whether it is needed. `version`
    counts changes, so that two who change it at once are told.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index(None, "organisation_id", "external_id", unique=True),
        Index(
            None,
            "import_id",
            sqlite_where=text("import_id IS NOT NULL"),
            postgresql_where=text("import_id IS NOT NULL"),
        ),
        Index(
            None,
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id", index=True)
    unit_id: Mapped[int] = refers("unit.id")
    requester_id: Mapped[int] = refers("requester.id")
    requirement_id: Mapped[int | None] = may_refer("requirement.id")
    staff_category_id: Mapped[int] = refers("staff_category.id")
    title: Mapped[str] = mapped_column(Name)
    description: Mapped[str] = mapped_column(default="")
    minutes: Mapped[float]
    minutes_low: Mapped[float | None]
    minutes_high: Mapped[float | None]
    times: Mapped[float]
    per: Mapped[str] = mapped_column(Code)
    people: Mapped[int] = mapped_column(Integer)
    people_low: Mapped[int | None] = mapped_column(Integer)
    people_high: Mapped[int | None] = mapped_column(Integer)
    hourly_cost_sek: Mapped[float | None]
    binding: Mapped[str] = mapped_column(Code)
    legal_basis: Mapped[str] = mapped_column(default="")
    achievable_minutes: Mapped[float | None]
    sufficient_times: Mapped[float | None]
    sufficient_per: Mapped[str | None] = mapped_column(Code)
    other_staff_category_id: Mapped[int | None] = may_refer("staff_category.id")
    other_hourly_cost_sek: Mapped[float | None]
    duplicate_share: Mapped[float] = mapped_column(default=0.0)
    rule_based: Mapped[float | None]
    digital_input: Mapped[float | None]
    exceptions: Mapped[float | None]
    stable: Mapped[bool] = mapped_column(default=True)
    systems: Mapped[int] = mapped_column(Integer, default=1)
    needs_judgement: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(Code)
    figures_by: Mapped[str] = mapped_column(Code)
    assumed: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(default="")
    logged_on: Mapped[date]
    version: Mapped[int] = mapped_column(Integer, default=1)
    external_id: Mapped[str | None] = mapped_column(Code)
    import_id: Mapped[int | None]
    merged_into_id: Mapped[int | None]
    reviewed_on: Mapped[date | None]


class TaskSignal(Owned, Base):
    """One thing that makes a task take time."""

    __tablename__ = "task_signal"
    __table_args__ = (Index(None, "organisation_id", "signal", "task_id"),)
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("task.id"), primary_key=True)
    signal: Mapped[str] = mapped_column(Code, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(BigInteger)


class TaskUse(Owned, Base):
    """One stated use of a task.

    `position` is its place among them; below 0 a reviewer has struck it: it is kept and counts no more.
    """

    __tablename__ = "task_use"
    __table_args__ = (UniqueConstraint("task_id", "position"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    task_id: Mapped[int] = refers("task.id")
    position: Mapped[int] = mapped_column(Integer)
    beneficiary: Mapped[str] = mapped_column(Code)
    purpose: Mapped[str] = mapped_column(Code)


class UseStatement(Owned, Base):
    """What one party said of a use, and when. Statements are added, never changed."""

    __tablename__ = "use_statement"
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    use_id: Mapped[int] = refers("task_use.id", index=True)
    source: Mapped[str] = mapped_column(Code)
    in_use: Mapped[str] = mapped_column(Code)
    worth_share: Mapped[float | None]
    worth_minutes: Mapped[float | None]
    worth_minutes_low: Mapped[float | None]
    worth_minutes_high: Mapped[float | None]
    worth_sek_per_year: Mapped[float | None]
    said_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(Integer)
