"""What is stored. Rows have no behaviour: rules are in the domain, changes in the services.

Identifiers are random 60-bit numbers (`timethief.domain.identifiers`). Enumerations are stored by value.
Everything but the shared registers belongs to one organisation.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from timethief.domain.identifiers import new_identifier

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
Code = String(64)
Name = String(200)


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite would give it back without its zone, PostgreSQL in the server's own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As it is stored: in UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As it was stored: in UTC."""
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it stands
        int: BigInteger,
        float: Float(53),
        str: Text,
        bool: Boolean,
        date: Date,
        datetime: Moment,
        uuid.UUID: Uuid,
        dict[str, Any]: JSON,
    }


def _identifier() -> Mapped[int]:
    # INTEGER in SQLite makes it the row's own place in the table, without a second index.
    kind = BigInteger().with_variant(Integer, "sqlite")
    return mapped_column(kind, primary_key=True, default=new_identifier, autoincrement=False)


def _refers(target: str, *, index: bool = False) -> Mapped[int]:
    return mapped_column(BigInteger, ForeignKey(target), index=index)


def _may_refer(target: str, *, index: bool = False) -> Mapped[int | None]:
    return mapped_column(BigInteger, ForeignKey(target), index=index)


class Organisation(Base):
    """One organisation of the installation."""

    __tablename__ = "organisation"
    id: Mapped[int] = _identifier()
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Code)


class Unit(Base):
    """A part of an organisation; units form a tree."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id")
    parent_id: Mapped[int | None] = _may_refer("unit.id", index=True)
    code: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(Name)
    sector: Mapped[str] = mapped_column(Code)
    headcount: Mapped[int | None] = mapped_column(Integer)


class Requester(Base):
    """Who asks for tasks. Without an organisation it belongs to the registers that all share.

    `folded_name` is what names are compared by. `successor_id` names who took over a body that is gone.
    """

    __tablename__ = "requester"
    __table_args__ = (UniqueConstraint("organisation_id", "level", "folded_name"),)
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int | None] = _may_refer("organisation.id")
    level: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(Name)
    folded_name: Mapped[str] = mapped_column(Name, index=True)
    official_code: Mapped[str | None] = mapped_column(Code)
    verified: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    successor_id: Mapped[int | None] = _may_refer("requester.id")


class RequesterAlias(Base):
    """Another name of a requester: short, former, in English."""

    __tablename__ = "requester_alias"
    __table_args__ = (UniqueConstraint("requester_id", "folded_name"),)
    id: Mapped[int] = _identifier()
    requester_id: Mapped[int] = _refers("requester.id")
    name: Mapped[str] = mapped_column(Name)
    folded_name: Mapped[str] = mapped_column(Name, index=True)


class Requirement(Base):
    """What a requester asks for: one report, one form, one routine."""

    __tablename__ = "requirement"
    __table_args__ = (UniqueConstraint("organisation_id", "requester_id", "folded_title"),)
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int | None] = _may_refer("organisation.id")
    requester_id: Mapped[int] = _refers("requester.id", index=True)
    title: Mapped[str] = mapped_column(Name)
    folded_title: Mapped[str] = mapped_column(Name)
    binding: Mapped[str] = mapped_column(Code)
    legal_basis: Mapped[str] = mapped_column(default="")
    grant_sek_per_year: Mapped[float | None]


class StaffCategory(Base):
    """Who does the work."""

    __tablename__ = "staff_category"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id")
    code: Mapped[str] = mapped_column(Code)
    name_sv: Mapped[str] = mapped_column(Name)
    name_en: Mapped[str] = mapped_column(Name)


class Tariff(Base):
    """What an hour of a staff category costs from a day on, employer's costs included."""

    __tablename__ = "tariff"
    __table_args__ = (UniqueConstraint("staff_category_id", "valid_from"),)
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id")
    staff_category_id: Mapped[int] = _refers("staff_category.id")
    valid_from: Mapped[date]
    hourly_cost_sek: Mapped[float]
    source: Mapped[str]
    estimated: Mapped[bool]


