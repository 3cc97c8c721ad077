"""What people sent in, and the forms that they sent it by."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, may_refer, refers


class Report(Owned, Base):
    """What one person sent in. Empty columns are answers: the person did not know.

    `sequence` is its place among the reports of its task: the day alone does not tell which came first.
    """

    __tablename__ = "report"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[int] = refers("organisation.id", index=True)
    task_id: Mapped[int | None] = may_refer("task.id", index=True)
    user_id: Mapped[int | None] = may_refer("user_account.id", index=True)
    title: Mapped[str] = mapped_column(Name)
    description: Mapped[str] = mapped_column(default="")
    minutes: Mapped[float | None]
    times: Mapped[float | None]
    per: Mapped[str | None] = mapped_column(Code)
    people: Mapped[int | None] = mapped_column(Integer)
    people_low: Mapped[int | None] = mapped_column(Integer)
    people_high: Mapped[int | None] = mapped_column(Integer)
    unit_id: Mapped[int | None] = may_refer("unit.id")
    staff_category_id: Mapped[int | None] = may_refer("staff_category.id")
    requester_id: Mapped[int | None] = may_refer("requester.id")
    use_answer: Mapped[str] = mapped_column(Code)
    worth_share: Mapped[float | None]
    achievable_minutes: Mapped[float | None]
    signals: Mapped[str] = mapped_column(default="")
    sent_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    withdrawn: Mapped[bool] = mapped_column(default=False)


class SentForm(Owned, Base):
    """A form that has been carried out: the same form sent again gives the same result, not a second one."""

    __tablename__ = "sent_form"
    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    result: Mapped[str]
    sent_at: Mapped[datetime]
