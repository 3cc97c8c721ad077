"""What was decided of tasks, who thought otherwise, how far it has been raised, and whether it happened."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers
from timethief.storage.tables.cases import belongs_to_task

_TOGETHER = text("batch_id IS NOT NULL")


class Decision(Owned, Base):
    """One decision of one task. It is never changed but for its state; a new one replaces it.

    `number` names it in the registry, such as 2026-0007. `title` is the task's as it was then. `capacity` is the
    function in which the decider acted. `baseline` is the assessment and the figures as they were, frozen.
    Hours per year: `expected_low`, `expected_likely`, `expected_high` are what it is expected to free;
    `allotment` says for what, in hours by the codes of `timethief.domain.decisions.FreedFor`. A trial has its weeks,
    its last day and what is watched. `raised_with` is who it was raised with. `planned_on`: when it shall be
    done, `carried_out_on`: when it was. `status_before` is the task's. `batch_id` is the same for decisions made
    together. `replaced_by_id` names the one that came after; no reference, since they are made at once.
    `folded_text` is what is searched: title and reason. `ended_at`: when it was replaced or undone, or a trial over.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index(None, "organisation_id", "decided_at", "id"),
        Index(None, "organisation_id", "outcome", "decided_at", "id"),
        Index(None, "organisation_id", "state", "trial_ends_on"),
        Index(None, "organisation_id", "state", "planned_on"),
        Index(None, "task_id", "decided_at"),
        Index(None, "batch_id", sqlite_where=_TOGETHER, postgresql_where=_TOGETHER),
    )
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    number: Mapped[str] = mapped_column(Code)
    task_id: Mapped[int] = belongs_to_task(index=False)
    case_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("task_case.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str] = mapped_column(Name)
    outcome: Mapped[str] = mapped_column(Code)
    reason: Mapped[str]
    folded_text: Mapped[str]
    user_id: Mapped[int | None] = may_refer("user_account.id")
    capacity: Mapped[str] = mapped_column(Name)
    decided_at: Mapped[datetime]
    planned_on: Mapped[date | None]
    carried_out_on: Mapped[date | None]
    baseline: Mapped[dict[str, Any]]
    expected_low: Mapped[float]
    expected_likely: Mapped[float]
    expected_high: Mapped[float]
    allotment: Mapped[dict[str, Any]]
    trial_weeks: Mapped[int | None] = mapped_column(Integer)
    trial_ends_on: Mapped[date | None]
    watched: Mapped[str] = mapped_column(default="")
    raised_with: Mapped[str] = mapped_column(Name, default="")
    status_before: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    ended_at: Mapped[datetime | None]
    replaced_by_id: Mapped[int | None]
    batch_id: Mapped[int | None]
    answers_told: Mapped[bool] = mapped_column(default=False)
    """Whether all who wrote have been answered; a job goes on where a process was killed."""


class Opinion(Owned, Base):
    """What somebody says of a task before or after a decision; dissent is kept beside the verdict."""

    __tablename__ = "opinion"
    __table_args__ = (Index(None, "task_id", "said_at"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    task_id: Mapped[int] = belongs_to_task(index=False)
    decision_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("decision.id", ondelete="CASCADE"), index=True
    )
    stance: Mapped[str] = mapped_column(Code)
    text: Mapped[str]
    user_id: Mapped[int | None] = may_refer("user_account.id")
    said_at: Mapped[datetime]


class EscalationStep(Owned, Base):
    """One rung of the ladder on which a task is raised, and how it stands there."""

    __tablename__ = "escalation_step"
    __table_args__ = (UniqueConstraint("decision_id", "position"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    decision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("decision.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(Integer)
    rung: Mapped[str] = mapped_column(Code)
    to_whom: Mapped[str] = mapped_column(Name)
    state: Mapped[str] = mapped_column(Code)
    note: Mapped[str] = mapped_column(default="")
    changed_on: Mapped[date]
    user_id: Mapped[int | None] = may_refer("user_account.id")


class FollowUp(Owned, Base):
    """The question "blev det så?" 3 or 12 months after a decision, and the answer of the unit.

    The answer says what it takes now (`minutes_now`, `times_now`, `per_now`, `people_now`; nothing of it where the
    task is gone) and, where the first estimate was wrong, what it took in truth (`minutes_before`). Hours per year:
    `hours_now`, `confirmed_hours` (what was freed by the answer, never copied from what was expected) and
    `estimate_change_hours` (what only the estimate was wrong by). `reminded_at`: when the unit was asked again.
    `version` counts answers, so that two who answer at once are told.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("decision_id", "months"),
        Index(None, "organisation_id", "state", "due_on", "id"),
    )
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    decision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("decision.id", ondelete="CASCADE")
    )
    task_id: Mapped[int] = belongs_to_task()
    months: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(Code)
    asked_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Code)
    minutes_now: Mapped[float | None]
    times_now: Mapped[float | None]
    per_now: Mapped[str | None] = mapped_column(Code)
    people_now: Mapped[int | None] = mapped_column(Integer)
    minutes_before: Mapped[float | None]
    hours_now: Mapped[float | None]
    confirmed_hours: Mapped[float | None]
    estimate_change_hours: Mapped[float | None]
    comment: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None] = may_refer("user_account.id")
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class FreedTime(Owned, Base):
    """What a decision in force frees, kept narrow so that it is added up at once; `verify` computes it anew.

    `told`: whether a unit has said what came of it. Then `hours` (per year) is what was confirmed, else what is
    expected, and the columns named as `timethief.domain.decisions.FreedFor` are the shares of it that go there.
    """

    __tablename__ = "freed_time"
    __table_args__ = (
        UniqueConstraint("decision_id"),
        # What is added up lies together, told apart from untold.
        {"sqlite_with_rowid": False},
    )
    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    told: Mapped[bool] = mapped_column(primary_key=True, autoincrement=False)
    decision_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("decision.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    task_id: Mapped[int] = belongs_to_task()
    hours: Mapped[float]
    estimate_change_hours: Mapped[float]
    core_work: Mapped[float]
    quality: Mapped[float]
    less_overtime: Mapped[float]
    cash: Mapped[float]
    not_realised: Mapped[float]


class ReturnSign(Owned, Base):
    """A report that resembles a stopped task: has it come back? `report_id` is a report's or an anonymous one's."""

    __tablename__ = "return_sign"
    __table_args__ = (
        UniqueConstraint("task_id", "report_id"),
        Index(None, "organisation_id", "state", "noticed_on", "id"),
    )
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    task_id: Mapped[int] = belongs_to_task(index=False)
    report_id: Mapped[uuid.UUID]
    noticed_on: Mapped[date]
    state: Mapped[str] = mapped_column(Code)
    user_id: Mapped[int | None] = may_refer("user_account.id")
    settled_on: Mapped[date | None]
