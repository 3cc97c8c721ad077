"""What people wrote without being known. What stands here is all that is kept of it: no time, no person, no order.

The tables have no place of rows by which they were added (`WITHOUT ROWID` on SQLite); each batch writes the rows
of its week anew in random order (`timethief.services.anonymous.release`).
"""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, may_refer, refers

_NO_ORDER = {"sqlite_with_rowid": False}


class AnonymousReport(Owned, Base):
    """A report of somebody who is not known. Empty columns are answers: the person did not know.

    `unit_id` is the nearest unit that is large enough, decided before storing. `requester_name` is who asks for it
    in the writer's words, where it was none of those offered. `released_week` is the ISO week of the batch that
    showed it to reviewers; empty until then. `changed_week`: that of the newest answer or addition.
    `receipt_hash` opens the thread. `cluster_id` is the same for reports that say nearly the same. `status` is the
    reviewers' and `shown_status` what the writer sees of it, from the batch on.
    """

    __tablename__ = "anonymous_report"
    __table_args__ = (
        Index(None, "organisation_id", "released_week"),
        Index(None, "organisation_id", "receipt_hash", unique=True),
        Index(None, "organisation_id", "cluster_id"),
        _NO_ORDER,
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[int] = refers("organisation.id")
    released_week: Mapped[str | None] = mapped_column(Code)
    changed_week: Mapped[str | None] = mapped_column(Code)
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
    requester_name: Mapped[str] = mapped_column(Name, default="")
    use_answer: Mapped[str] = mapped_column(Code)
    worth_share: Mapped[float | None]
    achievable_minutes: Mapped[float | None]
    signals: Mapped[str] = mapped_column(default="")
    receipt_hash: Mapped[str | None] = mapped_column(Code)
    cluster_id: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    status: Mapped[str] = mapped_column(Code)
    shown_status: Mapped[str] = mapped_column(Code)
    task_id: Mapped[int | None] = may_refer("task.id", index=True)


class AnonymousMessage(Owned, Base):
    """What was said of an anonymous report afterwards, by its writer or by a reviewer.

    `position` is its place in the thread. The other side sees it from the batch on, in which `released_week` is set.
    """

    __tablename__ = "anonymous_message"
    __table_args__ = (_NO_ORDER,)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[int] = refers("organisation.id")
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("anonymous_report.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    side: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    text: Mapped[str]
    released_week: Mapped[str | None] = mapped_column(Code)


class AnonymousForm(Owned, Base):
    """A form that has been sent, so that it is carried out once. Gone with the next batch, and tells no time."""

    __tablename__ = "anonymous_form"
    __table_args__ = (_NO_ORDER,)
    organisation_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Code, primary_key=True)


class ReceiptSalt(Base):
    """How to tell whether the salt of the receipts is the one that they were made with; one row, and not the salt."""

    __tablename__ = "receipt_salt"
    __table_args__ = (_NO_ORDER,)
    name: Mapped[str] = mapped_column(Code, primary_key=True)
    proof: Mapped[str] = mapped_column(Code)