class PolicyVersion(Base):
    """The numbers an organisation assesses by; versions are kept, the highest is in force."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("organisation_id", "version"),)
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id")
    version: Mapped[int] = mapped_column(Integer)
    adopted_on: Mapped[date]
    numbers: Mapped[dict[str, Any]]


class User(Base):
    """An account of one organisation."""

    __tablename__ = "user_account"
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id", index=True)
    email: Mapped[str] = mapped_column(Name)
    folded_email: Mapped[str] = mapped_column(Name, unique=True)
    name: Mapped[str] = mapped_column(Name)
    role: Mapped[str] = mapped_column(Code)
    unit_id: Mapped[int | None] = _may_refer("unit.id")
    staff_category_id: Mapped[int | None] = _may_refer("staff_category.id")
    password_hash: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(Code)
    active: Mapped[bool] = mapped_column(default=True)


class UserSession(Base):
    """A log-in. Only a hash of the cookie's token is stored; log-out deletes the row."""

    __tablename__ = "user_session"
    token_hash: Mapped[str] = mapped_column(Code, primary_key=True)
    user_id: Mapped[int] = _refers("user_account.id", index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Task(Base):
    """An entry of the inventory: a recurring task of one unit, as it is known.

    `minutes_low` and `minutes_high` are empty where a single number was given, and so for people. The two
    hourly costs stand in place of the staff categories' tariffs where they are given. `figures_by` tells
    whether the figures are those of the reports or a reviewer's. `version` counts changes, so that two who
    change it at once are told.
    """

    __tablename__ = "task"
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id", index=True)
    unit_id: Mapped[int] = _refers("unit.id")
    requester_id: Mapped[int] = _refers("requester.id")
    requirement_id: Mapped[int | None] = _may_refer("requirement.id")
    staff_category_id: Mapped[int] = _refers("staff_category.id")
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
    other_staff_category_id: Mapped[int | None] = _may_refer("staff_category.id")
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


class TaskSignal(Base):
    """One thing that makes a task take time."""

    __tablename__ = "task_signal"
    __table_args__ = (Index(None, "organisation_id", "signal", "task_id"),)
    task_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("task.id"), primary_key=True)
    signal: Mapped[str] = mapped_column(Code, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(BigInteger)


class TaskUse(Base):
    """One stated use of a task.

    `position` is its place among them; below 0 a reviewer has struck it: it is kept and counts no more.
    """

    __tablename__ = "task_use"
    __table_args__ = (UniqueConstraint("task_id", "position"),)
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id")
    task_id: Mapped[int] = _refers("task.id")
    position: Mapped[int] = mapped_column(Integer)
    beneficiary: Mapped[str] = mapped_column(Code)
    purpose: Mapped[str] = mapped_column(Code)


class UseStatement(Base):
    """What one party said of a use, and when. Statements are added, never changed."""

    __tablename__ = "use_statement"
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id")
    use_id: Mapped[int] = _refers("task_use.id", index=True)
    source: Mapped[str] = mapped_column(Code)
    in_use: Mapped[str] = mapped_column(Code)
    worth_share: Mapped[float | None]
    worth_minutes: Mapped[float | None]
    worth_minutes_low: Mapped[float | None]
    worth_minutes_high: Mapped[float | None]
    worth_sek_per_year: Mapped[float | None]
    said_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(Integer)


class Report(Base):
    """What one person sent in. Empty columns are answers: the person did not know.

    `sequence` is its place among the reports of its task: the day alone does not tell which came first.
    """

    __tablename__ = "report"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[int] = _refers("organisation.id", index=True)
    task_id: Mapped[int | None] = _may_refer("task.id", index=True)
    user_id: Mapped[int | None] = _may_refer("user_account.id", index=True)
    title: Mapped[str] = mapped_column(Name)
    description: Mapped[str] = mapped_column(default="")
    minutes: Mapped[float | None]
    times: Mapped[float | None]
    per: Mapped[str | None] = mapped_column(Code)
    people: Mapped[int | None] = mapped_column(Integer)
    people_low: Mapped[int | None] = mapped_column(Integer)
    people_high: Mapped[int | None] = mapped_column(Integer)
    unit_id: Mapped[int | None] = _may_refer("unit.id")
    staff_category_id: Mapped[int | None] = _may_refer("staff_category.id")
    requester_id: Mapped[int | None] = _may_refer("requester.id")
    use_answer: Mapped[str] = mapped_column(Code)
    worth_share: Mapped[float | None]
    achievable_minutes: Mapped[float | None]
    signals: Mapped[str] = mapped_column(default="")
    sent_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    withdrawn: Mapped[bool] = mapped_column(default=False)


class AssessmentRow(Base):
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
    sequence: Mapped[int]
    """Time of logging in microseconds: what "newest first" goes by."""

    __table_args__ = (
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


class Total(Base):
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


class TaskEvent(Base):
    """One line of a task's history: what was done, with what stood before and after.

    Who did it is kept for acts of review and decision only, never for those who report.
    """

    __tablename__ = "task_event"
    __table_args__ = (Index(None, "task_id", "happened_at"),)
    id: Mapped[int] = _identifier()
    organisation_id: Mapped[int] = _refers("organisation.id")
    task_id: Mapped[int] = _refers("task.id")
    happened_at: Mapped[datetime]
    user_id: Mapped[int | None] = _may_refer("user_account.id")
    role: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class SentForm(Base):
    """A form that has been carried out: the same form sent again gives the same result, not a second one."""

    __tablename__ = "sent_form"
    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    result: Mapped[str]
    sent_at: Mapped[datetime]
