"""Matters that somebody is to see to: reports that wait, tasks to be tried, and what was answered."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Owned, identifier, may_refer, refers

_OPEN = text("state <> 'closed'")
_ANONYMOUS = text("cluster_id IS NOT NULL")


def belongs_to_task(*, index: bool = True) -> Mapped[int]:
    """A reference to the task that the row goes with when the task goes."""
    return mapped_column(BigInteger, ForeignKey("task.id", ondelete="CASCADE"), index=index)


class Case(Owned, Base):
    """A report that waits (`report_id`) or a task that is to be tried (`task_id`), with its owner and its deadline.

    `report_id` is a report's or an anonymous report's. `origin` says why it was opened. The owner is a function
    (`function_id`) or the manager of a unit (`unit_id`); `user_id` is who has taken it, `decider_id` who is named
    to decide. `route` and `routed_reason`: where it was handed, and why. `waits_since`: since when it waits for
    somebody outside. `routed_on` and `before_routing`: when it was handed there, and how it stood before, for who
    takes that back. `opened_on` of an anonymous report is the first day of the week of its batch, and `cluster_id`
    that of the report, by which its list is read; None for all other cases. `version` counts changes. The codes are those of `timethief.domain.cases`. A task has at most one open case.
    """

    __tablename__ = "task_case"
    __table_args__ = (
        Index(
            "ix_task_case_open_task",
            "task_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_task_case_open_report",
            "report_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(None, "task_id"),
        Index(None, "report_id"),
        Index(None, "organisation_id", "state", "function_id"),
        Index(None, "organisation_id", "state", "user_id"),
        Index(None, "organisation_id", "state", "unit_id"),
        Index(None, "organisation_id", "decider_id"),
        Index(
            "ix_task_case_waiting",  # holds all that the list of what waits is ordered, told apart and counted by
            *("organisation_id", "origin", "state", "first_answered_on", "answer_due", "id"),
            *("function_id", "user_id", "cluster_id"),
        ),
        Index(
            "ix_task_case_cluster",
            *("organisation_id", "cluster_id", "state", "answer_due", "id", "first_answered_on"),
            sqlite_where=_ANONYMOUS,
            postgresql_where=_ANONYMOUS,
        ),
        Index(None, "organisation_id", "closed_on", "id"),
    )
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    task_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("task.id", ondelete="CASCADE")
    )
    report_id: Mapped[uuid.UUID | None]
    cluster_id: Mapped[uuid.UUID | None]
    origin: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    route: Mapped[str | None] = mapped_column(Code)
    routed_reason: Mapped[str] = mapped_column(default="")
    routed_on: Mapped[date | None]
    before_routing: Mapped[dict[str, Any] | None]
    function_id: Mapped[int | None] = may_refer("support_function.id")
    unit_id: Mapped[int | None] = may_refer("unit.id")
    user_id: Mapped[int | None] = may_refer("user_account.id")
    decider_id: Mapped[int | None] = may_refer("user_account.id")
    opened_on: Mapped[date]
    answer_due: Mapped[date]
    first_answered_on: Mapped[date | None]
    waits_since: Mapped[date | None]
    closed_on: Mapped[date | None]
    closed_as: Mapped[str | None] = mapped_column(Code)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ReviewRequest(Owned, Base):
    """Somebody with an account asks that a task be tried ("begär prövning"), in own words."""

    __tablename__ = "review_request"
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    task_id: Mapped[int] = belongs_to_task()
    case_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("task_case.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = may_refer("user_account.id", index=True)
    reason: Mapped[str]
    asked_on: Mapped[date]
    withdrawn: Mapped[bool] = mapped_column(default=False)


class CaseAnswer(Owned, Base):
    """What those who wrote were told, and from which template. To anonymous writers the thread says it too."""

    __tablename__ = "case_answer"
    __table_args__ = (Index(None, "case_id", "answered_at"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("task_case.id", ondelete="CASCADE"))
    template: Mapped[str] = mapped_column(Code)
    text: Mapped[str]
    user_id: Mapped[int | None] = may_refer("user_account.id")
    answered_at: Mapped[datetime]


class GateAnswer(Owned, Base):
    """What was answered to one question that comes before automation, and why."""

    __tablename__ = "gate_answer"
    task_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("task.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    question: Mapped[str] = mapped_column(Code, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[str] = mapped_column(Code)
    reason: Mapped[str]
    user_id: Mapped[int | None] = may_refer("user_account.id")
    answered_at: Mapped[datetime]


class AutomationCandidate(Owned, Base):
    """What is said of automating a task: `human_check` is what a person would still look at.

    It is on the list of what may be automated since `entered_on`; None where it is not. `gain_hours` is what
    automation would gain a year, in millionths of an hour, as its assessment has it.
    """

    __tablename__ = "automation_candidate"
    __table_args__ = (Index(None, "organisation_id", "gain_hours", "task_id"),)
    task_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("task.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    organisation_id: Mapped[int] = refers("organisation.id")
    entered_on: Mapped[date | None]
    human_check: Mapped[str]
    gain_hours: Mapped[int] = mapped_column(BigInteger)


class SeenTask(Owned, Base):
    """Somebody has looked at a task of the queue since it last changed: what is "new" to each reader."""

    __tablename__ = "seen_task"
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    task_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("task.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    organisation_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)
