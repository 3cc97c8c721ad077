"""Which API tokens there are. What they open is told once, when they are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.identifiers import to_text
from timethief.storage.tables import ApiToken, User


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as lists show it; `last_used_on` is a day and nothing finer."""

    id: str
    name: str
    owner: str
    owner_id: str
    scope: str
    made_on: date
    expires_on: date
    last_used_on: date | None
    too_old: bool


def tokens(
    session: Session, organisation_id: int, today: date, user_id: int | None = None
) -> tuple[TokenLine, ...]:
    """The tokens of the organisation, or of one of its people, the newest first."""
    query = (
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.organisation_id == organisation_id)
        .order_by(ApiToken.made_on.desc(), ApiToken.name, ApiToken.id)
    )
    if user_id is not None:
        query = query.where(ApiToken.user_id == user_id)
    return tuple(
        TokenLine(
            id=to_text(row.id),
            name=row.name,
            owner=user.name,
            owner_id=to_text(user.id),
            scope=row.scope,
            made_on=row.made_on,
            expires_on=row.expires_on,
            last_used_on=row.last_used_on,
            too_old=row.expires_on < today,
        )
        for row, user in session.execute(query)
    )
