"""Who handles what: the functions of an organisation that matters are handed to, and who works in them."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from timethief.storage.tables.base import Base, Code, Name, Owned, identifier, refers


class SupportFunction(Owned, Base):
    """A function that owns cases, such as the service desk, HR or the head office.

    `kind` says what it is for (`timethief.domain.cases.FunctionKind`). `contact` is how it is reached outside the
    service. `letter` is the text that is copied to it where it works outside. One that is not `active` gets no
    new cases. `version` counts changes.
    """

    __tablename__ = "support_function"
    __table_args__ = (UniqueConstraint("organisation_id", "folded_name"),)
    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = refers("organisation.id")
    name: Mapped[str] = mapped_column(Name)
    folded_name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Code)
    contact: Mapped[str] = mapped_column(Name, default="")
    letter: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")


class FunctionMember(Owned, Base):
    """Somebody works in a function: what waits for it waits for them too."""

    __tablename__ = "function_member"
    function_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("support_function.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    user_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("user_account.id"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    organisation_id: Mapped[int] = mapped_column(BigInteger)
