"""Who asks for tasks, and what is asked for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Shared, identifier, may_refer, refers


class Requester(Shared, Base):
    """Who asks for tasks. Without an organisation it belongs to the registers that all share.

    `folded_name` is what names are compared by. `successor_id` names who took over a body that is gone.
    """

    __tablename__ = "requester"
    __table_args__ = (UniqueConstraint("organisation_id", "level", "folded_name"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int | None] = may_refer("organisation.id")
    level: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(Name)
    folded_name: Mapped[str] = mapped_column(Name, index=True)
    official_code: Mapped[str | None] = mapped_column(Code)
    verified: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    successor_id: Mapped[int | None] = may_refer("requester.id")


class RequesterAlias(Shared, Base):
    """Another name of a requester: short, former, in English."""

    __tablename__ = "requester_alias"
    __table_args__ = (UniqueConstraint("organisation_id", "requester_id", "folded_name"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int | None] = may_refer("organisation.id", index=True)
    requester_id: Mapped[int] = refers("requester.id", index=True)
    name: Mapped[str] = mapped_column(Name)
    folded_name: Mapped[str] = mapped_column(Name, index=True)


class Requirement(Shared, Base):
    """What a requester asks for: one report, one form, one routine.

    `added_on`: since when it is known. `reviewed_on`: when somebody last looked whether it is needed; `review_on`:
    when somebody shall again. `refused_on`: since when the organisation says no to it.
    """

    __tablename__ = "requirement"
    __table_args__ = (UniqueConstraint("organisation_id", "requester_id", "folded_title"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int | None] = may_refer("organisation.id")
    requester_id: Mapped[int] = refers("requester.id", index=True)
    title: Mapped[str] = mapped_column(Name)
    folded_title: Mapped[str] = mapped_column(Name)
    binding: Mapped[str] = mapped_column(Code)
    legal_basis: Mapped[str] = mapped_column(default="")
    grant_sek_per_year: Mapped[float | None]
    added_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    review_on: Mapped[date | None] = mapped_column(index=True)
    refused_on: Mapped[date | None]
