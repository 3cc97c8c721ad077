"""The organisations of the installation and what each is made of: units, staff categories, tariffs, policy."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Integer, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, may_refer, refers


class Organisation(Base):
    """One organisation of the installation.

    `client_word` is what the organisation calls those it is there for. `reporting_mode` says how staff may
    report; `reporting_code` stands on the poster that leads to the anonymous form. `smallest_count` is the number
    of reports below which no figure about reports is shown. `set_up_on`: when the first administrator had gone
    through the settings. `statements` holds what the organisation says of itself on the pages on privacy and
    accessibility, by the name of the statement.
    """

    __tablename__ = "organisation"
    id: Mapped[int] = identifier()
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Code)
    language: Mapped[str] = mapped_column(Code, default="sv", server_default="sv")
    client_word: Mapped[str] = mapped_column(Code, default="citizen", server_default="citizen")
    reporting_mode: Mapped[str] = mapped_column(Code, default="open", server_default="open")
    reporting_code: Mapped[str | None] = mapped_column(Code, unique=True)
    smallest_count: Mapped[int] = mapped_column(Integer, default=5, server_default="5")
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    set_up_on: Mapped[date | None]
    statements: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class Unit(Owned, Base):
    """A part of an organisation; units form a tree."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    parent_id: Mapped[int | None] = may_refer("unit.id", index=True)
    code: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(Name)
    sector: Mapped[str] = mapped_column(Code)
    headcount: Mapped[int | None] = mapped_column(Integer)


class StaffCategory(Owned, Base):
    """Who does the work."""

    __tablename__ = "staff_category"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    code: Mapped[str] = mapped_column(Code)
    name_sv: Mapped[str] = mapped_column(Name)
    name_en: Mapped[str] = mapped_column(Name)


class Tariff(Owned, Base):
    """What an hour of a staff category costs from a day on, employer's costs included."""

    __tablename__ = "tariff"
    __table_args__ = (UniqueConstraint("staff_category_id", "valid_from"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    staff_category_id: Mapped[int] = refers("staff_category.id")
    valid_from: Mapped[date]
    hourly_cost_sek: Mapped[float]
    source: Mapped[str]
    estimated: Mapped[bool]


class PolicyVersion(Owned, Base):
    """The numbers an organisation assesses by; versions are kept, the highest is in force."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("organisation_id", "version"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    version: Mapped[int] = mapped_column(Integer)
    adopted_on: Mapped[date]
    numbers: Mapped[dict[str, Any]]
