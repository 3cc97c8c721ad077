"""Who writes when: one at a time in each organisation."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.storage.tables import Organisation


def take_turn(session: Session, organisation_id: int) -> None:
    """Wait until nobody else is changing tasks of the organisation; the turn lasts as long as the transaction.

    To be taken before anything is read that the change goes by: a version, an assessment that the totals are
    moved from, a form's key. On SQLite the transaction has the whole database to itself already.
    """
    session.execute(
        select(Organisation.id)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    )
